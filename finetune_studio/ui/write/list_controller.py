"""Which examples the list shows and which one is open, kept right while the dataset changes."""

from PySide6.QtCore import QObject, QTimer, Signal, Slot

from finetune_studio.domain.changes import ChangeKind, Changes
from finetune_studio.domain.errors import StudioError
from finetune_studio.ui.models.example_list_model import ExampleListModel
from finetune_studio.ui.models.id_list import IdList, find_ids, rearranged
from finetune_studio.ui.write.example_list import ExampleListView
from finetune_studio.workspace.queries.ordering import Order
from finetune_studio.workspace.queries.search import QueryError, parse_query
from finetune_studio.workspace.workspace import Workspace

_ANY = frozenset(ChangeKind) - {ChangeKind.HISTORY, ChangeKind.OPTIONS, ChangeKind.FILTERS}
_AGAIN_AFTER = 40
"""Milliseconds in which changes gather before the list is asked again."""


class ListController(QObject):
    """`opened(example id or None)` when another example is to be shown; `listed()` after each new list.

    `understood(error or None)` tells whether the query makes sense; a wrong one leaves the list as it was.
    """

    opened = Signal(object)
    listed = Signal()
    understood = Signal(object)

    def __init__(
        self, workspace: Workspace, model: ExampleListModel, view: ExampleListView, parent: QObject
    ) -> None:
        super().__init__(parent)
        self._workspace = workspace
        self._model = model
        self._view = view
        self._query = ""
        self._order = Order()
        self._closed: frozenset[str] = frozenset()
        self._current: int | None = None
        self._last_row = 0
        self._wanted: int | None = None
        self._key = f"write list {id(self)}"
        self._is_asking = False
        self._leads = False
        self.is_listed = False
        """True once the first list has come."""
        self._timer = QTimer(self)
        self._timer.setSingleShot(True)
        self._timer.setInterval(_AGAIN_AFTER)
        self._timer.timeout.connect(self.refresh)
        view.current_changed.connect(self._on_view_current_changed)
        view.group_toggled.connect(self.toggle_group)

    @property
    def current_id(self) -> int | None:
        """The open example; it may be outside of the list."""
        return self._current

    @property
    def query(self) -> str:
        return self._query

    @property
    def order(self) -> Order:
        return self._order

    def set_query(self, text: str) -> None:
        """Filter; an understood query is asked at once, the answer comes to `listed`."""
        try:
            parse_query(text)
        except QueryError as error:
            self.understood.emit(error)
            return
        self.understood.emit(None)
        if text.strip() != self._query or not self.is_listed:
            self._query = text.strip()
            self.refresh()

    def lead(self) -> None:
        """Open the first example of the list that is asked for, unless the open one is in it."""
        if self._is_asking or self._timer.isActive():
            self._leads = True
        else:
            self._open_first()

    def _open_first(self) -> None:
        row = self._nearest_example(0)
        listed = self._current is not None and self._model.row_of(self._current) >= 0
        if not listed and (first := self._model.id_at(row)) is not None:
            self.open(first)
            self._view.verticalScrollBar().setValue(0)

    def start_with(self, order: Order) -> None:
        """The arrangement of the first list, which `set_query` asks for."""
        self._order = order

    def set_order(self, order: Order) -> None:
        """Arrange the list otherwise; every group is open then."""
        if order != self._order:
            if order.grouping != self._order.grouping:
                self._closed = frozenset()
            self._order = order
            self.refresh()

    @Slot(object)
    def toggle_group(self, key: str) -> None:
        """Open or close a group."""
        self._close(self._closed ^ {key})

    def close_groups(self) -> None:
        """Show the headings alone."""
        self._close(frozenset(heading.key for heading in self._model.listed.headings))

    def open_groups(self) -> None:
        """Show every example."""
        self._close(frozenset())

    def _close(self, keys: frozenset[str]) -> None:
        listed = self._model.listed
        if keys == self._closed or not listed.headings:
            return
        self._closed = keys
        if self._is_asking or self._timer.isActive():
            self.refresh()  # The groups that are shown are not the latest.
        else:
            self._workspace.ask(rearranged, listed, keys, done=self._on_found, key=self._key)

    @Slot()
    def refresh(self) -> None:
        """Ask for the list again; a newer question replaces an older one."""
        self._timer.stop()
        self._is_asking = True
        self._workspace.ask(
            find_ids,
            self._query,
            self._order,
            self._closed,
            done=self._on_found,
            failed=self._on_failed,
            key=self._key,
        )

    def close(self) -> None:
        """Ask no more: the dataset is closing."""
        self._timer.stop()

    # Going from example to example

    def open(self, example_id: int | None) -> None:
        """Open an example, in the list or not; one that the list does not know yet is shown when it comes."""
        self._wanted = example_id
        row = self._model.row_of(example_id) if example_id is not None else -1
        if row >= 0:
            self._last_row = row
            self._wanted = None
        self._view.select_row(row)
        self._set_current(example_id)

    def step(self, by: int) -> bool:
        """Open the next (1) or previous (-1) example of the list; False at its end."""
        row = self.neighbour_row(by)
        example_id = self._model.id_at(row)
        if example_id is None:
            return False
        self.open(example_id)
        return True

    def neighbour_row(self, by: int) -> int:
        """The row that `step` would open; -1 at the end."""
        row = self._model.row_of(self._current) if self._current is not None else -1
        if row < 0:
            row = self._last_row if by < 0 else self._last_row - 1
        row += by
        while self._model.heading_at(row) is not None:
            row += by
        return row if 0 <= row < len(self._model.ids) else -1

    def after_chosen(self) -> int | None:
        """The example to open once the chosen ones are gone: the one behind the last, or one before."""
        if self._view.is_all_selected:
            return None
        chosen = set(self._view.selected_ids())
        last = max(map(self._model.row_of, chosen), default=-1)
        for row in (last + 1, *range(last, -1, -1)):
            example_id = self._model.id_at(row)
            if example_id is not None and example_id not in chosen:
                return example_id
        return None

    def follow(self, changes: Changes) -> None:
        """Show what an undo or redo touched, unless the open example is part of it."""
        touched = changes.example_ids
        if not touched or (self._current is not None and self._current in touched):
            return
        if len(touched) == 1 or ChangeKind.MEMBERSHIP in changes.kinds:
            self.open(touched.ranges[0][0])

    # Changes

    def take(self, changes: Changes) -> None:
        """Look again at what a change touched."""
        if ChangeKind.MEMBERSHIP in changes.kinds:
            self._model.forget_rows()
        elif changes.kinds & _ANY:
            self._model.refresh(changes.example_ids)
        is_chosen = bool(self._query) or self._order != Order()
        touches = ChangeKind.MEMBERSHIP in changes.kinds or (is_chosen and bool(changes.kinds & _ANY))
        if touches and not self._timer.isActive():
            self._timer.start()

    def _on_found(self, found: IdList) -> None:
        first = not self.is_listed
        self.is_listed = True
        self._is_asking = False
        wanted, self._wanted = self._wanted, None
        current = wanted if wanted is not None else self._current
        self._view.show_ids(found, current)
        row = self._model.row_of(current) if current is not None else -1
        if row >= 0:
            self._last_row = row
        self._last_row = min(self._last_row, max(0, len(found.ids) - 1))
        if self._current is None and (first or self._model.ids):
            self.open(self._model.id_at(self._nearest_example(self._last_row)))
        leads, self._leads = self._leads, False
        if leads and wanted is None:
            self._open_first()
        self.listed.emit()

    def _nearest_example(self, row: int) -> int:
        """A row, or the one below its heading."""
        while self._model.heading_at(row) is not None:
            row += 1
        return row

    def _on_failed(self, error: StudioError) -> None:
        self._is_asking = self._leads = False
        self.understood.emit(error)

    def _set_current(self, example_id: int | None) -> None:
        if example_id != self._current:
            self._current = example_id
            self.opened.emit(example_id)

    @Slot(object)
    def _on_view_current_changed(self, example_id: int | None) -> None:
        if example_id is not None:
            self._wanted = None
            self._leads = False
            self._last_row = self._model.row_of(example_id)
            self._set_current(example_id)
