"""What near-duplicates are found by: band keys, 16-bit prints of shingles and hashes of each example."""

from collections.abc import Sequence
from ctypes import CDLL
from dataclasses import dataclass, field, fields, replace
from functools import cached_property

import numpy as np

from finetune_studio.kernels import library
from finetune_studio.lint.canonical import dumps, tools_of
from finetune_studio.lint.facts import ROLES, Array
from finetune_studio.lint.hashing import hash64, hash_texts, normalised
from finetune_studio.lint.kernels.sketching import sketch_documents
from finetune_studio.lint.minhash import OF_QUESTIONS, OF_WHOLE, band_keys
from finetune_studio.lint.near_grouping import ranges
from finetune_studio.lint.prompt_variants import prompts_to_keep
from finetune_studio.lint.scan import Batch
from finetune_studio.lint.shapes import code_of_role
from finetune_studio.lint.shingles import (
    AGAIN,
    ANSWER,
    OTHER,
    PARTS,
    SHORT,
    SYSTEM,
    USER,
    Shingles,
    shingles_of,
)
from finetune_studio.lint.signs import sign_hashes
from finetune_studio.lint.text_block import TextBlock, block_of
from finetune_studio.lint.view import MessageView
from finetune_studio.lint.word_hashes import WordBytes, Words, mixed, sums, word_bytes_of

MOST_PRINTS = 512
"""Prints of a part up to which all are kept; of a longer one every second, fourth ... (as its level says)."""

_PIECE = 512
"""Documents at once: their arrays stay in the processor's cache, and their number fits into a key's bits."""
_MOST_SYSTEMS = 200_000
"""Characters of different system prompts of a batch up to which all are kept."""
_LONGEST_SYSTEM = 8_000
"""Characters of a system prompt up to which its text is kept."""
_STEP = np.uint64(0x9E3779B97F4A7C15)
_PART_OF_CODE = np.array(
    [{"user": USER, "system": SYSTEM, "developer": SYSTEM}.get(role, OTHER) for role in (*ROLES, "")],
    dtype=np.uint8,
)
_PRINT_BITS = 16
_PART_BITS = 3
_PART_MASK = np.uint32((1 << _PART_BITS) - 1)
_LAST = np.uint32(0xFFFFFFFF)
_PART_KEYS = np.arange(PARTS, dtype=np.uint32)
_PART_KEYS[SHORT] |= np.uint32(1 << (_PRINT_BITS + _PART_BITS))
_ROLE_HASH = np.arange(1, len(ROLES) + 2, dtype=np.uint64)
_ASSISTANT = ROLES.index("assistant")


@dataclass(frozen=True, eq=False)
class SketchBatch:
    """Sketches of n examples.

    `kept` is (n, PARTS): how many prints of each part stand in `prints`, which follow one another by example
    and part, each but once in an example; `levels` says how each part is thinned. Band keys are (bands, n),
    0 for no words. The hashes are 0 where there is nothing to hash: of the shingles of the whole and of the
    questions, of all that comes before the last answer (words and roles, in order), and of the numbers in
    the questions.
    """

    levels: Array
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
    signs_hash: Array
    """Of the signs in the questions (see signs.py), and of the tools."""
    system_at: Array
    """Index of the first system message, -1 for none."""
    systems: dict[int, str] = field(default_factory=dict)
    """Texts of frequent system prompts, and of those like them, by `Columns.system_hash`."""

    def __len__(self) -> int:
        return len(self.kept)

    def ranges_of(self, rows: Array, parts: Sequence[int]) -> tuple[Array, Array]:
        """Where the prints of some examples in some parts begin and how many they are, (n, m).

        Parts that follow one another are one range; `parts` ascend.
        """
        kept = self.kept[rows].astype(np.int64)
        after = np.zeros((len(rows), PARTS + 1), dtype=np.int64)
        np.cumsum(kept, axis=1, out=after[:, 1:])
        firsts = [part for part in parts if part - 1 not in parts]
        lasts = [part + 1 for part in parts if part + 1 not in parts]
        begins = (self.ends[rows] - after[:, -1])[:, None]
        return begins + after[:, firsts], after[:, lasts] - after[:, firsts]

    @cached_property
    def ends(self) -> Array:
        """Where the prints of each example end."""
        return np.cumsum(self.kept.sum(axis=1, dtype=np.int64))


ARRAYS = tuple(f.name for f in fields(SketchBatch) if f.name != "systems")


def sketch_batch(batch: Batch) -> SketchBatch:
    """Sketch every example of a batch; those that cannot be read have none of anything."""
    documents = _documents(batch)
    found = _sketched(documents, batch.block if not batch.unusual else block_of(documents.texts))
    for row in batch.unusual:
        tools = tools_of(batch.scan.values[row])
        if tools:
            found.signs_hash[row] += np.uint64(hash64(dumps(tools)))
    return found


