"""Moving a message by its handle: the card follows the pointer, a line shows where it will stand."""

from PySide6.QtCore import QPoint, Slot
from PySide6.QtWidgets import QWidget

from finetune_studio.ui.write.card_drag import CardDrag
from finetune_studio.ui.write.card_images import CardImages
from finetune_studio.ui.write.message_card import MessageCard


class CardDragging(CardImages):
    """The slots of a card's drag; letting go is a move like any other."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._drag = CardDrag(self)
        self._drag.moved.connect(self._on_drag_moved)

    @Slot(object, QPoint)
    def _on_card_drag_moved(self, card: MessageCard, place: QPoint) -> None:
        self._dragged = card
        card.set_dragged(True)
        card.raise_()
        self._drag.move_to(place)
        self._on_drag_moved()

    @Slot()
    def _on_drag_moved(self) -> None:
        if self._dragged is not None and self._dragged.row is not None:
            self._drag.target(self._slots_of_side(self._dragged.row.side))

    @Slot(object, QPoint)
    def _on_card_drag_ended(self, card: MessageCard, place: QPoint) -> None:
        row = card.row
        self._drag.move_to(place)
        slots = self._slots_of_side(row.side) if row is not None else []
        above = self._drag.target(slots) if slots else 0
        self._on_card_drag_cancelled()
        if row is None:
            return
        own = [slot.row for slot in slots]
        at = next(n for n, other in enumerate(own) if other is row)
        to = above - 1 if above > at else above
        index = self._index_of(row)
        self.move_message(index, index + to - at)

    @Slot()
    def _on_card_drag_cancelled(self) -> None:
        if self._dragged is not None:
            self._dragged.set_dragged(False)
        self._dragged = None
        self._drag.end()
