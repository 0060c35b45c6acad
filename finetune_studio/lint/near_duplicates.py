"""Near-duplicates of a dataset: pairs and groups for any threshold and scope, from sketches alone.

Pairs that were found are kept, so another threshold regroups them and an edit looks up the edited rows only.
"""

from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass, field
from enum import IntEnum
from functools import cached_property
from threading import Lock

import numpy as np

from finetune_studio.kernels import library
from finetune_studio.lint.comparing_rule import LOWEST
from finetune_studio.lint.facts import Array
from finetune_studio.lint.groups import stars_of
from finetune_studio.lint.kernels.comparing import CompiledComparison, PrintTable
from finetune_studio.lint.minhash import OF_WHOLE, band_keys
from finetune_studio.lint.near_grouping import NearGroups, PartedGroups, grouped
from finetune_studio.lint.near_pairs import candidate_pairs, starred, within
from finetune_studio.lint.prints import Comparison, Prints
from finetune_studio.lint.prompt_variants import PromptLikeness
from finetune_studio.lint.shingles import AGAIN, ANSWER, OTHER, SHORT, SYSTEM, USER
from finetune_studio.lint.sketches import SketchBatch, joined_sketches
from finetune_studio.lint.word_hashes import mixed, sums

_MOST_STALE = 256
_MOST_CANDIDATES = 2_000
_SMALL_BATCH = 64
_MOST_SMALL = 32
_ROWS_AT_ONCE = 4_096
_PAIRS_AT_ONCE = 80_000
"""Pairs whose rows' prints are laid out at a time."""
_PAIRS_TO_SEND = 25_000
"""The same where others compare them; of fewer that does not pay."""
_STEP = np.uint64(0x9E3779B97F4A7C15)
Comparing = Comparison | CompiledComparison
Compare = Callable[[Iterable[Comparing]], Iterable[Array]]
"""Does comparisons in its own way; the similarities of each, in order."""
_SEARCHING = Lock()
"""One thread at a time: a search among a million examples takes 200 MB."""
_compare_elsewhere: ContextVar[Compare | None] = ContextVar("compare_elsewhere", default=None)
NO_PAIRS = np.zeros((0, 2), dtype=np.int64)


@contextmanager
def compared_by(compare: Compare) -> Iterator[None]:
    """What this thread asks meanwhile is compared by somebody else, where it is many pairs."""
    token = _compare_elsewhere.set(compare)
    try:
        yield
    finally:
        _compare_elsewhere.reset(token)


class Compared(IntEnum):
    """What of the conversations is compared; the values are those of the rules' option `scope`."""

    WHOLE = 0
    WITHOUT_SYSTEM = 1
    QUESTIONS = 2


PARTS_OF = {
    Compared.WHOLE: (USER, OTHER, ANSWER, SYSTEM),
    Compared.WITHOUT_SYSTEM: (USER, OTHER, ANSWER),
    Compared.QUESTIONS: (USER, SHORT),
}


_NAMES = {Compared.WHOLE: "whole", Compared.WITHOUT_SYSTEM: "whole", Compared.QUESTIONS: "question"}
"""What the batches call it; nothing is kept without system prompts where there are any."""


@dataclass(frozen=True, eq=False)
class NearPairs:
    """`rows` is (n, 2), the smaller row first; of rows that are the same only pairs with the first are here.

    A similarity that nobody asked for yet is NaN. `stale` rows must be looked up again.
    """

    rows: Array
    similarity: Array
    stale: Array = field(default_factory=lambda: np.zeros(0, dtype=np.int64))

    @cached_property
    def by_key(self) -> tuple[Array, Array]:
        """The pairs as one number each, ascending, and their places in `rows`."""
        keys = _joined_keys(self.rows)
        order = np.argsort(keys, kind="stable")
        return keys[order], order


