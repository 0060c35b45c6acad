"""Shows the open example as cards or as JSON, and keeps the two in step."""

from PySide6.QtCore import QObject, Signal, Slot
from PySide6.QtWidgets import QWidget

from finetune_studio.domain.changes import Changes
from finetune_studio.domain.diagnostic import Location
from finetune_studio.domain.errors import StudioError, UsageError
from finetune_studio.domain.example import Example, ExampleKind
from finetune_studio.formats.records import decode, loads
from finetune_studio.ui.commands.registry import CommandRegistry
from finetune_studio.ui.write.conflicts import Conflict, ConflictKind
from finetune_studio.ui.write.conversation_controller import ConversationController
from finetune_studio.ui.write.example_pane import ExamplePane
from finetune_studio.ui.write.json_find import JsonFind
from finetune_studio.ui.write.json_view import JsonView
from finetune_studio.workspace.operations.editing import locate_message
from finetune_studio.workspace.operations.raw_json import ExampleChangedError, set_example_json
from finetune_studio.workspace.operations.typed_text import TypedText
from finetune_studio.workspace.queries.examples import get_example
from finetune_studio.workspace.workspace import Workspace

_WAITS = "An example was changed while you edited its JSON. Your text waits in its JSON view."
_STAY = ("message.paste", "message.copy_all")
"""Commands on messages that do not need the cards."""


class JsonCommands(QObject):
    """An example that is neither a conversation nor a pair is always JSON.

    `conflict_found(Conflict)` when an edited text has no example any more.
    """

    leave_requested = Signal()
    conflict_found = Signal(object)

    def __init__(
        self,
        workspace: Workspace,
        commands: CommandRegistry,
        pane: ExamplePane,
        conversation: ConversationController,
        parent: QWidget,
    ) -> None:
        super().__init__(parent)
        self._workspace = workspace
        self._commands = commands
        self._pane = pane
        self._conversation = conversation
        self._wanted = False
        self._view: JsonView | None = None
        self._zoom = 100
        self._find: JsonFind | None = None
        self._messages = ["edit.spelling_next"]
        self._messages += [
            spec.id for spec in commands.specs() if spec.id.startswith("message.") and spec.id not in _STAY
        ]
        conversation.example_changed.connect(self._on_conversation_example_changed)
        conversation.place_requested.connect(self._on_conversation_place_requested)
        commands.register("view.json", self.toggle)

    @property
    def view(self) -> JsonView | None:
        """The JSON, when it was shown once."""
        return self._view

    @property
    def find(self) -> JsonFind | None:
        """Finding in the JSON, when that is shown."""
        if not self.is_shown or self._view is None:
            return None
        if self._find is None:
            self._find = JsonFind(self._workspace, self._view)
        return self._find

    @Slot(int)
    def set_zoom(self, zoom: int) -> None:
        """The size of the text, as that of the messages."""
        self._zoom = zoom
        if self._view is not None:
            self._view.set_zoom(zoom)

    @property
    def unapplied(self) -> int:
        """Examples whose JSON was edited and is not applied."""
        return 0 if self._view is None else self._view.unapplied

    @property
    def is_shown(self) -> bool:
        return self._view is not None and self._pane.is_json

    @Slot()
    def toggle(self) -> None:
        """Cards or JSON; an example that has no cards stays JSON."""
        if self._wanted:
            self.flush()
        else:
            self._conversation.flush()
        self._wanted = not self._wanted
        had_focus = self._pane.holds_focus()
        self._show(self._conversation.example)
        if self._view is not None and not self._wanted and self._view.is_edited:
            self._commands.notice("The JSON is not valid yet. Your text waits in the JSON view.")
        if had_focus:
            self._pane.focus_text()

    def flush(self) -> None:
        """Apply a valid edit; put one that is not by."""
        if self._view is not None and not self._view.commit():
            self._view.keep()

    @Slot(object)
    def _on_conversation_example_changed(self, example: Example | None) -> None:
        if self._view is not None and (example is None or example.id != self._view.example_id):
            self.flush()
        self._show(example)

    def _show(self, example: Example | None) -> None:
        is_other = example is not None and (example.record is None or example.kind is ExampleKind.OTHER)
        shown = example is not None and (self._wanted or is_other)
        if shown:
            self._made().show_example(example)
        self._pane.show_json(self._view if shown else None)
        self._commands.set_checked("view.json", shown)
        for command_id in self._messages:
            self._commands.set_enabled(command_id, not shown)

    def _made(self) -> JsonView:
        if self._view is None:
            self._view = JsonView()
            self._view.set_writable(not self._workspace.read_only)
            self._view.set_zoom(self._zoom)
            self._view.apply_requested.connect(self._on_view_apply_requested)
            self._view.leave_requested.connect(self.leave_requested)
        return self._view

    @Slot(object, object)
    def _on_view_apply_requested(self, text: str, base: bytes) -> None:
        assert self._view is not None
        example_id = self._view.example_id
        if example_id is None:
            return
        view = self._view

        def done(_changes: Changes) -> None:
            if view.example_id == example_id:
                view.settle(get_example(self._workspace, example_id).body, text)

        def failed(error: StudioError) -> None:
            if isinstance(error, UsageError):
                typed = TypedText(0, "", text, "", "")
                record = decode(text.encode("utf-8", "surrogatepass") + b"\n")[1]
                self.conflict_found.emit(Conflict(ConflictKind.NO_EXAMPLE, example_id, typed, record=record))
                return
            view.keep_draft(example_id, text, base)
            if not isinstance(error, ExampleChangedError):
                self._commands.report_error(error)
            elif view.example_id != example_id:
                self._commands.notice(_WAITS)

        self._workspace.perform(set_example_json, example_id, text, base, done=done, failed=failed)

    @Slot(object)
    def _on_conversation_place_requested(self, location: Location) -> None:
        """A finding or a hit is to be shown: its place in the JSON."""
        example = self._conversation.example
        if not self.is_shown or self._view is None or example is None:
            return
        try:
            at = locate_message(loads(example.body), location.message_index or 0)[0]
        except StudioError:
            return
        path = f"{at}{location.field}" if location.message_index is not None else location.field
        self._view.reveal(path)
