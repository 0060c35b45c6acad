"""The list of examples: any number of them, several chosen at once, all of them by one flag."""

from array import array
from bisect import bisect_left

from PySide6.QtCore import (
    QItemSelection,
    QItemSelectionModel,
    QItemSelectionRange,
    QModelIndex,
    QPersistentModelIndex,
    QPoint,
    QRect,
    Qt,
    Signal,
    Slot,
)
from PySide6.QtGui import (
    QContextMenuEvent,
    QKeyEvent,
    QKeySequence,
    QMouseEvent,
    QPainter,
    QPaintEvent,
    QResizeEvent,
)
from PySide6.QtWidgets import QAbstractItemView, QHeaderView, QTableView, QWidget

from finetune_studio.ui.models.example_list_model import ExampleListModel
from finetune_studio.ui.models.id_list import IdList
from finetune_studio.ui.theme.current import color
from finetune_studio.ui.write.example_delegate import ROW_HEIGHT, ExampleDelegate
from finetune_studio.ui.write.sticky_heading import ABOVE, HEIGHT, StickyHeading

_KEPT = 5000
"""Chosen rows that are chosen again when the list changes; a greater choice is dropped."""
_SELECT = QItemSelectionModel.SelectionFlag


class ExampleListView(QTableView):
    """A table of one column: QListView asks the model for every row before it shows the first one.

    `current_changed(example id or None)` follows every step of the person, not those of the program.

    `peek_requested(1 or -1)`: Space, to read on in the open example without leaving the list.
    `group_toggled(key)`: the group under a heading is to be opened or closed.
    """

    current_changed = Signal(object)
    selection_changed = Signal()
    menu_requested = Signal(QPoint)
    edit_requested = Signal()
    delete_requested = Signal()
    peek_requested = Signal(int)
    group_toggled = Signal(object)

    def __init__(self, model: ExampleListModel, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._model = model
        self._quiet = False
        self._all = False
        self._delegate = ExampleDelegate(model, self, model.heading_at)
        self.setItemDelegate(self._delegate)
        self._set_up_table()
        self.setModel(model)
        self.setAccessibleName("Examples")
        self.setSelectionMode(QAbstractItemView.SelectionMode.ExtendedSelection)
        self.setVerticalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        self.setMouseTracking(True)
        self.verticalScrollBar().setSingleStep(ROW_HEIGHT // 2)
        self.viewport().setAttribute(Qt.WidgetAttribute.WA_OpaquePaintEvent)  # Scrolling moves what is there.
        self.sticky = StickyHeading(self._delegate.paint_heading, self)
        self.sticky.toggled.connect(self._on_sticky_toggled)
        self.verticalScrollBar().valueChanged.connect(self._place_sticky)
        model.modelReset.connect(self._place_sticky)
        model.dataChanged.connect(self._place_sticky)
        self.selectionModel().currentChanged.connect(self._on_current_changed)
        self.selectionModel().selectionChanged.connect(self._on_selection_changed)

    def _set_up_table(self) -> None:
        self.setShowGrid(False)
        self.setWordWrap(False)
        self.setTabKeyNavigation(False)
        self.setCornerButtonEnabled(False)
        self.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectRows)
        self.horizontalHeader().hide()
        self.horizontalHeader().setSectionResizeMode(QHeaderView.ResizeMode.Stretch)
        rows = self.verticalHeader()
        rows.hide()
        rows.setSectionResizeMode(QHeaderView.ResizeMode.Fixed)
        rows.setMinimumSectionSize(ROW_HEIGHT)
        rows.setDefaultSectionSize(ROW_HEIGHT)

    # What is chosen

    @property
    def is_all_selected(self) -> bool:
        return self._all

    def selected_count(self) -> int:
        if self._all:
            return self._model.count
        return sum(self._model.listed.examples_between(each.top(), each.bottom()) for each in self._ranges())

    def selected_ids(self) -> "array[int]":
        """The chosen examples; a copy."""
        if self._all:
            return self._model.listed.members()
        chosen = array("q")
        for each in self._ranges():
            chosen.extend(self._model.ids[each.top() : each.bottom() + 1])
        return array("q", (each for each in chosen if each >= 0)) if self._model.listed.headings else chosen

    def _ranges(self) -> list[QItemSelectionRange]:
        selection = self.selectionModel().selection()
        return [selection.at(number) for number in range(selection.count())]

    def current_row(self) -> int:
        return self.currentIndex().row()

    def select_row(self, row: int, *, centre: bool = False) -> None:
        """Choose one row without `current_changed`, and show it; -1 chooses none."""
        self._quiet = True
        self._set_all(False)
        if 0 <= row < len(self._model.ids):
            index = self._model.index(row)
            self.selectionModel().setCurrentIndex(index, _SELECT.ClearAndSelect)
            hint = QAbstractItemView.ScrollHint
            self.scrollTo(index, hint.PositionAtCenter if centre else hint.EnsureVisible)
        else:
            self.selectionModel().clear()
        self._quiet = False
        self.selection_changed.emit()

    def selectAll(self) -> None:
        """One flag: a selection of a million rows takes Qt 13 s."""
        if self._model.count:
            self._set_all(True)
            self.selection_changed.emit()

    def clear_to_current(self) -> None:
        """Choose the current row only."""
        self.select_row(self.current_row())

    def show_ids(self, found: IdList, current_id: int | None) -> None:
        """Show another list; what the person looks at stays where it was on the screen.

        The open example is brought into sight when the list before did not have it.
        """
        was_listed = current_id is None or self._model.row_of(current_id) >= 0
        anchor_id, offset = self._anchor(current_id)
        chosen = list(self.selected_ids()) if not self._all and 1 < self.selected_count() <= _KEPT else []
        was_all = self._all
        self._quiet = True
        self._model.set_ids(found)
        self._quiet = False
        row = self._model.row_of(current_id) if current_id is not None else -1
        value = self.verticalScrollBar().value()
        self.select_row(row)
        self._choose_again(chosen)
        self._set_all(was_all and bool(self._model.count))
        anchor = self._model.row_of(anchor_id) if anchor_id is not None else -1
        bar = self.verticalScrollBar()
        bar.setValue(anchor * ROW_HEIGHT - offset if anchor >= 0 else value)
        if row >= 0 and not was_listed:
            self.scrollTo(self._model.index(row), QAbstractItemView.ScrollHint.PositionAtCenter)
        elif row >= 0:
            self._bring_below_heading(self._model.index(row))
        self._place_sticky()
        self.selection_changed.emit()

    def _anchor(self, current_id: int | None) -> tuple[int | None, int]:
        """The example that must not move on the screen, and how far from the top it is."""
        top = self.verticalScrollBar().value()
        row = self._model.row_of(current_id) if current_id is not None else -1
        y = row * ROW_HEIGHT - top
        if row >= 0 and -ROW_HEIGHT < y < self.viewport().height():
            return current_id, y
        first = top // ROW_HEIGHT
        return self._model.id_at(first), first * ROW_HEIGHT - top

    def _choose_again(self, ids: list[int]) -> None:
        selection = QItemSelection()
        for row in map(self._model.row_of, ids):
            if row >= 0:
                selection.select(self._model.index(row), self._model.index(row))
        if not selection.isEmpty():
            self._quiet = True
            self.selectionModel().select(selection, _SELECT.Select)
            self._quiet = False

    # The heading at the top

    @Slot()
    def _place_sticky(self) -> None:
        """The group of the first row in sight; the next heading pushes it away."""
        listed, top = self._model.listed, self.verticalScrollBar().value()
        row = (top - ABOVE) // ROW_HEIGHT
        if not listed.headings or not 0 <= row < len(listed.ids):
            self.sticky.show_heading(None, QRect())
            return
        at = bisect_left(listed.heading_rows, row + 1)
        has_next = at < len(listed.heading_rows)
        free = listed.heading_rows[at] * ROW_HEIGHT - top + ABOVE if has_next else HEIGHT
        place = QRect(0, min(0, free - HEIGHT), self.viewport().width(), HEIGHT)
        self.sticky.show_heading(listed.group_of(row), place)

    @Slot(object)
    def _on_sticky_toggled(self, key: str) -> None:
        """Its own row comes to the top, so that it is where the eye is."""
        listed = self._model.listed
        at = next(n for n, heading in enumerate(listed.headings) if heading.key == key)
        self.verticalScrollBar().setValue(listed.heading_rows[at] * ROW_HEIGHT)
        self.group_toggled.emit(key)

    def scrollTo(
        self,
        index: QModelIndex | QPersistentModelIndex,
        hint: QAbstractItemView.ScrollHint = QAbstractItemView.ScrollHint.EnsureVisible,
    ) -> None:
        """A row that comes to the top comes below the heading that stays there."""
        super().scrollTo(index, hint)
        self._bring_below_heading(index)

    def _bring_below_heading(self, index: QModelIndex | QPersistentModelIndex) -> None:
        hidden = HEIGHT - self.visualRect(index).top()
        if self._model.listed.headings and 0 < hidden <= HEIGHT and self._model.id_at(index.row()):
            self.verticalScrollBar().setValue(self.verticalScrollBar().value() - hidden)

    # Events

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._place_sticky()

    def paintEvent(self, event: QPaintEvent) -> None:
        """The ground of the rows and of what is below the last one."""
        painter = QPainter(self.viewport())
        painter.setClipRegion(event.region())
        painter.fillRect(event.rect(), color("surface"))
        painter.end()
        super().paintEvent(event)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.matches(QKeySequence.StandardKey.SelectAll):
            self.selectAll()
        elif self._takes_for_group(event):
            return
        elif event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            self.edit_requested.emit()
        elif event.key() == Qt.Key.Key_Space:
            self.peek_requested.emit(-1 if event.modifiers() & Qt.KeyboardModifier.ShiftModifier else 1)
        elif event.key() == Qt.Key.Key_Delete:
            self.delete_requested.emit()
        elif event.text() and not event.modifiers() & ~Qt.KeyboardModifier.ShiftModifier:
            event.ignore()  # No search by typing: it would read every row, and letters are commands here.
        else:
            if self._all and event.key() not in (Qt.Key.Key_Control, Qt.Key.Key_Shift, Qt.Key.Key_Menu):
                self._set_all(False)
                self.selection_changed.emit()
            super().keyPressEvent(event)

    def _takes_for_group(self, event: QKeyEvent) -> bool:
        """Left goes to the heading and closes its group, Right opens it; Return and Space do either."""
        row, listed = self.current_row(), self._model.listed
        if not listed.headings or row < 0 or event.modifiers():
            return False
        heading = listed.heading_at(row)
        key = event.key()
        if heading is None:
            if key == Qt.Key.Key_Left:
                at = bisect_left(listed.heading_rows, row) - 1
                self.setCurrentIndex(self._model.index(listed.heading_rows[at]))
            return key == Qt.Key.Key_Left
        keys = {Qt.Key.Key_Left: heading.is_open, Qt.Key.Key_Right: not heading.is_open}
        if keys.get(Qt.Key(key), key in (Qt.Key.Key_Return, Qt.Key.Key_Enter, Qt.Key.Key_Space)):
            self.group_toggled.emit(heading.key)
            return True
        return key in keys

    def moveCursor(
        self, action: QAbstractItemView.CursorAction, modifiers: Qt.KeyboardModifier
    ) -> QModelIndex:
        """Home and End are the ends of the list, not of a row."""
        ends = {QAbstractItemView.CursorAction.MoveHome: 0, QAbstractItemView.CursorAction.MoveEnd: -1}
        if action in ends and self._model.ids:
            return self._model.index(ends[action] % len(self._model.ids))
        return super().moveCursor(action, modifiers)

    def mousePressEvent(self, event: QMouseEvent) -> None:
        if event.button() == Qt.MouseButton.RightButton:
            index = self.indexAt(event.position().toPoint())
            is_example = self._model.id_at(index.row()) is not None
            if is_example and not self._all and not self.selectionModel().isSelected(index):
                self.selectionModel().setCurrentIndex(index, _SELECT.ClearAndSelect)
            return
        heading = self._model.heading_at(self.indexAt(event.position().toPoint()).row())
        if heading is not None:
            self.group_toggled.emit(heading.key)
            return
        if self._all:
            self._set_all(False)
            self.selection_changed.emit()
        super().mousePressEvent(event)

    def contextMenuEvent(self, event: QContextMenuEvent) -> None:
        if self._model.ids:
            at = event.globalPos()
            if event.reason() == QContextMenuEvent.Reason.Keyboard:
                at = self.viewport().mapToGlobal(self.visualRect(self.currentIndex()).center())
            self.menu_requested.emit(at)

    def _set_all(self, value: bool) -> None:
        if self._all != value:
            self._all = value
            self._delegate.select_all = value
            self.viewport().update()

    @Slot(QModelIndex, QModelIndex)
    def _on_current_changed(self, current: QModelIndex, _previous: QModelIndex) -> None:
        if not self._quiet and self._model.heading_at(current.row()) is None:
            self.current_changed.emit(self._model.id_at(current.row()))

    @Slot(QItemSelection, QItemSelection)
    def _on_selection_changed(self, _selected: QItemSelection, _deselected: QItemSelection) -> None:
        if not self._quiet:
            self._set_all(False)
            self.selection_changed.emit()
