"""What near-duplicates are found by: band keys, 16-bit prints of shingles and hashes of each example."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field, fields
from functools import cached_property

import numpy as np

from finetune_studio.lint.facts import ROLES, Array
from finetune_studio.lint.hashing import hash64, normalised
from finetune_studio.lint.minhash import band_keys
from finetune_studio.lint.scan import Batch
from finetune_studio.lint.shapes import code_of_role
from finetune_studio.lint.shingles import (
    ANSWER,
    OTHER,
    PARTS,
    SHORT,
    SYSTEM,
    USER,
    Shingles,
    Words,
    mixed,
    shingles_of,
    words_of,
)
from finetune_studio.lint.view import MessageView

WHOLE = (USER, OTHER, SYSTEM, ANSWER)
QUESTIONS = (USER, SHORT)
"""Parts of a conversation that are compared; see shingles."""

MOST_PRINTS = 512
"""Prints of a part up to which all are kept; of a longer one every second, fourth ... (as its level says)."""

_PIECE = 512
"""Documents at once: few enough that their arrays stay in the processor's cache."""
_MOST_SYSTEMS = 10
_LONGEST_SYSTEM = 8_000
"""Characters of a system prompt up to which its text is kept."""
_STEP = np.uint64(0x9E3779B97F4A7C15)
_PART_OF_CODE = np.array(
    [{"user": USER, "system": SYSTEM, "developer": SYSTEM}.get(role, OTHER) for role in (*ROLES, "")]
)
_ROLE_HASH = np.arange(1, len(ROLES) + 2, dtype=np.uint64)
_ASSISTANT = ROLES.index("assistant")


@dataclass(frozen=True, eq=False)
class SketchBatch:
    """Sketches of n examples.

    `counts` and `kept` are (n, PARTS): shingles of each part, and how many prints of it stand in `prints`,
    which follow one another by example and part. Band keys are (BANDS, n), 0 for no words. The hashes are 0
    where there is nothing to hash: of the shingles of the whole and of the questions, of all that comes
    before the last answer (words and roles, in order), and of the numbers in the questions.
    """

    counts: Array
    kept: Array
    prints: Array
    whole_bands: Array
    question_bands: Array
    whole_hash: Array
    question_hash: Array
    context_hash: Array
    numbers_hash: Array
    reply_hash: Array
    """Of the words of the last answer."""
    system_at: Array
    """Index of the first system message, -1 for none."""
    systems: dict[int, str] = field(default_factory=dict)
    """Texts of the most frequent system prompts by `Columns.system_hash`."""

    def __len__(self) -> int:
        return len(self.counts)

    def starts(self, rows: Array) -> Array:
        """Where the prints of each part of some examples begin, (n, PARTS)."""
        kept = self.kept[rows].astype(np.int64)
        found: Array = self._ends[rows][:, None] - kept.sum(axis=1)[:, None] + np.cumsum(kept, axis=1) - kept
        return found

    @cached_property
    def _ends(self) -> Array:
        """Where the prints of each example end."""
        return np.cumsum(self.kept.sum(axis=1, dtype=np.int64))


ARRAYS = tuple(f.name for f in fields(SketchBatch) if f.name != "systems")


def sketch_batch(batch: Batch) -> SketchBatch:
    """Sketch every example of a batch; those that cannot be read have none of anything."""
    documents = _documents(batch)
    cuts = range(0, max(len(documents.counts), 1), _PIECE)
    hashes: dict[str, int] = {}
    return joined_sketches([_sketch(documents.part(start, start + _PIECE), hashes) for start in cuts])


def joined_sketches(pieces: Sequence[SketchBatch]) -> SketchBatch:
    """One batch of several, in order."""
    if len(pieces) == 1:
        return pieces[0]
    arrays = {
        name: np.concatenate([getattr(p, name) for p in pieces], axis=-1 if name.endswith("_bands") else 0)
        for name in ARRAYS
    }
    return SketchBatch(**arrays, systems={k: text for p in pieces for k, text in p.systems.items()})


def empty_sketches(count: int) -> SketchBatch:
    """Sketches of examples without any text."""
    nothing = np.zeros(0, dtype=np.int64)
    return _sketch(_Documents([], nothing, np.zeros(count, dtype=np.int64)), {})


@dataclass(frozen=True, slots=True)
class _Documents:
    """Texts of messages one after the other, the role of each (see Shape.codes), and how many are whose."""

    texts: list[str]
    codes: Array
    counts: Array

    def part(self, start: int, end: int) -> "_Documents":
        first, last = int(self.counts[:start].sum()), int(self.counts[:end].sum())
        return _Documents(self.texts[first:last], self.codes[first:last], self.counts[start:end])


def _documents(batch: Batch) -> _Documents:
    layout = batch.layout
    if not batch.unusual:
        return _Documents(batch.scan.texts, layout.codes, layout.counts)
    counts = np.zeros(len(batch.lines), dtype=np.int64)
    counts[batch.scan.plain] = layout.counts
    own: dict[int, list[MessageView]] = {row: batch.view(row).messages for row in batch.unusual}
    counts[list(own)] = [*map(len, own.values())]
    texts: list[str] = []
    codes: list[Array] = []
    first = 0
    for row, count in enumerate(counts.tolist()):
        if row in own:
            texts += ["\n".join(text for _, text in message.all_texts()) for message in own[row]]
            codes.append(np.array([code_of_role(message.role) for message in own[row]], dtype=np.int8))
        else:
            texts += batch.scan.texts[first : first + count]
            codes.append(layout.codes[first : first + count])
            first += count
    return _Documents(texts, np.concatenate(codes), counts)


