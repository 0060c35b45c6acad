"""What balance rules know of texts beyond their hash: first and last words, labels, whether one declines."""

import re
from collections.abc import Callable
from dataclasses import dataclass
from functools import lru_cache

import numpy as np

from finetune_studio.kernels import library
from finetune_studio.lint.distinct import distinct
from finetune_studio.lint.facts import Array
from finetune_studio.lint.hashing import PADDING, UTF8, hash_texts, hashes_in
from finetune_studio.lint.kernels.normalising import find_edges
from finetune_studio.lint.near_grouping import ranges
from finetune_studio.lint.normal_block import NormalBlock
from finetune_studio.lint.refusals import NO_IDIOM

_WORD = 40
"""Characters of a word that are kept."""
SHOWN = 120
OFTEN = 0.5
_MOST_NAMED = 100
"""Pieces of a batch of which the text is kept: a chart shows the 20 commonest of all."""
_OPENING_WORDS = 3
_LONG_ENOUGH = 5
"""Words that a text needs for its opening to be told from a label."""
_SHORT = 60
"""Characters up to which an answer may be a label."""
_MOST_LABELS = 300
_CHARACTER = 4
"""Bytes of a character at the most."""
_SMALL = np.frombuffer(bytes(range(256)).lower(), dtype=np.uint8)

_BEGINS = re.compile(
    r"(?:(?:oh|well|no|hi|hello|thank you|thanks)[,.!]? )?"
    r"(?:(?:i['’]?m|i am)(?: \w+)? (?:sorry|afraid)|(?:i )?apologi[sz]e|my apologies|sorry|unfortunately"
    r"|regrettably)?[,.:;!]?(?: (?:but|however|that))?,? ?"
    r"(?:as an? [^.,]{0,40}, ?)?"
    r"(?:i (?:can['’]?t|cannot|can not|won['’]?t|will not|am (?:unable|not able) to"
    r"|(?:must |have to )?decline to|refuse to|(?:don['’]t|do not) feel comfortable|am not comfortable)"
    rf"|i['’]m (?:unable to|not able to|not comfortable|not going to)){NO_IDIOM}"
    r"(?: \w+){0,2}? (?:help|assist|provid|answer|fulfil|comply|giv|shar|support|engag|creat|writ|generat"
    r"|discuss|advis|recommend|tell|do that|do this|teach|encourag|participat|condon|promot|offer)",
    re.IGNORECASE,
)
_HEAD = 160
_LETTERS = frozenset("isturamoywhnISTURAMOYWHN")
"""What a refusal begins with: tells most answers without the expression."""

_FIRST_LETTERS = (
    *(b"oh", b"we", b"no", b"hi", b"he", b"th", b"i'", b"i ", b"i\xe2", b"im", b"ap", b"my", b"so", b"un"),
    *(b"re", b"ho", b"as"),
)
"""Two bytes: the same, of the first words."""


@dataclass(frozen=True, slots=True, eq=False)
class Snippets:
    """Pieces of normalised texts, one for each example, and the hashes of what `change` makes of them.

    0 stands for an empty piece.
    """

    texts: NormalBlock
    starts: Array
    ends: Array
    hashes: Array
    change: Callable[[str], str] = str

    def text(self, row: int) -> str:
        return self.change(self.texts.joined[self.starts[row] : self.ends[row]].decode(*UTF8))

    def frequent(self, share: float) -> dict[int, str]:
        """Hash to text of those that make up this share."""
        distinct, firsts, counts = np.unique(self.hashes, return_index=True, return_counts=True)
        chosen = (counts >= max(1.0, len(self.hashes) * share)) & (distinct != 0)
        return self._named(firsts[chosen])

    def commonest(self) -> dict[int, str]:
        """Hash to text of those that are there most often, and more than once where they are many."""
        distinct, firsts, counts = np.unique(self.hashes, return_index=True, return_counts=True)
        chosen = np.flatnonzero((distinct != 0) & ((counts > 1) | (len(distinct) <= _MOST_NAMED)))
        chosen = chosen[np.lexsort((firsts[chosen], -counts[chosen]))[:_MOST_NAMED]]
        return self._named(firsts[chosen])

    def labels(self) -> dict[int, str]:
        """Hash to text of the most common short ones."""
        sizes = self.ends - self.starts
        short = np.flatnonzero((sizes > 0) & (sizes <= _SHORT * _CHARACTER))
        unsure = np.flatnonzero(sizes[short] > _SHORT)
        long = [n for n in unsure.tolist() if len(self.text(int(short[n]))) > _SHORT]
        rows = np.delete(short, long)
        _, firsts, counts = np.unique(self.hashes[rows], return_index=True, return_counts=True)
        order = np.lexsort((firsts, -counts))[:_MOST_LABELS]
        return self._named(rows[firsts[order]])

    def _named(self, rows: Array) -> dict[int, str]:
        return {int(self.hashes[row]): self.text(row) for row in rows.tolist()}


