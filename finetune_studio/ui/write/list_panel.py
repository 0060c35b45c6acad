"""The left column: filter, list, what is said where the list is empty, and what is chosen."""

from PySide6.QtCore import Signal, Slot
from PySide6.QtWidgets import QFrame, QHBoxLayout, QStackedWidget, QVBoxLayout, QWidget

from finetune_studio.ui.models.example_list_model import ExampleListModel
from finetune_studio.ui.widgets import Banner, Button, EmptyState, Label, SidePanel
from finetune_studio.ui.write.example_list import ExampleListView
from finetune_studio.ui.write.filter_bar import FilterBar
from finetune_studio.ui.write.list_order import ListOrderBar
from finetune_studio.ui.write.words import counted

WIDTH = 348


class ListPanel(SidePanel):
    """`repair_requested`: the person wants to see the lines that could not be read."""

    repair_requested = Signal()
    bulk_requested = Signal()

    def __init__(self, model: ExampleListModel, parent: QWidget | None = None) -> None:
        super().__init__("right", parent)
        self.setMinimumWidth(250)
        self.body.setContentsMargins(0, 12, 0, 0)
        self.body.setSpacing(8)
        self.filter = FilterBar(self)
        self.order = ListOrderBar(self)
        head = QVBoxLayout()
        head.setContentsMargins(16, 0, 16, 0)
        head.setSpacing(8)
        head.addWidget(self.filter)
        head.addWidget(self.order)
        self.unreadable = Banner(closable=False, parent=self)
        self.unreadable.hide()
        self.unreadable.action_requested.connect(self.repair_requested)
        head.addWidget(self.unreadable)
        self.body.addLayout(head)
        self._stack = QStackedWidget(self)
        self.view = ExampleListView(model, self._stack)
        self.view.setProperty("panel", "clear")
        self.empty = QWidget(self._stack)
        column = QVBoxLayout(self.empty)
        column.setContentsMargins(16, 8, 16, 8)
        column.addWidget(Label("No examples yet.", type="secondary"))
        column.addStretch(1)
        self.no_match = EmptyState("search", "Nothing matches", "", "Clear the filter", self._stack)
        self._waiting = QWidget(self._stack)
        for part in (self._waiting, self.view, self.empty, self.no_match):
            self._stack.addWidget(part)
        self.body.addWidget(self._stack, 1)
        self.body.addWidget(self._make_bulk_bar())
        self.no_match.action_requested.connect(self._on_no_match_action_requested)

    def _make_bulk_bar(self) -> QFrame:
        self.bulk = QFrame(self)
        self.bulk.setProperty("panel", "status")
        row = QHBoxLayout(self.bulk)
        row.setContentsMargins(16, 8, 12, 8)
        row.setSpacing(8)
        self.bulk_label = Label(type="strong")
        self.bulk_button = Button("Change…")
        self.bulk_button.clicked.connect(self.bulk_requested)
        self.clear_button = Button("Clear", kind="ghost")
        self.clear_button.clicked.connect(self.view.clear_to_current)
        row.addWidget(self.bulk_label, 1)
        row.addWidget(self.bulk_button)
        row.addWidget(self.clear_button)
        self.bulk.hide()
        return self.bulk

    @property
    def is_waiting(self) -> bool:
        """True until the first list has come."""
        return self._stack.currentWidget() is self._waiting

    def show_list(self, count: int, query: str) -> None:
        """The list, or why there is nothing in it."""
        self.order.show_count(count)
        if count:
            self._stack.setCurrentWidget(self.view)
        elif query:
            self.no_match.set_texts("Nothing matches", f"No example fits “{query}”.", "Clear the filter")
            self._stack.setCurrentWidget(self.no_match)
        else:
            self._stack.setCurrentWidget(self.empty)

    def show_unreadable(self, count: int) -> None:
        """Keep the lines that could not be read within reach."""
        if count:
            self.unreadable.show_message(f"{counted(count, 'line')} could not be read", "warning", "Repair")
        else:
            self.unreadable.hide()

    def show_chosen(self, count: int, *, is_all: bool, writable: bool) -> None:
        """Say how many are chosen when it is more than the open one."""
        self.bulk.setVisible(count > 1)
        self.bulk_label.setText(f"All {count:,} that match" if is_all else f"{count:,} chosen")
        self.bulk_button.setEnabled(writable)

    @Slot()
    def _on_no_match_action_requested(self) -> None:
        self.filter.set_query("")
        self.filter.field.setFocus()
