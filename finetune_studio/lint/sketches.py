"""What near-duplicates are found by: band keys, 16-bit prints of shingles and hashes of each example."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field, fields

import numpy as np

from finetune_studio.lint.facts import ROLES, Array
from finetune_studio.lint.hashing import hash64, normalised
from finetune_studio.lint.minhash import band_keys
from finetune_studio.lint.scan import Batch
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
_PART_OF_ROLE = {"user": USER, "system": SYSTEM, "developer": SYSTEM}


@dataclass(frozen=True, slots=True, eq=False)
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

    @property
    def starts(self) -> Array:
        """Where the prints of each example and part begin, (n, PARTS)."""
        ends: Array = np.cumsum(self.kept.reshape(-1), dtype=np.int64)
        return (ends - self.kept.reshape(-1)).reshape(-1, PARTS)


ARRAYS = tuple(f.name for f in fields(SketchBatch) if f.name != "systems")


def sketch_batch(batch: Batch) -> SketchBatch:
    """Sketch every example of a batch; those that cannot be read have none of anything."""
    documents = _documents(batch)
    starts = range(0, max(len(documents), 1), _PIECE)
    return joined_sketches([_sketch(documents[start : start + _PIECE]) for start in starts])


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
    return _sketch([((), ())] * count)


_Document = tuple[Sequence[str], Sequence[str]]
"""Roles and texts of the messages."""


def _documents(batch: Batch) -> list[_Document]:
    found: list[_Document] = [((), ())] * len(batch.lines)
    texts = batch.scan.texts
    first = 0
    for position, shape in zip(batch.scan.plain, batch.plain_shapes, strict=True):
        end = first + len(shape.roles)
        found[position] = (shape.roles, texts[first:end])
        first = end
    for position in batch.unusual:
        messages = batch.view(position).messages
        roles = [message.role for message in messages]
        found[position] = (roles, ["\n".join(t for _, t in message.all_texts()) for message in messages])
    return found


def _sketch(documents: Sequence[_Document]) -> SketchBatch:
    count = len(documents)
    lengths = np.fromiter((len(roles) for roles, _ in documents), dtype=np.int64, count=count)
    roles = [role for roles, _ in documents for role in roles]
    owner = np.repeat(np.arange(count), lengths)
    part = np.fromiter((_PART_OF_ROLE.get(role, OTHER) for role in roles), dtype=np.int64, count=len(roles))
    last = _last_answers(roles, owner, count)
    part[last[last >= 0]] = ANSWER
    words = words_of([text for _, own in documents for text in own])
    shingles = shingles_of(words, owner, part)
    whole, asked = shingles.of(WHOLE), shingles.of(QUESTIONS)
    counts, kept, prints = _prints(shingles, count)
    texts = _text_hashes(words, len(roles))
    return SketchBatch(
        counts=counts,
        kept=kept,
        prints=prints,
        whole_bands=band_keys(whole.document, whole.value, count),
        question_bands=band_keys(asked.document, asked.value, count),
        whole_hash=_sums(mixed(whole.value), whole.document, count),
        question_hash=_sums(mixed(asked.value), asked.document, count),
        context_hash=_context(texts, roles, owner, last),
        reply_hash=np.where(last >= 0, np.append(texts, np.uint64(0))[last], np.uint64(0)),
        numbers_hash=_numbers(words, owner, part, count),
        system_at=np.array([_first_system(roles) for roles, _ in documents], dtype=np.int32),
        systems=_systems(documents),
    )


def _first_system(roles: Sequence[str]) -> int:
    return next((index for index, role in enumerate(roles) if _PART_OF_ROLE.get(role) == SYSTEM), -1)


def _systems(documents: Sequence[_Document]) -> dict[int, str]:
    counts = Counter(texts[at] for roles, texts in documents if (at := _first_system(roles)) >= 0)
    often = counts.most_common(_MOST_SYSTEMS)
    return {hash64(normalised(text).strip()): text for text, _ in often if len(text) <= _LONGEST_SYSTEM}


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
    totals = np.concatenate([np.zeros(1, dtype=np.uint64), np.cumsum(values, dtype=np.uint64)])
    ends = np.searchsorted(owner, np.arange(count), side="right")
    starts = np.searchsorted(owner, np.arange(count), side="left")
    found: Array = totals[ends] - totals[starts]
    return found


def _context(texts: Array, roles: Sequence[str], owner: Array, last: Array) -> Array:
    """A hash of the messages before the last answer; 0 where there is none."""
    code = np.fromiter((_role_hash(role) for role in roles), dtype=np.uint64, count=len(roles))
    before = np.arange(len(roles)) < last[owner]
    index = (np.arange(len(roles)) - np.searchsorted(owner, owner)).astype(np.uint64)
    values = mixed(texts + code * _STEP + mixed(index + np.uint64(1)))
    return _sums(values[before], owner[before], len(last))


def _last_answers(roles: Sequence[str], owner: Array, count: int) -> Array:
    """The last assistant message of each document, -1 for none."""
    answers = np.fromiter((role == "assistant" for role in roles), dtype=bool, count=len(roles))
    last = np.full(count, -1)
    last[owner[answers]] = np.flatnonzero(answers)
    return last


def _text_hashes(words: Words, count: int) -> Array:
    """Of the words of each text, in order; 0 for none."""
    starts = np.searchsorted(words.text, np.arange(count))
    place = np.arange(len(words.text)) - starts[words.text] if count else words.text
    return _sums(mixed(words.hashes + place.astype(np.uint64) * _STEP), words.text, count)


def _role_hash(role: str) -> int:
    return ROLES.index(role) + 1 if role in ROLES else len(ROLES) + 1


def _numbers(words: Words, owner: Array, part: Array, count: int) -> Array:
    """A hash of the numbers in the user's messages, in whatever order."""
    wanted = words.has_digit & (part[words.text] == USER)
    return _sums(mixed(words.hashes[wanted]), owner[words.text[wanted]], count)