def _snippets(
    texts: NormalBlock, starts: Array, ends: Array, change: Callable[[str], str], odd: Array, joined: bytes
) -> Snippets:
    """`change` has been made in `joined`, but for the `odd` pieces."""
    hashes = hashes_in(joined, starts, ends)
    hashes[starts == ends] = 0
    found = Snippets(texts, starts, ends, hashes, change)
    if len(odd):
        hashes[odd] = hash_texts([found.text(row) for row in odd.tolist()])
    return found


def openings(texts: NormalBlock, starts: Array, ends: Array) -> tuple[Snippets, Array, Array]:
    """The first words in small letters of longer texts, and where the first word ends and the last begins.

    Of texts of few words all three are where the text starts.
    """
    first_ends, opening_ends, last = edges_of(texts, starts, ends)
    lengths = opening_ends - starts
    own = texts.raw[ranges(starts, lengths)]
    places = np.cumsum(lengths) - lengths
    odd = distinct(np.repeat(np.arange(len(starts)), lengths)[own >= 0x80])
    small = NormalBlock(own.tobytes() + PADDING, places, places + lengths)
    lowered = _SMALL[own].tobytes() + PADDING
    found = _snippets(small, places, places + lengths, str.lower, odd, lowered)
    return found, first_ends, last


def edges_of(texts: NormalBlock, starts: Array, ends: Array) -> tuple[Array, Array, Array]:
    """Of longer texts the ends of the first word and of the first words, and where the last word begins."""
    if (kernels := library()) is not None:
        return find_edges(kernels, texts.joined, starts, ends, _LONG_ENOUGH, _OPENING_WORDS)
    spaces = np.append(texts.spaces, np.full(_LONG_ENOUGH, len(texts.joined)))
    at = np.searchsorted(texts.spaces, starts)
    is_long = spaces[at + _LONG_ENOUGH - 2] < ends
    last = np.where(is_long, spaces[np.searchsorted(texts.spaces, ends) - 1] + 1, starts)
    opening_ends = np.where(is_long, spaces[at + _OPENING_WORDS - 1], starts)
    return np.where(is_long, spaces[at], starts), opening_ends, last


def first_words(texts: NormalBlock, starts: Array, ends: Array) -> Snippets:
    """Long words cut."""
    long = np.flatnonzero(ends - starts > _WORD)
    return _snippets(texts, starts, ends, _head_of_word, long, texts.joined)


def last_words(texts: NormalBlock, starts: Array, ends: Array) -> Snippets:
    """Long words cut."""
    long = np.flatnonzero(ends - starts > _WORD)
    return _snippets(texts, starts, ends, _tail_of_word, long, texts.joined)


def _head_of_word(word: str) -> str:
    return word[:_WORD]


def _tail_of_word(word: str) -> str:
    return word[-_WORD:]


def shown(texts: dict[int, str]) -> dict[int, str]:
    """Long ones cut."""
    return {key: text[:SHOWN] for key, text in texts.items()}


def heads(texts: NormalBlock, starts: Array, ends: Array, characters: int) -> list[str]:
    """The first characters of each text."""
    joined = texts.joined
    cut = np.minimum(ends, starts + characters * _CHARACTER)
    return [
        joined[start:end].decode("utf-8", "ignore")[:characters]
        for start, end in zip(starts.tolist(), cut.tolist(), strict=True)
    ]


def which_decline(texts: NormalBlock, starts: Array, ends: Array) -> Array:
    """Whether each answer declines."""
    found = np.zeros(len(starts), dtype=bool)
    pairs = texts.raw[starts].astype(np.int64) << 8 | texts.raw[np.minimum(starts + 1, ends)]
    may = np.flatnonzero(_may_decline()[pairs] & (ends > starts))
    found[may] = [declines(head) for head in heads(texts, starts[may], ends[may], _HEAD)]
    return found


@lru_cache(maxsize=1)
def _may_decline() -> Array:
    """By the first two bytes, the first of them being the higher."""
    found = np.zeros(1 << 16, dtype=bool)
    for pair in _FIRST_LETTERS:
        for first in {pair[:1].lower(), pair[:1].upper()}:
            for second in {pair[1:].lower(), pair[1:].upper()}:
                found[first[0] << 8 | second[0]] = True
    return found


def declines(answer: str) -> bool:
    """Whether an answer begins with saying that it will not help."""
    return answer[:1] in _LETTERS and answer != "" and _BEGINS.match(answer[:_HEAD]) is not None
