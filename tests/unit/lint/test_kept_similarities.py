"""What was compared is kept: another value of an option finds what a first look at it would find."""

import random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from finetune_studio.lint import LintConfig, facts_of_batch, merge, near_grouping, near_pairs, prompt_variants
from finetune_studio.lint.batch import check_dataset
from finetune_studio.lint.facts import Array
from finetune_studio.lint.near_duplicates import Compared, Sketches
from finetune_studio.lint.prompt_variants import PromptLikeness
from tests.helpers.builders import chat_line

_WORDS = [f"word{number}" for number in range(60)]
_STEPS = [step / 100 for step in range(50, 101)]


def _chains() -> list[bytes]:
    """Texts of which each differs a little from the one before: chains that must be parted."""
    chance = random.Random(4)
    lines = []
    for _ in range(12):
        words = chance.sample(_WORDS, 30)
        for _ in range(7):
            lines.append(chat_line(("user", " ".join(words)), ("assistant", "ok")))
            words[chance.randrange(30)] = f"new{chance.randrange(900)}"
    return lines


def _sketches(lines: list[bytes]) -> Sketches:
    sketches = merge([facts_of_batch(lines, LintConfig(select=("D",)))]).sketches
    assert sketches is not None
    return sketches


def test_groups_are_those_of_a_first_look_in_whatever_order_thresholds_come() -> None:
    lines = _chains()
    moved = _sketches(lines)
    steps = [*_STEPS, *_STEPS]
    random.Random(7).shuffle(steps)
    for threshold in steps[:30]:
        for compared in (Compared.WHOLE, Compared.QUESTIONS):
            kept, first = (s.groups(compared, threshold) for s in (moved, _sketches(lines)))
            assert kept.rows.tolist() == first.rows.tolist()
            assert kept.similarity.tolist() == first.similarity.tolist()
            assert kept.starts.tolist() == first.starts.tolist()


def test_a_chain_is_parted_once_where_the_same_pairs_are_similar(monkeypatch: pytest.MonkeyPatch) -> None:
    parted: list[int] = []

    def counted(similarity: Array, threshold: float, count: int) -> Array:
        parted.append(count)
        return near_pairs.settled_labels(similarity, threshold, count)

    monkeypatch.setattr(near_grouping, "settled_labels", counted)
    sketches = _sketches(_chains())
    before = sketches.groups(Compared.WHOLE, 0.8)
    assert len(parted) == 12
    assert sketches.groups(Compared.WHOLE, 0.8).rows.tolist() == before.rows.tolist()
    assert len(parted) == 12


def test_answers_are_compared_once(monkeypatch: pytest.MonkeyPatch) -> None:
    answers = (
        "It lies in Peru, on the coast.",
        "It lies in Peru, by the sea.",
        "Nobody knows that any more.",
    )
    facts = merge(
        [
            facts_of_batch(
                [chat_line(("user", "Where is Lima?"), ("assistant", each)) for each in answers], LintConfig()
            )
        ]
    )
    members = []
    for answer in (0.1, 0.9, 0.1):
        (one,) = check_dataset(facts, LintConfig(select=("D203",), options={"D203.answer": answer}))
        members.append(1 + len(one.related))
        monkeypatch.setattr(Sketches, "similarities", None)
    assert members == [2, 3, 2]


_LETTERS = st.text("ab,. ", min_size=1, max_size=40)


@given(_LETTERS, _LETTERS, st.lists(st.integers(60, 100), min_size=1, max_size=6))
def test_prompts_are_as_alike_as_at_a_first_look(one: str, other: str, percents: list[int]) -> None:
    texts = {1: one, 2: other}
    kept = PromptLikeness()
    for percent in percents:
        similar = percent / 100
        assert kept.is_like(texts, 1, 2, similar) == PromptLikeness().is_like(texts, 1, 2, similar)


def test_prompts_are_compared_letter_by_letter_once(monkeypatch: pytest.MonkeyPatch) -> None:
    texts = {
        1: "Answer in two short sentences, and be kind.",
        2: "Answer in two short words, and be so kind.",
    }
    kept = PromptLikeness()
    assert kept.is_like(texts, 1, 2, 0.8)
    monkeypatch.setattr(prompt_variants, "longest_in_common", None)
    assert not kept.is_like(texts, 1, 2, 0.95)
    assert kept.is_like(texts, 1, 2, 0.7)
