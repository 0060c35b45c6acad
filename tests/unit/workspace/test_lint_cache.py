"""What a check found, kept and taken again."""

from pathlib import Path

import numpy as np

from finetune_studio.lint import LintConfig, check_dataset, facts_of_batch, merge
from finetune_studio.workspace.lint_cache import load_check, save_check
from tests.helpers.builders import chat_line

CONFIG = LintConfig(select=("D",))


def test_near_duplicates_are_found_in_what_was_kept(tmp_path: Path) -> None:
    words = " ".join(f"word{n}" for n in range(30))
    lines = [
        chat_line(("system", "Be kind."), ("user", f"{words} {n}"), ("assistant", "ok")) for n in range(9)
    ]
    facts = merge([facts_of_batch(lines[:4], CONFIG), facts_of_batch(lines[4:], CONFIG, first_index=4)])
    facts = facts.updated(facts_of_batch([chat_line(("user", "gone"))], CONFIG, keys=[2]))
    path = tmp_path / "check"
    assert save_check(path, "key", facts, [])
    kept = load_check(path, "key")
    assert kept is not None
    assert kept.facts.sketches is not None
    assert facts.sketches is not None
    assert kept.facts.sketches.systems == facts.sketches.systems
    assert np.array_equal(kept.facts.sketches.place, facts.sketches.place)
    found = check_dataset(kept.facts, CONFIG)
    assert found == check_dataset(facts, CONFIG)
    assert [[other.example for other in d.related] for d in found if d.code == "D202"] == [[1, *range(3, 9)]]


def test_without_sketches_and_with_another_key(tmp_path: Path) -> None:
    facts = merge([facts_of_batch([chat_line(("user", "hi"))], LintConfig(select=("F",)))])
    path = tmp_path / "check"
    assert save_check(path, "key", facts, [])
    kept = load_check(path, "key")
    assert kept is not None
    assert kept.facts.sketches is None
    assert load_check(path, "other") is None
