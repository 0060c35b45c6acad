"""The editor of one text of a message: a view of the true text, growing with it."""

import math
from collections.abc import Sequence

from PySide6.QtCore import QEvent, QMimeData, QPoint, QRectF, Qt, Signal, Slot
from PySide6.QtGui import (
    QContextMenuEvent,
    QHelpEvent,
    QKeyEvent,
    QPainter,
    QPaintEvent,
    QTextBlock,
    QTextCursor,
    QWheelEvent,
)
from PySide6.QtWidgets import QPlainTextEdit, QTextEdit, QToolTip, QWidget

from finetune_studio.ui.widgets import StudioTextEdit, plain_tooltip, set_style_property
from finetune_studio.ui.write.code_blocks import has_fence
from finetune_studio.ui.write.findings_marks import (
    INVISIBLE,
    ODD_SPACE,
    Mark,
    describe_character,
    dimmed,
    extra_selection,
    invisible_characters,
    odd_spaces,
    select_range,
    selection_of,
    shown_range,
    to_points,
)
from finetune_studio.ui.write.image_files import images_in
from finetune_studio.ui.write.shown_characters import (
    NamedFormats,
    has_named,
    name_font,
    paint_names,
    paint_white_space,
)
from finetune_studio.ui.write.text_binding import PARAGRAPH, TextBinding, changed_stretch
from finetune_studio.ui.write.text_look import TextLook
from finetune_studio.ui.write.text_spans import SPANS_LIMIT, Span, format_of, moved_spans

BIG_TEXT = 20_000
"""Characters from which an editor keeps a fixed height (200 kB in a growing one: 39 ms a key)."""
BIG_LINES = 400
BIG_HEIGHT = 360
_MINIMUM_WIDTH = 60
_TAB = 32
"""Pixels, about four characters of code."""


