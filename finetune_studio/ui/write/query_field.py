"""The line in which the list is filtered, with suggestions for what can be typed next."""

from PySide6.QtCore import QEvent, Qt, Signal, Slot
from PySide6.QtGui import QFocusEvent, QHideEvent, QKeyEvent
from PySide6.QtWidgets import QWidget

from finetune_studio.ui.widgets import SearchField
from finetune_studio.ui.write.completion_popup import CompletionPopup
from finetune_studio.workspace.queries.completion import (
    Completion,
    QueryFacts,
    Suggestion,
    accept,
    complete,
)

_KEYS = {Qt.Key.Key_Down: 1, Qt.Key.Key_Up: -1}


class QueryField(SearchField):
    """Suggestions come while typing and with Ctrl+Space. Arrows go through them, Tab takes one, Return too
    when one was gone to, Escape hides them.

    `facts_wanted`: what the dataset offers is to be read again.
    """

    facts_wanted = Signal()

    def __init__(self, placeholder: str, parent: QWidget | None = None) -> None:
        super().__init__(placeholder, parent=parent)
        self._facts = QueryFacts()
        self._completion = Completion(0, 0)
        self._asked = False
        self._is_suggesting = False
        self._popup: CompletionPopup | None = None
        self.textEdited.connect(self._on_text_edited)

    @property
    def suggestions(self) -> list[str]:
        """What is offered now."""
        return self._popup.texts() if self._popup is not None else []

    def set_facts(self, facts: QueryFacts) -> None:
        """Take what the dataset offers."""
        self._facts = facts
        if self._is_suggesting:
            self._suggest()

    def event(self, event: QEvent) -> bool:
        if event.type() == QEvent.Type.KeyPress and isinstance(event, QKeyEvent) and self._takes(event):
            return True
        return super().event(event)

    def focusOutEvent(self, event: QFocusEvent) -> None:
        super().focusOutEvent(event)
        self.hide_suggestions()

    def hideEvent(self, event: QHideEvent) -> None:
        super().hideEvent(event)
        self.hide_suggestions()

    def _takes(self, event: QKeyEvent) -> bool:
        """Whether a key is for the suggestions; Tab never gets to keyPressEvent."""
        key = Qt.Key(event.key())
        if key == Qt.Key.Key_Space and event.modifiers() == Qt.KeyboardModifier.ControlModifier:
            self._asked = True
            self._suggest()
            return True
        popup = self._popup
        if popup is None or not popup.isVisible():
            return False
        if key in _KEYS:
            popup.step(_KEYS[key])
            self._tell_reader()
        elif key == Qt.Key.Key_Escape:
            self.hide_suggestions()
        elif key == Qt.Key.Key_Tab and not event.modifiers():
            self._take(popup.current() or popup.first())
        elif key in (Qt.Key.Key_Return, Qt.Key.Key_Enter) and popup.current() is not None:
            self._take(popup.current())
        else:
            if key in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
                self.hide_suggestions()
            return False
        return True

    @property
    def is_incomplete(self) -> bool:
        """Whether a term still waits for its value where the cursor is."""
        return self.hasFocus() and self.text()[: self.cursorPosition()].rstrip().endswith((":", " OR"))

    def _suggest(self) -> None:
        if not self._is_suggesting:
            self._is_suggesting = True
            self.facts_wanted.emit()
        self._completion = complete(self.text(), self.cursorPosition(), self._facts, asked=self._asked)
        items = self._completion.items
        if self._popup is None:
            if not items:
                return
            self._popup = CompletionPopup(self)
            self._popup.chosen.connect(self._take)
        self._popup.show_items(items)
        self._tell_reader()

    def _tell_reader(self) -> None:
        """Let a screen reader say what is offered, since the focus stays here."""
        assert self._popup is not None
        current = self._popup.current()
        if current is not None:
            self.setAccessibleDescription(f"{current.text}, {current.detail}".strip(", "))
        else:
            self.setAccessibleDescription(f"Suggestions: {', '.join(self.suggestions[:5])}")

    def hide_suggestions(self) -> None:
        """Until something is typed again."""
        self._asked = self._is_suggesting = False
        if self._popup is not None:
            self._popup.hide()
        self.setAccessibleDescription("")

    @Slot(object)
    def _take(self, chosen: Suggestion | None) -> None:
        if chosen is None:
            return
        text, cursor = accept(self.text(), self._completion, chosen)
        self.setText(text)
        self.setCursorPosition(cursor)
        self._asked = False
        if chosen.goes_on:
            self._suggest()
        else:
            self.hide_suggestions()
            self.returnPressed.emit()

    @Slot(str)
    def _on_text_edited(self, _text: str) -> None:
        self._asked = False
        self._suggest()
