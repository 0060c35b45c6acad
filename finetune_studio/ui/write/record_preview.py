"""An example as it will be, to read only: roles and texts, one below the other."""

from typing import Any

from PySide6.QtWidgets import QWidget

from finetune_studio.domain.edits import pointer_parts
from finetune_studio.ui.widgets import Card, Label, LineHeightLabel, ScrollColumn
from finetune_studio.workspace.operations.editing import message_lists

_LIMIT = 4_000
"""Characters of one message that are shown."""
_HEADINGS = {"preferred_output": "preferred", "non_preferred_output": "non-preferred"}


class RecordPreview(Card):
    """Keeps its labels and fills them anew: a form changes it with each key."""

    def __init__(self, name: str = "Preview", parent: QWidget | None = None) -> None:
        super().__init__(spacing=0, parent=parent)
        self._column = ScrollColumn(margin=4, spacing=4)
        self._column.set_reachable(name)
        self.body.addWidget(self._column)
        self._pairs: list[tuple[Label, LineHeightLabel]] = []

    def show_value(self, value: Any) -> None:
        """Show an example as JSON says it."""
        messages = _lines(value)
        while len(self._pairs) < len(messages):
            self._add_pair()
        for number, (role_label, text_label) in enumerate(self._pairs):
            shown = number < len(messages)
            role_label.setVisible(shown)
            text_label.setVisible(shown)
            if shown:
                role, heading, text = messages[number]
                role_label.setProperty("role", role)
                role_label.style().polish(role_label)
                role_label.setText(heading.upper())
                role_label.setAccessibleName(heading)
                text_label.setText(text if len(text) <= _LIMIT else f"{text[:_LIMIT]}…")

    def text(self) -> str:
        """What is shown, for tests and screen readers."""
        return "\n".join(f"{role.text()}: {text.text()}" for role, text in self._pairs if not role.isHidden())

    def _add_pair(self) -> None:
        role, text = Label(), LineHeightLabel(type="message")
        text.setContentsMargins(0, 0, 0, 8)
        self._column.body.addWidget(role)
        self._column.body.addWidget(text)
        self._pairs.append((role, text))


def _lines(value: Any) -> list[tuple[str, str, str]]:
    """(role, heading, text) of each message."""
    lines = []
    for path, messages in message_lists(value):
        side = _HEADINGS.get(pointer_parts(path)[0], "")
        for message in messages:
            if isinstance(message, dict):
                role = str(message.get("role", ""))
                lines.append((role, f"{role} · {side}" if side else role, _text(message)))
    return lines


def _text(message: dict[str, Any]) -> str:
    parts = []
    content = message.get("content")
    if isinstance(content, str):
        parts.append(content)
    elif isinstance(content, list):
        shown = (part for part in content if isinstance(part, dict))
        parts += [str(part.get("text") or f"({part.get('type', 'part')})") for part in shown]
    for call in message.get("tool_calls") or ():
        function = call.get("function") if isinstance(call, dict) else None
        if isinstance(function, dict):
            parts.append(f"{function.get('name', '')}({function.get('arguments', '')})")
    return "\n".join(parts)
