"""Splits: whole groups, shares by stratum, pins, and little that moves when examples come and go."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from finetune_studio.domain.errors import UsageError
from finetune_studio.domain.split import Split
from finetune_studio.lint import LintConfig
from finetune_studio.lint.batch import facts_of_batch
from finetune_studio.lint.facts import SPLITS, merge
from finetune_studio.lint.splitting import CopyGroups, assign, copy_groups
from finetune_studio.lint.strata import Strata, Stratify, strata_of
from tests.helpers.builders import chat_line

_SHARES = {Split.TRAIN: 0.8, Split.VALIDATION: 0.1, Split.TEST: 0.1}


def _names(count: int) -> list[str]:
    return [f"example {n}" for n in range(count)]


def _strata(codes: list[int]) -> Strata:
    return Strata(np.array(codes, dtype=np.int64), tuple(f"s{n}" for n in range(max(codes) + 1)))


@given(
    st.lists(st.tuples(st.integers(0, 8), st.integers(0, 2)), min_size=1, max_size=60),
    st.integers(0, 2**31),
    st.booleans(),
)
def test_groups_are_never_parted_and_pins_win(
    drawn: list[tuple[int, int]], seed: int, stratified: bool
) -> None:
    joins = [drawn[n][0] for n in range(len(drawn))]
    groups = np.array([joins.index(join) for join in joins])
    strata = _strata([code for _, code in drawn]) if stratified else None
    fixed = np.full(len(drawn), -1)
    fixed[-1] = SPLITS.index(Split.TEST)
    found = assign(groups, _names(len(drawn)), strata, _SHARES, seed, fixed)
    assert CopyGroups(groups, groups).leaks(found) == 0
    assert set(found.tolist()) <= {0, 1, 2}
    assert found[-1] == SPLITS.index(Split.TEST)
    again = assign(groups, _names(len(drawn)), strata, _SHARES, seed, fixed)
    assert found.tolist() == again.tolist()


@given(st.integers(1, 200), st.integers(0, 1000))
def test_without_strata_nothing_moves_when_examples_come(count: int, seed: int) -> None:
    many = assign(np.arange(count + 20), _names(count + 20), None, _SHARES, seed)
    few = assign(np.arange(count), _names(count), None, _SHARES, seed)
    assert many[:count].tolist() == few.tolist()


@given(st.lists(st.integers(0, 3), min_size=2, max_size=120), st.integers(0, 1000))
def test_with_strata_a_new_example_moves_only_neighbours_of_its_own_cuts(codes: list[int], seed: int) -> None:
    codes = [*codes, 3, 2, 1, 0]  # every stratum is there before and after
    before = assign(np.arange(len(codes)), _names(len(codes)), _strata(codes), _SHARES, seed)
    more = [*codes, 0]
    after = assign(np.arange(len(more)), _names(len(more)), _strata(more), _SHARES, seed)[:-1]
    moved = np.flatnonzero(before != after)
    assert all(codes[row] == 0 for row in moved.tolist())
    assert len(moved) <= 2 * len(_SHARES)


@pytest.mark.parametrize("seed", range(5))
def test_each_stratum_keeps_its_shares(seed: int) -> None:
    codes = [0] * 900 + [1] * 100 + [2] * 30
    found = assign(np.arange(len(codes)), _names(len(codes)), _strata(codes), _SHARES, seed)
    for code, size in ((0, 900), (1, 100), (2, 30)):
        own = found[np.array(codes) == code]
        counts = np.bincount(own, minlength=3)
        for split, share in _SHARES.items():
            assert abs(counts[SPLITS.index(split)] - share * size) <= 1


def test_what_is_fixed_counts_for_the_share() -> None:
    fixed = np.full(100, -1)
    fixed[:10] = SPLITS.index(Split.VALIDATION)
    found = assign(np.arange(100), _names(100), _strata([0] * 99 + [1]), _SHARES, 1, fixed)
    assert np.bincount(found, minlength=3)[SPLITS.index(Split.VALIDATION)] <= 11


def test_shares_need_to_sum_to_one() -> None:
    with pytest.raises(UsageError):
        assign(np.arange(3), _names(3), None, {Split.TRAIN: 0.5})


def test_leaks_are_counted_by_group() -> None:
    def counted(together: list[int], alike: list[int], splits: list[int]) -> tuple[int, int]:
        groups = CopyGroups(np.array(together), np.array(alike))
        return groups.leaks(np.array(splits)), groups.divided(np.array(splits))

    assert counted([0, 0, 2, 2, 4], [0, 0, 2, 2, 4], [0, 1, 1, 1, -1]) == (1, 0)
    assert counted([0, 0], [0, 0], [0, -1]) == (0, 0)
    assert counted([0, 1, 2, 3, 3], [0, 0, 0, 3, 3], [0, 1, 1, 0, 1]) == (2, 1)
    assert counted([0, 1, 2], [0, 0, 0], [1, 1, 1]) == (0, 0)


def test_copies_are_grouped_and_strata_named() -> None:
    words = " ".join(f"w{n}" for n in range(40))
    lines = [chat_line(("user", f"{words} copy {n}"), ("assistant", "yes")) for n in range(3)]
    lines += [
        chat_line(("user", f"is {n} even, and why"), ("assistant", "yes" if n % 2 else "no"))
        for n in range(9)
    ]
    config = LintConfig(select=("S704",))
    facts = merge([facts_of_batch(lines, config)])
    groups = copy_groups(facts, config).together
    assert groups[:3].tolist() == [0, 0, 0]
    assert groups[3:].tolist() == list(range(3, 12))
    labels = strata_of(facts, Stratify.LABEL)
    assert labels is not None
    assert labels.names == ("no", "yes")
    assert labels.codes[3:7].tolist() == [0, 1, 0, 1]
    tagged = facts.with_extras(tags=[["common"]] * 9 + [["common", "rare"]] * 2 + [[]])
    tags = strata_of(tagged, Stratify.TAG)
    assert tags is not None
    assert tags.names == ("", "common", "rare")
    assert tags.codes[8:].tolist() == [1, 2, 2, 0]
    lengths = strata_of(facts, Stratify.LENGTH)
    assert lengths is not None
    assert lengths.names[0] == "16 to 31 tokens"
    assert set(lengths.codes[3:].tolist()) == {0}
    assert strata_of(facts, Stratify.NONE) is None
    untagged = strata_of(facts, Stratify.TAG)
    assert untagged is not None
    assert untagged.names == ("",)
