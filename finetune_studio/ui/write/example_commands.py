"""What can be done to whole examples: new, duplicate, move, delete, and changes of many."""

from array import array
from collections.abc import Callable

from PySide6.QtCore import QObject, QPoint, Signal, Slot
from PySide6.QtGui import QAction
from PySide6.QtWidgets import QMenu, QWidget
from shiboken6 import isValid

from finetune_studio.domain.changes import Changes
from finetune_studio.domain.errors import StudioError
from finetune_studio.domain.example import Record, ReviewState
from finetune_studio.domain.split import Split
from finetune_studio.ui.commands.registry import CommandRegistry
from finetune_studio.ui.models.example_list_model import STATUS_WORDS, ExampleListModel
from finetune_studio.ui.theme.icons import icon
from finetune_studio.ui.widgets.questions import ask_text
from finetune_studio.ui.write.bulk import BulkChanges
from finetune_studio.ui.write.example_list import ExampleListView
from finetune_studio.ui.write.list_controller import ListController
from finetune_studio.ui.write.new_example_menu import record_like
from finetune_studio.workspace.operations import examples, review, splits, tags
from finetune_studio.workspace.queries.examples import get_example, tag_counts
from finetune_studio.workspace.workspace import Workspace

_SPLIT_WORDS = (
    (Split.TRAIN, "Train"),
    (Split.VALIDATION, "Validation"),
    (Split.TEST, "Test"),
    (None, "None"),
)
_SHOWN_TAGS = 15


