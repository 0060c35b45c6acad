"""The places that a search found, kept by text: one is made into a Hit when somebody looks at it."""

from bisect import bisect_right
from collections.abc import Callable, Iterator, Sequence
from itertools import accumulate
from typing import NamedTuple, overload

CONTEXT = 48
"""Characters shown before and after a hit, to tell where it is."""


class Hit(NamedTuple):
    """One place.

    `message_index` and `path` (from the example's root) name a text, `start` and `end` its code points;
    `before` and `after` are what stands around.
    """

    example_id: int
    message_index: int
    role: str
    path: str
    start: int
    end: int
    found: str
    replacement: str | None
    before: str = ""
    after: str = ""

    @property
    def key(self) -> tuple[int, str, int, int]:
        """Tells a hit from others of the same search."""
        return (self.example_id, self.path, self.start, self.end)


class HitText(NamedTuple):
    """A text with its hits in order; `replacements` are theirs, or the one of all of them."""

    example_id: int
    message_index: int
    role: str
    path: str
    text: str
    starts: list[int]
    ends: list[int]
    replacements: list[str] | str | None

    def hit(self, number: int) -> Hit:
        text, start, end = self.text, self.starts[number], self.ends[number]
        return Hit(
            self.example_id,
            self.message_index,
            self.role,
            self.path,
            start,
            end,
            text[start:end],
            self.replacements[number] if isinstance(self.replacements, list) else self.replacements,
            text[max(0, start - CONTEXT) : start],
            text[end : end + CONTEXT],
        )

    def only(self, wanted: Callable[[Hit], bool]) -> "HitText | None":
        """The same text with some of its hits; None when none is wanted."""
        numbers = [number for number in range(len(self.starts)) if wanted(self.hit(number))]
        return self._of(numbers) if numbers else None

    def first(self, count: int) -> "HitText":
        return self if len(self.starts) <= count else self._of(range(count))

    def _of(self, numbers: Sequence[int]) -> "HitText":
        starts, ends = [self.starts[n] for n in numbers], [self.ends[n] for n in numbers]
        given = self.replacements
        chosen = [given[n] for n in numbers] if isinstance(given, list) else given
        return self._replace(starts=starts, ends=ends, replacements=chosen)

    def replaced(self) -> str:
        """The text with every replacement in its place."""
        text, given = self.text, self.replacements
        pieces: list[str] = []
        last = 0
        for number, (start, end) in enumerate(zip(self.starts, self.ends, strict=True)):
            pieces.append(text[last:start])
            pieces.append((given[number] if isinstance(given, list) else given) or "")
            last = end
        pieces.append(text[last:])
        return "".join(pieces)


class Hits(Sequence[Hit]):
    """All hits of a search, in order."""

    def __init__(self, texts: Sequence[HitText] = ()) -> None:
        self.texts = texts
        self._upto = list(accumulate(len(each.starts) for each in texts))

    def __len__(self) -> int:
        return self._upto[-1] if self._upto else 0

    @overload
    def __getitem__(self, place: int) -> Hit: ...
    @overload
    def __getitem__(self, place: slice) -> list[Hit]: ...
    def __getitem__(self, place: int | slice) -> Hit | list[Hit]:
        if isinstance(place, slice):
            return [self[number] for number in range(*place.indices(len(self)))]
        number = place + len(self) if place < 0 else place
        if not 0 <= number < len(self):
            raise IndexError(place)
        at = bisect_right(self._upto, number)
        return self.texts[at].hit(number - (self._upto[at - 1] if at else 0))

    def __iter__(self) -> Iterator[Hit]:
        for text in self.texts:
            for number in range(len(text.starts)):
                yield text.hit(number)

    def without(self, keys: "set[tuple[int, str, int, int]]") -> "Hits":
        """Those whose key is not among some."""
        touched = {key[:2] for key in keys}
        kept: list[HitText] = []
        for text in self.texts:
            if (text.example_id, text.path) not in touched:
                kept.append(text)
            elif (some := text.only(lambda hit: hit.key not in keys)) is not None:
                kept.append(some)
        return Hits(kept)
