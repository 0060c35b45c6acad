"""Marks misspelt words in the texts that are shown; they are judged in the background."""

from collections import OrderedDict
from collections.abc import Callable, Iterator, Sequence

from PySide6.QtCore import QObject, QTimer, Slot
from shiboken6 import isValid

from finetune_studio.domain.errors import StudioError
from finetune_studio.domain.message import Role
from finetune_studio.ui.write.conversation_view import ConversationView
from finetune_studio.ui.write.message_editor import BIG_TEXT
from finetune_studio.ui.write.message_rows import Row
from finetune_studio.ui.write.text_spans import Span
from finetune_studio.workspace.queries.spelling import Spelling, check_spelling
from finetune_studio.workspace.workspace import Workspace

_SOON = 120
"""Milliseconds of rest on an example until its texts are judged: nobody reads them while stepping."""
_AFTER_KEY = 350
"""Milliseconds of quiet after which what was typed is judged."""
_KNOWN = 600
"""Texts whose words are remembered."""
_AROUND = 4_000
"""Characters of a conversation that tell the language of its short messages."""


class SpellingMarks(QObject):
    """Remembers by text, so that a message that comes into sight again is marked at once."""

    def __init__(self, workspace: Workspace, view: ConversationView) -> None:
        super().__init__(view)
        self._workspace = workspace
        self._view = view
        self._known: OrderedDict[str, Spelling] = OrderedDict()
        self._wanted: dict[str, None] = {}
        self._is_on = False
        self._generation = 0
        self._timer = self._make_timer(_SOON, self._check)
        self._key_timer = self._make_timer(_AFTER_KEY, view.redecorate)
        view.text_edited.connect(self._on_view_text_edited)

    def _make_timer(self, milliseconds: int, slot: Callable[[], None]) -> QTimer:
        timer = QTimer(self)
        timer.setSingleShot(True)
        timer.setInterval(milliseconds)
        timer.timeout.connect(slot)
        return timer

    @property
    def is_on(self) -> bool:
        return self._is_on

    def switch(self, on: bool) -> None:
        """Mark, or mark no more."""
        self._is_on = on
        self._wanted = {}
        self._view.set_decorator("spelling", self._spans_of if on else None)

    def forget(self) -> None:
        """The language or the dataset's own words changed."""
        self._generation += 1
        self._known.clear()
        if self._is_on:
            self._view.redecorate()

    def stop(self) -> None:
        self._is_on = False
        self._timer.stop()
        self._key_timer.stop()

    def around(self) -> str:
        """The beginnings of the messages: they tell the language of short ones."""
        return "\n".join(message.text[:500] for message in self._view.messages()[:40])[:_AROUND]

    def spelling_of(self, text: str) -> Spelling | None:
        """What is known of a text; None while it is not judged yet."""
        return self._known.get(text)

    def _spans_of(self, row: Row, field: str) -> Sequence[Span]:
        if row.message.role in (Role.TOOL, Role.FUNCTION):
            return ()
        text = row.text(field)
        if not text or len(text) > BIG_TEXT:
            return ()
        known = self._known.get(text)
        if known is None:
            if text not in self._wanted:
                self._wanted[text] = None
                self._timer.start()
            return self._last_spans(row, field)
        self._known.move_to_end(text)
        return [
            Span(start, end, "misspelt") for start, end in known.wrong if not self._is_typed(row, start, end)
        ]

    def _shown(self) -> Iterator[tuple[Row, str]]:
        """The texts of the cards that exist now."""
        for card in self._view.cards():
            if card.row is not None:
                for field, _editor in card.body.texts():
                    yield card.row, field

    def _last_spans(self, row: Row, field: str) -> Sequence[Span]:
        """What is marked now stays until the new text is judged."""
        card = next((card for card in self._view.cards() if card.row is row), None)
        editor = card.body.editor_of(field) if card is not None else None
        return editor.spans("spelling") if editor is not None and editor.true_text == row.text(field) else ()

    def _is_typed(self, row: Row, start: int, end: int) -> bool:
        """Whether the caret is in a word: it may not be whole yet."""
        caret = self._view.caret()
        index = self._view.focused_index()
        return caret is not None and index >= 0 and caret[0] is row and start < caret[1] <= end

    @Slot()
    def _check(self) -> None:
        shown = {row.text(field) for row, field in self._shown()}
        texts, self._wanted = [text for text in self._wanted if text in shown], {}
        if not texts or not self._is_on or self._workspace.is_closed:
            return
        generation = self._generation

        def done(found: list[Spelling]) -> None:
            if isValid(self) and generation == self._generation and self._is_on:
                self._known.update(zip(texts, found, strict=True))
                while len(self._known) > _KNOWN:
                    self._known.popitem(last=False)
                self._view.redecorate()

        self._workspace.ask(
            check_spelling, texts, self.around(), done=done, failed=self._on_failed, title="Spelling"
        )

    def _on_failed(self, error: StudioError) -> None:
        """Nothing is marked: the dataset is closing."""

    @Slot()
    def _on_view_text_edited(self) -> None:
        if self._is_on:
            self._key_timer.start()
