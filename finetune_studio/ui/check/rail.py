"""The left panel of page Check: readiness, findings by rule, balance."""

from PySide6.QtCore import QRect, Qt, Signal, Slot
from PySide6.QtWidgets import QApplication, QHBoxLayout, QVBoxLayout, QWidget

from finetune_studio.domain.diagnostic import Severity
from finetune_studio.ui.check.finding_filters import FindingFilters
from finetune_studio.ui.check.page_facts import ALL_RULES, PageFacts, RuleRow
from finetune_studio.ui.check.rail_list import RailList, RailRow
from finetune_studio.ui.check.readiness_card import ReadinessCard
from finetune_studio.ui.check.scroll import SteadyColumn
from finetune_studio.ui.widgets import Chip, IconButton, Label, SectionLabel, SidePanel
from finetune_studio.ui.widgets.tab_order import tab_after
from finetune_studio.workspace.queries.charts import TITLES
from finetune_studio.workspace.queries.findings import FindingFilter
from finetune_studio.workspace.readiness import Readiness

_CHIPS = ((Severity.ERROR, "Errors"), (Severity.WARNING, "Warnings"), (Severity.INFO, "Infos"))


class CheckRail(SidePanel):
    """`rule_chosen(code)` and `chart_chosen(key)`; the severity chips filter the rules, and the other filters
    (`filter_changed`) what they count."""

    rule_chosen = Signal(str)
    chart_chosen = Signal(str)
    filter_changed = Signal()
    severities_changed = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__("right", parent)
        self.body.setContentsMargins(0, 0, 0, 0)
        self._scroll = SteadyColumn(margin=16, right=16, parent=self)
        inner = self._scroll.widget()
        self.card = ReadinessCard(inner)
        self.findings_label = SectionLabel("Findings", 0, inner)
        self.chips = {severity: Chip(text, 0, severity.value, inner) for severity, text in _CHIPS}
        self.filter_button = IconButton("list-filter", "Filter the findings", checkable=True, parent=inner)
        self._filters: FindingFilters | None = None
        self.nothing = Label("Nothing found.", type="secondary", parent=inner)
        self.nothing.hide()
        self.rules = RailList("Findings by rule", parent=inner)
        self.charts = RailList("Balance", 31, inner)
        self.charts.set_rows([RailRow(key, text) for key, text in TITLES])
        self._facts: PageFacts | None = None
        self._kept: RuleRow | None = None
        self._waits = False
        self._focus_before: QWidget | None = None
        self.body.addWidget(self._scroll)
        self._scroll.body.addWidget(self.card)
        self._scroll.body.addSpacing(4)
        self._scroll.body.addWidget(self.findings_label)
        self._scroll.body.addLayout(self._chip_row())
        self._filters_at = self._scroll.body.count()
        self._scroll.body.addWidget(self.nothing)
        self._scroll.body.addWidget(self.rules)
        self._scroll.body.addSpacing(4)
        self._scroll.body.addWidget(SectionLabel("Balance"))
        self._scroll.body.addWidget(self.charts)
        self.rules.chosen.connect(self._on_rule_chosen)
        self.charts.chosen.connect(self._on_chart_chosen)

    def _chip_row(self) -> QVBoxLayout:
        box = QVBoxLayout()
        row = QHBoxLayout()
        row.setSpacing(6)
        for chip in self.chips.values():
            chip.toggled.connect(self._on_chip_toggled)
            row.addWidget(chip)
        row.addStretch(1)
        row.addWidget(self.filter_button)
        box.addLayout(row)
        self.filter_button.toggled.connect(self._on_filters_toggled)
        return box

    @property
    def filters(self) -> FindingFilters:
        """Made when they are first wanted."""
        if self._filters is None:
            filters = self._filters = FindingFilters(self._scroll.widget())
            filters.hide()
            if self._facts is not None:
                filters.set_versions(self._facts.versions)
            self._scroll.body.insertWidget(self._filters_at, filters)
            tab_after(self.filter_button, filters)
            filters.changed.connect(self.filter_changed)
            filters.rules_toggled.connect(self._on_chip_toggled)
        return self._filters

    def wanted(self) -> FindingFilter:
        """What the filters let through."""
        return self._filters.value() if self._filters is not None else FindingFilter()

    def set_facts(self, facts: PageFacts) -> None:
        """Show what the checks say now."""
        is_due = self._waits and self.isVisible() and QApplication.focusWidget() is self._focus_before
        self._waits, self._focus_before = False, None
        self._facts = facts
        self.card.set_report(facts.report)
        is_known = facts.report.state is not Readiness.CHECKING or bool(facts.report.lines)
        counts = facts.counts
        self.findings_label.set_count(sum(counts.values()) if is_known else None)
        if self._filters is not None and not self._filters.set_versions(facts.versions):
            self.filter_changed.emit()
        for severity, chip in self.chips.items():
            chip.set_count(counts[severity])
            chip.setVisible(bool(counts[severity]) or chip.isChecked())
        self._fill()
        if is_due:
            self.take_focus()

    def show_only(self, severity: Severity) -> None:
        """Filter to one severity."""
        for each, chip in self.chips.items():
            chip.blockSignals(True)
            chip.setChecked(each is severity)
            chip.blockSignals(False)
        self._fill()

    def choose(self, code: str = "", chart: str = "") -> None:
        """Mark what is shown in the middle; a rule without findings stays in the list while it is chosen."""
        self._kept = self._known(code) if code and code != ALL_RULES else None
        is_rule = bool(code) and code != ALL_RULES
        if is_rule and self._facts is not None and code not in {row.key for row in self.rules.rows}:
            for chip in self.chips.values():
                chip.blockSignals(True)
                chip.setChecked(False)
                chip.blockSignals(False)
        self._fill()
        self.rules.choose(code)
        self.charts.choose(chart)
        shown, key = (self.rules, code) if code else (self.charts, chart)
        if key:
            rect = shown.row_rect(key)
            inner = self._scroll.widget()
            top = rect.topLeft() if inner is None else shown.mapTo(inner, rect.topLeft())
            area = QRect(top, rect.size())
            self._scroll.ensureVisible(area.center().x(), area.center().y(), 0, 40)

    def take_focus(self) -> None:
        """To the rules; where there are none, to the charts. Before the rules are known it waits for them,
        unless the person moves it meanwhile."""
        if self._facts is None:
            self._waits, self._focus_before = True, QApplication.focusWidget()
            return
        wanted = self.charts if self.rules.isHidden() else self.rules
        wanted.setFocus(Qt.FocusReason.OtherFocusReason)

    def rule_codes(self) -> list[str]:
        """The rules in the order shown."""
        return [row.key for row in self.rules.rows if row.key != ALL_RULES]

    def severities(self) -> frozenset[Severity]:
        """Those that the chips ask for; none means all."""
        return frozenset(severity for severity, chip in self.chips.items() if chip.isChecked())

    def _known(self, code: str) -> RuleRow | None:
        if self._facts is not None and (row := self._facts.rule(code)) is not None:
            return row
        from finetune_studio.lint.registry import rule_by_code

        try:
            rule = rule_by_code(code)
        except KeyError:
            return None
        return RuleRow(code, rule.name, rule.severity, 0)

    def _fill(self) -> None:
        if self._facts is None:
            return
        wanted = self.severities()
        every = self._filters is not None and self._filters.every_rule.isChecked()
        kept = self._kept
        rows = [
            row
            for row in self._facts.rules
            if (every or row.count or row.aside or row.is_off or (kept is not None and row.code == kept.code))
            and (not wanted or row.severity in wanted)
        ]
        if kept is not None and all(row.code != kept.code for row in rows):
            known = self._facts.rule(kept.code)
            rows.append(known or RuleRow(kept.code, kept.name, kept.severity, 0))
        shown = [_rail_row(row) for row in rows]
        found = sum(row.count for row in rows)
        if sum(1 for row in rows if row.count) > 1:
            shown.insert(0, RailRow(ALL_RULES, "All of them", "", "quiet", f"{found:,}"))
        self.rules.set_rows(shown)
        is_known = self._facts.report.state is not Readiness.CHECKING
        self.nothing.setVisible(not found and is_known)
        nothing = "Nothing found." if self._facts.total else "Nothing to check yet."
        self.nothing.setText("No finding passes the filters." if self._facts.passed is not None else nothing)

    @Slot(bool)
    def _on_filters_toggled(self, shown: bool) -> None:
        self.filters.setVisible(shown)

    @Slot()
    def _on_chip_toggled(self) -> None:
        self._fill()
        self.severities_changed.emit()

    @Slot(str)
    def _on_rule_chosen(self, code: str) -> None:
        self.rule_chosen.emit(code)

    @Slot(str)
    def _on_chart_chosen(self, key: str) -> None:
        self.chart_chosen.emit(key)


def _rail_row(row: RuleRow) -> RailRow:
    count = f"{row.count:,}"
    if not row.count and row.is_off:
        count = "off"
    elif not row.count and row.aside:
        count = "set aside"
    tone = row.severity.value if row.count else "quiet"
    return RailRow(row.code, row.name, row.code, tone, count, is_faint=not row.count)
