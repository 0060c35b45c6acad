"""A change of very many examples in parts, between which it reports and can be cancelled."""

from array import array
from collections.abc import Iterator

from finetune_studio.domain.id_set import IdSet
from finetune_studio.workspace.task import TaskContext

PART = 50_000
"""Examples that are changed at once: about a tenth of a second."""


def in_parts(ids: IdSet, context: TaskContext | None) -> Iterator[IdSet]:
    """The ids in order, at most PART at a time; raises CancelledError, which takes the whole step back."""
    total = len(ids)
    done = 0
    for part in _parts(ids):
        if context is not None:
            context.progress(done, total, "Changing")
        yield part
        done += len(part)
    if context is not None:
        context.check()


def set_of(ids: "array[int]") -> IdSet:
    """As IdSet.of for the ids of a list; many are put in order without the interpreter's lock."""
    if len(ids) <= PART:
        return IdSet.of(ids)
    import numpy as np

    numbers = np.unique(np.frombuffer(ids, dtype=np.int64))
    breaks = np.flatnonzero(np.diff(numbers) > 1)
    firsts = numbers[np.concatenate(([0], breaks + 1))]
    lasts = numbers[np.concatenate((breaks, [len(numbers) - 1]))]
    return IdSet(tuple(zip(firsts.tolist(), lasts.tolist(), strict=True)))


def _parts(ids: IdSet) -> Iterator[IdSet]:
    taken: list[tuple[int, int]] = []
    room = PART
    for first, last in ids.ranges:
        start = first
        while start <= last:
            end = min(last, start + room - 1)
            taken.append((start, end))
            room -= end - start + 1
            start = end + 1
            if not room:
                yield IdSet(tuple(taken))
                taken, room = [], PART
    if taken:
        yield IdSet(tuple(taken))
