"""The words in which the two answers of a preference pair differ, marked in both."""

from collections.abc import Sequence

from PySide6.QtCore import QObject, QTimer, Slot

from finetune_studio.ui.check.word_diff import different_spans
from finetune_studio.ui.write.conversation_view import ConversationView
from finetune_studio.ui.write.message_rows import NON_PREFERRED, PREFERRED, Row
from finetune_studio.ui.write.text_spans import Span

_AFTER = 120
"""Milliseconds of quiet after which the words are compared again."""
_WORDS = 400
"""Words that are compared one by one; of longer answers the stretch that differs is marked."""
_OTHER = {PREFERRED: NON_PREFERRED, NON_PREFERRED: PREFERRED}
_KNOWN = 16


class PairDifferences(QObject):
    """Compares the first message of one side with the first of the other, and so on."""

    def __init__(self, view: ConversationView) -> None:
        super().__init__(view)
        self._view = view
        self._known: dict[tuple[str, str], list[tuple[int, int]]] = {}
        self._timer = QTimer(self)
        self._timer.setSingleShot(True)
        self._timer.setInterval(_AFTER)
        self._timer.timeout.connect(view.redecorate)
        view.text_edited.connect(self._on_view_text_edited)
        view.set_decorator("difference", self.spans_of)

    def spans_of(self, row: Row, field: str) -> Sequence[Span]:
        """What of a text the other answer does not say; nothing where there is no other text."""
        other = self._counterpart(row) if row.side in _OTHER and field == "/content" else None
        if other is None:
            return ()
        text, base = row.text(field), other.text(field)
        if not text or not base:
            return ()
        look = "added" if row.side == PREFERRED else "removed"
        return [Span(start, end, look) for start, end in self._compared(base, text)]

    def _compared(self, base: str, text: str) -> list[tuple[int, int]]:
        found = self._known.get((base, text))
        if found is None:
            found = different_spans(base, text, _WORDS)
            if len(self._known) >= _KNOWN:
                self._known.pop(next(iter(self._known)))
            self._known[base, text] = found
        return found

    def _counterpart(self, row: Row) -> Row | None:
        sides: dict[str, list[Row]] = {PREFERRED: [], NON_PREFERRED: []}
        for each in self._view.rows():
            if each.side in sides:
                sides[each.side].append(each)
        place = next((n for n, each in enumerate(sides[row.side]) if each is row), -1)
        others = sides[_OTHER[row.side]]
        return others[place] if 0 <= place < len(others) else None

    @Slot()
    def _on_view_text_edited(self) -> None:
        if any(row.side in _OTHER for row in self._view.rows()):
            self._timer.start()
