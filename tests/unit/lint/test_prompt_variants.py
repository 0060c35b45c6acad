"""Variants of frequent system prompts are found among many other prompts."""

import json

from hypothesis import given
from hypothesis import strategies as st

from finetune_studio.lint import LintConfig, check_dataset, facts_of_batch, merge
from finetune_studio.lint.prompt_variants import longest_in_common, prompts_to_keep, variants_of

CONFIG = LintConfig(select=("D204",))
LIBRARY = "You are the helpful voice of a small library. Answer in two sentences and never promise a book."
VARIANT = LIBRARY.replace("sentences", "sentence")
TRADES = [
    "bakery",
    "barber",
    "bank",
    "bookshop",
    "brewery",
    "butcher",
    "carpenter",
    "chemist",
    "clinic",
    "college",
    "dentist",
    "farm",
    "florist",
    "garage",
    "gym",
    "hotel",
    "jeweller",
    "laundry",
    "locksmith",
    "museum",
    "nursery",
    "optician",
    "painter",
    "plumber",
    "school",
    "tailor",
]


def line(prompt: str, number: int) -> bytes:
    messages = [("system", prompt), ("user", f"question {number}"), ("assistant", f"answer {number}")]
    return json.dumps({"messages": [{"role": role, "content": text} for role, text in messages]}).encode()


def found_in(prompts: list[str]) -> list[int | None]:
    lines = [line(prompt, number) for number, prompt in enumerate(prompts)]
    facts = merge([facts_of_batch(lines, CONFIG)])
    return [found.location.example for found in check_dataset(facts, CONFIG)]


def test_among_many_frequent_prompts() -> None:
    others = [f"Speak for the {trade}, as its {trade[::-1]} would; be kind." for trade in TRADES[:20]]
    prompts = [*others, LIBRARY] * 23
    prompts[300] = VARIANT
    assert found_in(prompts) == [300]


def test_among_prompts_that_are_all_different() -> None:
    profiles = [f"{n * 7919 % 997} years, {TRADES[n % 26]} in {TRADES[n % 23]}: {n**3}" for n in range(470)]
    prompts = [*profiles, *[LIBRARY] * 40, VARIANT]
    assert found_in(prompts) == [510]


def test_what_is_kept_is_bounded() -> None:
    template = [f"{LIBRARY} Today is day {n}." for n in range(400)]
    kept = prompts_to_keep([LIBRARY, LIBRARY, *template])
    assert kept[0] == LIBRARY
    assert 6 < len(kept) < 30
    distinct = [f"{n * 7919} {trade}" for n in range(40) for trade in TRADES]
    assert len(prompts_to_keep(distinct * 2)) < 50
    assert prompts_to_keep([]) == []
    assert prompts_to_keep(["a"]) == ["a"]


def test_more_prompts_than_are_compared_as_mains() -> None:
    texts = dict(enumerate([LIBRARY, *(f"{n * 7919} {TRADES[n % 26]} {n}" for n in range(700)), VARIANT]))
    counts = {value: 50 if value == 0 else 1 for value in texts}
    assert variants_of(texts, counts, 0.9)[701] == 0


def test_a_template_is_left_out_and_a_long_middle_is_compared() -> None:
    texts = dict(enumerate([LIBRARY, *(LIBRARY + "!" * n for n in range(1, 8))]))
    assert variants_of(texts, dict.fromkeys(texts, 1), 0.8) == {}
    changed = LIBRARY.replace("helpful", "friendly").replace("never", "do not")
    assert variants_of({1: LIBRARY, 2: changed}, {1: 9, 2: 1}, 0.8) == {2: 1}
    assert variants_of({1: LIBRARY, 2: changed}, {1: 9, 2: 1}, 0.97) == {}


@given(st.text("abé 𝒳", max_size=12), st.text("abé 𝒳", max_size=12))
def test_what_two_texts_have_in_common_in_order(one: str, other: str) -> None:
    table = [[0] * (len(other) + 1) for _ in range(len(one) + 1)]
    for row, a in enumerate(one, 1):
        for column, b in enumerate(other, 1):
            longest = max(table[row - 1][column], table[row][column - 1])
            table[row][column] = table[row - 1][column - 1] + 1 if a == b else longest
    assert longest_in_common(one, other) == longest_in_common(other, one) == table[-1][-1]
