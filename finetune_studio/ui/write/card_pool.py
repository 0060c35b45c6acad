"""A few real cards for any number of messages."""

from collections.abc import Callable, Iterable

from finetune_studio.ui.write.message_card import MessageCard
from finetune_studio.ui.write.message_rows import Row


class CardPool:
    """Cards by the key of the row that they show. `is_pinned` tells of a card that must keep its row."""

    def __init__(self, make: Callable[[], MessageCard], is_pinned: Callable[[MessageCard], bool]) -> None:
        self._make = make
        self._is_pinned = is_pinned
        self._bound: dict[int, MessageCard] = {}
        self._free: list[MessageCard] = []

    def __len__(self) -> int:
        return len(self._bound) + len(self._free)

    def cards(self) -> list[MessageCard]:
        """The cards that show a row."""
        return list(self._bound.values())

    def every_card(self) -> list[MessageCard]:
        return [*self._bound.values(), *self._free]

    def card_of(self, row: Row) -> MessageCard | None:
        return self._bound.get(row.key)

    def release(self, wanted: Iterable[int]) -> None:
        """Let go of the cards whose rows are not wanted, but not of pinned ones."""
        keep = set(wanted)
        for key in [key for key in self._bound if key not in keep]:
            if not self._is_pinned(self._bound[key]):
                self._free.append(self._bound.pop(key))

    def forget(self, living: Iterable[int]) -> None:
        """Let go of the cards, pinned ones too, whose rows are gone."""
        keep = set(living)
        for key in [key for key in self._bound if key not in keep]:
            self._free.append(self._bound.pop(key))

    def take(self, row: Row) -> MessageCard:
        """A card for a row, from those that are free or new."""
        card = self._free.pop() if self._free else self._make()
        self._bound[row.key] = card
        return card

    def hide_free(self) -> None:
        for card in self._free:
            if not card.isHidden():
                card.hide()
            card.row = None
