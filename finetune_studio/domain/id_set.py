"""A set of example ids that stays small however many it names: sorted, disjoint, inclusive ranges."""

import zlib
from collections.abc import Iterable, Iterator
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class IdSet:
    """Immutable; `ranges` are (first, last) pairs, inclusive, ascending and not touching."""

    ranges: tuple[tuple[int, int], ...] = ()

    @classmethod
    def of(cls, ids: Iterable[int]) -> "IdSet":
        """Build from ids in any order, repeats allowed."""
        ranges: list[tuple[int, int]] = []
        first = last = None
        for value in sorted(ids):
            if last is not None and value <= last + 1:
                last = max(last, value)
                continue
            if first is not None and last is not None:
                ranges.append((first, last))
            first = last = value
        if first is not None and last is not None:
            ranges.append((first, last))
        return cls(tuple(ranges))

    @classmethod
    def range(cls, first: int, last: int) -> "IdSet":
        """All ids from first to last, both included; empty when last < first."""
        return cls(((first, last),)) if last >= first else cls()

    def __len__(self) -> int:
        return sum(last - first + 1 for first, last in self.ranges)

    def __bool__(self) -> bool:
        return bool(self.ranges)

    def __iter__(self) -> Iterator[int]:
        for first, last in self.ranges:
            yield from range(first, last + 1)

    def __contains__(self, value: object) -> bool:
        if not isinstance(value, int):
            return False
        low, high = 0, len(self.ranges)
        while low < high:
            middle = (low + high) // 2
            first, last = self.ranges[middle]
            if value < first:
                high = middle
            elif value > last:
                low = middle + 1
            else:
                return True
        return False

    def __or__(self, other: "IdSet") -> "IdSet":
        merged: list[tuple[int, int]] = []
        for first, last in sorted(self.ranges + other.ranges):
            if merged and first <= merged[-1][1] + 1:
                merged[-1] = (merged[-1][0], max(merged[-1][1], last))
            else:
                merged.append((first, last))
        return IdSet(tuple(merged))

    def to_bytes(self) -> bytes:
        """Compress: varints of the gaps and lengths, deflated."""
        out = bytearray()
        previous = 0
        for first, last in self.ranges:
            for number in (first - previous, last - first):
                while number >= 0x80:
                    out.append(number & 0x7F | 0x80)
                    number >>= 7
                out.append(number)
            previous = last
        return zlib.compress(bytes(out), 6)

    @classmethod
    def from_bytes(cls, data: bytes) -> "IdSet":
        """The inverse of to_bytes; raises ValueError on damaged data."""
        try:
            raw = zlib.decompress(data)
        except zlib.error as error:
            raise ValueError("damaged id set") from error
        numbers: list[int] = []
        value = shift = 0
        for byte in raw:
            value |= (byte & 0x7F) << shift
            if byte & 0x80:
                shift += 7
            else:
                numbers.append(value)
                value = shift = 0
        if shift or len(numbers) % 2:
            raise ValueError("damaged id set")
        ranges: list[tuple[int, int]] = []
        previous = 0
        for gap, length in zip(numbers[::2], numbers[1::2], strict=True):
            first = previous + gap
            ranges.append((first, first + length))
            previous = first + length
        return cls(tuple(ranges))
