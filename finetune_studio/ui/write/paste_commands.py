"""Pasting a copied conversation as messages, and copying one out."""

from PySide6.QtCore import QObject, Signal, Slot
from PySide6.QtWidgets import QApplication, QDialog, QWidget

from finetune_studio.domain.changes import Changes
from finetune_studio.domain.errors import StudioError
from finetune_studio.domain.example import Conversation
from finetune_studio.formats.transcripts import parse_transcript, render_transcript
from finetune_studio.ui.commands.registry import CommandRegistry
from finetune_studio.ui.write.conversation_view import ConversationView
from finetune_studio.ui.write.paste_dialog import NEW, REPLACE, PasteDialog
from finetune_studio.ui.write.words import counted
from finetune_studio.workspace.operations.transcripts import paste_messages
from finetune_studio.workspace.workspace import Workspace

_OFFER_LIMIT = 500_000
"""Characters up to which a pasted text is looked at unasked."""


class PasteCommands(QObject):
    """`flush_requested` before a change; `record_made(record)` asks for a new example."""

    flush_requested = Signal()
    record_made = Signal(object)

    def __init__(
        self, workspace: Workspace, commands: CommandRegistry, view: ConversationView, parent: QWidget
    ) -> None:
        super().__init__(parent)
        self._workspace = workspace
        self._commands = commands
        self._view = view
        self._page = parent
        self._offered: tuple[int, str] | None = None
        view.text_pasted.connect(self._on_view_text_pasted)
        commands.register("message.paste", self._on_paste)
        commands.register("message.copy_all", self._on_copy_all)

    def _on_paste(self) -> None:
        self.ask(QApplication.clipboard().text())

    def ask(self, text: str, is_empty: bool | None = None) -> None:
        """Show what a text becomes, and do what the person chooses."""
        example_id = self._view.example_id
        has_list = example_id is not None and self._view.shows_messages
        empty = self._view.is_empty() if is_empty is None else is_empty
        found = parse_transcript(text) if len(text) <= _OFFER_LIMIT else None
        start = text if found is None or found.messages or len(text) < 10_000 else ""
        dialog = PasteDialog(start, has_example=has_list, is_empty=empty, parent=self._page.window())
        accepted = dialog.exec() == QDialog.DialogCode.Accepted
        messages, mode = dialog.messages(), dialog.mode
        dialog.deleteLater()
        if not accepted or not messages:
            return
        self.flush_requested.emit()
        if mode == NEW:
            self.record_made.emit(Conversation(messages))
        elif example_id is not None:
            self._workspace.perform(
                paste_messages,
                example_id,
                messages,
                mode == REPLACE,
                done=self._on_pasted,
                failed=self._on_failed,
            )

    def _on_pasted(self, _changes: Changes) -> None:
        """The conversation shows them by itself."""

    def _on_failed(self, error: StudioError) -> None:
        self._commands.report_error(error)

    def _on_copy_all(self) -> None:
        messages = self._view.messages()
        text = render_transcript(messages).encode("utf-8", "replace").decode()
        QApplication.clipboard().setText(text)
        self._commands.notice(f"{counted(len(messages), 'message')} copied.")

    # An offer

    @Slot(int, object)
    def _on_view_text_pasted(self, index: int, text: str) -> None:
        """In an example that was empty, a text that looks like a conversation may become one."""
        shown = self._view.messages()
        was_empty = all(not each.text for n, each in enumerate(shown) if n != index)
        if self._view.example_id is None or not was_empty or shown[index].text.strip() != text.strip():
            return
        if len(text) > _OFFER_LIMIT:
            return
        found = parse_transcript(text)
        if found.is_convincing:
            self._offered = (self._view.example_id, text)
            words = f"This looks like a conversation of {counted(len(found.messages), 'message')}."
            self._commands.notice(words, "Paste as messages…", self._on_offer_taken)

    def _on_offer_taken(self) -> None:
        offered, self._offered = self._offered, None
        if offered is not None and offered[0] == self._view.example_id:
            self.ask(offered[1], is_empty=True)