class Sketches:
    """The sketches of all examples, row by row as in the columns, and the pairs found in them so far."""

    def __init__(self, batches: Sequence[SketchBatch], place: Array | None = None) -> None:
        """`place` gives for each row its position in the batches, one after the other."""
        self.batches = tuple(batches)
        self._begins = np.cumsum([0, *(len(batch) for batch in self.batches)])
        self.place: Array = np.arange(self._begins[-1]) if place is None else place
        self._pairs: dict[Compared, NearPairs] = {}
        self._answers = NearPairs(NO_PAIRS, np.zeros(0, dtype=np.float32))
        """Pairs whose last answers were compared."""
        self._parted = {compared: PartedGroups() for compared in Compared}
        self.prompts = PromptLikeness()

    def __len__(self) -> int:
        return len(self.place)

    def column(self, name: str) -> Array:
        """One value a row: a hash of SketchBatch by its name."""
        parts = [getattr(batch, name) for batch in self.batches]
        found: Array = (np.concatenate(parts) if parts else np.zeros(0, dtype=np.uint64))[self.place]
        return found

    @property
    def systems(self) -> dict[int, str]:
        """Texts of frequent system prompts by hash."""
        return {key: text for batch in self.batches for key, text in batch.systems.items()}

    def pairs(self, compared: Compared = Compared.WHOLE) -> NearPairs:
        """All pairs with a similarity of LOWEST at least."""
        likely = self.likely_pairs(compared)
        unknown = np.flatnonzero(np.isnan(likely.similarity))
        if len(unknown):
            low = unknown[self.similarities_at(likely, unknown, compared) < LOWEST]
            likely = NearPairs(np.delete(likely.rows, low, axis=0), np.delete(likely.similarity, low))
            self._pairs[compared] = likely
        return likely

    def likely_pairs(self, compared: Compared) -> NearPairs:
        """As `pairs`, and others that may be similar."""
        known = self._pairs.get(compared)
        if known is None:
            known = self._search(compared)
        elif len(known.stale):
            known = self._searched_again(known, compared)
        self._pairs[compared] = known
        return known

    def similarities_at(self, likely: NearPairs, places: Array, compared: Compared) -> Array:
        """Of some of the likely pairs, by their places among these; computed once."""
        unknown = places[np.isnan(likely.similarity[places])]
        if len(unknown):
            likely.similarity[unknown] = self.similarities(likely.rows[unknown], compared, LOWEST)
        found: Array = likely.similarity[places]
        return found

    def similarities(self, rows: Array, compared: Compared | Sequence[int], least: float = 0.0) -> Array:
        """Of pairs of rows, (n, 2), in a scope or in the last answer alone, (ANSWER,).

        What is below `least` may be told as 0.
        """
        parts = PARTS_OF[compared] if isinstance(compared, Compared) else (*compared, AGAIN)
        compare = _compare_elsewhere.get() if len(rows) >= _PAIRS_TO_SEND else None
        at_once = _PAIRS_AT_ONCE if compare is None else _PAIRS_TO_SEND
        order = None if (rows[1:, 0] >= rows[:-1, 0]).all() else np.argsort(rows[:, 0], kind="stable")
        ordered = rows if order is None else rows[order]
        jobs = (
            self._comparison(piece, parts, least)
            for piece in np.array_split(ordered, -(-len(rows) // at_once) or 1)
        )
        answers = (job.run() for job in jobs) if compare is None else compare(jobs)
        similar = np.concatenate(list(answers))
        if order is None:
            return similar
        found = np.zeros(len(rows), dtype=np.float32)
        found[order] = similar
        return found

    def _comparison(self, pairs: Array, parts: Sequence[int], least: float) -> Comparing:
        if (kernels := library()) is not None:
            return CompiledComparison(kernels, self._prints, pairs, parts, least)
        return Comparison(Prints(self.batches, self.place, np.unique(pairs), parts), pairs)

    @cached_property
    def _prints(self) -> PrintTable:
        return PrintTable(self.batches, self.place)

    def groups(self, compared: Compared, threshold: float, among: Array | None = None) -> NearGroups:
        """Rows joined by pairs of that similarity at least; `among` masks the rows that count."""
        found = self.pairs(compared)
        rows = found.rows[found.similarity >= threshold]
        if among is not None:
            rows = within(rows, found.rows[found.similarity >= 1.0], among)
        kept = self._parted[compared]
        return grouped(rows, threshold, lambda pairs: self._looked_up(pairs, compared), kept)

    def _looked_up(self, rows: Array, compared: Compared) -> Array:
        """Similarities of pairs: as known, or else computed, and known from then on."""
        found, self._pairs[compared] = self._known_or_computed(self.pairs(compared), rows, compared)
        return found

    def answer_similarities(self, rows: Array) -> Array:
        """Of the last answers of pairs of rows; computed once."""
        found, self._answers = self._known_or_computed(self._answers, rows, (ANSWER,))
        return found

    def _known_or_computed(
        self, known: NearPairs, rows: Array, compared: Compared | Sequence[int]
    ) -> tuple[Array, NearPairs]:
        """Similarities of pairs, and what is known then."""
        (keys, order), wanted = known.by_key, _joined_keys(rows)
        at = np.minimum(np.searchsorted(keys, wanted), max(len(keys) - 1, 0))
        found = known.similarity[order[at]] if len(keys) else np.zeros(len(rows), dtype=np.float32)
        missing = keys[at] != wanted if len(keys) else np.ones(len(rows), dtype=bool)
        if not missing.any():
            return found, known
        found[missing] = self.similarities(rows[missing], compared)
        return found, NearPairs(
            np.concatenate([known.rows, rows[missing]]), np.concatenate([known.similarity, found[missing]])
        )

    def updated(self, rows: Array, is_known: Array, batch: SketchBatch) -> "Sketches":
        """Replace `rows` by those of the batch that are known, in order, and append the others."""
        at = np.arange(len(batch)) + len_of(self.batches)
        place = np.concatenate([self.place, at[~is_known]])
        place[rows] = at[is_known]
        after = Sketches((*self.batches, batch), place)
        stale = np.concatenate([rows, np.arange(len(self), len(place))])
        after._keep_pairs(self, stale, None)
        return after._compacted()

    def without(self, stays: Array) -> "Sketches":
        """The rows that a mask names."""
        after = Sketches(self.batches, self.place[stays])
        number = np.where(stays, np.cumsum(stays) - 1, -1)
        after._keep_pairs(self, np.zeros(0, dtype=np.int64), number)
        return after

    def take(self, order: Array) -> "Sketches":
        """The rows in another order, with the pairs that are known."""
        after = Sketches(self.batches, self.place[order])
        number = np.empty(len(order), dtype=np.int64)
        number[order] = np.arange(len(order))
        after._keep_pairs(self, np.zeros(0, dtype=np.int64), number)
        for compared, known in after._pairs.items():
            rows, similarity = np.sort(known.rows, axis=1), known.similarity
            swapped = known.rows[(known.rows[:, 0] > known.rows[:, 1]) & (similarity >= 1.0)]
            if len(swapped):
                hashes = after._hashes(compared)
                rows, similarity = starred(rows, similarity, hashes, hashes[swapped[:, 0]])
            after._pairs[compared] = NearPairs(rows, similarity, known.stale)
        return after

    def _keep_pairs(self, before: "Sketches", changed: Array, number: Array | None) -> None:
        """Take over what holds: `changed` are new row numbers, `number` maps old rows to new ones or -1.

        None for `number` leaves the rows their numbers.
        """
        self.prompts = before.prompts
        for compared, known in before._pairs.items():
            if compared is Compared.WITHOUT_SYSTEM and self._has_system():
                continue
            rows = known.rows if number is None else number[known.rows]
            is_lost = np.zeros(len(self) + 1, dtype=bool)
            is_lost[changed] = is_lost[-1] = True
            lost = is_lost[rows[:, 0]] | is_lost[rows[:, 1]]
            widowed = rows[lost & (known.similarity >= 1.0)].reshape(-1)
            before_stale = known.stale if number is None else number[known.stale]
            stale = np.unique(np.concatenate([before_stale, changed, widowed]))
            stale = stale[stale >= 0]
            if len(stale) <= _MOST_STALE:
                self._pairs[compared] = NearPairs(rows[~lost], known.similarity[~lost], stale)

    def _compacted(self) -> "Sketches":
        """Join the small batches that many edits leave at the end."""
        first = len(self.batches)
        while first and len(self.batches[first - 1]) <= _SMALL_BATCH:
            first -= 1
        if len(self.batches) - first < _MOST_SMALL:
            return self
        joined = Sketches((*self.batches[:first], joined_sketches(self.batches[first:])), self.place)
        joined._pairs = self._pairs
        return joined

    def _has_system(self) -> bool:
        return any(bool(batch.kept[:, SYSTEM].any()) for batch in self.batches)

    def _search(self, compared: Compared) -> NearPairs:
        if compared is Compared.WITHOUT_SYSTEM and not self._has_system():
            return self.pairs(Compared.WHOLE)
        hashes, bands = self._keys(compared)
        same = stars_of(hashes).astype(np.int32)
        is_copy = np.zeros(len(self), dtype=bool)
        is_copy[same[:, 1]] = True
        others = np.flatnonzero(~is_copy & (hashes != 0))
        with _SEARCHING:
            candidates = others.astype(np.int32)[candidate_pairs(keys[others] for keys in bands)]
        similarity = np.full(len(same) + len(candidates), np.nan, dtype=np.float32)
        similarity[: len(same)] = 1.0
        return NearPairs(np.concatenate([same, candidates]), similarity)

    def _keys(self, compared: Compared) -> tuple[Array, Iterable[Array]]:
        """The hash of what is compared of each row, and the band keys of all rows band by band."""
        if compared is Compared.WITHOUT_SYSTEM:
            return self._keys_by_prints(compared)
        return self._hashes(compared), self._bands(f"{_NAMES[compared]}_bands")

    def _hashes(self, compared: Compared) -> Array:
        """Of what is compared, where the batches have them: not without system prompts that are there."""
        return self.column(f"{_NAMES[compared]}_hash")

    def _bands(self, name: str) -> Iterator[Array]:
        for band in range(len(getattr(self.batches[0], name)) if self.batches else 0):
            yield np.concatenate([getattr(batch, name)[band] for batch in self.batches])[self.place]

    def _keys_by_prints(self, compared: Compared) -> tuple[Array, Iterable[Array]]:
        """Keys made from the prints: for the scope that the batches have no keys of."""
        hashes = np.zeros(len(self), dtype=np.uint64)
        bands = np.zeros((OF_WHOLE.bands, len(self)), dtype=np.uint32)
        for start in range(0, len(self), _ROWS_AT_ONCE):
            rows = np.arange(start, min(start + _ROWS_AT_ONCE, len(self)))
            found = Prints(self.batches, self.place, rows, PARTS_OF[compared])
            counts, prints = found.by_row()
            values = mixed((prints.astype(np.uint64) + np.uint64(1)) * _STEP)
            bands[:, rows] = band_keys(counts, values, OF_WHOLE)
            hashes[rows] = sums(values, counts)
        return hashes, bands

    def _searched_again(self, known: NearPairs, compared: Compared) -> NearPairs:
        """Look up the stale rows among all."""
        name, hashes = _NAMES[compared], self._hashes(compared)
        row_at = np.full(len_of(self.batches), -1)
        row_at[self.place] = np.arange(len(self))
        is_stale = np.zeros(len(self), dtype=bool)
        is_stale[known.stale] = True
        same: list[tuple[int, int]] = []
        candidates: list[Array] = []
        for row in known.stale.tolist():
            if hashes[row] == 0:
                continue
            equal = np.flatnonzero(hashes == hashes[row])
            linked = {*equal[equal != row][:1].tolist(), *equal[~is_stale[equal]][:1].tolist()}
            same.extend((min(row, other), max(row, other)) for other in linked)
            near = row_at[self._positions_sharing(f"{name}_bands", int(self.place[row]))]
            near = np.sort(near[(near >= 0) & (hashes[np.maximum(near, 0)] != hashes[row])])
            near = near[np.unique(hashes[near], return_index=True)[1]][:_MOST_CANDIDATES]
            candidates.append(np.stack([np.minimum(near, row), np.maximum(near, row)], axis=1))
        rows = np.unique(np.concatenate([np.zeros((0, 2), dtype=np.int64), *candidates]), axis=0)
        similar = self.similarities(rows, compared)
        copies = np.array(sorted(set(same)), dtype=np.int64).reshape(-1, 2)
        kept = similar >= LOWEST
        found = np.concatenate([known.rows, copies, rows[kept]])
        similarity = np.concatenate([known.similarity, np.ones(len(copies), dtype=np.float32), similar[kept]])
        return NearPairs(*starred(found, similarity, hashes, hashes[known.stale]))

    def _positions_sharing(self, name: str, position: int) -> Array:
        """Positions in the batches with a band key of the one at `position`."""
        number = int(np.searchsorted(self._begins, position, side="right")) - 1
        wanted = getattr(self.batches[number], name)[:, position - self._begins[number]][:, None]
        found = [
            np.flatnonzero((getattr(batch, name) == wanted).any(axis=0)) + begin
            for batch, begin in zip(self.batches, self._begins[:-1].tolist(), strict=True)
        ]
        return np.concatenate(found)


def len_of(batches: Sequence[SketchBatch]) -> int:
    return sum(len(batch) for batch in batches)


def _joined_keys(rows: Array) -> Array:
    pairs: Array = (rows[:, 0].astype(np.int64) << 32) | rows[:, 1]
    return pairs
