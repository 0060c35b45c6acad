"""Keeps what was typed where it met another change, and lets a person decide."""

from functools import partial

from PySide6.QtCore import QObject, Slot
from PySide6.QtWidgets import QApplication, QMessageBox, QWidget
from shiboken6 import isValid

from finetune_studio.domain.errors import StudioError
from finetune_studio.domain.example import Example
from finetune_studio.ui.commands.registry import CommandRegistry
from finetune_studio.ui.widgets.questions import QuestionBox
from finetune_studio.ui.write.conflict_bar import ConflictBar
from finetune_studio.ui.write.conflicts import HOMELESS, Conflict, ConflictKind
from finetune_studio.ui.write.conversation_controller import ConversationController
from finetune_studio.workspace.operations import examples, messages
from finetune_studio.workspace.operations.typed_text import (
    CONTENT,
    TypedText,
    take_other_text,
    write_typed_text,
)
from finetune_studio.workspace.workspace import Workspace

_CHOICES = {
    ConflictKind.SAME_WORDS: (
        ("compare", "Compare"),
        ("theirs", "Take the other text"),
        ("mine", "Keep mine"),
    ),
    ConflictKind.NO_MESSAGE: (("add", "Add it as a message"), ("copy", "Copy"), ("drop", "Drop")),
    ConflictKind.NO_EXAMPLE: (("add", "Make an example of it"), ("copy", "Copy"), ("drop", "Drop")),
    ConflictKind.NOTE: (("copy", "Copy"), ("drop", "Drop")),
    ConflictKind.NOT_WRITTEN: (("again", "Try again"), ("copy", "Copy"), ("drop", "Drop")),
}


class ConflictController(QObject):
    """A text that has no place in the dataset is shown whatever is open; others with their example."""

    def __init__(
        self,
        workspace: Workspace,
        commands: CommandRegistry,
        bar: ConflictBar,
        conversation: ConversationController,
        parent: QWidget,
    ) -> None:
        super().__init__(parent)
        self._workspace = workspace
        self._commands = commands
        self._page = parent
        self._bar = bar
        self._open: int | None = None
        self._waiting: list[Conflict] = []
        conversation.conflict_found.connect(self.add)
        conversation.example_changed.connect(self._on_conversation_example_changed)
        bar.chosen.connect(self._on_bar_chosen)

    @property
    def shown(self) -> Conflict | None:
        """What the bar is about."""
        homeless = (each for each in self._waiting if each.kind in HOMELESS)
        here = (each for each in self._waiting if each.example_id == self._open)
        return next(homeless, None) or next(here, None)

    def may_close(self, n_json: int) -> bool:
        """Ask before a text that is nowhere else goes with the window; `n_json` of them are JSON."""
        lost = [each.words for each in self._waiting if each.kind in HOMELESS]
        if n_json:
            what = "1 example was" if n_json == 1 else f"{n_json:,} examples were"
            lost.append(f"The JSON of {what} changed here and is not applied.")
        if not lost:
            return True
        box = QuestionBox(self._page.window())
        box.setWindowTitle("A text is not in the dataset")
        box.setText(lost[0])
        box.setInformativeText("It is gone when the dataset closes.")
        leave = box.addButton("Close without it", QMessageBox.ButtonRole.DestructiveRole)
        stay = box.addButton("Stay", QMessageBox.ButtonRole.RejectRole)
        box.setDefaultButton(stay)
        box.exec()
        return box.clickedButton() is leave

    @Slot(object)
    def add(self, conflict: Conflict) -> None:
        """Take a text that met another change; where both fit together, that is only told."""
        if conflict.kind is ConflictKind.MERGED:
            self._commands.notice(conflict.words, "", None)
            return
        self._waiting.append(conflict)
        self._show()

    @Slot(object)
    def _on_conversation_example_changed(self, example: Example | None) -> None:
        self._open = example.id if example is not None else None
        self._show()

    def _show(self) -> None:
        shown = self.shown
        if shown is None:
            self._bar.hide()
        else:
            has_record = shown.kind is not ConflictKind.NO_EXAMPLE or shown.record is not None
            choices = [each for each in _CHOICES[shown.kind] if each[0] != "add" or has_record]
            self._bar.ask(shown.words, choices)

    @Slot(str)
    def _on_bar_chosen(self, name: str) -> None:
        conflict = self.shown
        if conflict is None:
            return
        typed = conflict.typed
        if name == "compare":
            self._compare(conflict)
        elif name == "theirs":
            self._take_theirs(conflict)
        elif name == "copy":
            QApplication.clipboard().setText(typed.text.encode("utf-8", "replace").decode())
            self._commands.notice("The text is in the clipboard.", "", None)
        elif name == "again":
            self._perform(conflict, write_typed_text, conflict.example_id, typed)
        elif name == "add" and conflict.kind is ConflictKind.NO_EXAMPLE:
            self._perform(conflict, examples.new_example, conflict.record)
        elif name == "add":
            text = typed.text if typed.field == CONTENT else ""
            self._perform(
                conflict, messages.add_message, conflict.example_id, typed.message_index, typed.role, text
            )
        else:
            self._settle(conflict)

    def _compare(self, conflict: Conflict) -> None:
        from finetune_studio.ui.write.compare_dialog import CompareDialog

        place = f"Message {conflict.typed.message_index + 1}, {conflict.typed.role}"
        dialog = CompareDialog(place, conflict.theirs, conflict.typed.text, self._page.window())
        dialog.exec()
        choice = dialog.choice
        dialog.deleteLater()
        if choice == "theirs":
            self._take_theirs(conflict)
        elif choice == "mine":
            self._settle(conflict)

    def _take_theirs(self, conflict: Conflict) -> None:
        mine = conflict.typed
        other = TypedText(mine.message_index, mine.field, conflict.theirs, mine.text, mine.role)
        self._perform(conflict, take_other_text, conflict.example_id, other)

    def _perform(self, conflict: Conflict, operation: object, *args: object) -> None:
        self._workspace.perform(
            operation,  # type: ignore[arg-type]
            *args,
            done=partial(self._on_done, conflict),
            failed=self._on_failed,
        )

    def _on_done(self, conflict: Conflict, _result: object) -> None:
        self._settle(conflict)

    def _on_failed(self, error: StudioError) -> None:
        """The text stays where it is."""
        self._commands.report_error(error)

    def _settle(self, conflict: Conflict) -> None:
        self._waiting = [each for each in self._waiting if each is not conflict]
        if isValid(self._bar):
            self._show()
