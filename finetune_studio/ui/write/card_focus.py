"""Going from card to card: by Tab and arrow keys, also to messages that have no card yet."""

from PySide6.QtCore import QRect, Qt
from PySide6.QtWidgets import QApplication, QWidget

from finetune_studio.ui.widgets.focus_chain import focus_neighbour
from finetune_studio.ui.write.add_row import AddRow
from finetune_studio.ui.write.card_stage import CardStage
from finetune_studio.ui.write.conversation_layout import Place
from finetune_studio.ui.write.message_card import MessageCard
from finetune_studio.ui.write.message_rows import Row
from finetune_studio.ui.write.side_heading import SideHeading

_SIGHT = 14
"""Pixels kept free above and below the caret."""


class CardFocus(CardStage):
    """Keeps what has the focus in sight."""

    def last_index(self) -> int:
        """The message that has or last had the focus, or -1."""
        return -1

    def focus_message(self, index: int, at_end: bool = True) -> None:
        """The caret into the text of a message."""
        if not 0 <= index < len(self._rows):
            return
        card = self._bring(self._rows[index])
        if card is not None:
            card.focus_text(at_end)
            self._keep_in_sight(card, card.rect())
            self._keep_caret_in_sight(card)

    def _unfold(self, row: Row) -> None:
        """Let the text of a message be seen, where it is not."""

    def show_place(self, index: int, field: str, at: int) -> None:
        """Scroll to a code point of a text; the focus stays where it is."""
        if not 0 <= index < len(self._rows):
            return
        self._unfold(self._rows[index])
        card = self._bring(self._rows[index])
        editor = card.body.editor_of(field) if card is not None else None
        if card is None or editor is None:
            return
        editor.select(at, at)
        place = editor.cursorRect()
        place.moveTopLeft(editor.viewport().mapTo(card, place.topLeft()))
        self._keep_in_sight(card, place)

    def _step(self, index: int, up: bool, moves_caret: bool) -> None:
        """To the neighbour; an arrow key enters it from its near side."""
        to = index - 1 if up else index + 1
        if 0 <= to < len(self._rows):
            self.focus_message(to, at_end=up or not moves_caret)

    def _bring(self, row: Row) -> MessageCard | None:
        """Scroll until a row has a card, and return that."""
        card = self._pool.card_of(row)
        slot = self._slot_of(row)
        if card is None and slot is not None:
            height = self.viewport().height()
            offset = max(0, (height - slot.height) // 2)
            self._place((slot, offset))
            card = self._pool.card_of(row)
        return card

    def _keep_caret_in_sight(self, card: MessageCard) -> None:
        editor = card.focused_editor()
        if editor is not None and not self._is_placing:
            place = editor.cursorRect()
            place.moveTopLeft(editor.viewport().mapTo(card, place.topLeft()))
            self._keep_in_sight(card, place)

    def _keep_in_sight(self, card: MessageCard, place: QRect) -> None:
        """Scroll as little as needed to show a part of a card; of a tall one, its top."""
        if self._is_placing:
            return
        top = card.y() + place.top() - _SIGHT
        bottom = card.y() + place.bottom() + _SIGHT
        height = self.viewport().height()
        bar = self.verticalScrollBar()
        end = self._total - bar.value()
        if card.index == len(self._rows) - 1 and end - top < height:
            bottom = end  # the buttons below the last card are part of writing its successor
        if top < 0 or bottom - top > height:
            bar.setValue(bar.value() + top)
        elif bottom > height:
            bar.setValue(bar.value() + bottom - height)

    def _slots_of_side(self, side: str) -> list[Place]:
        return [slot for slot in self._slots if slot.row is not None and slot.side == side]

    def _holds_focus(self) -> bool:
        widget = QApplication.focusWidget()
        return widget is not None and (widget is self or self.isAncestorOf(widget))

    def focusNextPrevChild(self, forward: bool) -> bool:
        """Tab follows what is seen, and reaches messages that have no card yet."""
        widget = QApplication.focusWidget()
        if widget is None or widget is self or not self.viewport().isAncestorOf(widget):
            if widget is not self:
                return super().focusNextPrevChild(forward)
            return (forward and self._focus_edge(first=True)) or self._leave(forward)
        number, widgets = self._stop_of(widget)
        at = widgets.index(widget) if widget in widgets else -1
        if 0 <= at + (1 if forward else -1) < len(widgets) and at >= 0:
            self._focus(widgets[at + (1 if forward else -1)], forward)
            return True
        step = 1 if forward else -1
        number += step
        while 0 <= number < len(self._slots):
            if self._focus_slot(self._slots[number], forward):
                return True
            number += step
        return self._leave(forward)

    def _focus_edge(self, first: bool) -> bool:
        """Focus the first or last thing of the conversation; False when there is none."""
        slots = self._slots if first else list(reversed(self._slots))
        return any(self._focus_slot(slot, first) for slot in slots)

    def _stop_of(self, widget: QWidget) -> tuple[int, list[QWidget]]:
        for number, slot in enumerate(self._slots):
            part = self._part_of(slot)
            if part is not None and part.isAncestorOf(widget):
                return number, part.focus_widgets()
        return -1, []

    def _part_of(self, slot: Place) -> MessageCard | AddRow | SideHeading | None:
        if slot.row is not None:
            return self._pool.card_of(slot.row)
        return (self._add_rows if slot.kind == "add" else self._headings).get(slot.side)

    def _focus_slot(self, slot: Place, forward: bool) -> bool:
        if slot.row is not None:
            self._bring(slot.row)
        part = self._part_of(slot)
        widgets = part.focus_widgets() if part is not None else []
        if widgets:
            self._focus(widgets[0 if forward else -1], forward)
        return bool(widgets)

    def _focus(self, widget: QWidget, forward: bool) -> None:
        reason = Qt.FocusReason.TabFocusReason if forward else Qt.FocusReason.BacktabFocusReason
        widget.setFocus(reason)
        part = widget.parentWidget()
        if isinstance(part, AddRow):
            bar = self.verticalScrollBar()
            if part.y() + part.height() > self.viewport().height():
                bar.setValue(bar.maximum())

    def _leave(self, forward: bool) -> bool:
        """Focus the next widget of the window that is outside of this view."""
        widget: QWidget = self
        for _ in range(10_000):
            widget = focus_neighbour(widget, forward)
            if widget is self:
                return False
            takes_tab = bool(widget.focusPolicy() & Qt.FocusPolicy.TabFocus)
            shown = widget.isVisible() and widget.isEnabled() and widget.window() is self.window()
            if takes_tab and shown and not self.isAncestorOf(widget):
                self._focus(widget, forward)
                return True
        return False
