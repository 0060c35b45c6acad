"""The middle of page Check: one of its views at a time."""

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QStackedWidget, QWidget

from finetune_studio.domain.diagnostic import Diagnostic
from finetune_studio.ui.check.chart_panel import ChartPanel
from finetune_studio.ui.check.chart_view import ChartView, Overview
from finetune_studio.ui.check.findings_model import FetchRows
from finetune_studio.ui.check.findings_view import FindingsView
from finetune_studio.ui.check.group_view import GroupView
from finetune_studio.ui.check.unreadable_view import UnreadableView
from finetune_studio.ui.widgets import EmptyState


class Middle(QStackedWidget):
    """Holds the views; the page fills them."""

    filter_requested = Signal(str)
    copied = Signal(str)

    def __init__(self, fetch: FetchRows, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.overview = Overview(self)
        self.chart = ChartView(self)
        self.findings = FindingsView(fetch, self)
        self.groups = GroupView(self)
        self.lines = UnreadableView(self)
        self.empty = EmptyState("list-checks", "Nothing found", "", parent=self)
        self.answers = ChartPanel("Tokens of the last answer", parent=self.groups.ground)
        self.answers.setMinimumHeight(230)
        self.answers.setMaximumHeight(280)
        self.groups.chart_room.addWidget(self.answers)
        self.waiting = QWidget(self)
        for view in (
            self.waiting,
            self.overview,
            self.chart,
            self.findings,
            self.groups,
            self.lines,
            self.empty,
        ):
            self.addWidget(view)
        self.overview.filter_requested.connect(self.filter_requested)
        self.chart.filter_requested.connect(self.filter_requested)
        self.answers.filter_requested.connect(self.filter_requested)
        self.findings.chart.filter_requested.connect(self.filter_requested)
        for part in (self.overview, self.chart, self.answers, self.findings.chart):
            part.copied.connect(self.copied)

    def set_writable(self, can_write: bool) -> None:
        """A dataset that is open for reading only offers no changes."""
        for view in (self.findings, self.groups, self.lines, self.chart.rows):
            view.set_writable(can_write)

    def place(self) -> int | None:
        """The number of the finding that is chosen; None where no findings are shown."""
        if self.currentWidget() is self.groups:
            return self.groups.at
        return self.findings.current_row() if self.currentWidget() is self.findings else None

    def go_to(self, place: int) -> bool:
        """Choose another finding; False when there is none."""
        if self.currentWidget() is self.groups:
            return self.groups.go_to(place)
        return self.findings.go_to(place)

    def current_finding(self) -> Diagnostic | None:
        """The finding that is chosen."""
        if self.currentWidget() is self.groups:
            return self.groups.current()
        return self.findings.current() if self.currentWidget() is self.findings else None

    def show_view(self, view: QWidget) -> None:
        """Bring a view to the front."""
        if self.currentWidget() is not view:
            self.setCurrentWidget(view)

    def show_empty(self, icon: str, title: str, sentence: str, button: str = "") -> None:
        """Say why there is nothing."""
        self.empty.disc.set_icon(icon)
        self.empty.set_texts(title, sentence, button)
        self.show_view(self.empty)
