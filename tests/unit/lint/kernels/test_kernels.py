"""The compiled functions give what those of numpy give, bit by bit."""

import json
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from finetune_studio import kernels
from finetune_studio.lint.answer_facts import edges_of
from finetune_studio.lint.config import LintConfig
from finetune_studio.lint.context import RuleContext
from finetune_studio.lint.double_keys import keys_written
from finetune_studio.lint.hashing import hash_texts
from finetune_studio.lint.kernels.settling import settle
from finetune_studio.lint.near_duplicates import PARTS_OF, Compared, Sketches
from finetune_studio.lint.near_pairs import settled_labels
from finetune_studio.lint.normal_block import normal_block_of
from finetune_studio.lint.scan import Batch
from finetune_studio.lint.shingles import ANSWER
from finetune_studio.lint.signs import ascii_signs, sign_hashes
from finetune_studio.lint.sketches import ARRAYS, SketchBatch, empty_sketches, sketch_batch
from finetune_studio.lint.text_block import block_of
from tests.helpers.numpy_only import numpy_only
from tests.helpers.shared_data import unpacked

ODD = "ab Z9_’—é\u00a0\u0085\u2003Д東京ก𝒳!\n\t\x1c\0\ud800"
TEXTS = st.text(st.one_of(st.characters(), st.sampled_from(ODD)), max_size=40)
WORDS = st.lists(st.sampled_from(["a", "Bee", "sea", "42", "7th", "é", "東京", "überlang" * 9]), max_size=400)
CONTENTS = st.one_of(TEXTS, WORDS.map(" ".join))
ROLES = st.sampled_from(["system", "developer", "user", "assistant", "tool", "nobody"])
MESSAGES = st.fixed_dictionaries({"role": ROLES, "content": CONTENTS})
EXAMPLES = st.lists(st.fixed_dictionaries({"messages": st.lists(MESSAGES, max_size=6)}), max_size=6)


def both(make: Callable[[], Any]) -> tuple[Any, Any]:
    """What is made by the compiled functions, and by numpy."""
    compiled = make()
    with numpy_only():
        return compiled, make()


def sketches_of(lines: Sequence[bytes]) -> SketchBatch:
    return sketch_batch(Batch(lines, range(len(lines)), RuleContext(LintConfig())))


def assert_equal(one: SketchBatch, other: SketchBatch) -> None:
    for name in ARRAYS:
        left, right = getattr(one, name), getattr(other, name)
        assert left.dtype == right.dtype, name
        np.testing.assert_array_equal(left, right, err_msg=name)
    assert one.systems == other.systems


def test_they_are_built_wherever_the_package_is_installed() -> None:
    assert kernels.library() is not None, "install the package again: its functions in C were changed"


