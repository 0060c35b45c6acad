"""Texts normalised and hashed at once, against each alone."""

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from finetune_studio.lint.answer_facts import Snippets, first_words, last_words, openings, which_decline
from finetune_studio.lint.facts import Array
from finetune_studio.lint.hashing import hash64, hash_texts, normalised
from finetune_studio.lint.normal_block import NormalBlock, normal_block_of
from finetune_studio.lint.text_block import block_of

TEXTS = st.lists(
    st.text(
        st.one_of(st.characters(), st.sampled_from(" \n\t\x1c\u0085\u00a0\u2003\u3000abÉ\x01\ud800")),
        max_size=14,
    ),
    max_size=7,
)


def normal(*texts: str) -> NormalBlock:
    return normal_block_of(block_of(texts))


@settings(deadline=None)
@given(TEXTS)
def test_many_texts_are_normalised_as_each_alone(texts: list[str]) -> None:
    block = normal(*texts)
    places = zip(block.starts.tolist(), block.ends.tolist(), strict=True)
    pieces = [block.joined[start:end] for start, end in places]
    assert pieces == [normalised(text).encode("utf-8", "surrogatepass") for text in texts]
    assert [block.text(n) for n in range(len(texts))] == [normalised(text) for text in texts]


@settings(deadline=None)
@given(TEXTS)
def test_hashes_are_those_of_each_alone_and_differ_as_the_texts_do(texts: list[str]) -> None:
    block = normal(*texts)
    plain = [normalised(text) for text in texts]
    assert block.hashes.tolist() == [hash64(text) if text else 0 for text in plain]
    for one, first in zip(plain, block.hashes.tolist(), strict=True):
        for other, second in zip(plain, block.hashes.tolist(), strict=True):
            assert (one == other) == (first == second)


def test_no_two_of_many_similar_texts_have_a_hash() -> None:
    texts = [f"{'x' * length}{end}" for length in range(200) for end in ("", "\0", "a", "b", "aa", " a")]
    texts += [f"row {n} of {n % 7}" for n in range(30_000)] + ["12345678" * n + "8" for n in range(1, 99)]
    assert len(set(hash_texts(texts).tolist())) == len(set(texts))


def words_of(*texts: str) -> tuple[list[str], list[str], list[str]]:
    block = normal(*texts)
    found, first_ends, last_starts = openings(block, block.starts, block.ends)
    ends: Array = np.where(last_starts > block.starts, block.ends, last_starts)
    snippets = found, first_words(block, block.starts, first_ends), last_words(block, last_starts, ends)
    return tuple([own.text(row) for row in range(len(texts))] for own in snippets)  # type: ignore[return-value]


def test_an_opening_is_of_a_sentence_not_of_a_label() -> None:
    texts = [
        "Sure, I can help you",
        "not spam",
        "",
        "É ÉÉ\n\né É ü",
        f"{'Long' * 20} a b c {'y' * 39}é{'z' * 9}",
    ]
    opened, firsts, lasts = words_of(*texts)
    assert opened == ["sure, i can", "", "", "é éé é", f"{'long' * 20} a b"]
    assert firsts == ["Sure,", "", "", "É", "Long" * 10]
    assert lasts == ["you", "", "", "ü", f"{'y' * 30}é{'z' * 9}"]


@settings(deadline=None)
@given(TEXTS)
def test_hashes_of_words_are_those_of_their_texts(texts: list[str]) -> None:
    block = normal(*(f"{text} a {text} b {text} É" for text in texts))
    found, first_ends, last_starts = openings(block, block.starts, block.ends)
    for own in (
        found,
        first_words(block, block.starts, first_ends),
        last_words(block, last_starts, np.maximum(block.ends, last_starts)),
    ):
        named = [own.text(row) for row in range(len(texts))]
        assert own.hashes.tolist() == [hash64(text) if text else 0 for text in named]


def test_labels_are_short_and_the_most_common_come_first() -> None:
    block = normal("b", "a", "a", "", "é" * 60, "é" * 61, "x" * 61)
    own = Snippets(block, block.starts, block.ends, block.hashes)
    assert list(own.labels().values()) == ["a", "b", "é" * 60]


def test_who_declines_is_told_from_the_first_words() -> None:
    texts = [
        "I’m sorry, but I can't help with that.",
        "Sorry, I cannot answer",
        "",
        "i won't do that",
        "I like it",
        "b",
    ]
    block = normal(*texts)
    assert which_decline(block, block.starts, block.ends).tolist() == [True, True, False, True, False, False]
