"""What stands in place of a conversation when an example is none: what is wrong, and its JSON."""

from PySide6.QtWidgets import QVBoxLayout, QWidget

from finetune_studio.formats.json_errors import JsonSyntaxError
from finetune_studio.formats.json_node import Node, NodeKind
from finetune_studio.formats.json_reader import parse
from finetune_studio.ui.widgets import Banner, StudioTextEdit
from finetune_studio.ui.write.text_binding import TextBinding

SHOWN_LIMIT = 200_000


def what_is_wrong(body: bytes) -> str:
    """One sentence: why this line is not shown as a conversation."""
    try:
        root = parse(body)
    except JsonSyntaxError as error:
        return f"This line is not valid JSON. {error.text}"
    if root.kind is not NodeKind.OBJECT:
        return "This line is not a JSON object, so it is no example."
    messages: Node | None = root.get("messages")
    if messages is not None:
        return "“messages” is not a list, so this is not shown as a conversation."
    outputs = [key for key in ("preferred_output", "non_preferred_output") if root.get(key) is not None]
    if outputs:
        return f"“{outputs[0]}” or its “input” is not what a preference pair has there."
    return "This line has no “messages” and no preferred answers, so it is neither a conversation nor a pair."


class JsonNotice(QWidget):
    """Read-only: an example of another kind is kept and exported as it is."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._words = ""
        layout = QVBoxLayout(self)
        layout.setContentsMargins(28, 2, 28, 24)
        layout.setSpacing(12)
        self.banner = Banner("", "warning", closable=False)
        self.editor = StudioTextEdit(type="mono")
        self.editor.setReadOnly(True)
        self.editor.setAccessibleName("JSON of this example")
        layout.addWidget(self.banner)
        layout.addWidget(self.editor, 1)

    @property
    def words(self) -> str:
        """What it says above the JSON."""
        return self._words

    def show_body(self, body: bytes) -> None:
        """Show a line; a very long one is cut."""
        text = body[:SHOWN_LIMIT].decode("utf-8", "replace")
        more = len(body) - SHOWN_LIMIT
        words = what_is_wrong(body)
        if more > 0:
            words = f"{words} Its first {SHOWN_LIMIT:,} bytes are shown."
        self._words = f"{words} It is kept as it is."
        self.banner.show_message(self._words, "warning")
        self.editor.set_text(TextBinding(text.rstrip("\r\n")).shown)
