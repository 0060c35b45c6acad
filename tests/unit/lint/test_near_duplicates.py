"""Near-duplicates against brute force: on shared data, on random texts, after edits."""

import csv
import io
import itertools
import json
import random
import re
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from finetune_studio.lint import DatasetFacts, LintConfig, check_dataset, facts_of_batch, merge
from finetune_studio.lint.near_duplicates import Compared, Sketches
from finetune_studio.lint.near_groups import near_examples
from finetune_studio.lint.near_pairs import components
from tests.helpers.builders import chat_line
from tests.helpers.shared_data import unpacked

CONFIG = LintConfig(select=("D202",))
WORDS = [*"abcdefghij", "Ünder", "12", "3rd", "straße"]


def sketches_of(lines: list[bytes], piece: int = 1_000) -> Sketches:
    starts = range(0, len(lines), piece)
    facts = merge([facts_of_batch(lines[a : a + piece], CONFIG, first_index=a) for a in starts])
    assert facts.sketches is not None
    return facts.sketches


def found(sketches: Sketches, threshold: float, compared: Compared = Compared.WHOLE) -> set[tuple[int, int]]:
    pairs = sketches.pairs(compared)
    return {
        (a, b)
        for (a, b), s in zip(pairs.rows.tolist(), pairs.similarity.tolist(), strict=True)
        if s >= threshold
    }


def shingles(text: str) -> set[tuple[str, ...]]:
    words = re.findall(r"\w+", text.lower())
    return {tuple(words[i : i + 3]) for i in range(len(words) - 2)}


def a_text(chance: random.Random, length: int) -> str:
    return " ".join(f"{chance.choice(WORDS)}{chance.randrange(40)}" for _ in range(length))


def changed(chance: random.Random, text: str, words: int) -> str:
    parts = text.split(" ")
    for _ in range(words):
        parts[chance.randrange(len(parts))] = f"new{chance.randrange(1000)}"
    return " ".join(parts)


def planted(count: int, seed: int = 1) -> list[bytes]:
    """Conversations of which every third has a near copy further on."""
    chance = random.Random(seed)
    texts = [
        (a_text(chance, chance.randint(5, 90)), a_text(chance, chance.randint(1, 90))) for _ in range(count)
    ]
    texts += [(changed(chance, q, 1), a) for q, a in texts[::3]]
    texts += [(q.upper() + "!", a) for q, a in texts[::7]]
    return [chat_line(("user", q), ("assistant", a)) for q, a in texts]


@pytest.mark.parametrize("threshold", [0.8, 0.82])
def test_recall_and_precision_on_real_conversations(threshold: float) -> None:
    truth = csv.reader(io.StringIO(unpacked("near_duplicates_5k_truth.csv.xz").decode()))
    next(truth)
    wanted = {(int(a) - 1, int(b) - 1) for a, b, similarity in truth if float(similarity) >= threshold}
    sketches = sketches_of(unpacked("near_duplicates_5k.jsonl.xz").splitlines())
    groups = sketches.groups(Compared.WHOLE, threshold)
    got = {pair for group in groups for pair in itertools.combinations(group.rows.tolist(), 2)}
    assert len(wanted & got) / len(wanted) >= 0.95
    assert len(wanted & got) / len(got) >= 0.95
    direct = found(sketches, threshold)
    assert len(wanted & direct) / len(direct) >= 0.99


def test_what_planted_copies_score() -> None:
    lines = planted(300)
    texts = [" ".join(m["content"] for m in json.loads(line)["messages"]) for line in lines]
    sets = [shingles(text) for text in texts]
    pairs = sketches_of(lines, piece=70).pairs()
    for (a, b), similarity in zip(pairs.rows.tolist(), pairs.similarity.tolist(), strict=True):
        assert similarity == pytest.approx(len(sets[a] & sets[b]) / len(sets[a] | sets[b]), abs=0.02)
    exact = {
        (a, b)
        for b in range(len(sets))
        for a in range(b)
        if len(sets[a] & sets[b]) >= 0.8 * len(sets[a] | sets[b]) > 0
    }
    got = {
        (a, b) for (a, b), s in zip(pairs.rows.tolist(), pairs.similarity.tolist(), strict=True) if s >= 0.8
    }
    groups = components(len(lines), np.array(sorted(got)))
    assert sum(groups[a] == groups[b] for a, b in exact) >= 0.97 * len(exact)


