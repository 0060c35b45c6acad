"""All texts of a batch in one run of bytes: rules look through it as a whole, and then at few texts only."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

import numpy as np

from finetune_studio.lint.distinct import distinct
from finetune_studio.lint.facts import ROLES, Array
from finetune_studio.lint.literal_search import search_for
from finetune_studio.lint.plain_texts import BlockTexts
from finetune_studio.lint.text_block import MARK
from finetune_studio.lint.view import ExampleView, MessageView

if TYPE_CHECKING:
    from finetune_studio.lint.scan import Batch

_ASSISTANT, _USER = ROLES.index("assistant"), ROLES.index("user")
_SYSTEM = ("system", "developer")
_CONTENT = "/content"
_FIRST_OF_SEVERAL_BYTES = 0xC2
_BYTES_OF = np.array([4 if first >= 0xF0 else 3 if first >= 0xE0 else 2 for first in range(256)])
"""Length of a character beyond ASCII by its first byte."""
MAY_BE_SPACE = np.isin(np.arange(256), [*b"\t\n\x0b\x0c\r\x1c\x1d\x1e\x1f ", *range(0x80, 0x100)])
"""By the first or last byte of a text, whether white space or nothing may stand there."""


@dataclass(frozen=True, slots=True)
class _Placed:
    """A text of an unusual line, and where it stands."""

    position: int
    message: MessageView
    where: str
    text: str


@dataclass(frozen=True, slots=True, eq=False)
class Numbers:
    """Runs of digits: the places of their first and last digits, and how many they have."""

    first: Array
    last: Array
    digits: Array

    def of(self, which: Array) -> "Numbers":
        """Those that a mask names."""
        return Numbers(self.first[which], self.last[which], self.digits[which])

    def around(self, places: Array, before: int = 0, after: int = 0) -> Array:
        """Which have one of the ascending places in them, or up to so many bytes before or after."""
        first = np.searchsorted(places, self.first - before)
        found: Array = first < np.searchsorted(places, self.last + after, side="right")
        return found


class BatchTexts:
    """The texts of the plain lines in the order of `scan.texts`, then those of the unusual ones: content,
    refusals, arguments of calls. A text is known by its index.

    `raw` are the bytes of all in UTF-8; those of the i-th are from `starts[i]` up to `starts[i + 1] - 1`,
    where a MARK stands. A system prompt that is there again has no bytes of its own, see `with_repeats`.
    """

    def __init__(self, batch: "Batch", expected: frozenset[bytes]) -> None:
        """The `expected` literals are searched together."""
        self._batch = batch
        self._search = search_for(expected)
        self._others = _texts_of_unusual(batch)
        self.texts = BlockTexts(batch.block, (placed.text for placed in self._others))
        self._repeats = self._found_repeats()
        self.joined, self.starts = self._joined()
        self.raw: Array = np.frombuffer(self.joined, dtype=np.uint8)
        self._numbers: dict[tuple[bytes, int], Numbers] = {}
        self._places: dict[int, Array] = {}

    def __len__(self) -> int:
        return len(self.texts)

    # whose the texts are

    @cached_property
    def positions(self) -> list[int]:
        """The position in the batch of the line that each text is of."""
        batch = self._batch
        plain = np.array(batch.scan.plain, dtype=np.int64)
        found: list[int] = plain[batch.layout.owners].tolist() if len(plain) else []
        return found + [placed.position for placed in self._others]

    def place(self, index: int) -> tuple[ExampleView, MessageView, str]:
        """The example, the message, and the field within it that a text stands in."""
        batch, first = self._batch, index - len(self._batch.scan.texts)
        if first >= 0:
            placed = self._others[first]
            return batch.view(placed.position), placed.message, placed.where
        view = batch.view(self.positions[index])
        number = index - int(batch.layout.starts[batch.layout.owners[index]])
        return view, MessageView(number, f"/messages/{number}", view.value["messages"][number]), _CONTENT

    def where(self, index: int) -> str:
        """The field within the message that a text stands in."""
        first = index - len(self._batch.scan.texts)
        return self._others[first].where if first >= 0 else _CONTENT

    @cached_property
    def is_answer(self) -> Array:
        """Which texts are content of a trained assistant message."""
        others = [p.message.is_trained and p.where.startswith(_CONTENT) for p in self._others]
        return np.concatenate([self._batch.text_roles == _ASSISTANT, np.array(others, dtype=bool)])

    @cached_property
    def is_content(self) -> Array:
        """Which texts are content, and not refusals or arguments."""
        others = [p.where.startswith(_CONTENT) for p in self._others]
        return np.concatenate(
            [np.ones(len(self._batch.scan.texts), dtype=bool), np.array(others, dtype=bool)]
        )

    @cached_property
    def replies(self) -> tuple[Array, Array]:
        """(questions, answers): indexes of the content of users' messages and of the answers right after."""
        answers = np.array(self._batch.replies, dtype=np.int64)
        pairs = np.array(list(self._replies_of_unusual()), dtype=np.int64).reshape(-1, 2)
        return np.concatenate([answers - 1, pairs[:, 0]]), np.concatenate([answers, pairs[:, 1]])

    def _replies_of_unusual(self) -> Iterable[tuple[int, int]]:
        before: tuple[int, _Placed] | None = None
        for index, placed in enumerate(self._others, start=len(self._batch.scan.texts)):
            if not placed.where.startswith(_CONTENT):
                continue
            if (
                placed.message.is_trained
                and before is not None
                and before[1].position == placed.position
                and before[1].message.index == placed.message.index - 1
                and before[1].message.role == "user"
            ):
                yield before[0], index
            before = index, placed

    def with_repeats(self, indexes: Sequence[int]) -> list[tuple[int, int]]:
        """(index, index of the first text like it) of these and of all texts like them, ascending."""
        repeats = self._repeats
        found = [(index, index) for index in indexes]
        again = [(other, index) for index in indexes if index in repeats for other in repeats[index]]
        return sorted(found + again) if again else found

    def _found_repeats(self) -> dict[int, list[int]]:
        """The system prompts that are as an earlier one, by the index of that."""
        texts, repeats = self.texts, dict[int, list[int]]()
        firsts: dict[str, int] = {}
        for index in self._system_texts():
            first = firsts.setdefault(texts[index], index)
            if first != index and texts[index]:
                repeats.setdefault(first, []).append(index)
        return repeats

    def _joined(self) -> tuple[bytes, Array]:
        """The texts without those that are there again, each with a mark after it, and where they start."""
        whole = self._batch.block.with_more([placed.text for placed in self._others])
        joined, ends = whole.joined, whole.ends
        lengths = np.diff(ends, prepend=-1)
        pieces, kept = [], 0
        for index in sorted(index for again in self._repeats.values() for index in again):
            pieces.append(joined[kept : int(ends[index] - lengths[index]) + 1])
            kept = int(ends[index])
            lengths[index] = 1
        pieces.append(joined[kept:])
        return b"".join(pieces), np.append(0, np.cumsum(lengths))

    def _system_texts(self) -> list[int]:
        roles, plain = self._batch.text_roles, len(self._batch.scan.texts)
        found: list[int] = np.flatnonzero(
            (roles == ROLES.index("system")) | (roles == ROLES.index("developer"))
        ).tolist()
        others = enumerate(self._others, start=plain)
        return found + [i for i, p in others if p.message.role in _SYSTEM and p.where == _CONTENT]

    # what stands in them

    @cached_property
    def lengths(self) -> Array:
        """Bytes of each text; 0 for those that are there again."""
        return np.diff(self.starts) - 1

    @cached_property
    def first_bytes(self) -> Array:
        """The first byte of each text, MARK for those without."""
        return self.byte(self.starts[:-1])

    @cached_property
    def last_bytes(self) -> Array:
        """The last byte of each text, MARK for those without."""
        return self.byte(np.maximum(self.starts[1:] - 2, self.starts[:-1]))

    @cached_property
    def _padded(self) -> Array:
        return np.append(self.raw, np.zeros(1, dtype=np.uint8))

    def at(self, byte: int) -> Array:
        """Places of a byte, ascending."""
        known = self._places.get(byte)
        if known is None:
            known = self._places[byte] = np.flatnonzero(self.raw == byte)
        return known

    def byte(self, places: Array) -> Array:
        """The bytes at places, which may be one before or after all."""
        found: Array = self._padded[places]
        return found

    @cached_property
    def digits(self) -> Array:
        """Places of ASCII digits."""
        return np.flatnonzero(is_digit(self.raw))

    @cached_property
    def foreign(self) -> Array:
        """Places of the first bytes of characters beyond ASCII."""
        return np.flatnonzero(is_foreign(self.raw))

    @cached_property
    def foreign_ends(self) -> Array:
        """The place right after each character of `foreign`."""
        ends: Array = self.foreign + _BYTES_OF[self.raw[self.foreign]]
        return ends

    @cached_property
    def capitals(self) -> Array:
        """Places of ASCII capitals."""
        return np.flatnonzero(is_capital(self.raw))

    def count(self, mask: Array) -> Array:
        """How many bytes of each text a mask over `raw` has."""
        counts: Array = np.add.reduceat(mask, self.starts[:-1], dtype=np.int32)
        return counts

    def count_places(self, places: Array) -> Array:
        """How many of some ascending places are in each text."""
        counts: Array = np.diff(np.searchsorted(places, self.starts))
        return counts

    def owners(self, places: Array) -> Array:
        """Indexes of the texts that places are in, ascending, each once."""
        return distinct(np.searchsorted(self.starts, places, side="right") - 1)

    def tally(self, places: Array, kinds: Array, n_kinds: int) -> Array:
        """How often each kind of thing stands in each text, by text and kind."""
        owners = np.searchsorted(self.starts, places, side="right") - 1
        counts = np.bincount(owners * n_kinds + kinds, minlength=len(self) * n_kinds)
        by_text: Array = counts.reshape(len(self), n_kinds)
        return by_text

    def having(self, literals: Iterable[bytes]) -> Array:
        """Indexes of texts with one of these, which are among the expected ones (see LiteralSearch)."""
        return self.owners(self.literals(literals))

    def literals(self, literals: Iterable[bytes]) -> Array:
        """Places of some of the expected literals, ascending."""
        found = self._found
        return np.sort(np.concatenate([found[literal] for literal in literals]))

    def having_any(self, literals: frozenset[bytes]) -> Array:
        """As `having`, for others than the expected ones."""
        found = search_for(literals).places(self.joined, self.joined.lower())
        return self.owners(np.sort(np.concatenate(list(found.values()))))

    @cached_property
    def _found(self) -> dict[bytes, Array]:
        return self._search.places(self.joined, self.joined.lower())

    def numbers(self, separators: bytes, most: int) -> "Numbers":
        """Runs of digits with up to `most` bytes of the `separators` between one and the next."""
        known = self._numbers.get((separators, most))
        if known is None:
            known = self._numbers[separators, most] = _numbers_in(self.raw, self.digits, separators, most)
        return known