class ExampleCommands(QObject):
    """`flush_requested` before each change; `written(example id)` when a new example can be written in."""

    flush_requested = Signal()
    written = Signal(int)

    def __init__(
        self,
        workspace: Workspace,
        commands: CommandRegistry,
        model: ExampleListModel,
        view: ExampleListView,
        controller: ListController,
        parent: QWidget,
    ) -> None:
        super().__init__(parent)
        self._workspace = workspace
        self._commands = commands
        self._model = model
        self._view = view
        self._list = controller
        self._window = parent
        self.bulk = BulkChanges(workspace, commands)
        for command_id, handler in (
            ("example.new", self._on_new),
            ("example.duplicate", self.duplicate),
            ("example.delete", self.delete),
            ("example.move_up", self._on_move_up),
            ("example.move_down", self._on_move_down),
        ):
            commands.register(command_id, handler)

    # New

    def _on_new(self) -> None:
        self.make(None)

    @Slot(object)
    def make(self, record: Record | None) -> None:
        """Add an example behind the open one, and open it."""
        self.flush_requested.emit()
        self._workspace.perform(
            examples.new_example, record, self._list.current_id, done=self._on_made, failed=self._on_failed
        )

    @Slot()
    def make_like_this(self) -> None:
        """Add one with the system prompt and tools of the open example, as it is now typed."""
        current = self._list.current_id
        if current is not None:
            self.flush_requested.emit()
            self._workspace.perform(_like, current, done=self._on_like_read, failed=self._on_failed)

    def _on_like_read(self, record: Record) -> None:
        if isValid(self):
            self.make(record)

    def duplicate(self) -> None:
        """Copy the open example."""
        if self._list.current_id is not None:
            self.flush_requested.emit()
            self._workspace.perform(
                examples.duplicate_example,
                self._list.current_id,
                done=self._on_made,
                failed=self._on_failed,
            )

    def _on_made(self, changes: Changes) -> None:
        if not isValid(self):
            return
        example_id = next(iter(changes.example_ids))
        self._list.open(example_id)
        self.written.emit(example_id)

    # Order

    def _on_move_up(self) -> None:
        self._move(-1)

    def _on_move_down(self) -> None:
        self._move(1)

    def _move(self, by: int) -> None:
        current = self._list.current_id
        row = self._model.row_of(current) if current is not None else -1
        if current is None or not (0 <= row + by < len(self._model.ids)):
            return
        before = self._model.id_at(row - 1 if by < 0 else row + 2)
        self._workspace.perform(examples.move_example, current, before, failed=self._on_failed)

    # Many

    def chosen_ids(self) -> "array[int]":
        """The chosen examples, or the open one."""
        if self._view.selected_count() > 1 or self._list.current_id is None:
            return self._view.selected_ids()
        return array("q", [self._list.current_id])

    def delete(self) -> None:
        """Delete what is chosen; undo brings it back."""
        ids = self.chosen_ids()
        if ids:
            self.flush_requested.emit()
            following = self._list.after_chosen()
            self.bulk.change(examples.delete_examples, ids, title="Delete", told="{} deleted.")
            self._list.open(following)

    def set_status(self, status: ReviewState) -> None:
        """Give the chosen examples a state."""
        ids = self.chosen_ids()
        if ids:
            self.flush_requested.emit()
            told = f"{{}} marked as {STATUS_WORDS[status].lower()}." if len(ids) > 1 else ""
            self.bulk.change(review.set_status, ids, status, title="Set the state", told=told)

    def add_tag(self, tag: str) -> None:
        """Give the chosen examples a tag."""
        ids = self.chosen_ids()
        if ids and tag.strip():
            told = f"{{}} tagged “{tag.strip()}”." if len(ids) > 1 else ""
            self.bulk.change(tags.add_tag, ids, tag, title="Tag", told=told)

    def remove_tag(self, tag: str) -> None:
        """Take a tag from the chosen examples."""
        ids = self.chosen_ids()
        if ids:
            self.bulk.change(tags.remove_tag, ids, tag, title="Remove the tag")

    def set_split(self, split: Split | None) -> None:
        """Put the chosen examples into a split."""
        ids = self.chosen_ids()
        if ids:
            self.bulk.change(splits.set_split, ids, split, True, title="Set the split")

    # The menu of the list

    def make_menu(self) -> QMenu:
        """What can be done to the chosen examples."""
        menu = QMenu(self._window)
        count = self._view.selected_count()
        writable = not self._workspace.read_only
        states = self._submenu(menu, "Set the state", "circle-check", self._on_status_triggered)
        for status, word in STATUS_WORDS.items():
            states.addAction(word).setData(status)
        self._fill_tags(menu)
        parts = self._submenu(menu, "Set the split", "split", self._on_split_triggered)
        for split, word in _SPLIT_WORDS:
            parts.addAction(word).setData(split)
        menu.addSeparator()
        for command_id in (
            "follow_prompt",
            "system_prompt",
            "train_last",
            "train_all",
            "retype",
            "tool_library",
        ):
            menu.addAction(self._commands.action(f"example.{command_id}"))
        pairs = QMenu("Preference pair", menu)
        pairs.setIcon(icon("columns-2"))
        for command_id in ("make", "make_copy", "swap", "keep_preferred", "keep_other"):
            pairs.addAction(self._commands.action(f"pair.{command_id}"))
        menu.addMenu(pairs)
        menu.addSeparator()
        if count <= 1:
            menu.addAction(self._commands.action("example.duplicate"))
            menu.addAction(self._commands.action("example.move_up"))
            menu.addAction(self._commands.action("example.move_down"))
        else:
            menu.addAction(icon("x"), "Choose only the open one").triggered.connect(
                self._view.clear_to_current
            )
        menu.addAction(icon("list-checks"), f"Choose all {self._model.count:,}").triggered.connect(
            self._view.selectAll
        )
        menu.addSeparator()
        delete = menu.addAction(icon("trash-2"), "Delete" if count <= 1 else f"Delete {count:,} examples")
        delete.setShortcut(self._commands.action("example.delete").shortcut())
        delete.triggered.connect(self.delete)
        for action in (states.menuAction(), parts.menuAction(), delete):
            action.setEnabled(writable)
        return menu

    def _submenu(self, menu: QMenu, title: str, icon_name: str, slot: Callable[[QAction], None]) -> QMenu:
        sub = QMenu(title, menu)
        sub.setIcon(icon(icon_name))
        sub.triggered.connect(slot)
        menu.addMenu(sub)
        return sub

    def _fill_tags(self, menu: QMenu) -> None:
        known = sorted(tag_counts(self._workspace), key=lambda item: -item[1])[:_SHOWN_TAGS]
        adding = self._submenu(menu, "Add a tag", "tag", self._on_tag_triggered)
        removing = self._submenu(menu, "Remove a tag", "tags", self._on_untag_triggered)
        for name, _count in known:
            for sub in (adding, removing):
                sub.addAction(name.replace("&", "&&")).setData(name)
        if known:
            adding.addSeparator()
        adding.addAction("New tag…").setData(None)
        adding.menuAction().setEnabled(not self._workspace.read_only)
        removing.menuAction().setEnabled(bool(known) and not self._workspace.read_only)

    @Slot(QPoint)
    def open_menu(self, at: QPoint) -> None:
        """Show the menu at a place of the screen."""
        menu = self.make_menu()
        menu.aboutToHide.connect(menu.deleteLater)
        menu.popup(at)

    @Slot(QAction)
    def _on_status_triggered(self, action: QAction) -> None:
        self.set_status(ReviewState(action.data()))

    @Slot(QAction)
    def _on_split_triggered(self, action: QAction) -> None:
        value = action.data()
        self.set_split(Split(value) if value else None)

    @Slot(QAction)
    def _on_tag_triggered(self, action: QAction) -> None:
        tag = action.data()
        if tag is None:
            self.ask_tag()
        else:
            self.add_tag(str(tag))

    @Slot(QAction)
    def _on_untag_triggered(self, action: QAction) -> None:
        self.remove_tag(str(action.data()))

    def ask_tag(self) -> None:
        """Ask for a tag for the chosen examples."""
        tag, ok = ask_text(self._window, "Add a tag", "Tag for the chosen examples")
        if ok:
            self.add_tag(tag)

    def _on_failed(self, error: StudioError) -> None:
        self._commands.report_error(error)


def _like(workspace: Workspace, example_id: int) -> Record:
    """An empty example like this one, after every change that waits."""
    return record_like(get_example(workspace, example_id))
