"""The right panel while no rule is chosen: what is checked for, and the chart explained."""

from collections import Counter
from collections.abc import Sequence

from PySide6.QtCore import Qt, Signal, Slot
from PySide6.QtWidgets import QVBoxLayout, QWidget

from finetune_studio.ui.check.page_facts import PageFacts
from finetune_studio.ui.widgets import Button, FlowLayout, KeyValueRow, Label, LineHeightLabel, SectionLabel


class DatasetPanel(QWidget):
    """`page_requested("tune")` leads to where the target is chosen; `rule_chosen(code)` to what is off."""

    page_requested = Signal(str)
    rule_chosen = Signal(str)
    report_requested = Signal()
    unused_removed = Signal(object)
    """The ids of the set-asides that match nothing any more."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.title = Label("Checked for", type="strong")
        self.target = LineHeightLabel(type="secondary")
        self.change = Button("Choose where to train", kind="link")
        self.run = Button("Check again", icon_name="refresh-cw")
        self.report = Button("Write a report…", icon_name="file-output")
        self.chart_title = Label(type="strong")
        self.chart_text = LineHeightLabel(type="secondary")
        self._chart_facts = QVBoxLayout()
        self._chart_facts.setSpacing(8)
        self._summary = QVBoxLayout()
        self._summary.setSpacing(8)
        self._unused: list[int] = []
        self._aside_label = SectionLabel("Set aside")
        self._aside = QVBoxLayout()
        self.unused_note = LineHeightLabel(type="small", tone="warning")
        self.remove_unused = Button("Remove them", kind="link")
        self.remove_unused.setAccessibleName("Remove the set-asides that match nothing")
        self.remove_unused.clicked.connect(self._on_remove_unused)
        for widget in (self._aside_label, self.unused_note, self.remove_unused):
            widget.hide()
        self._off_label = SectionLabel("Switched off")
        self._off = QVBoxLayout()
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(8)
        self._chart = QWidget()
        about = QVBoxLayout(self._chart)
        about.setContentsMargins(0, 0, 0, 12)
        about.setSpacing(8)
        about.addWidget(self.chart_title)
        about.addWidget(self.chart_text)
        about.addLayout(self._chart_facts)
        layout.addWidget(self._chart)
        layout.addWidget(self.title)
        layout.addWidget(self.target)
        layout.addWidget(self.change, 0, Qt.AlignmentFlag.AlignLeft)
        layout.addSpacing(4)
        layout.addLayout(self._summary)
        deeds = FlowLayout(spacing=8, line_spacing=8)
        deeds.addWidget(self.run)
        deeds.addWidget(self.report)
        layout.addLayout(deeds)
        layout.addSpacing(4)
        layout.addWidget(self._aside_label)
        layout.addLayout(self._aside)
        layout.addWidget(self.unused_note)
        layout.addWidget(self.remove_unused, 0, Qt.AlignmentFlag.AlignLeft)
        layout.addSpacing(4)
        layout.addWidget(self._off_label)
        layout.addLayout(self._off)
        layout.addStretch(1)
        self.change.clicked.connect(self._on_change)
        self.report.clicked.connect(self.report_requested)
        self._off_label.hide()
        self.show_chart("", "", ())

    def show_chart(self, title: str, text: str, facts: Sequence[tuple[str, str]]) -> None:
        """Explain the chart in the middle; without a title there is none."""
        self.chart_title.setText(title)
        self.chart_text.setText(text)
        self._chart.setVisible(bool(title))
        _clear(self._chart_facts)
        for key, value in facts:
            self._chart_facts.addWidget(KeyValueRow(key, value))

    def show_facts(self, target: str, facts: PageFacts, can_write: bool = True) -> None:
        """Show what the last check was about."""
        self.target.setText(target)
        summary = facts.summary
        rows = [("Examples checked", f"{summary.checked:,} of {summary.total:,}")]
        if summary.seconds:
            seconds = f"{summary.seconds:,.1f} s" if summary.seconds >= 0.1 else "under 0.1 s"
            rows.append(("Time", seconds))
        _clear(self._summary)
        for key, value in rows:
            self._summary.addWidget(KeyValueRow(key, value))
        self._show_aside(facts, can_write)
        off = [row for row in facts.rules if row.is_off]
        _clear(self._off)
        self._off_label.setVisible(bool(off))
        self._off_label.set_count(len(off))
        for row in off:
            self._off.addWidget(self._rule_button(row.code, row.name), 0, Qt.AlignmentFlag.AlignLeft)

    def _show_aside(self, facts: PageFacts, can_write: bool) -> None:
        """What is set aside, by rule, and what of it matches nothing any more."""
        _clear(self._aside)
        self._aside_label.setVisible(bool(facts.aside))
        self._aside_label.set_count(len(facts.aside))
        for code, count in sorted(Counter(row.code for row in facts.aside).items()):
            rule = facts.rule(code)
            button = self._rule_button(code, f"{rule.name if rule is not None else ''}  {count:,}".strip())
            self._aside.addWidget(button, 0, Qt.AlignmentFlag.AlignLeft)
        self._unused = [row.id for row in facts.unused]
        count = len(self._unused)
        self.unused_note.setText(f"{count:,} {'matches' if count == 1 else 'match'} no finding any more.")
        self.unused_note.setVisible(bool(count))
        self.remove_unused.setText("Remove it" if count == 1 else "Remove them")
        self.remove_unused.setVisible(bool(count) and can_write)

    def _rule_button(self, code: str, text: str) -> Button:
        button = Button(f"{code}  {text}", kind="link")
        button.setProperty("code", code)
        button.clicked.connect(self._on_rule)
        return button

    @Slot()
    def _on_change(self) -> None:
        self.page_requested.emit("tune")

    @Slot()
    def _on_remove_unused(self) -> None:
        self.unused_removed.emit(self._unused)

    @Slot()
    def _on_rule(self) -> None:
        button = self.sender()
        if button is not None:
            self.rule_chosen.emit(str(button.property("code")))


def _clear(box: QVBoxLayout) -> None:
    while (item := box.takeAt(0)) is not None:
        widget = item.widget()
        if widget is not None:
            widget.hide()
            widget.deleteLater()
