"""The middle of page Check: one of its views at a time."""

from collections.abc import Callable
from typing import TypeVar

from PySide6.QtCore import Signal, Slot
from PySide6.QtWidgets import QStackedWidget, QWidget

from finetune_studio.domain.diagnostic import Diagnostic
from finetune_studio.ui.check.chart_view import ChartView, Overview
from finetune_studio.ui.check.findings_model import FetchRows
from finetune_studio.ui.check.findings_view import FindingsView
from finetune_studio.ui.check.group_view import GroupView
from finetune_studio.ui.check.unreadable_view import UnreadableView
from finetune_studio.ui.widgets import EmptyState

View = TypeVar("View", bound=QWidget)


class Middle(QStackedWidget):
    """Holds the views; the page fills them. Each is made when it is first asked for, as most are not looked
    at: `made(view)` lets others wire it. A dataset that is open for reading only offers no changes.

    What the views wish for comes from here too: `open_requested` means the finding that is chosen,
    `action_requested` the button where there is nothing.
    """

    made = Signal(object)
    filter_requested = Signal(str)
    copied = Signal(str)
    measure_chosen = Signal(str)
    export_requested = Signal(str)
    more_requested = Signal(object)
    split_requested = Signal()
    open_requested = Signal()
    open_example_requested = Signal(object)
    current_changed = Signal()
    repair_requested = Signal(object)
    remove_requested = Signal(object)
    action_requested = Signal()

    def __init__(self, fetch: FetchRows, can_write: bool = True, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._fetch = fetch
        self._can_write = can_write
        self._views: dict[type[QWidget], QWidget] = {}
        self.waiting = QWidget(self)
        self.addWidget(self.waiting)

    # The views

    def _view(self, kind: type[View], make: Callable[[], View]) -> View:
        view = self._views.get(kind)
        if isinstance(view, kind):
            return view
        made = self._views[kind] = make()
        self.addWidget(made)
        self.made.emit(made)
        return made

    @property
    def overview(self) -> Overview:
        return self._view(Overview, self._make_overview)

    @property
    def chart(self) -> ChartView:
        return self._view(ChartView, self._make_chart)

    @property
    def findings(self) -> FindingsView:
        return self._view(FindingsView, self._make_findings)

    @property
    def groups(self) -> GroupView:
        return self._view(GroupView, self._make_groups)

    @property
    def lines(self) -> UnreadableView:
        return self._view(UnreadableView, self._make_lines)

    @property
    def empty(self) -> EmptyState:
        return self._view(EmptyState, self._make_empty)

    def _make_overview(self) -> Overview:
        view = Overview(self)
        view.filter_requested.connect(self.filter_requested)
        view.measure_chosen.connect(self.measure_chosen)
        view.copied.connect(self.copied)
        return view

    def _make_chart(self) -> ChartView:
        view = ChartView(self)
        view.filter_requested.connect(self.filter_requested)
        view.measure_chosen.connect(self.measure_chosen)
        view.export_requested.connect(self.export_requested)
        view.more_requested.connect(self.more_requested)
        view.split_requested.connect(self.split_requested)
        view.copied.connect(self.copied)
        view.rows.set_writable(self._can_write)
        return view

    def _make_findings(self) -> FindingsView:
        view = FindingsView(self._fetch, self)
        view.chart.filter_requested.connect(self.filter_requested)
        view.chart.copied.connect(self.copied)
        view.open_requested.connect(self.open_requested)
        view.current_changed.connect(self.current_changed)
        view.set_writable(self._can_write)
        return view

    def _make_groups(self) -> GroupView:
        view = GroupView(self)
        view.answers.filter_requested.connect(self.filter_requested)
        view.answers.copied.connect(self.copied)
        view.open_requested.connect(self.open_example_requested)
        view.current_changed.connect(self.current_changed)
        view.set_writable(self._can_write)
        return view

    def _make_lines(self) -> UnreadableView:
        view = UnreadableView(self)
        view.repair_requested.connect(self.repair_requested)
        view.remove_requested.connect(self.remove_requested)
        view.set_writable(self._can_write)
        return view

    def _make_empty(self) -> EmptyState:
        view = EmptyState("list-checks", "Nothing found", "", parent=self)
        view.action_requested.connect(self.action_requested)
        return view

    @Slot()
    def prepare_overview(self) -> None:
        """Make it before it is asked for."""
        self._view(Overview, self._make_overview)

    # All of them

    def show_first(self) -> None:
        """Begin with the first finding: another rule is shown."""
        for view in self._views.values():
            if isinstance(view, FindingsView | GroupView):
                view.show_first()

    def place(self) -> int | None:
        """The number of the finding that is chosen; None where no findings are shown."""
        view = self.currentWidget()
        if isinstance(view, GroupView):
            return view.at
        return view.current_row() if isinstance(view, FindingsView) else None

    def go_to(self, place: int) -> bool:
        """Choose another finding; False when there is none."""
        view = self.currentWidget()
        return isinstance(view, GroupView | FindingsView) and view.go_to(place)

    def current_finding(self) -> Diagnostic | None:
        """The finding that is chosen."""
        view = self.currentWidget()
        return view.current() if isinstance(view, GroupView | FindingsView) else None

    def show_view(self, view: QWidget) -> None:
        """Bring a view to the front."""
        if self.currentWidget() is not view:
            self.setCurrentWidget(view)

    def show_empty(self, icon: str, title: str, sentence: str, button: str = "") -> None:
        """Say why there is nothing."""
        self.empty.disc.set_icon(icon)
        self.empty.set_texts(title, sentence, button)
        self.show_view(self.empty)
