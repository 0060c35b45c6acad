"""Page Check: is it ready, what was found, and what to do about it."""

from dataclasses import replace
from typing import TYPE_CHECKING

from PySide6.QtCore import QTimer, Signal, Slot
from PySide6.QtGui import QHideEvent, QResizeEvent
from PySide6.QtWidgets import QApplication, QHBoxLayout, QVBoxLayout, QWidget

from finetune_studio.domain.changes import Changes
from finetune_studio.domain.diagnostic import Diagnostic, Severity
from finetune_studio.lint.registry import rule_by_code
from finetune_studio.ui.check.check_deeds import CheckDeeds
from finetune_studio.ui.check.check_progress import CheckProgress
from finetune_studio.ui.check.finding_deeds import FindingDeeds
from finetune_studio.ui.check.group_deeds import GroupDeeds
from finetune_studio.ui.check.option_trials import Trial
from finetune_studio.ui.check.page_facts import ALL_RULES, PageFacts, RuleFindings, page_facts
from finetune_studio.ui.check.rail import CheckRail
from finetune_studio.ui.check.rule_panel import RulePanel, rule_settings
from finetune_studio.ui.check.side_panels import CheckSide
from finetune_studio.ui.check.sizes import SCROLL_BAR
from finetune_studio.ui.check.view_filler import Shown, ViewFiller
from finetune_studio.ui.commands.registry import CommandRegistry
from finetune_studio.ui.theme.manager import ThemeManager
from finetune_studio.ui.widgets.tab_order import tab_after
from finetune_studio.ui.workspace_signals import WorkspaceSignals
from finetune_studio.workspace.readiness import ReadinessLine

if TYPE_CHECKING:
    from finetune_studio.workspace.workspace import Workspace

REFRESH_AFTER = 90
"""Milliseconds of quiet after a change until the page looks again."""
_MEASURES = ((1400, (348, 316, 28)), (1240, (340, 300, 28)), (0, (300, 264, 20)))
"""From this width on: the widths of what stands at the left and at the right, and the margins between."""


