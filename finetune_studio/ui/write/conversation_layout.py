"""Where the parts of a conversation stand: pure arithmetic over heights, measured or estimated."""

from collections.abc import Sequence
from dataclasses import dataclass

from finetune_studio.ui.write.message_rows import INPUT, MESSAGES, NON_PREFERRED, PREFERRED, Row

GAP = 12
TOP = 2
BOTTOM = 28
SIDE_BY_SIDE_FROM = 620
"""Width from which the two answers of a pair stand beside each other."""
_CHARACTER = 7.1
_LINE = 17
_CARD = 40 + 8 + 12
_BIG = 20_000


@dataclass(slots=True)
class Place:
    """A card, a heading or a row of buttons. `column`: 0 the whole width, 1 the left, 2 the right half."""

    kind: str
    side: str = ""
    row: Row | None = None
    column: int = 0
    height: int = 0
    x: int = 0
    y: int = 0
    width: int = 0

    @property
    def bottom(self) -> int:
        return self.y + self.height


def slots_of(rows: Sequence[Row], is_pair: bool, heading_height: int, add_height: int) -> list[Place]:
    """The parts in reading order."""
    if not is_pair:
        add = Place("add", MESSAGES, height=add_height)
        hint = [] if rows else [Place("heading", MESSAGES, height=heading_height)]
        return [*hint, *(Place("card", MESSAGES, row) for row in rows), add]
    slots: list[Place] = []
    for column, side in enumerate((INPUT, PREFERRED, NON_PREFERRED)):
        slots.append(Place("heading", side, column=column, height=heading_height))
        own = [Place("card", side, row, column) for row in rows if row.side == side]
        slots.extend(own)
        if side == INPUT or not own:
            slots.append(Place("add", side, column=column, height=add_height))
    return slots


def arrange(slots: Sequence[Place], left: int, width: int) -> int:
    """Set the places of all parts; returns the height of it all."""
    beside = width >= SIDE_BY_SIDE_FROM
    half = (width - GAP) // 2
    y = [TOP, 0, 0]
    for slot in slots:
        column = slot.column if beside else 0
        if column and not y[column]:
            y[column] = y[0]
        slot.x = left + (half + GAP if column == 2 else 0)
        slot.width = half if column else width
        slot.y = y[column]
        if slot.row is not None:
            slot.height = slot.row.height
        y[column] += slot.height + GAP
    return max(y) - GAP + BOTTOM


def estimate_height(row: Row, width: int, zoom: int = 100) -> int:
    """A guess at a card's height, without laying its text out; `zoom` in percent."""
    message = row.shown
    height = _CARD
    if row.is_collapsed:
        return height + _LINE
    scale = zoom / 100
    text = message.text
    if text or not message.tool_calls:
        per_line = max(8.0, (width - 32) / (_CHARACTER * scale))
        lines = 1 + int(len(text) / per_line) + min(text.count("\n"), 400)
        height += 360 if len(text) > _BIG else round(lines * _LINE * scale)
    return height + sum(19 * (2 + call.arguments.count('":')) for call in message.tool_calls)


def called_names(rows: Sequence[Row]) -> dict[str, str]:
    """Function names by the id of their call."""
    return {call.id: call.name for row in rows for call in row.message.tool_calls if call.id}
