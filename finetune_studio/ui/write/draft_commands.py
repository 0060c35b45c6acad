"""Lets a chat model draft: asks for the model first, shows what comes, and takes it only when told to."""

from collections.abc import Callable
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, QSettings, Signal, Slot
from PySide6.QtWidgets import QApplication, QDialog, QWidget
from shiboken6 import isValid

from finetune_studio.domain.changes import Changes
from finetune_studio.domain.errors import CancelledError, StudioError, UsageError
from finetune_studio.domain.example import Record, messages_of
from finetune_studio.domain.message import Role
from finetune_studio.ui.commands.registry import CommandRegistry
from finetune_studio.ui.write.conversation_view import ConversationView
from finetune_studio.ui.write.draft_card import DraftCard
from finetune_studio.ui.write.words import counted
from finetune_studio.workspace.asking import Answer, ask_model
from finetune_studio.workspace.drafting import (
    Place,
    Wish,
    model_from_text,
    model_to_text,
    reply_place,
    reply_request,
    text_place,
    text_request,
)
from finetune_studio.workspace.model_choices import ModelChoice
from finetune_studio.workspace.operations.drafts import add_drafts, take_draft
from finetune_studio.workspace.queries.examples import get_example
from finetune_studio.workspace.task import TaskContext, TaskHandle

if TYPE_CHECKING:
    from finetune_studio.workspace.workspace import Workspace

_KINDS = {Wish.REPLY: "draft", Wish.REWORD: "other words", Wish.SHORTEN: "shorter"}