def _sketched(documents: "_Documents", block: TextBlock) -> SketchBatch:
    words = word_bytes_of(block)
    systems = _systems(documents)
    signs = sign_hashes(block, documents.part == USER, documents.owner, len(documents.counts))
    if (kernels := library()) is not None:
        return _compiled(kernels, documents, words, systems, signs)
    count = len(documents.counts)
    cuts = range(0, max(count, 1), _PIECE)
    pieces = [_sketch(documents.piece(a, min(a + _PIECE, count)), words) for a in cuts]
    return replace(joined_sketches(pieces), systems=systems, signs_hash=signs)


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
    nothing = _Documents([], np.zeros(0, dtype=np.int8), np.zeros(count, dtype=np.int64))
    return _sketched(nothing, block_of([]))


@dataclass(frozen=True)
class _Documents:
    """Texts of messages one after the other, the role of each (see Shape.codes), and how many are whose.

    They are the texts of a block from its `first` on.
    """

    texts: Sequence[str]
    codes: Array
    counts: Array
    first: int = 0

    def piece(self, start: int, end: int) -> "_Documents":
        """The documents from `start` to before `end`."""
        begin, stop = int(self.counts[:start].sum()), int(self.counts[:end].sum())
        return _Documents(
            self.texts[begin:stop], self.codes[begin:stop], self.counts[start:end], self.first + begin
        )

    @cached_property
    def owner(self) -> Array:
        return np.repeat(np.arange(len(self.counts)), self.counts)

    @cached_property
    def last(self) -> Array:
        """The text of the last answer of each, -1 for none."""
        return _places(np.flatnonzero(self.codes == _ASSISTANT), self.owner, len(self.counts))

    @cached_property
    def system(self) -> Array:
        """The first text of the system's of each, -1 for none."""
        of_system = np.flatnonzero(_PART_OF_CODE[self.codes] == SYSTEM)
        return _places(of_system[::-1], self.owner, len(self.counts))

    @cached_property
    def system_at(self) -> Array:
        """The same by its number among the texts of its document."""
        starts = np.cumsum(self.counts) - self.counts
        return np.where(self.system >= 0, self.system - starts, -1).astype(np.int32)

    @cached_property
    def part(self) -> Array:
        """Of the conversation, by text."""
        part = _PART_OF_CODE[self.codes]
        part[self.last[self.last >= 0]] = ANSWER
        return part


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


def _compiled(
    kernels: CDLL, documents: _Documents, words: WordBytes, systems: dict[int, str], signs: Array
) -> SketchBatch:
    found = sketch_documents(
        kernels,
        words.folded,
        words.block.starts,
        words.block.ends,
        words.breaks,
        documents.part,
        _ROLE_HASH[documents.codes] * _STEP,
        documents.counts,
        documents.last,
    )
    return SketchBatch(**found, system_at=documents.system_at, signs_hash=signs, systems=systems)


def _sketch(documents: _Documents, word_bytes: WordBytes) -> SketchBatch:
    codes, counts, part, last = documents.codes, documents.counts, documents.part, documents.last
    words = word_bytes.words(documents.first, documents.first + len(codes))
    whole, short = shingles_of(words, counts, part)
    asked = whole.of_part(USER).joined(short)
    levels, kept, prints = _prints(whole, short)
    texts = _text_hashes(words)
    return SketchBatch(
        levels=levels,
        kept=kept,
        prints=prints,
        whole_bands=band_keys(whole.counts, whole.value, OF_WHOLE),
        question_bands=band_keys(asked.counts, asked.value, OF_QUESTIONS),
        whole_hash=sums(whole.value, whole.counts),
        question_hash=sums(asked.value, asked.counts),
        context_hash=_context(texts, codes, counts, last),
        reply_hash=np.where(last >= 0, np.append(texts, np.uint64(0))[last], np.uint64(0)),
        numbers_hash=_numbers(words, documents.owner, part, len(counts)),
        system_at=documents.system_at,
        signs_hash=np.zeros(len(counts), dtype=np.uint64),
    )


def _places(chosen: Array, owner: Array, count: int) -> Array:
    """For each document the last of its chosen texts, -1 for none."""
    places = np.full(count, -1)
    places[owner[chosen]] = chosen
    return places


def _systems(documents: _Documents) -> dict[int, str]:
    """Texts of system prompts to keep, by hash: all of them, unless they are too much; then those of so many
    documents are chosen among each other."""
    texts = [documents.texts[at] for at in documents.system[documents.system >= 0].tolist()]
    every = list(dict.fromkeys(texts))
    if sum(map(len, every)) <= _MOST_SYSTEMS:
        kept = [text for text in every if len(text) <= _LONGEST_SYSTEM]
        return dict(zip(hash_texts([normalised(text) for text in kept]).tolist(), kept, strict=True))
    hashes: dict[str, int] = {}
    found: dict[int, str] = {}
    for start in range(0, len(documents.counts), _PIECE):
        places = documents.system[start : start + _PIECE]
        texts = [documents.texts[at] for at in places[places >= 0].tolist()]
        kept = [text for text in prompts_to_keep(texts) if len(text) <= _LONGEST_SYSTEM]
        new = [text for text in kept if text not in hashes]
        hashes.update(zip(new, hash_texts([normalised(text) for text in new]).tolist(), strict=True))
        found |= {hashes[text]: text for text in kept}
    return found


