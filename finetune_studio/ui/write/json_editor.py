"""An editor for JSON: mono, colours by token, a wave below what is wrong, its own undo until applied."""

import re
from collections.abc import Sequence

from PySide6.QtCore import QEvent, Qt
from PySide6.QtGui import (
    QKeyEvent,
    QKeySequence,
    QSyntaxHighlighter,
    QTextCharFormat,
    QTextCursor,
    QTextDocument,
)
from PySide6.QtWidgets import QTextEdit, QWidget

from finetune_studio.ui.theme.current import color
from finetune_studio.ui.widgets import StudioTextEdit
from finetune_studio.ui.widgets.text_edit import is_history_key, is_history_override
from finetune_studio.ui.write.findings_marks import (
    extra_selection,
    select_range,
    selection_of,
    shown_range,
    to_units,
)
from finetune_studio.ui.write.text_binding import PARAGRAPH, TextBinding
from finetune_studio.ui.write.text_spans import SPANS_LIMIT, format_of

_TOKEN = re.compile(
    r'(?P<key>"(?:[^"\\]|\\.)*+"(?=\s*:))|(?P<text>"(?:[^"\\]|\\.)*+"?)'
    r"|(?P<number>-?\d[\d.eE+-]*)|(?P<word>\b(?:true|false|null)\b)|(?P<mark>[{}\[\],:])"
)
_TOKENS = {
    "key": "role_user",
    "text": "role_assistant",
    "number": "role_tool",
    "word": "role_system",
    "mark": "secondary",
}
_COLOURED = 20_000
"""Characters of one line that are coloured; a longer text in JSON stays plain behind them."""


class JsonColours(QSyntaxHighlighter):
    """Colours keys, texts, numbers and words; asks for the colours anew after a switch of the theme."""

    def __init__(self, document: QTextDocument) -> None:
        super().__init__(document)
        self._formats: dict[str, QTextCharFormat] = {}
        self.take_colours()

    def take_colours(self) -> None:
        for kind, token in _TOKENS.items():
            style = QTextCharFormat()
            style.setForeground(color(token))
            self._formats[kind] = style

    def highlightBlock(self, text: str) -> None:
        shown = text[:_COLOURED]
        plain = shown.isascii()
        for match in _TOKEN.finditer(shown):
            start, end = match.span()
            if not plain:
                start, end = to_units(shown, start), to_units(shown, end)
            self.setFormat(start, end - start, self._formats[match.lastgroup or "mark"])


class JsonEditor(StudioTextEdit):
    """Undo and redo are its own while its text differs from what was loaded, else the dataset's."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(type="mono", parent=parent)
        self.setUndoRedoEnabled(True)
        self.setAccessibleName("JSON of this example")
        self._binding = TextBinding("")
        self._loaded = ""
        self._wrong: tuple[int, int] | None = None
        self._found: tuple[tuple[int, int], ...] = ()
        self._current = -1
        self._colours = JsonColours(self.document())

    @property
    def true_text(self) -> str:
        """The text with every character, also those that the widget cannot hold."""
        self._binding.take(self.document().toRawText())
        return self._binding.text

    @property
    def is_edited(self) -> bool:
        return self.true_text != self._loaded

    def load(self, loaded: str, text: str | None = None) -> None:
        """Show a text; with `text`, show that as an edit of `loaded`."""
        self._loaded = loaded
        self._binding = TextBinding(loaded if text is None else text)
        self.set_text(self._binding.shown)
        self.mark_wrong(None)

    def rebase(self, loaded: str) -> None:
        """The text stays; from now on it is an edit of `loaded`, or none."""
        self._loaded = loaded

    def put_caret(self, position: int) -> None:
        cursor = self.textCursor()
        cursor.setPosition(min(position, self.document().characterCount() - 1))
        self.setTextCursor(cursor)

    def mark_wrong(self, place: tuple[int, int] | None) -> None:
        """Underline the character at a line and column (from 1), or nothing."""
        self._wrong = place
        self._show_marks()

    def mark_found(self, hits: Sequence[tuple[int, int]], current: int) -> None:
        """Mark stretches (code points) that were looked for, and bring the current one into sight."""
        self._found, self._current = tuple(hits[:SPANS_LIMIT]), current
        self._show_marks()
        if 0 <= current < len(hits):
            cursor = self.textCursor()
            cursor.setPosition(shown_range(self._binding, *hits[current])[0])
            self.setTextCursor(cursor)
            self.ensureCursorVisible()

    def select_points(self, start: int, end: int) -> None:
        """Select code points of the true text."""
        select_range(self, *shown_range(self._binding, start, end))

    def _show_marks(self) -> None:
        marks = []
        for number, hit in enumerate(self._found):
            look = format_of("current" if number == self._current else "found")
            marks.append(extra_selection(self, *shown_range(self._binding, *hit), look))
        if self._wrong is not None:
            marks.append(self._selection(*self._units_at(*self._wrong)))
        self.setExtraSelections(marks)

    def go_to(self, line: int, column: int) -> None:
        """The caret to a line and column (from 1)."""
        cursor = self.textCursor()
        cursor.setPosition(self._units_at(line, column)[0])
        self.setTextCursor(cursor)
        self.setFocus()
        self.centerCursor()

    def _units_at(self, line: int, column: int) -> tuple[int, int]:
        """The stretch of one character, of the last one of the line where there is none behind it."""
        block = self.document().findBlockByNumber(min(line, self.blockCount()) - 1)
        units = min(to_units(block.text(), column - 1), max(0, block.length() - 1))
        start = block.position() + units
        if units >= block.length() - 1 and units > 0:
            return start - 1, start
        return start, start + 1

    def _selection(self, start: int, end: int) -> QTextEdit.ExtraSelection:
        return selection_of(self, start, end, "error")

    def changeEvent(self, event: QEvent) -> None:
        super().changeEvent(event)
        if event.type() == QEvent.Type.StyleChange and hasattr(self, "_colours"):
            self._colours.take_colours()
            self._colours.rehighlight()
            self._show_marks()

    def event(self, event: QEvent) -> bool:
        if is_history_override(event) and self._keeps(event):
            event.accept()
            return True
        return super().event(event)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if is_history_key(event) and self._keeps(event):
            if event.matches(QKeySequence.StandardKey.Undo):
                self.undo()
            else:
                self.redo()
            return
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter) and not event.modifiers():
            self._new_line()
            return
        super().keyPressEvent(event)

    def _keeps(self, event: QEvent) -> bool:
        is_undo = isinstance(event, QKeyEvent) and event.matches(QKeySequence.StandardKey.Undo)
        return self.is_edited if is_undo else self.document().isRedoAvailable()

    def _new_line(self) -> None:
        """Go on below, as far to the right as this line begins; two more behind an opening bracket."""
        cursor = self.textCursor()
        before = cursor.block().text()[: cursor.positionInBlock()]
        indent = before[: len(before) - len(before.lstrip(" "))]
        deeper = "  " if before.rstrip()[-1:] in ("{", "[") else ""
        cursor.insertText(f"{PARAGRAPH}{indent}{deeper}")
        self.setTextCursor(cursor)
        self.ensureCursorVisible()

    def select_line(self) -> None:
        """Select the line of the caret, without its indent."""
        cursor = self.textCursor()
        cursor.movePosition(QTextCursor.MoveOperation.EndOfBlock, QTextCursor.MoveMode.KeepAnchor)
        self.setTextCursor(cursor)
