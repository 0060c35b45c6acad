"""Named versions: the list, what differs from now or from another one, and going back."""

from typing import TYPE_CHECKING

from PySide6.QtCore import Qt, Slot
from PySide6.QtWidgets import (
    QDialog,
    QHBoxLayout,
    QListWidget,
    QListWidgetItem,
    QMessageBox,
    QStackedWidget,
    QVBoxLayout,
    QWidget,
)
from shiboken6 import isValid

from finetune_studio.domain.changes import Changes
from finetune_studio.domain.errors import CancelledError, StudioError
from finetune_studio.storage.versions import VersionRow
from finetune_studio.ui.commands.registry import CommandRegistry
from finetune_studio.ui.widgets import Button, ComboBox, EmptyState, Label, LineHeightLabel
from finetune_studio.ui.widgets.dialog_parts import button_row, dialog_column
from finetune_studio.ui.widgets.questions import QuestionBox, ask_text
from finetune_studio.ui.widgets.two_line_delegate import TwoLineDelegate
from finetune_studio.ui.write.diff_column import DiffColumn
from finetune_studio.ui.write.words import age, counted
from finetune_studio.workspace.operations import versions
from finetune_studio.workspace.queries.versions import (
    ChangedExample,
    Comparison,
    compare,
    list_versions,
    title_of_body,
)

if TYPE_CHECKING:
    from finetune_studio.workspace.workspace import Workspace

SHOWN = 500
_LIST_HEIGHT = 190
"""Pixels of the list of examples at most; the differences get the rest."""
_WORDS = {"added": "Added", "removed": "Removed", "changed": "Changed"}
_SENTENCE = (
    "Name a version before you change a lot, for instance “before the clean-up”. "
    "You can compare it later, and go back."
)


def shown_changes(
    workspace: "Workspace", old: int, new: int | None
) -> tuple[Comparison, list[tuple[ChangedExample, str]]]:
    """The comparison, and the first changes with the title of each; for the pool."""
    found = compare(workspace, old, new)
    first = found.all[:SHOWN]
    return found, [(each, title_of_body(workspace, each.new or each.old or 0)) for each in first]