class CheckPage(QWidget):
    """`open_example_requested((id, Location))`; `filter_requested(query)` shows examples in Write."""

    open_example_requested = Signal(object)
    filter_requested = Signal(str)
    page_requested = Signal(str)
    help_requested = Signal(str)

    def __init__(
        self,
        workspace: "Workspace",
        commands: CommandRegistry,
        theme: ThemeManager,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self._workspace = workspace
        self._commands = commands
        self._theme = theme
        self._closed = False
        self._edge = ""
        self._measure = "tokens"
        self._facts: PageFacts | None = None
        self.shown = Shown()
        self.deeds = CheckDeeds(workspace, commands, self)
        self.rail = CheckRail(self)
        self._filler = ViewFiller(workspace, self)
        self.middle = self._filler.middle
        self.group_deeds = GroupDeeds(workspace, self.deeds, self.middle, self)
        self.finding_deeds = FindingDeeds(self.deeds, self.group_deeds, self.middle, self._looking, self)
        self._side = CheckSide(self.deeds, self)
        self.dataset_panel = self._side.dataset
        self._refresh_timer = QTimer(self)
        self._refresh_timer.setSingleShot(True)
        self._refresh_timer.setInterval(REFRESH_AFTER)
        self._progress = CheckProgress(workspace, self)
        self._signals = WorkspaceSignals(workspace.notifier, self)
        self._lay_out()
        self._connect()

    # Building

    def _lay_out(self) -> None:
        ground = self._ground = QVBoxLayout()
        ground.addWidget(self.middle)
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(0)
        row.addWidget(self.rail)
        row.addLayout(ground, 1)
        row.addWidget(self._side)

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        left, right, margin = next(sizes for least, sizes in _MEASURES if self.width() >= least)
        self.rail.setFixedWidth(left)
        self._side.setFixedWidth(right)
        self._ground.setContentsMargins(margin, 16, margin - SCROLL_BAR, 20)

    @property
    def rule_panel(self) -> RulePanel:
        """Made when a rule is first shown."""
        return self._side.rule

    def _connect(self) -> None:
        rail, middle, deeds = self.rail, self.middle, self.deeds
        self._signals.changed.connect(self._on_workspace_changed)
        self._refresh_timer.timeout.connect(self.refresh)
        self._progress.moved.connect(self.rail.card.set_progress)
        self._progress.ended.connect(self.refresh)
        self._theme.changed.connect(self._on_theme_changed)
        rail.rule_chosen.connect(self.show_rule)
        rail.chart_chosen.connect(self.show_chart)
        rail.filter_changed.connect(self.refresh)
        rail.severities_changed.connect(self._on_severities_changed)
        rail.card.line_chosen.connect(self._on_line_chosen)
        rail.card.cancel_requested.connect(self._on_cancel)
        middle.filter_requested.connect(self.filter_requested)
        middle.made.connect(self._on_view_made)
        middle.copied.connect(deeds.say)
        middle.measure_chosen.connect(self._on_measure_chosen)
        middle.export_requested.connect(deeds.export_statistics)
        middle.more_requested.connect(deeds.new_like)
        middle.split_requested.connect(deeds.ask_split)
        middle.open_requested.connect(self._on_open)
        middle.open_example_requested.connect(self._on_open_example)
        middle.current_changed.connect(self._update_commands)
        middle.repair_requested.connect(deeds.repair)
        middle.remove_requested.connect(deeds.remove_line)
        middle.action_requested.connect(self._on_empty_action)
        deeds.made.connect(self._on_open_example)
        self._filler.findings_shown.connect(self._on_findings_shown)
        self._filler.tried.connect(self._on_tried)
        self._filler.chart_shown.connect(self.dataset_panel.show_chart)
        self._filler.lines_gone.connect(self.show_overview)
        self.dataset_panel.page_requested.connect(self.page_requested)
        self.dataset_panel.rule_chosen.connect(self.show_rule)
        self._side.option_moved.connect(self._on_option_moved)
        self._side.open_requested.connect(self._on_open_example)
        self._side.help_requested.connect(self.help_requested)
        self.dataset_panel.run.clicked.connect(self._on_run)

    @Slot(object)
    def _on_view_made(self, view: QWidget) -> None:
        """Tab comes to it after the rail."""
        tab_after(self.rail.charts, view)

    def _register(self) -> None:
        """The page in front does the commands; other pages may do some of them too."""
        self._commands.unregister(self)
        for name, handler in (
            ("check.run", self._on_run),
            ("check.next_finding", self._on_next),
            ("check.previous_finding", self._on_previous),
            ("check.import_settings", self.deeds.import_settings),
            ("check.export_settings", self.deeds.export_settings),
        ):
            self._commands.register(name, handler)
        self.finding_deeds.register(self._commands)
        self.group_deeds.register(self._commands)

    # What the main window calls

    def on_shown(self) -> None:
        """Look again at what changed while another page was in front; the keys work at once."""
        self._register()
        self._filler.prepare(self.shown)
        self.refresh()
        focus = QApplication.focusWidget()
        if self._facts is None or focus is None or not self.isAncestorOf(focus):
            self.rail.take_focus()

    def hideEvent(self, event: QHideEvent) -> None:
        """Other pages have findings of their own to fix."""
        super().hideEvent(event)
        if not self._closed:
            for name in ("check.fix", "check.set_aside"):
                self._commands.set_enabled(name, True)

    def flush(self) -> None:
        """Write the numbers of a rule that were just chosen."""
        self._side.flush()

    def close_page(self) -> None:
        """Stop listening; late answers are dropped."""
        self._closed = True
        self._filler.close()
        self._signals.stop()
        self._refresh_timer.stop()
        self._progress.stop()

    def show_findings(self, severity: str) -> None:
        """Show the first rule of a severity, or ("unreadable") the lines that could not be read."""
        if severity == "unreadable":
            self._show(Shown("unreadable"))
            return
        wanted = Severity(severity)
        self.rail.show_only(wanted)
        if self.rail.wanted().names_examples:
            self.rail.filters.reset()
        first = next((row for row in self._workspace.lint.rule_counts() if row.severity is wanted), None)
        if first is not None:
            self.show_rule(first.code)

    @Slot(str)
    def show_rule(self, code: str) -> None:
        """Show the findings of a rule."""
        self._show(Shown("rule", code))

    @Slot(str)
    def show_chart(self, key: str) -> None:
        """Show one of the charts."""
        self._show(Shown("chart", key))

    @Slot()
    def show_overview(self) -> None:
        """Show what there is to see when nothing is chosen."""
        self._show(Shown())

    # Looking

    @Slot()
    def refresh(self) -> None:
        """Read everything that is shown again, in the pool."""
        if self._closed:
            return
        self._progress.follow()
        key = f"check facts {self._workspace.uid}"
        wanted, trial = self.rail.wanted(), self._trial()
        self._workspace.ask(page_facts, wanted, trial, done=self._on_facts, key=key)

    @Slot(object)
    def _on_workspace_changed(self, _changes: Changes) -> None:
        if self.isVisible():
            self._refresh_timer.start()

    def _on_facts(self, facts: PageFacts) -> None:
        if self._closed:
            return
        self._facts = facts
        self.rail.set_facts(facts)
        self._progress.follow()
        target = self._workspace.lint.target
        title = target.title if target is not None else "OpenAI chat format, any provider"
        self.dataset_panel.show_facts(title, facts, not self._workspace.read_only)
        self.dataset_panel.run.setEnabled(not facts.summary.is_running)
        self._show(self.shown)

    def _show(self, shown: Shown) -> None:
        """Choose what the middle shows, and ask for what it needs."""
        if shown != self.shown:
            self._filler.forget_place()
            self.flush()
        self.shown = shown
        is_rule = shown.kind == "rule"
        self.rail.choose(code=shown.key if is_rule else "", chart=shown.key if shown.kind == "chart" else "")
        is_one = is_rule and shown.key != ALL_RULES
        if not is_one or not self._show_rule_panel():
            self._side.show_dataset()
        if not is_one and shown.kind != "chart":
            self.dataset_panel.show_chart("", "", ())
        self._update_commands()
        if self._facts is not None:
            severities = self.rail.severities()
            self._filler.fill(shown, self._facts, self._measure, severities, self._trial())

    def _show_rule_panel(self) -> bool:
        """False where no rule has the code (of a rule that crashed)."""
        try:
            rule = rule_by_code(self.shown.key)
        except KeyError:
            return False
        aside = self._facts.aside_of(rule.code) if self._facts is not None else []
        settings = rule_settings(self._workspace, rule)
        self.rule_panel.show_rule(rule, settings, aside, not self._workspace.read_only)
        self._side.show_rule()
        return True

    @Slot(str, str, object)
    def _on_option_moved(self, code: str, key: str, value: object) -> None:
        """What a rule over the dataset finds follows the slider; what it ends at is written."""
        trial, wanted = self._trial(), self.rail.wanted()
        if trial is not None and trial.code == code and wanted.since is None:
            self._filler.try_options(replace(trial, options={**trial.options, key: value}), wanted)

    def _trial(self) -> Trial | None:
        """The rule over the dataset that is shown, with what was chosen in its panel and is not set yet."""
        if self.shown.kind != "rule" or self.shown.key == ALL_RULES:
            return None
        panel = self.rule_panel
        if self.shown.key != panel.code or not panel.is_over_dataset:
            return None
        return Trial(panel.code, panel.waiting_values())

    @Slot(object)
    def _on_tried(self, rule: RuleFindings) -> None:
        if self._facts is not None:
            self._facts = self._facts.with_counts(rule.code, rule.counts)
            self.rail.set_facts(self._facts)

    @Slot()
    def _on_severities_changed(self) -> None:
        if self.shown == Shown("rule", ALL_RULES):
            self._show(self.shown)

    @Slot()
    def _on_cancel(self) -> None:
        self._workspace.lint.stop()

    # Going through findings

    @Slot(object)
    def _on_line_chosen(self, line: ReadinessLine) -> None:
        if line.view == "unreadable":
            self._show(Shown("unreadable"))
        elif line.code:
            self.show_rule(line.code)
        elif line.view == "answers":
            self._measure = "answer"
            self.show_chart("length")
        elif line.view == "length":
            self._measure = "tokens"
            self.show_chart("length")
        else:
            self.show_chart(line.view or "length")

    @Slot()
    def _on_next(self) -> None:
        self._step(1)

    @Slot()
    def _on_previous(self) -> None:
        self._step(-1)

    def _step(self, by: int) -> None:
        """The next finding of the rule; after the last one, the first of the next rule."""
        place = self.middle.place()
        if self.shown.kind == "rule" and place is not None and self.middle.go_to(place + by):
            return
        found = {row.code for row in self._facts.rules if row.count} if self._facts is not None else set()
        codes = [code for code in self.rail.rule_codes() if code in found]
        if not codes:
            return
        at = codes.index(self.shown.key) + by if self.shown.key in codes else (0 if by > 0 else -1)
        self._edge = "first" if by > 0 else "last"
        self.show_rule(codes[at % len(codes)])

    @Slot(int)
    def _on_findings_shown(self, count: int) -> None:
        if self._edge and count:
            self.middle.go_to(count - 1 if self._edge == "last" else 0)
        self._edge = ""
        self._update_commands()

    def current_finding(self) -> Diagnostic | None:
        """The finding that is chosen."""
        return self.finding_deeds.current()

    @Slot()
    def _update_commands(self) -> None:
        self.finding_deeds.update_commands(self._commands)
        self.group_deeds.update_commands(self._commands)

    def _looking(self) -> tuple[Shown, PageFacts | None]:
        return self.shown, self._facts

    # Deeds

    @Slot()
    def _on_run(self) -> None:
        self._workspace.lint.start()
        self.refresh()

    @Slot()
    def _on_open(self) -> None:
        finding = self.current_finding()
        if finding is not None and finding.location.example is not None:
            self.open_example_requested.emit((finding.location.example, finding.location))

    @Slot(object)
    def _on_open_example(self, example_id: int) -> None:
        self.open_example_requested.emit((example_id, None))

    @Slot(str)
    def _on_measure_chosen(self, measure: str) -> None:
        self._measure = measure
        self._show(self.shown)

    @Slot()
    def _on_empty_action(self) -> None:
        if self.shown == Shown("chart", "people") and self._workspace.lint.facts is not None:
            self.show_rule("B410")
        elif self._workspace.lint.facts is None and self._facts is not None and self._facts.total:
            self._on_run()
        else:
            self.page_requested.emit("write")

    @Slot(object)
    def _on_theme_changed(self, _theme: object) -> None:
        self._side.refresh_help()
