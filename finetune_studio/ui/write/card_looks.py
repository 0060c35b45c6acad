"""How single messages are shown: as Markdown or as text to edit, whole or only their first line."""

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QWheelEvent

from finetune_studio.ui.write.message_body import is_preview
from finetune_studio.ui.write.message_rows import Row
from finetune_studio.ui.write.prompt_cards import PromptCards


class CardLooks(PromptCards):
    """`zoom_requested(1 or -1)` by the wheel with Ctrl."""

    zoom_requested = Signal(int)

    def toggle_preview(self, index: int) -> None:
        """Show a message as Markdown, or its text again."""
        if 0 <= index < len(self._rows):
            row = self._rows[index]
            row.preview = not is_preview(row, self._look)
            self._show_anew(row)

    def edit_text(self, index: int) -> None:
        """From the preview of a message to its text."""
        row = self._rows[index]
        row.preview = False
        self._show_anew(row)
        self.focus_message(index, at_end=False)

    def toggle_collapsed(self, index: int) -> None:
        """Show only the first line of a message, or all of it."""
        if 0 <= index < len(self._rows):
            row = self._rows[index]
            row.is_collapsed = not row.is_collapsed
            self._show_anew(row)

    def collapse_all(self, collapsed: bool) -> None:
        """The same for every message of the example."""
        had_focus = self._holds_focus()
        if had_focus:
            self.setFocus()
        for row in self._rows:
            row.is_collapsed = collapsed
            row.is_measured = False
            row.height = 0
        self._set_rows(self._rows, self._is_pair)

    @property
    def is_collapsed(self) -> bool:
        """Whether every message shows its first line only."""
        return bool(self._rows) and all(row.is_collapsed for row in self._rows)

    def _show_text_field(self, index: int) -> None:
        """A field for text in a message that only calls tools."""
        row = self._rows[index]
        row.shows_text = True
        card = self.card_at(index)
        if card is not None:
            self._fill(card, row)
            self._place()
            editor = card.body.editor_of("/content")
            if editor is not None:
                editor.setFocus()

    def _unfold(self, row: Row) -> None:
        """A place in the text of a message is to be seen."""
        if row.is_collapsed or is_preview(row, self._look):
            row.is_collapsed = False
            row.preview = False if is_preview(row, self._look) else row.preview
            self._show_anew(row)

    def _show_anew(self, row: Row) -> None:
        card = self._pool.card_of(row)
        had_focus = card is not None and card.holds_focus()
        if had_focus:
            self.setFocus()
        row.is_measured = False
        if card is not None:
            self._fill(card, row)
        self._place()
        if had_focus and card is not None:
            card.focus_text(at_end=False)

    def wheelEvent(self, event: QWheelEvent) -> None:
        if event.modifiers() == Qt.KeyboardModifier.ControlModifier and event.angleDelta().y():
            self.zoom_requested.emit(1 if event.angleDelta().y() > 0 else -1)
            event.accept()
            return
        super().wheelEvent(event)