class VersionsDialog(QDialog):
    """Reads in the background; restoring is one undo step."""

    def __init__(
        self, workspace: "Workspace", commands: CommandRegistry, parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self.setWindowTitle("Versions")
        self.resize(1020, 660)
        self._workspace = workspace
        self._commands = commands
        self._rows: list[VersionRow] = []
        self.list = QListWidget()
        self.list.setItemDelegate(TwoLineDelegate(self.list))
        self.list.setAccessibleName("Versions")
        self.name_button = Button("Name this version…", icon_name="plus")
        self.title = Label(type="title")
        self.other = ComboBox("Compare with")
        self.summary = LineHeightLabel(type="secondary")
        self.changes = QListWidget()
        self.changes.setAccessibleName("Examples that differ")
        self.changes.setUniformItemSizes(True)
        self.diff = DiffColumn()
        self.restore_button = Button("Restore this version", kind="primary")
        self.delete_button = Button("Forget it", kind="danger")
        self.close_button = Button("Close")
        self.empty = EmptyState("history", "No versions yet", _SENTENCE, "Name this version…")
        self._stack = QStackedWidget()
        self._lay_out()
        self._connect()
        self.refresh()

    def _lay_out(self) -> None:
        left = QVBoxLayout()
        left.setSpacing(8)
        left.addWidget(self.list, 1)
        left.addWidget(self.name_button)
        head = QHBoxLayout()
        head.setSpacing(10)
        head.addWidget(self.title, 1)
        head.addWidget(Label("compared with", type="secondary"))
        head.addWidget(self.other)
        right = QVBoxLayout()
        right.setSpacing(10)
        right.addLayout(head)
        right.addWidget(self.summary)
        right.addWidget(self.changes)
        right.addWidget(self.diff, 1)
        full = QWidget()
        columns = QHBoxLayout(full)
        columns.setContentsMargins(0, 0, 0, 0)
        columns.setSpacing(20)
        columns.addLayout(left, 1)
        columns.addLayout(right, 3)
        self._stack.addWidget(self.empty)
        self._stack.addWidget(full)
        foot = button_row(self.delete_button, None, self.close_button, self.restore_button)
        outer = dialog_column(self, 14)
        outer.addWidget(self._stack, 1)
        outer.addLayout(foot)

    def _connect(self) -> None:
        self.list.currentRowChanged.connect(self._on_version_chosen)
        self.other.currentIndexChanged.connect(self._on_other_chosen)
        self.changes.currentRowChanged.connect(self._on_change_chosen)
        self.name_button.clicked.connect(self.ask_name)
        self.empty.action_requested.connect(self.ask_name)
        self.restore_button.clicked.connect(self.restore)
        self.delete_button.clicked.connect(self._on_delete_clicked)
        self.close_button.clicked.connect(self.reject)

    # The list

    def refresh(self, chosen: int | None = None) -> None:
        """Read the versions again; the newest is chosen, or the one asked for."""
        self._rows = list_versions(self._workspace)
        writable = not self._workspace.read_only
        self._stack.setCurrentIndex(1 if self._rows else 0)
        for button in (self.restore_button, self.delete_button):
            button.setVisible(bool(self._rows))
            button.setEnabled(writable)
        self.name_button.setEnabled(writable)
        self.list.blockSignals(True)
        self.list.clear()
        for row in self._rows:
            self.list.addItem(f"{row.name}\n{age(row.at)} · {counted(row.n_examples, 'example')}")
        self.list.blockSignals(False)
        numbers = [row.id for row in self._rows]
        if numbers:
            self.list.setCurrentRow(numbers.index(chosen) if chosen in numbers else 0)

    @property
    def current(self) -> VersionRow | None:
        row = self.list.currentRow()
        return self._rows[row] if 0 <= row < len(self._rows) else None

    @Slot()
    def ask_name(self) -> None:
        """Give what the dataset is now a name."""
        name, ok = ask_text(self, "Name this version", "Name of the version")
        if ok and name.strip():
            self.name_version(name.strip())

    def name_version(self, name: str) -> None:
        self._workspace.perform(
            versions.name_version, name, done=self._on_named, failed=self._on_failed, title="Name the version"
        )

    def _on_named(self, version_id: int) -> None:
        if isValid(self):
            self.refresh(version_id)

    # Comparing

    @Slot(int)
    def _on_version_chosen(self, _row: int) -> None:
        current = self.current
        if current is None:
            return
        self.title.setText(current.name)
        self.other.blockSignals(True)
        self.other.clear()
        self.other.addItem("now", None)
        for row in self._rows:
            if row.id != current.id:
                self.other.addItem(row.name, row.id)
        self.other.blockSignals(False)
        self._compare()

    @Slot(int)
    def _on_other_chosen(self, _index: int) -> None:
        self._compare()

    def _compare(self) -> None:
        current = self.current
        if current is None:
            return
        other = self.other.currentData()
        pair = (current.id, other) if other is None or other > current.id else (other, current.id)
        names = {row.id: row.name for row in self._rows}
        self.diff.names = (names[pair[0]], "Now" if pair[1] is None else names[pair[1]])
        self.summary.setText("Comparing…")
        self.changes.clear()
        self.diff.say("")
        self._workspace.ask(
            shown_changes,
            *pair,
            done=self._on_compared,
            failed=self._on_failed,
            title="Comparing",
            key=f"compare {id(self)}",
        )

    def _on_compared(self, answer: tuple[Comparison, list[tuple[ChangedExample, str]]]) -> None:
        if not isValid(self):
            return
        found, shown = answer
        parts = [
            f"{len(some):,} {word}"
            for some, word in ((found.changed, "changed"), (found.added, "added"), (found.removed, "removed"))
            if some
        ]
        if found.others:
            parts.append(f"{found.others:,} with another state, split or tag")
        text = ", ".join(parts) + "." if parts else "Nothing differs."
        if len(found.all) > SHOWN:
            text += f" The first {SHOWN:,} are listed."
        self.summary.setText(text)
        ranks = self._workspace.ranks(wait=False)
        for each, title in shown:
            rank = ranks.rank_of(each.example_id)
            name = "" if rank is None else f"Example {rank + 1:,} · "
            item = QListWidgetItem(f"{_WORDS[each.kind]} · {name}{' '.join(title.split())[:120]}")
            item.setData(Qt.ItemDataRole.UserRole, (each.old, each.new))
            self.changes.addItem(item)
        self.changes.setVisible(bool(shown))
        height = self.changes.sizeHintForRow(0) * len(shown) + 2 * self.changes.frameWidth() + 4
        self.changes.setFixedHeight(max(40, min(_LIST_HEIGHT, height)))
        if shown:
            self.changes.setCurrentRow(0)

    @Slot(int)
    def _on_change_chosen(self, row: int) -> None:
        item = self.changes.item(row)
        if item is not None:
            old, new = item.data(Qt.ItemDataRole.UserRole)
            self.diff.ask(self._workspace, old, new, self._on_failed)

    # Going back

    @Slot()
    def restore(self) -> None:
        """Make the dataset what it was; one undo step."""
        current = self.current
        if current is not None:
            self.restore_button.setEnabled(False)
            self._workspace.perform(
                versions.restore_version,
                current.id,
                done=self._on_restored,
                failed=self._on_failed,
                title=f"Restoring {current.name}",
                visible=True,
            )

    def _on_restored(self, changes: Changes) -> None:
        if not isValid(self):
            return
        current = self.current
        self.restore_button.setEnabled(True)
        if changes and current is not None:
            self._commands.notice(f"The dataset is as it was in “{current.name}”.", "Undo", self._undo)
        else:
            self._commands.notice("Nothing differs from that version.")
        self._compare()

    def _undo(self) -> None:
        self._commands.invoke("edit.undo")

    @Slot()
    def _on_delete_clicked(self) -> None:
        current = self.current
        if current is None:
            return
        box = QuestionBox(self)
        box.setWindowTitle("Forget the version")
        box.setTextFormat(Qt.TextFormat.PlainText)
        box.setText(
            f"Forget the version “{current.name}”? The dataset as it is now stays. "
            "Undo does not bring the version back."
        )
        forget = box.addButton("Forget it", QMessageBox.ButtonRole.DestructiveRole)
        box.addButton("Cancel", QMessageBox.ButtonRole.RejectRole)
        box.exec()
        if box.clickedButton() is forget:
            self.delete(current.id)

    def delete(self, version_id: int) -> None:
        self._workspace.perform(
            versions.delete_version, version_id, done=self._on_deleted, failed=self._on_failed
        )

    def _on_deleted(self, _nothing: object) -> None:
        if isValid(self):
            self.refresh()

    def _on_failed(self, error: StudioError) -> None:
        if not isinstance(error, CancelledError):
            self._commands.report_error(error)
        if isValid(self):
            self.restore_button.setEnabled(not self._workspace.read_only)