def _prints(whole: Shingles, short: Shingles) -> tuple[Array, Array, Array]:
    """Levels, numbers and prints, by example and part and ascending.

    A print that several parts of an example have is in the first of them alone, and where the last answer is
    another of them, in the part AGAIN; so most sets of parts are unions of what has nothing in common.
    """
    count = len(whole.counts)
    key = np.concatenate([_print_keys(whole), _print_keys(short)])
    key.sort()
    is_copy = ~_differs(key >> np.uint32(_PART_BITS))
    again = np.flatnonzero(_differs(key) & is_copy)
    again = again[key[again] & _PART_MASK == ANSWER]
    key[again] ^= np.uint32(ANSWER ^ AGAIN)
    is_copy[again] = False
    ordered = key >> np.uint32(_PART_BITS)
    ordered &= np.uint32((1 << _PRINT_BITS) - 1)
    ordered |= (key & _PART_MASK) << np.uint32(_PRINT_BITS)
    key >>= np.uint32(_PRINT_BITS + _PART_BITS + 1)
    key <<= np.uint32(_PRINT_BITS + _PART_BITS)
    ordered |= key
    ordered |= is_copy * _LAST
    ordered.sort()
    ordered = ordered[: len(ordered) - np.count_nonzero(is_copy)]
    kept = _by_place(ordered, count)
    level = levels_of(kept)
    if level.any():
        mask = np.repeat(((1 << level) - 1).astype(np.uint32).reshape(-1), kept.reshape(-1))
        ordered = ordered[(ordered & mask) == 0]
        kept = _by_place(ordered, count)
    return (
        level[:, :PARTS].astype(np.uint8),
        kept[:, :PARTS].astype(np.uint16),
        ordered.astype(np.uint16),
    )


def _print_keys(shingles: Shingles) -> Array:
    """Document, whether it is SHORT, print and part in one number."""
    documents = np.arange(len(shingles.counts), dtype=np.uint32) << np.uint32(_PRINT_BITS + _PART_BITS + 1)
    key = np.repeat(documents, shingles.counts)
    key |= (shingles.value >> np.uint64(64 - _PRINT_BITS)).astype(np.uint32) << np.uint32(_PART_BITS)
    key |= _PART_KEYS[shingles.part]
    return key


def _by_place(ordered: Array, count: int) -> Array:
    """How many prints each example has in each part, (count, 8)."""
    found: Array = np.bincount(
        (ordered >> np.uint32(_PRINT_BITS)).astype(np.int64), minlength=count << _PART_BITS
    ).reshape(count, 1 << _PART_BITS)
    return found


def _differs(values: Array) -> Array:
    """Whether each value is another than the one before."""
    found = np.ones(len(values), dtype=bool)
    np.not_equal(values[1:], values[:-1], out=found[1:])
    return found


def levels_of(counts: Array) -> Array:
    """Of 2 to this many prints one is kept: one whose last so many bits are 0."""
    found: Array = np.ceil(np.log2(np.maximum(counts, 1) / MOST_PRINTS)).clip(0, 12).astype(np.int64)
    return found


def _context(texts: Array, codes: Array, counts: Array, last: Array) -> Array:
    """A hash of the messages before the last answer; 0 where there is none."""
    starts = np.cumsum(counts) - counts
    index = np.arange(len(codes)) - np.repeat(starts, counts)
    values = mixed(texts + _ROLE_HASH[codes] * _STEP + mixed((index + 1).astype(np.uint64)))
    before = np.maximum(last - starts, 0)
    return sums(values[ranges(starts, before)], before)


def _text_hashes(words: Words) -> Array:
    """Of the words of each text, in order; 0 for none."""
    starts = np.cumsum(words.counts) - words.counts
    values = np.arange(len(words.hashes), dtype=np.uint64)
    values -= np.repeat(starts.astype(np.uint64), words.counts)
    values *= _STEP
    values += words.hashes
    return sums(mixed(values), words.counts)


def _numbers(words: Words, owner: Array, part: Array, count: int) -> Array:
    """A hash of the numbers in the user's messages of each document, in whatever order."""
    wanted = np.flatnonzero(words.has_digit)
    of_text = np.diff(np.searchsorted(wanted, np.cumsum(words.counts)), prepend=0)
    text = np.repeat(np.arange(len(of_text)), of_text)
    asked = np.flatnonzero(part[text] == USER)
    counts = np.bincount(owner[text[asked]], minlength=count)
    return sums(mixed(words.hashes[wanted[asked]]), counts)
