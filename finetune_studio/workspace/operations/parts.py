"""A change of very many examples in parts, between which it reports and can be cancelled."""

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
