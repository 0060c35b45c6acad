"""Compressed lists of integers for change records."""

import sys
import zlib
from array import array
from collections.abc import Iterable, Sequence
from itertools import accumulate, pairwise

from finetune_studio.domain.id_set import IdSet


def pack_integers(values: Sequence[int]) -> bytes:
    """Differences as little-endian 64-bit integers, deflated: runs of ids shrink to almost nothing."""
    numbers = array("q", values[:1])
    numbers.extend(after - before for before, after in pairwise(values))
    if sys.byteorder == "big":
        numbers.byteswap()
    return zlib.compress(numbers.tobytes(), 6)


def unpack_integers(data: bytes) -> list[int]:
    """The inverse of pack_integers; raises ValueError on damaged data."""
    try:
        raw = zlib.decompress(data)
    except zlib.error as error:
        raise ValueError("damaged number list") from error
    if len(raw) % 8:
        raise ValueError("damaged number list")
    numbers = array("q", raw)
    if sys.byteorder == "big":
        numbers.byteswap()
    return list(accumulate(numbers))


def union_of(sets: Iterable[IdSet]) -> IdSet:
    """All ids of many sets, sorted once."""
    merged: list[tuple[int, int]] = []
    for first, last in sorted(pair for one in sets for pair in one.ranges):
        if merged and first <= merged[-1][1] + 1:
            merged[-1] = (merged[-1][0], max(merged[-1][1], last))
        else:
            merged.append((first, last))
    return IdSet(tuple(merged))


def ranges_of_sorted(ids: Iterable[int]) -> tuple[tuple[int, int], ...]:
    """The ranges of ascending ids; quicker than sorting again."""
    ranges: list[tuple[int, int]] = []
    first = last = -2
    for value in ids:
        if value == last + 1:
            last = value
            continue
        if first >= 0:
            ranges.append((first, last))
        first = last = value
    if first >= 0:
        ranges.append((first, last))
    return tuple(ranges)
