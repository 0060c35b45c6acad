"""Which split each example goes to: copies stay together, strata keep their shares, pins win."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from finetune_studio.domain.split import Split, checked_shares, hash_point, split_of
from finetune_studio.lint.config import LintConfig
from finetune_studio.lint.context import RuleContext
from finetune_studio.lint.facts import SPLITS, Array, DatasetFacts
from finetune_studio.lint.strata import Strata

COPIES_RULE = "S704"
"""The rule that finds copies across splits; its options say what a copy is."""
_LARGEST_SHARE = 0.05
_LARGEST_FEW = 10


@dataclass(frozen=True, slots=True, eq=False)
class CopyGroups:
    """For each row the first row of a group: of those it must share a split with, and of all its copies."""

    together: Array
    alike: Array

    def take(self, rows: Array) -> "CopyGroups":
        """Of the rows that a mask names."""
        return CopyGroups(self.together[rows], self.alike[rows])

    def leaks(self, splits: Array) -> int:
        """How many groups of copies have rows in more than one split; rows in none (-1) do not count."""
        return len(_leaking(self.alike, splits))

    def divided(self, splits: Array) -> int:
        """How many of those that leak were too large to have to share a split."""
        leaking = np.isin(self.alike, _leaking(self.alike, splits))
        pairs = np.unique(np.stack([self.alike[leaking], self.together[leaking]]), axis=1)
        _, parts = np.unique(pairs[0], return_counts=True)
        return int((parts > 1).sum())


def copy_groups(facts: DatasetFacts, config: LintConfig) -> CopyGroups:
    """The exact and near copies of each row.

    A group of near copies with more than 5 % of the dataset (and ten examples) says more of what they all
    have in common, such as a system prompt: only exact copies stay together in it. Near copies are known
    where the facts were gathered with rule S704 selected.
    """
    from finetune_studio.lint.near_duplicates import Compared
    from finetune_studio.lint.near_groups import joined_rows
    from finetune_studio.lint.registry import rule_by_code

    rule, context = rule_by_code(COPIES_RULE)(), RuleContext(config)
    compared = Compared(round(rule.option(context, "scope")))
    largest = max(_LARGEST_FEW, int(len(facts) * _LARGEST_SHARE))
    return CopyGroups(*joined_rows(facts, compared, rule.option(context, "threshold"), largest))


def assign(
    groups: Array,
    names: Sequence[str],
    strata: Strata | None,
    shares: Mapping[Split, float],
    seed: int = 0,
    fixed: Array | None = None,
) -> Array:
    """The split of each row, as its index in SPLITS.

    `groups` are those of `copy_groups` that stay together. `names` identifies each row for good (a uid, a
    hash of the text); a group goes by the smallest, which with time-ordered uids is that of its oldest.
    `fixed` holds the split of rows that stay where they are, -1 for the others; a group goes where its
    first fixed row is. Without strata a group's place depends on its name alone, so that it stays put
    whatever comes and goes; with strata each is cut at its shares in an order by hash, so that a new
    example moves at most its neighbours at the cuts of its own stratum.
    Raises UsageError unless the shares sum to 1.
    """
    checked_shares(shares)
    firsts, inverse, sizes = np.unique(groups, return_inverse=True, return_counts=True)
    side = _fixed_sides(len(firsts), inverse, fixed)
    group_names = _group_names(len(firsts), inverse, names)
    if strata is None:
        for group in np.flatnonzero(side < 0).tolist():
            side[group] = SPLITS.index(split_of(group_names[group], seed, shares))
    else:
        codes = strata.codes[firsts]
        points = np.array([hash_point(name, seed) for name in group_names])
        for code, name in enumerate(strata.names):
            own = np.flatnonzero(codes == code)
            if len(own):
                side[own] = _cut(side[own], sizes[own], points[own], shares, hash_point(name, seed))
    return side[inverse].astype(np.int8)


def _leaking(groups: Array, splits: Array) -> Array:
    """The groups with rows in more than one split."""
    inside = splits >= 0
    pairs = np.unique(np.stack([groups[inside], splits[inside].astype(np.int64)]), axis=1)
    found, counts = np.unique(pairs[0], return_counts=True)
    leaking: Array = found[counts > 1]
    return leaking


def _group_names(count: int, inverse: Array, names: Sequence[str]) -> list[str]:
    found = [""] * count
    for group, name in zip(inverse.tolist(), names, strict=True):
        if not found[group] or name < found[group]:
            found[group] = name
    return found


def _fixed_sides(count: int, inverse: Array, fixed: Array | None) -> Array:
    side = np.full(count, -1, dtype=np.int64)
    if fixed is not None:
        rows = np.flatnonzero(fixed >= 0)[::-1]  # of several the first is written last
        side[inverse[rows]] = fixed[rows]
    return side


def _cut(side: Array, sizes: Array, points: Array, shares: Mapping[Split, float], turn: float) -> Array:
    """Fill one stratum: the free groups, in the order of their points, take what the fixed ones leave.

    `turn` shifts the cuts around the circle, another way in each stratum, so that small strata do not all
    round the same way.
    """
    free = np.flatnonzero(side < 0)
    if not len(free):
        return side
    splits = [SPLITS.index(split) for split in shares]
    taken = np.bincount(side[side >= 0], weights=sizes[side >= 0], minlength=len(SPLITS))[splits]
    wanted = np.maximum(np.array(list(shares.values())) * sizes.sum() - taken, 0.0)
    free = free[np.argsort(points[free], kind="stable")]
    ends = np.cumsum(sizes[free])
    places = ((ends - sizes[free] / 2) / ends[-1] + turn) % 1.0
    cuts = np.cumsum(wanted) / wanted.sum()
    chosen = np.minimum(np.searchsorted(cuts, places, side="right"), len(splits) - 1)
    filled = side.copy()
    filled[free] = np.array(splits)[chosen]
    return filled