def test_they_are_not_used_where_their_sources_say_something_else(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(kernels, "digest", lambda: 1)
    kernels.library.cache_clear()
    try:
        assert kernels.library() is None
        monkeypatch.setattr(kernels, "sources", list)
        kernels.library.cache_clear()
        assert kernels.library() is not None
    finally:
        kernels.library.cache_clear()


def test_nothing_is_used_where_there_is_no_library(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    (tmp_path / "text.so").write_text("no library")
    for path in (tmp_path / "missing.so", tmp_path / "text.so"):
        monkeypatch.setattr(kernels, "LIBRARY", path)
        kernels.library.cache_clear()
        try:
            assert kernels.library() is None
        finally:
            kernels.library.cache_clear()


@settings(deadline=None)
@given(st.lists(TEXTS, max_size=7))
def test_hashes(texts: list[str]) -> None:
    compiled, numpy = both(lambda: hash_texts(texts))
    assert compiled.tolist() == numpy.tolist()


@settings(deadline=None)
@given(st.lists(st.one_of(TEXTS, st.text("a \u2003\n\x1f\x01é", max_size=60)), max_size=7))
def test_normal_texts_and_where_their_words_are(texts: list[str]) -> None:
    compiled, numpy = both(lambda: normal_block_of(block_of(texts)))
    assert [compiled.text(n) for n in range(len(texts))] == [numpy.text(n) for n in range(len(texts))]
    for one, other in zip(*both(lambda: edges_of(numpy, numpy.starts, numpy.ends)), strict=True):
        assert one.tolist() == other.tolist()


@settings(deadline=None)
@given(st.lists(st.text('a": \\\t{}', max_size=30), max_size=5))
def test_keys(lines: list[str]) -> None:
    starts = np.cumsum([0, *(len(line) + 1 for line in lines)])
    compiled, numpy = both(lambda: keys_written("\n".join(lines).encode(), starts))
    assert [part.tolist() for part in compiled] == [part.tolist() for part in numpy]


@settings(deadline=None)
@given(EXAMPLES)
def test_sketches(examples: list[dict[str, Any]]) -> None:
    lines = [json.dumps(example).encode() for example in examples] + [b"not JSON"]
    assert_equal(*both(lambda: sketches_of(lines)))


def test_sketches_of_nothing_and_of_very_much() -> None:
    assert_equal(*both(lambda: empty_sketches(3)))
    assert_equal(*both(lambda: sketches_of([])))
    generator = np.random.default_rng(7)
    lines = []
    for length in (400, 511, 512, 513, 700, 2_000, 9_000, 70_000):
        words = " ".join(f"w{n}" for n in generator.integers(0, 60_000, length))
        roles = [("system", words), ("user", words[: len(words) // 2]), ("assistant", words[::-1])]
        lines.append(
            json.dumps({"messages": [{"role": role, "content": text} for role, text in roles]}).encode()
        )
    compiled, numpy = both(lambda: sketches_of(lines))
    assert compiled.levels.max() > 3
    assert_equal(compiled, numpy)


@settings(deadline=None)
@given(EXAMPLES.filter(lambda found: len(found) > 1), st.data())
def test_similarities(examples: list[dict[str, Any]], data: st.DataObject) -> None:
    sketches = Sketches([sketches_of([json.dumps(example).encode() for example in examples])])
    numbers = st.integers(0, len(examples) - 1)
    pairs = np.array(data.draw(st.lists(st.tuples(numbers, numbers), max_size=9)), dtype=np.int64)
    for parts in (*PARTS_OF.values(), (ANSWER,)):
        one, other = both(lambda parts=parts: sketches.similarities(pairs.reshape(-1, 2), parts))
        assert one.tolist() == other.tolist()


def test_rows_that_are_not_there_cannot_be_compared() -> None:
    sketches = Sketches([empty_sketches(3)])
    for row in (-1, 3):
        with pytest.raises(IndexError, match="from 0 to before 3"):
            sketches.similarities(np.array([[0, row]]), Compared.WHOLE)


@settings(deadline=None)
@given(st.integers(2, 64), st.integers(0, 2**32 - 1), st.sampled_from([0.5, 0.8, 1.0]))
def test_settled_groups(count: int, seed: int, threshold: float) -> None:
    steps = np.random.default_rng(seed).integers(0, 12, count * (count - 1) // 2)
    similarity = (steps / 11).astype(np.float32)
    one, other = both(lambda: settled_labels(similarity, float(np.float32(threshold)), count))
    assert one.tolist() == other.tolist()


def test_more_rows_than_can_be_settled_at_once_are_done_by_python() -> None:
    with pytest.raises(ValueError, match="too many"):
        settle(kernels.library(), np.ones(65 * 32, dtype=np.float32), 0.8, 65)  # type: ignore[arg-type]
    with pytest.raises(ValueError, match="all pairs"):
        settle(kernels.library(), np.ones(3, dtype=np.float32), 0.8, 4)  # type: ignore[arg-type]
    assert settled_labels(np.ones(65 * 32, dtype=np.float32), 0.8, 65).tolist() == [0] * 65


def test_real_conversations() -> None:
    lines = unpacked("near_duplicates_5k.jsonl.xz").splitlines()
    assert len(lines) > 4_000
    made = sketches_of(lines)
    with numpy_only():
        assert_equal(made, sketches_of(lines))
    generator = np.random.default_rng(3)
    pairs = generator.integers(0, len(lines), (20_000, 2))
    sketches = Sketches([made])
    for compared in Compared:
        one, other = both(lambda compared=compared: sketches.similarities(pairs, compared))
        assert one.tolist() == other.tolist()
        found, expected = both(lambda compared=compared: Sketches([made]).pairs(compared))
        np.testing.assert_array_equal(found.rows, expected.rows)


@given(
    st.lists(st.tuples(st.text(st.sampled_from("ab-+é\u0301👍 -=9"), max_size=30), st.booleans()), max_size=8)
)
def test_signs(texts: list[tuple[str, bool]]) -> None:
    block = block_of([text for text, _ in texts])
    chosen = np.array([is_chosen for _, is_chosen in texts], dtype=bool)
    owner = np.arange(len(texts)) // 2
    compiled, wanted = both(lambda: sign_hashes(block, chosen, owner, len(texts)))
    np.testing.assert_array_equal(compiled, wanted)
    compiled, wanted = both(lambda: ascii_signs(block, chosen))
    np.testing.assert_array_equal(compiled, wanted)
