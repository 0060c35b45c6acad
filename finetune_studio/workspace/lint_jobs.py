"""The dataset as the checks read it: pieces of work, and what it knows of examples beyond their bytes."""

import sqlite3
from collections.abc import Iterator, Sequence
from typing import Any

from finetune_studio.domain.example import ReviewState
from finetune_studio.domain.split import Split
from finetune_studio.lint.facts import BatchFacts, merge
from finetune_studio.lint.jobs import CHUNK_BYTES, SMALL_CHUNK_BYTES, Bodies
from finetune_studio.lint.sketches import joined_sketches
from finetune_studio.storage.example_store import ExampleStore

_ROWS = 4096
_PIECE = 500


def jobs_of(store: ExampleStore, *, in_workers: bool) -> Iterator[Bodies]:
    """All examples in order, in pieces that a worker takes at once."""
    limit = CHUNK_BYTES if in_workers else SMALL_CHUNK_BYTES
    keys: list[int] = []
    lines: list[bytes] = []
    size, position = 0, -1
    while page := store.bodies(position, 500):
        position = page[-1][0]
        for _, example_id, _, body in page:
            keys.append(example_id)
            lines.append(body)
            size += len(body)
            if size >= limit:
                yield Bodies(keys, lines)
                keys, lines, size = [], [], 0
    if keys:
        yield Bodies(keys, lines)


def jobs_of_ids(store: ExampleStore, ids: Sequence[int]) -> Iterator[Bodies]:
    """Some examples, in pieces; those that are gone are left out."""
    for start in range(0, len(ids), _PIECE):
        rows = store.rows(ids[start : start + _PIECE])
        yield Bodies([row.id for row in rows], [row.body for row in rows])


def joined(batches: Sequence[BatchFacts]) -> BatchFacts:
    """One batch of several."""
    if len(batches) == 1:
        return batches[0]
    whole = merge(batches)
    sketches = None if whole.sketches is None else joined_sketches(whole.sketches.batches)
    return BatchFacts(
        whole.columns, whole.diagnostics, whole.answers, whole.openings, whole.texts, whole.tools, sketches
    )


def extras_of(connection: sqlite3.Connection, keys: Sequence[int]) -> dict[str, Any]:
    """Splits, statuses, tags and sources of examples in the order of `keys`, for DatasetFacts.with_extras."""
    review: dict[int, tuple[str, str | None, int | None]] = {}
    cursor = connection.execute("SELECT id, status, split, source_id FROM example WHERE deleted_step IS NULL")
    while rows := cursor.fetchmany(_ROWS):
        review.update((example_id, (status, split, source)) for example_id, status, split, source in rows)
    tags: dict[int, tuple[str, ...]] = {}
    cursor = connection.execute(
        "SELECT x.example_id, t.name FROM example_tag x JOIN tag t ON t.id=x.tag_id ORDER BY t.name"
    )
    while rows := cursor.fetchmany(_ROWS):
        for example_id, name in rows:
            tags[example_id] = (*tags.get(example_id, ()), name)
    missing = (ReviewState.DRAFT.value, None, None)
    found = [review.get(key, missing) for key in keys]
    return {
        "statuses": [ReviewState(status) for status, _, _ in found],
        "splits": [Split(split) if split else None for _, split, _ in found],
        "tags": [tags.get(key, ()) for key in keys],
        "sources": [str(source) if source else None for _, _, source in found],
    }
