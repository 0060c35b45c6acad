"""Asks for what the middle of page Check shows, in the pool, and fills the view when it comes."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, QTimer, Signal, Slot
from PySide6.QtWidgets import QWidget

from finetune_studio.domain.diagnostic import Diagnostic, Severity
from finetune_studio.lint.batch import runs
from finetune_studio.lint.registry import rule_by_code
from finetune_studio.ui.check import chart_data
from finetune_studio.ui.check.chart_data import ChartData
from finetune_studio.ui.check.finding_rows import FindingRow, Snippet, finding_rows
from finetune_studio.ui.check.findings_view import FindingsView
from finetune_studio.ui.check.group_view import GroupView
from finetune_studio.ui.check.groups import Group, group_of
from finetune_studio.ui.check.middle import Middle
from finetune_studio.ui.check.option_trials import OneAtATime, Trial
from finetune_studio.ui.check.page_facts import (
    ALL_RULES,
    PageFacts,
    RuleFindings,
    findings_of_rule,
    tried_findings,
)
from finetune_studio.workspace.queries.charts import TITLES
from finetune_studio.workspace.queries.examples import unreadable_lines
from finetune_studio.workspace.queries.findings import FindingFilter
from finetune_studio.workspace.readiness import counted

if TYPE_CHECKING:
    from finetune_studio.storage.rows import KeptLineRow
    from finetune_studio.workspace.workspace import Workspace


@dataclass(frozen=True, slots=True)
class Shown:
    """What the middle shows: the overview, a chart, a rule's findings, or the unreadable lines."""

    kind: str = "overview"
    key: str = ""


