"""The filters of the dataset: use, rename, delete."""

from collections.abc import Sequence

from PySide6.QtCore import Slot
from PySide6.QtWidgets import (
    QDialog,
    QHBoxLayout,
    QListWidget,
    QListWidgetItem,
    QVBoxLayout,
    QWidget,
)
from shiboken6 import isValid

from finetune_studio.domain.changes import Changes
from finetune_studio.domain.errors import StudioError
from finetune_studio.ui.commands.registry import CommandRegistry
from finetune_studio.ui.widgets import Button, EmptyState, Label, LineHeightLabel
from finetune_studio.ui.widgets.questions import ask_text
from finetune_studio.workspace.operations import saved_filters
from finetune_studio.workspace.operations.saved_filters import SavedFilter
from finetune_studio.workspace.workspace import Workspace


class SavedFiltersDialog(QDialog):
    """Accepted with `chosen` when one is to be used; each change is a step of the history."""

    def __init__(
        self,
        workspace: Workspace,
        commands: CommandRegistry,
        filters: Sequence[SavedFilter],
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self.setWindowTitle("Saved filters")
        self.resize(460, 380)
        self._workspace = workspace
        self._commands = commands
        self._filters: list[SavedFilter] = []
        self.chosen = ""
        column = QVBoxLayout(self)
        column.setContentsMargins(20, 16, 20, 16)
        column.setSpacing(12)
        column.addWidget(Label("Saved filters", type="title"))
        self.list = QListWidget()
        self.list.setAccessibleName("Saved filters")
        self.empty = EmptyState(
            "bookmark", "No saved filters", "“Save the filter…” in the Review menu keeps what the list shows."
        )
        self.query = LineHeightLabel(type="secondary")
        column.addWidget(self.list, 1)
        column.addWidget(self.empty, 1)
        column.addWidget(self.query)
        row = QHBoxLayout()
        row.setSpacing(8)
        self.rename_button = Button("Rename…")
        self.delete_button = Button("Delete", icon_name="trash-2")
        self.close_button = Button("Close")
        self.use_button = Button("Use", kind="primary")
        self.use_button.setDefault(True)
        for button in (self.rename_button, self.delete_button):
            row.addWidget(button)
        row.addStretch(1)
        for button in (self.close_button, self.use_button):
            row.addWidget(button)
        column.addLayout(row)
        self.list.currentRowChanged.connect(self._on_list_current_row_changed)
        self.list.itemActivated.connect(self._on_use)
        self.rename_button.clicked.connect(self._on_rename)
        self.delete_button.clicked.connect(self._on_delete)
        self.close_button.clicked.connect(self.reject)
        self.use_button.clicked.connect(self._on_use)
        self._show(list(filters))

    def _show(self, filters: list[SavedFilter]) -> None:
        row = self.list.currentRow()
        self._filters = filters
        self.list.clear()
        for each in filters:
            self.list.addItem(QListWidgetItem(each.name))
        self.list.setVisible(bool(filters))
        self.empty.setVisible(not filters)
        self.list.setCurrentRow(min(max(row, 0), len(filters) - 1))
        self._on_list_current_row_changed(self.list.currentRow())

    def _current(self) -> SavedFilter | None:
        row = self.list.currentRow()
        return self._filters[row] if 0 <= row < len(self._filters) else None

    def rename(self, name: str) -> None:
        """Give the current one another name."""
        current = self._current()
        if current is not None:
            self._perform(saved_filters.rename_filter, current.name, name)

    def _perform(self, operation: object, *arguments: str) -> None:
        assert callable(operation)
        self._workspace.perform(operation, *arguments, done=self._on_done, failed=self._on_failed)

    def _on_done(self, _changes: Changes) -> None:
        if isValid(self):
            self._workspace.ask(saved_filters.saved_filters, done=self._on_read)

    def _on_read(self, filters: list[SavedFilter]) -> None:
        if isValid(self):
            self._show(filters)

    def _on_failed(self, error: StudioError) -> None:
        self._commands.report_error(error)

    @Slot(int)
    def _on_list_current_row_changed(self, _row: int) -> None:
        current = self._current()
        writable = current is not None and not self._workspace.read_only
        self.rename_button.setEnabled(writable)
        self.delete_button.setEnabled(writable)
        self.use_button.setEnabled(current is not None)
        self.query.setText((current.query or "All examples") if current is not None else "")

    @Slot()
    def _on_rename(self) -> None:
        current = self._current()
        if current is None:
            return
        name, ok = ask_text(self, "Rename the filter", "Name of the filter", text=current.name)
        if ok and name.strip():
            self.rename(name)

    @Slot()
    def _on_delete(self) -> None:
        current = self._current()
        if current is not None:
            self._perform(saved_filters.delete_filter, current.name)

    @Slot()
    def _on_use(self) -> None:
        current = self._current()
        if current is not None:
            self.chosen = current.name
            self.accept()
