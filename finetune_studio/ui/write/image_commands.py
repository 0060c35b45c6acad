"""Images of messages: brought from files, the clipboard or by a drop, moved, and taken out."""

from pathlib import Path
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import QObject, Slot
from PySide6.QtWidgets import QFileDialog, QWidget
from shiboken6 import isValid

from finetune_studio.domain.errors import StudioError
from finetune_studio.domain.example import messages_of
from finetune_studio.domain.message import Role
from finetune_studio.ui.commands.registry import CommandRegistry
from finetune_studio.ui.write.conversation_controller import ConversationController
from finetune_studio.ui.write.conversation_view import ConversationView
from finetune_studio.ui.write.image_files import FILTER, Given, urls_of
from finetune_studio.ui.write.message_rows import is_list_of_text
from finetune_studio.workspace.operations import images
from finetune_studio.workspace.queries.examples import get_example

if TYPE_CHECKING:
    from finetune_studio.workspace.workspace import Workspace


class ImageCommands(QObject):
    """Reads and encodes images in the background; each change is one step."""

    def __init__(
        self,
        workspace: "Workspace",
        commands: CommandRegistry,
        view: ConversationView,
        conversation: ConversationController,
        parent: QWidget,
    ) -> None:
        super().__init__(parent)
        self._workspace = workspace
        self._commands = commands
        self._view = view
        self._conversation = conversation
        self._page = parent
        self._plain: tuple[int, int] | None = None
        view.images_given.connect(self.add)
        view.image_file_requested.connect(self.choose)
        view.part_requested.connect(self._on_view_part_requested)
        view.plain_text_requested.connect(self._on_view_plain_text_requested)
        commands.register("message.add_image", self._on_add_image)

    def _on_add_image(self) -> None:
        """For the message with the caret, else the last one of the user."""
        messages = self._view.messages()
        index = self._view.last_index()
        if not 0 <= index < len(messages) or messages[index].role != Role.USER:
            users = [place for place, message in enumerate(messages) if message.role == Role.USER]
            index = users[-1] if users else -1
        if index >= 0:
            self.choose(index)
        else:
            self._commands.notice("An image goes into a message of the user; there is none yet.")

    @Slot(int)
    def choose(self, index: int) -> None:
        """Ask for image files."""
        names, _filter = QFileDialog.getOpenFileNames(self._page.window(), "Add images", "", FILTER)
        if names:
            self.add(index, [Path(name) for name in names])

    @Slot(int, object)
    def add(self, index: int, given: Given) -> None:
        """Put images into a message; they are read and encoded in the background."""
        example = self._conversation.example
        if example is None:
            return
        example_id = example.id
        self._conversation.flush()

        def done(urls: list[str]) -> None:
            if isValid(self) and not self._workspace.is_closed:
                self._perform(images.add_images, example_id, index, urls)

        self._workspace.tasks.run(
            lambda _context: urls_of(given),
            title="Reading images",
            done=done,
            failed=self._commands.report_error,
        )

    @Slot(int, int, str)
    def _on_view_part_requested(self, index: int, part: int, name: str) -> None:
        example = self._conversation.example
        if example is None:
            return
        if name.startswith("detail:"):
            self._perform(images.set_image_detail, example.id, index, part, name.partition(":")[2])
        elif name == "remove":
            self._remove(example.id, index, part)
        else:
            self._perform(images.move_part, example.id, index, part, part + (1 if name == "down" else -1))

    def _remove(self, example_id: int, index: int, part: int) -> None:
        def done(_changes: object) -> None:
            if isValid(self):
                self._offer_plain_text(example_id, index)

        self._workspace.perform(
            images.remove_part, example_id, index, part, done=done, failed=self._commands.report_error
        )

    def _offer_plain_text(self, example_id: int, index: int) -> None:
        """Once the last image is gone, the list that was made for it need not stay."""
        try:
            messages = messages_of(get_example(self._workspace, example_id).record)
        except StudioError:
            return
        if index < len(messages) and is_list_of_text(messages[index].content):
            self._plain = (example_id, index)
            text = "The image is removed; the text is still a list of parts."
            self._commands.notice(text, "Make it plain text", self._make_plain)

    def _make_plain(self) -> None:
        if self._plain is not None:
            self._perform(images.make_plain_text, *self._plain)
            self._plain = None

    @Slot(int)
    def _on_view_plain_text_requested(self, index: int) -> None:
        example = self._conversation.example
        if example is not None:
            self._perform(images.make_plain_text, example.id, index)

    def _perform(self, operation: Any, *arguments: Any) -> None:
        self._workspace.perform(operation, *arguments, failed=self._commands.report_error)
