"""Groups of rows with an equal value, by sorting: no dictionary over a million hashes."""

from collections.abc import Iterator

import numpy as np

from finetune_studio.lint.facts import Array


def groups_of(values: Array) -> Iterator[Array]:
    """Indexes of the rows that share a value, a group at a time, ascending; 0 is no value."""
    order = np.argsort(values, kind="stable")
    ordered = values[order]
    if not len(ordered):
        return
    starts = np.flatnonzero(np.r_[True, ordered[1:] != ordered[:-1]])
    ends = np.r_[starts[1:], len(ordered)]
    large = (ends - starts > 1) & (ordered[starts] != 0)
    found = [order[a:b] for a, b in zip(starts[large].tolist(), ends[large].tolist(), strict=True)]
    yield from sorted(found, key=lambda group: int(group[0]))


def stars_of(values: Array) -> Array:
    """Pairs of the first row of a value with each other one of it, (n, 2); 0 is no value."""
    order = np.argsort(values, kind="stable")
    ordered = values[order]
    is_first = np.ones(len(order), dtype=bool)
    np.not_equal(ordered[1:], ordered[:-1], out=is_first[1:])
    others = np.flatnonzero(~is_first & (ordered != 0))
    first = np.flatnonzero(is_first)[np.cumsum(is_first) - 1]
    pairs: Array = np.stack([order[first[others]], order[others]], axis=1)
    return pairs


def first_of_each(one: Array, other: Array) -> Array:
    """Whether each row is the first with its two values."""
    order = np.lexsort((other, one))
    is_copy = np.zeros(len(order), dtype=bool)
    ordered, beside = one[order], other[order]
    is_copy[order[1:]] = (ordered[1:] == ordered[:-1]) & (beside[1:] == beside[:-1])
    found: Array = ~is_copy
    return found


def most_common(values: Array) -> list[tuple[int, int]]:
    """(value, count), the most frequent first, without 0."""
    distinct, counts = np.unique(values[values != 0], return_counts=True)
    order = np.argsort(-counts, kind="stable")
    return list(zip(distinct[order].tolist(), counts[order].tolist(), strict=True))