class MessageEditor(StudioTextEdit):
    """`edited(object)` gives the true text after each change that a person made.

    `pasted(object)` comes after it with a text that was pasted.
    `menu_requested(code point, place on the screen)` where a menu of the text is wanted.
    `left_up` and `left_down` ask for the neighbour when an arrow key would leave the text.
    """

    edited = Signal(object)
    pasted = Signal(object)
    images_given = Signal(object)
    menu_requested = Signal(int, QPoint)
    left_up = Signal()
    left_down = Signal()

    def __init__(self, type: str = "message", parent: QWidget | None = None) -> None:  # noqa: A002
        super().__init__(type=type, bare=True, parent=parent)
        self._binding = TextBinding("")
        self._is_big = False
        self._is_loading = False
        self._is_dim = False
        self._code: NamedFormats | None = None
        self._shows_marks = False
        self._known_height = 0
        self._marks: list[Mark] = []
        self._spans: dict[str, list[Span]] = {}
        self._hints: list[tuple[QTextCursor, str]] = []
        self.setTabStopDistance(_TAB)
        self.setFrameShape(QPlainTextEdit.Shape.NoFrame)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setVerticalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setFocusPolicy(Qt.FocusPolicy.ClickFocus)
        self.textChanged.connect(self._on_text_changed)

    # The text

    @property
    def true_text(self) -> str:
        return self._binding.text

    @property
    def is_big(self) -> bool:
        return self._is_big

    def set_true_text(self, text: str) -> None:
        """Show another text; where much of it is the same, caret and selection stay."""
        if text == self._binding.text and self.document().toRawText() == self._binding.shown:
            return
        old = self._binding.shown
        self._binding = TextBinding(text)
        self._is_loading = True
        was_blocked = self.blockSignals(not self.hasFocus())  # nobody's caret: nobody needs to be told
        if not self.hasFocus() and (self._is_big or len(text) > BIG_TEXT):
            self.setPlainText("")  # else the old text is laid out once more when wrapping changes
        self._set_big(text)
        if not (self.hasFocus() and self._write_difference(old)):
            self.set_text(self._binding.shown)
        self._show_code()
        self.blockSignals(was_blocked)
        self._is_loading = False
        self._marks = []
        self._spans = {}
        self._show_marks()

    def set_look(self, look: TextLook) -> None:
        """Its size, and whether white space can be seen."""
        if look.zoom != 100 or self.property("zoom"):
            set_style_property(self, "zoom", str(look.zoom))
            if self._code is not None:
                self._code.set_font(name_font(self))
        if look.shows_marks != self._shows_marks:
            self._shows_marks = look.shows_marks
            self.viewport().update()

    def _show_code(self) -> None:
        """Code in mono and room for names, where it is wanted and the text is not too big for each key."""
        text = self._binding.text
        wanted = not self._is_big and (has_fence(text) or has_named(text))
        if wanted and self._code is None:
            self._code = NamedFormats(self.document(), name_font(self))
        elif not wanted and self._code is not None:
            self._code.setDocument(None)
            self._code.deleteLater()
            self._code = None

    def set_type(self, type_name: str) -> None:
        """ "message" or "mono"."""
        set_style_property(self, "type", type_name)

    def set_dim(self, dim: bool) -> None:
        """Draw the text as one that is not trained on."""
        if dim != self._is_dim:
            self._is_dim = dim
            self._show_marks()

    def select(self, start: int, end: int) -> None:
        """Select code points of the true text."""
        select_range(self, *shown_range(self._binding, start, end))

    def position(self) -> int:
        """The caret as a code point of the true text."""
        return self._binding.to_text(to_points(self._binding.shown, self.textCursor().position()))

    def named_at_caret(self) -> str:
        """What the invisible character beside the caret is, or an empty text."""
        if self._is_big or self._binding.text.isascii():
            return ""
        at = self.position()
        for place in (at, at - 1):
            character = self._binding.text[place : place + 1] if place >= 0 else ""
            if INVISIBLE.match(character) or ODD_SPACE.match(character):
                return describe_character(character)
        return ""

    def put_caret(self, at_end: bool) -> None:
        operation = QTextCursor.MoveOperation.End if at_end else QTextCursor.MoveOperation.Start
        self.moveCursor(operation)

    # Marks

    def set_marks(self, marks: Sequence[Mark]) -> None:
        """Underline findings; positions are code points of the true text."""
        if list(marks) != self._marks:
            self._marks = list(marks)
            self._show_marks()

    def set_spans(self, layer: str, spans: Sequence[Span]) -> None:
        """Mark stretches of one kind: "difference", "found" or "spelling"; they move with the text."""
        if list(spans) != self._spans.get(layer, []):
            self._spans[layer] = list(spans[:SPANS_LIMIT])
            self._show_marks()

    def spans(self, layer: str) -> list[Span]:
        return list(self._spans.get(layer, ()))

    def refresh_colors(self) -> None:
        """Draw the marks anew, after a switch of the theme."""
        self._show_marks()
        if self._code is not None:
            self._code.take_colours()

    def hint_at(self, position: int) -> str:
        """What is to say about the character at a position (UTF-16 units), or an empty text."""
        texts = [text for cursor, text in self._hints if _covers(cursor, position)]
        return "\n".join(dict.fromkeys(texts))

    def marked_ranges(self) -> list[tuple[int, int]]:
        """The marked stretches in UTF-16 units, as they are now."""
        return [(cursor.selectionStart(), cursor.selectionEnd()) for cursor, _ in self._hints]

    def _show_marks(self) -> None:
        selections: list[QTextEdit.ExtraSelection] = [dimmed(self)] if self._is_dim else []
        self._hints = []
        unseen = invisible_characters(self._binding.text)
        for mark in (*odd_spaces(self._binding.text), *unseen, *self._marks):
            start, end = shown_range(self._binding, mark.start, mark.end)
            selection = selection_of(self, start, end, mark.severity, wave=mark in self._marks)
            selections.append(selection)
            cursor = QTextCursor(selection.cursor)
            self._hints.append((cursor, mark.text))
        for layer in sorted(self._spans):
            for span in self._spans[layer]:
                start, end = shown_range(self._binding, span.start, span.end)
                selections.append(extra_selection(self, start, end, format_of(span.look)))
        self.setExtraSelections(selections)

    # Height

    def height_for(self, width: int) -> int:
        """Take a width and return the height that shows all the text, or that of a big one."""
        self.resize(max(width, _MINIMUM_WIDTH), self.height())
        self._known_height = self._measure()
        return self._known_height

    def _measure(self) -> int:
        if self._is_big:
            return BIG_HEIGHT
        layout = self.document().documentLayout()
        height = 0.0
        block: QTextBlock = self.document().begin()
        while block.isValid():
            height += layout.blockBoundingRect(block).height()
            block = block.next()
        return math.ceil(height + 2 * self.document().documentMargin())

    def _set_big(self, text: str) -> None:
        self._is_big = len(text) > BIG_TEXT or self._binding.shown.count(PARAGRAPH) > BIG_LINES
        shown = Qt.ScrollBarPolicy.ScrollBarAsNeeded
        hidden = Qt.ScrollBarPolicy.ScrollBarAlwaysOff
        self.setVerticalScrollBarPolicy(shown if self._is_big else hidden)
        self.setHorizontalScrollBarPolicy(shown if self._is_big else hidden)

    # What Qt asks and tells

    @Slot()
    def _on_text_changed(self) -> None:
        if self._is_loading:
            return
        old = self._binding.text
        if self._binding.take(self.document().toRawText()):
            self._move_spans(old)
            self._after_edit()

    def _move_spans(self, old: str) -> None:
        for layer, spans in self._spans.items():
            if spans:
                self._spans[layer] = moved_spans(spans, old, self._binding.text)

    def _after_edit(self) -> None:
        if not self._is_big and len(self._binding.text) > BIG_TEXT:
            self._set_big(self._binding.text)
        self._show_code()
        self._invisible_changed()
        self.edited.emit(self._binding.text)
        if self._measure() != self._known_height:
            self.height_changed.emit()

    def _invisible_changed(self) -> None:
        """Selections move with the text by themselves; only new or gone characters need a look."""
        now = len(invisible_characters(self._binding.text)) + len(odd_spaces(self._binding.text))
        if now != len(self._hints) - len(self._marks) or self._is_dim:
            self._show_marks()

    def _write_difference(self, old: str) -> bool:
        """Edit the document where it differs, so that the caret stays; False when that did not work."""
        if self.document().toRawText() != old:
            return False
        new = self._binding.shown
        start, end = changed_stretch(old, new)
        cursor = QTextCursor(self.document())
        cursor.setPosition(len(old[:start].encode("utf-16-le")) // 2)
        last = len(old[: len(old) - end].encode("utf-16-le")) // 2
        cursor.setPosition(last, QTextCursor.MoveMode.KeepAnchor)
        cursor.insertText(new[start : len(new) - end])
        return self.document().toRawText() == new

    def createMimeDataFromSelection(self) -> QMimeData:
        """Copy the true text, not what the widget makes of it."""
        cursor = self.textCursor()
        shown = self._binding.shown
        first = self._binding.to_text(to_points(shown, cursor.selectionStart()))
        last = self._binding.to_text(to_points(shown, cursor.selectionEnd()))
        data = QMimeData()
        data.setText(self._binding.text[first:last].encode("utf-8", "replace").decode())
        return data

    def canInsertFromMimeData(self, source: QMimeData) -> bool:
        """Images belong to the message, other files that are dropped to the window."""
        return images_in(source) is not None or (source.hasText() and not source.hasUrls())

    def insertFromMimeData(self, source: QMimeData) -> None:
        """Paste the text as it is, but for its line ends, which become those of this message."""
        images = images_in(source)
        if images is not None and not self.isReadOnly():
            self.images_given.emit(images)
        elif source.hasText() and not self.isReadOnly():
            text = source.text().replace("\r\n", "\n").replace("\r", "\n")
            self.insert_true_text(text)
            self.pasted.emit(text)

    def insert_true_text(self, text: str) -> None:
        """Put a text in place of the selection; what the widget cannot hold is kept beside it."""
        cursor = self.textCursor()
        old, shown = self._binding.text, self._binding.shown
        first = self._binding.to_text(to_points(shown, cursor.selectionStart()))
        last = self._binding.to_text(to_points(shown, cursor.selectionEnd()))
        if "\r\n" in old and "\n" not in old.replace("\r\n", ""):
            text = text.replace("\n", "\r\n")
        self._binding = TextBinding(old[:first] + text + old[last:])
        self._move_spans(old)
        end = shown_range(self._binding, first + len(text), first + len(text))[0]
        self._is_loading = True
        if len(self._binding.text) > BIG_TEXT:
            self._set_big(self._binding.text)
            self.set_text(self._binding.shown)
            cursor = self.textCursor()
            cursor.setPosition(end)
        else:
            cursor.insertText(TextBinding(text).shown)
        if self.document().toRawText() != self._binding.shown:
            self.setPlainText(self._binding.shown)
            cursor = self.textCursor()
            cursor.setPosition(end)
        self.setTextCursor(cursor)
        self._is_loading = False
        self._after_edit()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        plain = event.modifiers() in (Qt.KeyboardModifier.NoModifier, Qt.KeyboardModifier.KeypadModifier)
        if plain and event.key() == Qt.Key.Key_Escape:
            event.ignore()
            return
        if plain and event.key() in (Qt.Key.Key_Up, Qt.Key.Key_Down):
            is_up = event.key() == Qt.Key.Key_Up
            step = QTextCursor.MoveOperation.Up if is_up else QTextCursor.MoveOperation.Down
            if not QTextCursor(self.textCursor()).movePosition(step):
                (self.left_up if is_up else self.left_down).emit()
                return
        super().keyPressEvent(event)

    def contextMenuEvent(self, event: QContextMenuEvent) -> None:
        """At the pointer, or by key at the caret."""
        by_mouse = event.reason() == QContextMenuEvent.Reason.Mouse
        cursor = self.cursorForPosition(event.pos()) if by_mouse else self.textCursor()
        place = event.globalPos() if by_mouse else self.viewport().mapToGlobal(self.cursorRect().bottomLeft())
        position = self._binding.to_text(to_points(self._binding.shown, cursor.position()))
        self.menu_requested.emit(position, place)

    def wheelEvent(self, event: QWheelEvent) -> None:
        """Scroll within a big text only while it has the focus; else the conversation scrolls."""
        if self._is_big and self.hasFocus():
            super().wheelEvent(event)
        else:
            event.ignore()

    def viewportEvent(self, event: QEvent) -> bool:
        if event.type() == QEvent.Type.ToolTip and isinstance(event, QHelpEvent):
            text = self.hint_at(self.cursorForPosition(event.pos()).position())
            QToolTip.showText(event.globalPos(), plain_tooltip(text) if text else "", self.viewport())
            return True
        return super().viewportEvent(event)

    def paintEvent(self, event: QPaintEvent) -> None:
        super().paintEvent(event)
        if not (self._shows_marks or self._code is not None):
            return
        area = QRectF(event.rect())
        painter = QPainter(self.viewport())
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        if self._shows_marks:
            paint_white_space(self, painter, area)
        if self._code is not None:
            paint_names(self, painter, area)


def _covers(cursor: QTextCursor, position: int) -> bool:
    return cursor.selectionStart() <= position <= cursor.selectionEnd()