def _sketch(documents: _Documents, hashes: dict[str, int]) -> SketchBatch:
    """`hashes` keeps those of system prompts from piece to piece."""
    count, codes = len(documents.counts), documents.codes
    owner = np.repeat(np.arange(count), documents.counts)
    starts = np.cumsum(documents.counts) - documents.counts
    part = _PART_OF_CODE[codes]
    last = _places(np.flatnonzero(codes == _ASSISTANT), owner, count)
    part[last[last >= 0]] = ANSWER
    systems = np.flatnonzero(_PART_OF_CODE[codes] == SYSTEM)[::-1]
    system = _places(systems, owner, count)
    words = words_of(documents.texts)
    shingles = shingles_of(words, owner, part)
    whole, asked = shingles.of(WHOLE), shingles.of(QUESTIONS)
    counts, kept, prints = _prints(shingles, count)
    texts = _text_hashes(words, len(codes))
    return SketchBatch(
        counts=counts,
        kept=kept,
        prints=prints,
        whole_bands=band_keys(whole.document, whole.value, count),
        question_bands=band_keys(asked.document, asked.value, count),
        whole_hash=_sums(mixed(whole.value), whole.document, count),
        question_hash=_sums(mixed(asked.value), asked.document, count),
        context_hash=_context(texts, codes, owner, last),
        reply_hash=np.where(last >= 0, np.append(texts, np.uint64(0))[last], np.uint64(0)),
        numbers_hash=_numbers(words, owner, part, count),
        system_at=np.where(system >= 0, system - starts, -1).astype(np.int32),
        systems=_systems([documents.texts[index] for index in system[system >= 0].tolist()], hashes),
    )


def _places(chosen: Array, owner: Array, count: int) -> Array:
    """For each document the last of its chosen texts, -1 for none."""
    places = np.full(count, -1)
    places[owner[chosen]] = chosen
    return places


def _systems(texts: Sequence[str], hashes: dict[str, int]) -> dict[int, str]:
    found: dict[int, str] = {}
    for text, _ in Counter(texts).most_common(_MOST_SYSTEMS):
        if len(text) <= _LONGEST_SYSTEM:
            if text not in hashes:
                hashes[text] = hash64(normalised(text).strip())
            found[hashes[text]] = text
    return found


def _prints(shingles: Shingles, count: int) -> tuple[Array, Array, Array]:
    place = shingles.document * PARTS + shingles.part
    counts = np.bincount(place, minlength=count * PARTS)
    value = (shingles.value >> np.uint64(48)).astype(np.uint16)
    level = levels_of(counts)
    if level.any():
        chosen = (value & ((1 << level[place]) - 1).astype(np.uint16)) == 0
        place, value = place[chosen], value[chosen]
    kept = np.bincount(place, minlength=count * PARTS)
    return (
        counts.reshape(count, PARTS).astype(np.uint32),
        kept.reshape(count, PARTS).astype(np.uint16),
        value,
    )


def levels_of(counts: Array) -> Array:
    """Of 2 to this many prints one is kept: one whose last so many bits are 0."""
    found: Array = np.ceil(np.log2(np.maximum(counts, 1) / MOST_PRINTS)).clip(0, 12).astype(np.int64)
    return found


def _sums(values: Array, owner: Array, count: int) -> Array:
    """Sums of 64-bit values by owner, modulo 2^64; `owner` ascends."""
    totals = np.zeros(len(values) + 1, dtype=np.uint64)
    np.cumsum(values, out=totals[1:])
    counts = np.bincount(owner, minlength=count)
    ends = np.cumsum(counts)
    found: Array = totals[ends] - totals[ends - counts]
    return found


def _context(texts: Array, codes: Array, owner: Array, last: Array) -> Array:
    """A hash of the messages before the last answer; 0 where there is none."""
    code = _ROLE_HASH[codes]
    before = np.arange(len(codes)) < last[owner]
    index = (np.arange(len(codes)) - np.searchsorted(owner, owner)).astype(np.uint64)
    values = mixed(texts + code * _STEP + mixed(index + np.uint64(1)))
    return _sums(values[before], owner[before], len(last))


def _text_hashes(words: Words, count: int) -> Array:
    """Of the words of each text, in order; 0 for none."""
    counts = np.bincount(words.text, minlength=count)
    place = np.arange(len(words.text)) - np.repeat(np.cumsum(counts) - counts, counts)
    return _sums(mixed(words.hashes + place.astype(np.uint64) * _STEP), words.text, count)


def _numbers(words: Words, owner: Array, part: Array, count: int) -> Array:
    """A hash of the numbers in the user's messages, in whatever order."""
    wanted = words.has_digit & (part[words.text] == USER)
    return _sums(mixed(words.hashes[wanted]), owner[words.text[wanted]], count)