class DraftCommands(QObject):
    """`flush_requested` before each; `made(id)`: the first of new examples; `list_requested`: it is done."""

    flush_requested = Signal()
    made = Signal(int)
    list_requested = Signal()

    def __init__(
        self,
        workspace: "Workspace",
        commands: CommandRegistry,
        view: ConversationView,
        card: Callable[[], DraftCard],
        parent: QWidget,
    ) -> None:
        super().__init__(parent)
        self._workspace = workspace
        self._commands = commands
        self._view = view
        self._make_card = card
        self._made_card: DraftCard | None = None
        self._page = parent
        self._settings = QSettings(str(workspace.paths.config / "window.ini"), QSettings.Format.IniFormat)
        self._handle: TaskHandle | None = None
        self._asked: tuple[Wish, int] | None = None
        """What was asked for last, and of which message."""
        self._target: tuple[int, Place] | None = None
        for command_id, handler in (
            ("draft.reply", self._on_reply),
            ("draft.reword", self._on_reword),
            ("draft.shorten", self._on_shorten),
            ("draft.more", self._on_more),
            ("draft.model", self._on_model),
        ):
            commands.register(command_id, handler)
        view.draft_requested.connect(self._on_view_draft_requested)

    @property
    def _card(self) -> DraftCard:
        """Made for the first draft."""
        if self._made_card is None:
            self._made_card = self._make_card()
            self._connect(self._made_card)
        return self._made_card

    def _connect(self, card: DraftCard) -> None:
        card.take_requested.connect(self._on_card_take_requested)
        card.edit_requested.connect(self._on_card_edit_requested)
        card.drop_requested.connect(self.drop)
        card.stop_requested.connect(self.stop)
        card.again_requested.connect(self._on_card_again_requested)
        card.model_requested.connect(self._on_card_model_requested)

    # The model

    @property
    def model(self) -> ModelChoice | None:
        """The model that was chosen for this dataset; None before the first choice, or when it is gone."""
        choice = model_from_text(str(self._settings.value(f"draft_model/{self._workspace.uid}", "")))
        known = choice is not None and choice.profile_id in self._workspace.sending.profiles
        return choice if known else None

    def set_model(self, choice: ModelChoice) -> None:
        """Remember a choice for this dataset, on this computer."""
        self._settings.setValue(f"draft_model/{self._workspace.uid}", model_to_text(choice))

    def choose_model(self) -> bool:
        """Ask for the model; whether one was chosen."""
        from finetune_studio.ui.write.draft_model_dialog import DraftModelDialog

        dialog = DraftModelDialog(self._workspace, self.model, self._page.window())
        accepted = dialog.exec() == QDialog.DialogCode.Accepted
        if accepted:
            self.set_model(dialog.choice())
        dialog.deleteLater()
        return accepted

    def _on_model(self) -> None:
        self.choose_model()

    # Asking

    def _on_reply(self) -> None:
        self.ask(Wish.REPLY)

    def _on_reword(self) -> None:
        self.ask(Wish.REWORD)

    def _on_shorten(self) -> None:
        self.ask(Wish.SHORTEN)

    @Slot(str, int)
    def _on_view_draft_requested(self, wish: str, index: int) -> None:
        try:
            self.ask(Wish(wish), index)
        except StudioError as error:
            self._commands.report_error(error)

    def ask(self, wish: Wish, index: int = -1) -> None:
        """Have something drafted for the open example; the first time, the model is asked for."""
        if index < 0:
            index = self._view.last_index()

        def go(record: Record) -> None:
            place = reply_place(record) if wish is Wish.REPLY else text_place(messages_of(record), index)
            choice = self.model
            if choice is None:
                if not self.choose_model():
                    return
                choice = self.model
            if choice is not None:
                self._asked = (wish, index)
                self._start(choice, wish, record, place)

        self._with_record(go)

    def _with_record(self, go: Callable[[Record], None]) -> None:
        """Go on with the example as it is once all that was typed is kept."""
        example_id = self._view.example_id
        if example_id is None:
            return
        self.flush_requested.emit()

        def read(record: Record | None) -> None:
            if not isValid(self) or self._view.example_id != example_id:
                return
            try:
                if record is None:
                    raise UsageError("This example is not a conversation.", "Mend it as JSON first.")
                go(record)
            except StudioError as error:
                self._commands.report_error(error)

        self._workspace.perform(_record_of, example_id, done=read, failed=self._on_refused)

    def _start(self, choice: ModelChoice, wish: Wish, record: Record, place: Place) -> None:
        self.stop()
        example_id = self._view.example_id
        assert example_id is not None
        messages = reply_request(record, place) if wish is Wish.REPLY else text_request(wish, place.old)
        workspace = self._workspace

        def work(context: TaskContext) -> Answer:
            return ask_model(workspace, choice, messages, context)

        self._target = (example_id, place)
        role = Role.ASSISTANT.value if wish is Wish.REPLY else messages_of(record)[place.index].role
        self._card.begin(role, _KINDS[wish], f"{choice.model} · {choice.where}")
        self._card.setFocus()
        self._handle = workspace.tasks.run(
            work,
            title=f"Ask {choice.model}",
            partial=self._on_piece,
            done=self._on_done,
            failed=self._on_failed,
            key=f"draft {id(self)}",
        )

    def _on_piece(self, piece: str) -> None:
        if isValid(self._card) and self._handle is not None:
            self._card.add_piece(piece)

    def _on_done(self, answer: Answer) -> None:
        self._handle = None
        if isValid(self._card) and self._target is not None:
            self._card.finish(answer.text)

    def _on_failed(self, error: StudioError) -> None:
        self._handle = None
        if isValid(self._card) and self._target is not None:
            if isinstance(error, CancelledError):
                self._card.fail("Stopped.", "")
            else:
                self._card.fail(f"{error.text} {error.advice}".strip())

    @Slot()
    def stop(self) -> None:
        """Wait no longer; what came stays to be taken."""
        if self._handle is not None:
            self._handle.cancel()

    @Slot()
    def drop(self) -> None:
        """Take the draft away."""
        if self._made_card is None:
            return
        focus = QApplication.focusWidget()
        had_focus = focus is not None and (focus is self._card or self._card.isAncestorOf(focus))
        self.stop()
        self._target = None
        self._card.hide()
        if had_focus:
            self.list_requested.emit()

    def leave(self, example_id: int | None) -> None:
        """Another example is open: a draft of the one before is not for this one."""
        if self._target is not None and self._target[0] != example_id:
            self.stop()
            self._target = None
            self._card.hide()

    # What is done with it

    @Slot()
    def _on_card_take_requested(self) -> None:
        self._take(edit=False)

    @Slot()
    def _on_card_edit_requested(self) -> None:
        self._take(edit=True)

    def _take(self, edit: bool) -> None:
        if self._target is None or self._card.is_busy or not self._card.text.strip():
            return
        example_id, place = self._target
        text = self._card.text

        def taken(_changes: Changes) -> None:
            if not isValid(self):
                return
            self._target = None
            self._card.hide()
            if edit and self._view.example_id == example_id:
                self._view.focus_message(place.index)
            else:
                self.list_requested.emit()

        self.flush_requested.emit()
        self._workspace.perform(take_draft, example_id, place, text, done=taken, failed=self._on_refused)

    @Slot()
    def _on_card_again_requested(self) -> None:
        if self._asked is not None:
            self.ask(*self._asked)

    @Slot()
    def _on_card_model_requested(self) -> None:
        if self.choose_model() and self._asked is not None:
            self.ask(*self._asked)

    # More examples

    def _on_more(self) -> None:
        self._with_record(self._ask_for_more)

    def _ask_for_more(self, record: Record) -> None:
        from finetune_studio.ui.write.more_dialog import MoreDialog

        if self.model is None and not self.choose_model():
            return
        choice, example_id = self.model, self._view.example_id
        if choice is None:
            return
        dialog = MoreDialog(self._workspace, choice, record, self._page.window())
        if dialog.exec() == QDialog.DialogCode.Accepted:
            self._workspace.perform(
                add_drafts, dialog.chosen(), example_id, done=self._on_more_added, failed=self._on_refused
            )
        dialog.deleteLater()

    def _on_more_added(self, changes: Changes) -> None:
        if isValid(self) and changes.example_ids:
            self.made.emit(next(iter(changes.example_ids)))
            number = counted(len(changes.example_ids), "example")
            self._commands.notice(f"{number} added as drafts.", "Undo", self._undo)

    def _undo(self) -> None:
        self._commands.invoke("edit.undo")

    def _on_refused(self, error: StudioError) -> None:
        self._commands.report_error(error)


def _record_of(workspace: "Workspace", example_id: int) -> Record | None:
    """The example after every change that waits."""
    return get_example(workspace, example_id).record
