"""What stands below the header of a card: texts, images, tool calls, a refusal, a note of the rest."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

from PySide6.QtCore import QObject, QPoint, Qt, Signal, Slot
from PySide6.QtWidgets import QWidget

from finetune_studio.domain.diagnostic import Diagnostic
from finetune_studio.domain.message import ContentPart, Message, Role, Tool
from finetune_studio.formats.message_decoder import NOT_AN_OBJECT
from finetune_studio.ui.widgets import Label, plain_tooltip
from finetune_studio.ui.write.findings_marks import marks_for
from finetune_studio.ui.write.image_part import ImagePartView
from finetune_studio.ui.write.markdown_view import MarkdownView
from finetune_studio.ui.write.message_editor import BIG_TEXT, MessageEditor
from finetune_studio.ui.write.message_rows import Row
from finetune_studio.ui.write.text_look import TextLook
from finetune_studio.ui.write.tool_call_view import ToolCallView

_RAW_LIMIT = 4_000
_NOTE_HEIGHT = 22
_FIRST_LINE = 400
_PLACEHOLDERS = {
    "system": "How the assistant should behave",
    "developer": "How the assistant should behave",
    "user": "What the user says",
    "assistant": "What the assistant answers",
    "tool": "What the tool returns",
}


@dataclass(frozen=True, slots=True)
class Block:
    """One part of a body. `kind` is text, image, call or note; `path` the field of a text."""

    kind: str
    path: str = ""
    number: int = 0
    text: str = ""
    tip: str = ""


def blocks_of(message: Message, shows_text: bool) -> list[Block]:
    """What a message is made of, in the order it is shown."""
    extra = dict(message.extra)
    if NOT_AN_OBJECT in extra:
        return [
            Block("note", text="This item is no message; it is kept as it is:"),
            _raw(extra[NOT_AN_OBJECT]),
        ]
    blocks = []
    if isinstance(message.content, tuple):
        blocks += [_block_of_part(n, part) for n, part in enumerate(message.content)]
    elif "content" in extra:
        blocks += [
            Block("note", text="The content is neither text nor a list of parts:"),
            _raw(extra.pop("content")),
        ]
    elif message.content or shows_text or not (message.tool_calls or message.refusal):
        blocks.append(Block("text", "/content"))
    if message.refusal is not None:
        blocks += [Block("note", text="Refusal"), Block("text", "/refusal")]
    blocks += [Block("call", f"/tool_calls/{n}/function", n) for n in range(len(message.tool_calls))]
    if extra:
        number = len(extra)
        tip = "\n".join(f"{key}: {raw[:200]}" for key, raw in extra.items())
        blocks.append(Block("note", text=f"+{number} more field{'' if number == 1 else 's'}", tip=tip))
    return blocks


def shown_blocks(row: Row, look: TextLook) -> list[Block]:
    """What is shown of a row: its first line, its Markdown, or what can be edited."""
    if row.is_collapsed:
        return [Block("note", text=_first_line(row.shown))]
    blocks = blocks_of(row.message, row.shows_text or "/content" in row.drafts)
    if not is_preview(row, look):
        return blocks
    return [
        replace(block, kind="markdown")
        if block.kind == "text" and 0 < len(row.text(block.path)) <= BIG_TEXT
        else block
        for block in blocks
    ]


def is_preview(row: Row, look: TextLook) -> bool:
    """Whether a message is shown as Markdown; what a tool says is data."""
    wanted = look.is_markdown if row.preview is None else row.preview
    return wanted and row.message.role not in (Role.TOOL, Role.FUNCTION)


def _first_line(message: Message) -> str:
    text = " ".join(message.text[:_FIRST_LINE].split())
    calls = ", ".join(call.name for call in message.tool_calls)
    return text or (f"Calls {calls}" if calls else "No text")


def text_fields(row: Row) -> list[str]:
    """The fields of a message that are shown as texts."""
    blocks = blocks_of(row.message, row.shows_text or "/content" in row.drafts)
    return [block.path for block in blocks if block.kind == "text"]


def _raw(text: str) -> Block:
    cut = text if len(text) <= _RAW_LIMIT else f"{text[:_RAW_LIMIT]}…"
    return Block("raw", text=cut)


def _block_of_part(number: int, part: ContentPart) -> Block:
    if part.text is not None:
        return Block("text", f"/content/{number}/text", number)
    if part.image_url is not None:
        return Block("image", number=number)
    kind = part.type or "no type"
    return Block("note", number=number, text=f"A part of type “{kind[:40]}”, kept as it is", tip=part.raw)


class MessageBody(QObject):
    """Owns the widgets of a body, which live in `card`; keeps them while the next message is made alike."""

    edited = Signal(str, object)
    open_changed = Signal(int, bool)
    parts_changed = Signal()
    call_remove_requested = Signal(int)
    part_requested = Signal(int, str)
    images_given = Signal(object)
    height_changed = Signal()
    pasted = Signal(object)
    menu_requested = Signal(str, int, QPoint)
    left_up = Signal()
    left_down = Signal()
    edit_requested = Signal()

    def __init__(self, card: QWidget) -> None:
        super().__init__(card)
        self._card = card
        self._blocks: list[Block] = []
        self._widgets: list[QWidget] = []
        self._spare: list[MessageEditor] = []
        self.tools: tuple[Tool, ...] = ()
        """What the example defines, for the forms of calls."""
        self._look = TextLook()

    def set_look(self, look: TextLook) -> None:
        """How texts are shown from the next `show_row` on."""
        self._look = look

    @property
    def previews(self) -> list[MarkdownView]:
        return [widget for widget in self._widgets if isinstance(widget, MarkdownView)]

    @property
    def editors(self) -> list[MessageEditor]:
        return [w for w, b in zip(self._widgets, self._blocks, strict=True) if b.kind == "text"]  # type: ignore[misc]

    @property
    def calls(self) -> list[ToolCallView]:
        return [widget for widget in self._widgets if isinstance(widget, ToolCallView)]

    @property
    def images(self) -> list[ImagePartView]:
        return [widget for widget in self._widgets if isinstance(widget, ImagePartView)]

    def notes(self) -> list[str]:
        return [widget.text() for widget in self._widgets if isinstance(widget, Label)]

    def texts(self) -> list[tuple[str, MessageEditor]]:
        """(field, editor) of the message's texts, in order."""
        return [
            (block.path, widget)
            for block, widget in zip(self._blocks, self._widgets, strict=True)
            if block.kind == "text" and isinstance(widget, MessageEditor)
        ]

    def editor_of(self, path: str) -> MessageEditor | None:
        """The editor of a field, when it is shown."""
        for block, widget in zip(self._blocks, self._widgets, strict=True):
            if block.kind == "text" and block.path == path and isinstance(widget, MessageEditor):
                return widget
            if (
                block.kind == "call"
                and f"{block.path}/arguments" == path
                and isinstance(widget, ToolCallView)
            ):
                return widget.editor.json.editor if widget.shows_json else None
        return None

    def focus_widgets(self) -> list[QWidget]:
        """In the order of Tab."""
        found: list[QWidget] = []
        for widget in self._widgets:
            if isinstance(widget, ToolCallView | ImagePartView):
                found += widget.focus_widgets()
            elif isinstance(widget, MessageEditor | MarkdownView):
                found.append(widget)
        return found

    def show_row(self, row: Row, writable: bool, dim: bool, name: str) -> None:
        """Fill the body; `name` tells screen readers which message it is."""
        blocks = shown_blocks(row, self._look)
        if [(b.kind, b.path) for b in blocks] != [(b.kind, b.path) for b in self._blocks]:
            self._rebuild(blocks)
        self._blocks = blocks
        for block, widget in zip(blocks, self._widgets, strict=True):
            self._fill(block, widget, row, writable)
            if isinstance(widget, MessageEditor):
                widget.set_dim(dim)
                widget.set_look(self._look)
            if isinstance(widget, MessageEditor | MarkdownView):
                widget.setAccessibleName(name if block.path != "/refusal" else f"{name}, refusal")

    def show_call(self, row: Row, number: int, is_open: bool) -> None:
        """Open or close the form of a call."""
        for block, widget in zip(self._blocks, self._widgets, strict=True):
            if block.kind == "call" and block.number == number and isinstance(widget, ToolCallView):
                widget.show_call(row.shown.tool_calls[number], is_open, True, self.tools)

    def show_marks(self, row: Row, findings: Sequence[Diagnostic]) -> None:
        """Underline the findings in the texts."""
        for block, widget in zip(self._blocks, self._widgets, strict=True):
            if isinstance(widget, ToolCallView):
                if not widget.shows_json:
                    continue
                path, editor = f"{block.path}/arguments", widget.editor.json.editor
            elif block.kind == "text" and isinstance(widget, MessageEditor):
                path, editor = block.path, widget
            else:
                continue
            editor.set_marks(marks_for(findings, path, len(row.text(path))))

    def place(self, left: int, top: int, width: int) -> int:
        """Lay the widgets out below each other; returns where they end."""
        y = top
        for block, widget in zip(self._blocks, self._widgets, strict=True):
            inset = 0
            if isinstance(widget, MessageEditor | ToolCallView | MarkdownView):
                inset = 4
                height = widget.height_for(width + 2 * inset)
            elif isinstance(widget, ImagePartView):
                height = widget.height_for(width)
            else:
                height = _NOTE_HEIGHT
            widget.setGeometry(left - inset, y, width + 2 * inset, height)
            y += height + (4 if block.kind in ("call", "image") else 0)
        return y

    def refresh_colors(self) -> None:
        for widget in self._widgets:
            if isinstance(widget, (MessageEditor, ToolCallView)):
                widget.refresh_colors()

    def _rebuild(self, blocks: list[Block]) -> None:
        old = self._widgets
        self._spare = [w for w, b in zip(old, self._blocks, strict=True) if b.kind == "text"]  # type: ignore[misc]
        kept = set(self._spare)
        for widget in old:
            if widget not in kept:
                widget.hide()
                widget.deleteLater()
        self._blocks = []
        self._widgets = [self._make(block) for block in blocks]
        for editor in self._spare:
            editor.hide()
            editor.deleteLater()
        self._spare = []

    def _make(self, block: Block) -> QWidget:
        if block.kind == "text" and self._spare:
            return self._spare.pop(0)
        widget: QWidget
        if block.kind == "text":
            editor = MessageEditor(parent=self._card)
            editor.height_changed.connect(self.height_changed)
            editor.pasted.connect(self.pasted)
            editor.images_given.connect(self.images_given)
            editor.menu_requested.connect(self._on_editor_menu_requested)
            editor.left_up.connect(self.left_up)
            editor.left_down.connect(self.left_down)
            editor.edited.connect(self._on_editor_edited)
            widget = editor
        elif block.kind == "raw":
            widget = MessageEditor("mono", self._card)
            widget.setReadOnly(True)
        elif block.kind == "call":
            call = ToolCallView(self._card)
            call.edited.connect(self._on_call_edited)
            call.open_changed.connect(self._on_call_open_changed)
            call.height_changed.connect(self.height_changed)
            call.parts_changed.connect(self.parts_changed)
            call.remove_requested.connect(self._on_call_remove_requested)
            widget = call
        elif block.kind == "markdown":
            preview = MarkdownView(self._card)
            preview.edit_requested.connect(self.edit_requested)
            widget = preview
        elif block.kind == "image":
            image = ImagePartView(self._card)
            image.deed_requested.connect(self._on_image_deed_requested)
            widget = image
        else:
            widget = Label(type="small", parent=self._card)
        widget.show()
        return widget

    def _fill(self, block: Block, widget: QWidget, row: Row, writable: bool) -> None:
        message = row.message
        if isinstance(widget, ToolCallView):
            call = row.shown.tool_calls[block.number]
            widget.show_call(call, block.number in row.open_calls, writable, self.tools)
        elif isinstance(widget, ImagePartView) and isinstance(message.content, tuple):
            widget.show_part(message.content[block.number], block.number, len(message.content), writable)
        elif isinstance(widget, MarkdownView):
            widget.show_text(row.text(block.path), self._look.zoom)
        elif isinstance(widget, MessageEditor) and block.kind == "raw":
            widget.set_true_text(block.text)
        elif isinstance(widget, MessageEditor):
            widget.set_type("mono" if message.role in (Role.TOOL, Role.FUNCTION) else "message")
            widget.setPlaceholderText(_PLACEHOLDERS.get(message.role, "Text of the message"))
            widget.setReadOnly(not writable)
            widget.set_true_text(row.text(block.path))
        elif isinstance(widget, Label):
            widget.setText(block.text)
            widget.setToolTip(plain_tooltip(block.tip) if block.tip else "")
            widget.setAlignment(Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter)

    @Slot(object)
    def _on_editor_edited(self, text: str) -> None:
        sender = self.sender()
        for block, widget in zip(self._blocks, self._widgets, strict=True):
            if widget is sender:
                self.edited.emit(block.path, text)

    @Slot(int, QPoint)
    def _on_editor_menu_requested(self, position: int, place: QPoint) -> None:
        sender = self.sender()
        for path, editor in self.texts():
            if editor is sender:
                self.menu_requested.emit(path, position, place)

    @Slot(str, object)
    def _on_call_edited(self, part: str, text: str) -> None:
        sender = self.sender()
        for block, widget in zip(self._blocks, self._widgets, strict=True):
            if widget is sender:
                self.edited.emit(f"{block.path}/{part}", text)

    @Slot(bool)
    def _on_call_open_changed(self, is_open: bool) -> None:
        sender = self.sender()
        for block, widget in zip(self._blocks, self._widgets, strict=True):
            if widget is sender:
                self.open_changed.emit(block.number, is_open)

    @Slot()
    def _on_call_remove_requested(self) -> None:
        sender = self.sender()
        for block, widget in zip(self._blocks, self._widgets, strict=True):
            if widget is sender:
                self.call_remove_requested.emit(block.number)

    @Slot(str)
    def _on_image_deed_requested(self, name: str) -> None:
        sender = self.sender()
        for block, widget in zip(self._blocks, self._widgets, strict=True):
            if widget is sender:
                self.part_requested.emit(block.number, name)