def _texts_of_unusual(batch: "Batch") -> list[_Placed]:
    return [
        _Placed(position, message, where, text)
        for position in batch.unusual
        for message, where, text in batch.view(position).all_texts
    ]


def _numbers_in(raw: Array, digits: Array, separators: bytes, most: int) -> Numbers:
    if not len(digits):
        return Numbers(digits, digits, digits)
    gaps = np.diff(digits)
    is_linked = gaps <= most + 1
    allowed = np.zeros(256, dtype=bool)
    allowed[list(separators)] = True
    wide = np.flatnonzero(is_linked & (gaps > 1))
    for step in range(1, most + 1):
        wide = wide[gaps[wide] > step]
        is_linked[wide] &= allowed[raw[digits[wide] + step]]
    first = np.flatnonzero(np.append(True, ~is_linked))
    after = np.append(first[1:], len(digits))
    return Numbers(digits[first], digits[after - 1], after - first)


def is_digit(characters: Array) -> Array:
    return (characters - np.uint8(ord("0"))) < 10


def is_foreign(characters: Array) -> Array:
    """Whether a character beyond ASCII begins with the byte."""
    return (characters - np.uint8(_FIRST_OF_SEVERAL_BYTES)) < MARK - _FIRST_OF_SEVERAL_BYTES


def is_capital(characters: Array) -> Array:
    return (characters - np.uint8(ord("A"))) < 26