@pytest.mark.parametrize("compared", list(Compared))
def test_small_batches_give_what_one_gives(compared: Compared) -> None:
    lines = planted(60)
    assert found(sketches_of(lines, 7), 0.5, compared) == found(sketches_of(lines), 0.5, compared)


def facts_of(lines: list[bytes], first: int = 0) -> DatasetFacts:
    return merge([facts_of_batch(lines, CONFIG, first_index=first)])


def as_groups(facts: DatasetFacts, compared: Compared) -> list[list[int]]:
    assert facts.sketches is not None
    groups = facts.sketches.groups(compared, 0.8)
    return sorted(sorted(facts.columns.key[group.rows].tolist()) for group in groups)


@settings(deadline=None, max_examples=25)
@given(st.data())
def test_edits_give_what_a_new_search_gives(data: st.DataObject) -> None:
    lines = dict(enumerate(planted(12) + planted(4)))
    facts = facts_of(list(lines.values()))
    spare = planted(20, seed=2) + list(lines.values())
    for _ in range(data.draw(st.integers(1, 5))):
        for compared in data.draw(st.lists(st.sampled_from(list(Compared)), unique=True)):
            as_groups(facts, compared)
        if data.draw(st.booleans()):
            gone = data.draw(st.sets(st.sampled_from(sorted(lines)), max_size=3)) if lines else set()
            facts = facts.without(gone)
            lines = {key: line for key, line in lines.items() if key not in gone}
        else:
            edits = data.draw(
                st.dictionaries(st.integers(0, 30), st.sampled_from(spare), min_size=1, max_size=3)
            )
            facts = facts.updated(facts_of_batch(list(edits.values()), CONFIG, keys=list(edits)))
            lines.update(edits)
    again = merge([facts_of_batch([lines[k] for k in sorted(lines)], CONFIG, keys=sorted(lines))])
    for compared in Compared:
        assert as_groups(facts, compared) == as_groups(again, compared)


def test_two_edits_at_once_join_a_third() -> None:
    lines = [chat_line(("user", f"words of number {n} alone"), ("assistant", "ok")) for n in range(5)]
    facts = facts_of(lines)
    assert as_groups(facts, Compared.WHOLE) == []
    edits = facts_of_batch([lines[4], lines[4]], CONFIG, keys=[0, 1])
    assert as_groups(facts.updated(edits), Compared.WHOLE) == [[0, 1, 4]]


def test_the_near_copies_of_an_edited_example() -> None:
    chance = random.Random(8)
    text = a_text(chance, 60)
    copies = [chat_line(("user", f"{text} {n}"), ("assistant", "ok")) for n in range(3)]
    facts = facts_of(copies + planted(30))
    assert [other.example for other in near_examples(facts, 1)] == [0, 2]
    edited = chat_line(("user", f"{text} 0"), ("assistant", "OK!"))
    facts = facts.updated(facts_of_batch([edited], CONFIG, keys=[20]))
    found = near_examples(facts, 20)
    assert (found[0].example, found[0].similarity) == (0, 1.0)
    assert {other.example for other in found[1:]} == {1, 2}
    assert near_examples(facts, 12_345) == []


def test_many_edits_leave_few_batches() -> None:
    facts = facts_of(planted(200))
    for number in range(100):
        facts = facts.updated(facts_of_batch(planted(1, seed=number)[:1], CONFIG, keys=[number]))
    assert facts.sketches is not None
    assert len(facts.sketches.batches) < 40
    assert len(facts.sketches) == len(facts)


def test_a_higher_threshold_parts_groups_without_a_new_search(monkeypatch: pytest.MonkeyPatch) -> None:
    sketches = sketches_of(planted(90))
    loose = sketches.groups(Compared.WHOLE, 0.6)
    monkeypatch.setattr(Sketches, "_search", None)
    tight = sketches.groups(Compared.WHOLE, 0.97)
    assert 0 < sum(len(g.rows) for g in tight) < sum(len(g.rows) for g in loose)


def test_long_conversations_are_estimated() -> None:
    chance = random.Random(5)
    text = a_text(chance, 6_000)
    lines = [chat_line(("user", t), ("assistant", "ok")) for t in (text, changed(chance, text, 150))]
    sets = [shingles(json.loads(line)["messages"][0]["content"]) for line in lines]
    exact = len(sets[0] & sets[1]) / len(sets[0] | sets[1])
    pairs = sketches_of(lines).pairs()
    assert pairs.rows.tolist() == [[0, 1]]
    assert pairs.similarity[0] == pytest.approx(exact, abs=0.06)