class ViewFiller(QObject):
    """`findings_shown(count)` when a rule's findings are there, `tried(RuleFindings)` when those are that it
    would find; `chart_shown(title, text, facts)`; `lines_gone` when the last unreadable line was repaired."""

    findings_shown = Signal(int)
    tried = Signal(object)
    chart_shown = Signal(str, str, object)
    lines_gone = Signal()

    def __init__(self, workspace: "Workspace", parent: QWidget) -> None:
        super().__init__(parent)
        self._workspace = workspace
        self.middle = Middle(self._fetch_rows, not workspace.read_only, parent)
        self.middle.made.connect(self._on_made)
        self._after_frame = QTimer(self)
        self._after_frame.setSingleShot(True)
        self._after_frame.timeout.connect(self.middle.prepare_overview)
        self._shown = Shown()
        self._facts: PageFacts | None = None
        self._closed = False
        self._trials = OneAtATime(workspace)
        self._turn = self._filled_in = self._tried_in = 0
        """The number of the newest wish to fill the view or to try options, and of the newest of each."""

    def close(self) -> None:
        """Drop late answers."""
        self._closed = True
        self._after_frame.stop()

    def prepare(self, shown: Shown) -> None:
        """Make the overview behind the first frame of the page, while its numbers are read."""
        if shown.kind == "overview" and self._workspace.lint.facts is not None:
            self._after_frame.start()

    def forget_place(self) -> None:
        """Another rule is shown: begin with its first finding."""
        self.middle.show_first()

    def fill(
        self,
        shown: Shown,
        facts: PageFacts,
        measure: str,
        severities: frozenset[Severity] = frozenset(),
        trial: Trial | None = None,
    ) -> None:
        """Show a view as it is now; `measure` is what the charts of lengths count, `severities` those of the
        findings of all rules (none: all). `trial` has the options of the rule that are not set yet."""
        self._shown, self._facts = shown, facts
        self._trials.forget()
        self._turn += 1
        self._filled_in = self._turn
        if self._show_nothing(facts):
            return
        if shown.kind == "rule":
            wanted = severities if shown.key == ALL_RULES else frozenset()
            self._ask(findings_of_rule, shown.key, facts.passed, wanted, trial, done=self._on_findings)
        elif shown.kind == "chart":
            self._ask(chart_data.chart_alone, shown.key, measure, done=self._on_chart)
        elif shown.kind == "unreadable":
            self._ask(unreadable_lines, done=self._on_lines)
        else:
            self._ask(chart_data.overview_data, measure, done=self._on_overview)

    def try_options(self, trial: Trial, wanted: FindingFilter) -> None:
        """Show what the rule that is shown would find; while its options move, as often as it can be told."""
        self._turn += 1
        turn = self._tried_in = self._turn

        def answer(rule: RuleFindings) -> None:
            if not self._closed and turn > self._filled_in:
                self._on_tried(rule)

        self._trials.ask(tried_findings, trial, wanted, done=answer)

    def _on_tried(self, rule: RuleFindings) -> None:
        if self._shown == Shown("rule", rule.code):
            self._show_rule(rule, is_trial=True)
            self.tried.emit(rule)

    def _ask(
        self, query: Callable[..., object], *arguments: object, done: Callable[..., None], part: str = "view"
    ) -> None:
        def answer(result: object) -> None:
            if not self._closed:
                done(result)

        self._workspace.ask(query, *arguments, done=answer, key=f"check {part} {self._workspace.uid}")

    def _show_nothing(self, facts: PageFacts) -> bool:
        """Say so where there is nothing to show yet."""
        if self._shown.kind == "unreadable" and facts.unreadable:
            return False
        if not facts.total:
            sentence = "Write the first one, or import a file. What is wrong with it shows up here at once."
            self.middle.show_empty("pencil", "No examples yet", sentence, "Go to Write")
            return True
        if self._workspace.lint.facts is not None:
            return False
        if facts.summary.is_running:
            sentence = "Findings and charts appear here when every example was looked at."
            self.middle.show_empty("list-checks", "Checking the examples", sentence)
        else:
            sentence = "Look at every example once; after that, changes are checked as you make them."
            self.middle.show_empty("list-checks", "Not checked yet", sentence, "Check now")
        return True

    @Slot(object)
    def _on_made(self, view: object) -> None:
        if isinstance(view, GroupView):
            view.group_wanted.connect(self._on_group_wanted)

    # Answers

    def _fetch_rows(self, findings: Sequence[Diagnostic]) -> list[FindingRow]:
        if self._closed:  # a last repaint while the dataset closes
            return [FindingRow("", "", one.message, Snippet(), one.severity) for one in findings]
        return finding_rows(self._workspace, findings)

    def _on_findings(self, rule: RuleFindings) -> None:
        if self._shown == Shown("rule", rule.code) and self._tried_in < self._filled_in:
            self._show_rule(rule)
            self.findings_shown.emit(len(rule.found))

    def _show_rule(self, rule: RuleFindings, is_trial: bool = False) -> None:
        """The charts beside a rule's findings are the same whatever its options are."""
        middle, name = self.middle, rule_name(rule.code)
        before = middle.currentWidget() if is_trial else None
        if not rule.found:
            self._show_no_findings(rule.code)
        elif rule.is_groups:
            middle.groups.show_findings(name, rule, is_trial)
            middle.show_view(middle.groups)
            if before is not middle.groups:
                self._ask(chart_data.chart_alone, "length", "answer", done=self._on_answers, part="chart")
        else:
            middle.findings.show_findings(name, rule)
            middle.show_view(middle.findings)
            whole = rule.found[0].location.example is None
            chart = chart_data.related_chart(rule.code) if whole else None
            if chart is not None and before is not middle.findings:
                self._ask(chart_data.chart_alone, *chart, done=self._on_rule_chart, part="chart")
            elif chart is None:
                middle.findings.show_chart(None)

    def _show_no_findings(self, code: str) -> None:
        row = self._facts.rule(code) if self._facts is not None else None
        is_on = self._is_on(code)
        if self._facts is not None and self._facts.passed is not None and is_on:
            sentence = "No finding passes the filters at the left."
            self.middle.show_empty("circle-check", "Nothing found", sentence)
            return
        if not is_on:
            sentence = "It looks at nothing in this dataset. Switch it on at the right."
            self.middle.show_empty("list-checks", "This rule is switched off", sentence)
            return
        if row is not None and row.aside:
            sentence = "Everything that this rule found is set aside. Bring it back at the right."
        else:
            sentence = "This rule finds nothing wrong now."
        self.middle.show_empty("circle-check", "Nothing found", sentence)

    def _is_on(self, code: str) -> bool:
        try:
            return runs(rule_by_code(code), self._workspace.lint.config)
        except KeyError:
            return True

    def _on_answers(self, data: ChartData) -> None:
        self.middle.groups.answers.show_data(data)

    def _on_rule_chart(self, data: ChartData) -> None:
        view = self.middle.currentWidget()
        if isinstance(view, FindingsView):
            view.show_chart(data)

    def _on_chart(self, data: ChartData) -> None:
        if self._shown != Shown("chart", data.key):
            return
        title = dict(TITLES)[data.key]
        self.chart_shown.emit(title, chart_data.explained(data), data.facts)
        if not data.chart.bars and data.key in chart_data.NOTHING:
            is_counted = data.key == "people" and self._is_on("B410")
            self.middle.show_empty(*chart_data.NOTHING["people on" if is_counted else data.key])
            return
        self.middle.chart.show_data(title, data)
        self.middle.show_view(self.middle.chart)
        if data.key in chart_data.WITH_TABLE:
            self._ask(chart_data.statistics_table, data.key, done=self._on_table, part="table")

    def _on_table(self, table: "chart_data.StatisticsTable") -> None:
        if self._shown == Shown("chart", table.key):
            self.middle.chart.show_table(table)

    def _on_overview(self, charts: dict[str, ChartData]) -> None:
        if self._shown.kind != "overview" or self._facts is None:
            return
        found = sum(row.count for row in self._facts.rules)
        text = f"{counted(found, 'finding')}. Choose a rule at the left to see them."
        self.middle.overview.show_data(charts, text if found else "Nothing found.")
        self.middle.show_view(self.middle.overview)

    def _on_lines(self, rows: "list[KeptLineRow]") -> None:
        if self._shown.kind != "unreadable":
            return
        if rows:
            self.middle.lines.show_lines(rows)
            self.middle.show_view(self.middle.lines)
        else:
            self.lines_gone.emit()

    @Slot(object, object, object)
    def _on_group_wanted(self, finding: Diagnostic, left: int | None, right: int | None) -> None:
        self._ask(group_of, finding, left, right, done=self._on_group, part="group")

    def _on_group(self, group: Group) -> None:
        self.middle.groups.show_group(group)


def rule_name(code: str) -> str:
    """A rule's name; its code where no rule has it (a rule that crashed)."""
    if code == ALL_RULES:
        return "All findings"
    try:
        return rule_by_code(code).name
    except KeyError:
        return code
