"""Facts of a batch, merge, dataset rules: many small batches give what one big one gives."""

import gc
import pickle
from dataclasses import fields
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from finetune_studio.lint import BatchFacts, LintConfig, all_rules, check_dataset, facts_of_batch, merge
from finetune_studio.lint.near_duplicates import Compared
from tests.helpers.shared_data import unpacked
from tests.unit.lint.strategies import LINES

EVERYTHING = LintConfig(select=tuple(rule.code for rule in all_rules()))


def in_batches(lines: list[bytes], sizes: list[int]) -> list[BatchFacts]:
    """Cut into batches of these sizes, over and over; each goes through a pickle, as to another process."""
    batches, start = [], 0
    while start < len(lines):
        size = sizes[len(batches) % len(sizes)]
        batch = facts_of_batch(lines[start : start + size], EVERYTHING, first_index=start)
        batches.append(pickle.loads(pickle.dumps(batch)))
        start += size
    return batches


def what_is_known(batches: list[BatchFacts]) -> dict[str, Any]:
    facts = merge(batches)
    assert facts.sketches is not None
    known: dict[str, Any] = {f.name: getattr(facts.columns, f.name).tolist() for f in fields(facts.columns)}
    known["examples"] = facts.diagnostics
    known["dataset"] = check_dataset(facts, EVERYTHING)
    known["tools"] = [getattr(facts.tools, f.name).tolist() for f in fields(facts.tools)]
    for compared in Compared:
        pairs = facts.sketches.pairs(compared)
        order = np.lexsort((pairs.rows[:, 1], pairs.rows[:, 0]))
        known[compared.name] = pairs.rows[order].tolist(), pairs.similarity[order].tolist()
    return known


@settings(deadline=None, max_examples=40)
@given(st.lists(LINES, min_size=1, max_size=12), st.lists(st.integers(1, 5), min_size=1, max_size=3))
def test_small_batches_give_what_one_gives(lines: list[bytes], sizes: list[int]) -> None:
    assert what_is_known(in_batches(lines, sizes)) == what_is_known(in_batches(lines, [len(lines)]))


@pytest.fixture(scope="module")
def real() -> tuple[list[bytes], dict[str, Any]]:
    lines = unpacked("near_duplicates_5k.jsonl.xz").splitlines()[:600]
    return lines, what_is_known(in_batches(lines, [len(lines)]))


@pytest.mark.parametrize("sizes", [[600, 1], [97], [1, 250, 40]])
def test_of_real_conversations_too(real: tuple[list[bytes], dict[str, Any]], sizes: list[int]) -> None:
    lines, wanted = real
    assert what_is_known(in_batches(lines, sizes)) == wanted


def test_a_batch_leaves_nothing_to_the_collector() -> None:
    """A worker that had to look for it would spend a twentieth of its time on that."""
    lines = unpacked("near_duplicates_5k.jsonl.xz").splitlines()[:300]
    facts_of_batch(lines, EVERYTHING)
    was_on = gc.isenabled()
    gc.disable()
    try:
        gc.collect()
        facts = facts_of_batch(lines, EVERYTHING)
        assert facts.diagnostics
        assert gc.collect() < 100
    finally:
        if was_on:
            gc.enable()