@pytest.mark.parametrize("compared", list(Compared))
def test_pairs_that_were_asked_for_singly_are_what_they_are_together(compared: Compared) -> None:
    lines = planted(120)
    wanted = sketches_of(lines).pairs(compared)
    sketches = sketches_of(lines)
    likely = sketches.likely_pairs(compared)
    some = np.arange(0, len(likely.rows), 3)
    values = dict(zip(map(tuple, wanted.rows.tolist()), wanted.similarity.tolist(), strict=True))
    for pair, similarity in zip(
        likely.rows[some].tolist(), sketches.similarities_at(likely, some, compared).tolist(), strict=True
    ):
        assert values.get(tuple(pair), 0.0) == (similarity if similarity >= 0.5 else 0.0)
    again = sketches.pairs(compared)
    assert again.rows.tolist() == wanted.rows.tolist()
    assert again.similarity.tolist() == wanted.similarity.tolist()
    assert not np.isnan(again.similarity).any()


def test_only_questions_that_can_contradict_are_compared(monkeypatch: pytest.MonkeyPatch) -> None:
    chance = random.Random(11)
    config = LintConfig(select=("D203",))
    questions = [a_text(chance, 60) for _ in range(20)]
    lines = [
        chat_line(("user", f"{q} {word}"), ("assistant", word)) for q in questions for word in ("yes", "no")
    ]
    lines += [
        chat_line(*(("user", q), ("assistant", "Go on.")) * turns) for q in questions for turns in (2, 3)
    ]
    facts = merge([facts_of_batch(lines, config)])
    assert facts.sketches is not None
    seen: list[int] = []
    similarities = Sketches.similarities

    def counted(self: Sketches, rows: Any, compared: Any, least: float = 0.0) -> Any:
        if compared is Compared.QUESTIONS:
            seen.extend(rows.max(axis=1).tolist())
        return similarities(self, rows, compared, least)

    monkeypatch.setattr(Sketches, "similarities", counted)
    assert [d.code for d in check_dataset(facts, config)] == ["D203"] * 20
    assert max(seen) < 40
    assert len(facts.sketches.pairs(Compared.QUESTIONS).rows) > 40


def test_a_thousand_near_copies_are_one_group() -> None:
    chance = random.Random(6)
    text = a_text(chance, 200)
    lines = [chat_line(("user", f"{text} number{n}"), ("assistant", "ok")) for n in range(1_000)]
    groups = sketches_of(lines).groups(Compared.WHOLE, 0.8)
    assert [len(group.rows) for group in groups] == [1_000]
    assert groups[0].similarity.min() > 0.9


def test_without_a_rule_that_compares_nothing_is_sketched() -> None:
    facts = facts_of_batch(planted(3), LintConfig(select=("D201",)))
    assert facts.sketches is None
    assert merge([facts]).sketches is None


def test_groups_without_any_exact_copy() -> None:
    chance = random.Random(9)
    texts = [a_text(chance, 60) for _ in range(40)]
    lines = [chat_line(("user", t), ("assistant", "ok")) for one in texts for t in (one, f"{one} more")]
    groups = sketches_of(lines).groups(Compared.WHOLE, 0.8)
    assert [group.rows.tolist() for group in groups] == [[at, at + 1] for at in range(0, 80, 2)]


def test_a_copy_stands_for_the_first_one_that_does_not_count() -> None:
    chance = random.Random(5)
    text = a_text(chance, 60)
    near = changed(chance, text, 2)
    lines = [chat_line(("user", one), ("assistant", "yes")) for one in (text, text, text, near)]
    sketches = sketches_of(lines)
    groups = sketches.groups(Compared.WHOLE, 0.6, np.array([False, True, True, True]))
    assert [sorted(group.rows.tolist()) for group in groups] == [[1, 2, 3]]
    groups = sketches.groups(Compared.WHOLE, 0.6, np.array([False, False, True, True]))
    assert [sorted(group.rows.tolist()) for group in groups] == [[2, 3]]
    groups = sketches.groups(Compared.WHOLE, 0.6, np.array([False, False, False, True]))
    assert len(groups) == 0
