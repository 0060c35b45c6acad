"""Parts of messages: images that are given to a card, and what is asked for them and for tool calls."""

from PySide6.QtCore import Signal, Slot

from finetune_studio.ui.write.card_calls import CardCalls
from finetune_studio.ui.write.message_card import MessageCard


class CardImages(CardCalls):
    """`part_requested(message, part, name)`: up, down, remove or "detail:high" (see image_commands.py)."""

    images_given = Signal(int, object)
    part_requested = Signal(int, int, str)
    plain_text_requested = Signal(int)
    image_file_requested = Signal(int)

    def _do_with_parts(self, index: int, name: str) -> bool:
        """Carry out what concerns a call, an answer or an image; False for everything else."""
        kind, _colon, rest = name.partition(":")
        if kind == "remove_call":
            self.remove_call(index, int(rest))
        elif kind == "answer":
            self.choose_answered(index, rest)
        elif kind == "part":
            number, _colon, deed = rest.partition(":")
            self.commit_due.emit()
            self.part_requested.emit(index, int(number), deed)
        elif name in ("plain", "add_image"):
            self.commit_due.emit()
            (self.plain_text_requested if name == "plain" else self.image_file_requested).emit(index)
        elif name in ("pretty", "one_line"):
            self.lay_out_json(index, on_one_line=name == "one_line")
        elif name == "add_call":
            self.add_call(index)
        else:
            return False
        return True

    @Slot(object, object)
    def _on_card_images_given(self, card: MessageCard, given: object) -> None:
        if card.row is not None and self._writable:
            self.commit_due.emit()
            self.images_given.emit(card.index, given)
