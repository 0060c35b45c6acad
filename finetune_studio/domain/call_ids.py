"""Which tool answer belongs to which call: the arithmetic of ids in one list of messages."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import count
from typing import Any


@dataclass(frozen=True, slots=True)
class CallShape:
    """What of a message counts here: the ids of the calls it makes, and the id that it answers."""

    calls: tuple[str, ...] = ()
    answers: str | None = None


def shape_of(message: Any) -> CallShape:
    """The shape of a message as it stands in JSON."""
    if not isinstance(message, dict):
        return CallShape()
    calls, answers = message.get("tool_calls"), message.get("tool_call_id")
    found = [call.get("id") for call in calls if isinstance(call, dict)] if isinstance(calls, list) else []
    ids = tuple(call_id if isinstance(call_id, str) else "" for call_id in found)
    return CallShape(ids, answers if isinstance(answers, str) else None)


def answers_to(shapes: Sequence[CallShape], index: int, ids: Iterable[str] | None = None) -> list[int]:
    """The places of the answers to a message's calls (or to some of them), in order.

    An id that is called again later is answered by what follows that call.
    """
    waiting = {call_id for call_id in (shapes[index].calls if ids is None else ids) if call_id}
    found = []
    for place in range(index + 1, len(shapes)):
        waiting -= set(shapes[place].calls)
        if shapes[place].answers in waiting:
            found.append(place)
    return found


def open_call(shapes: Sequence[CallShape], before: int | None = None) -> str:
    """The id of the first call, of the messages before a place, that nothing answers; or ""."""
    waiting: list[str] = []
    for place, shape in enumerate(shapes):
        if before is None or place < before:
            waiting.extend(call_id for call_id in shape.calls if call_id)
        if shape.answers in waiting:
            waiting.remove(shape.answers)
    return waiting[0] if waiting else ""


def new_ids(shapes: Iterable[CallShape], number: int = 1) -> list[str]:
    """`call_1`, `call_2` and so on, as many as asked for, that no call has."""
    taken = {call_id for shape in shapes for call_id in shape.calls}
    free = (name for name in (f"call_{n}" for n in count(1)) if name not in taken)
    return [next(free) for _ in range(number)]
