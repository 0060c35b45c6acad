"""The words of a block of texts against what a regular expression finds in each."""

import re

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from finetune_studio.lint.text_block import block_of
from finetune_studio.lint.word_hashes import word_bytes_of

_UNSPACED = re.compile("[\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff\u3040-\u30ff\u3400-\u9fff\uf900-\ufaff]")
TEXTS = st.text(st.one_of(st.characters(), st.sampled_from("ab Z9_’—é\u00a0Д東京ก𝒳!\n\ud800")), max_size=30)


def words_of(texts: list[str]) -> list[list[int]]:
    words = word_bytes_of(block_of(texts)).words(0, len(texts))
    return [part.tolist() for part in np.split(words.hashes, np.cumsum(words.counts))[:-1]]


def found_in(text: str) -> list[str]:
    spaced = _UNSPACED.sub(lambda match: f" {match[0]} " if match[0].isalnum() else match[0], text)
    return re.findall(r"\w+", spaced)


@settings(deadline=None)
@given(st.lists(TEXTS, min_size=1, max_size=5))
def test_words_are_what_the_expression_finds(texts: list[str]) -> None:
    own = words_of(texts)
    assert [len(words) for words in own] == [len(found_in(text)) for text in texts]
    spelt: dict[int, str] = {}
    for text, hashes in zip(texts, own, strict=True):
        for word, value in zip(found_in(text), hashes, strict=True):
            assert spelt.setdefault(value, word).lower() == word.lower()


def test_case_makes_no_difference_and_pieces_none_either() -> None:
    texts = [
        "Über den Wolken",
        "ÜBER, DEN “WOLKEN”",
        "Москва",
        "МОСКВА",
        "x" * 90,
        "X" * 90,
        "x" * 91,
        "",
        "日本",
    ]
    own = words_of(texts)
    assert own[0] == own[1]
    assert own[2] == own[3]
    assert own[4] == own[5] != own[6]
    assert own[7] == []
    assert len(own[8]) == 2
    block = word_bytes_of(block_of(texts))
    assert block.words(2, 5).hashes.tolist() == [*own[2], *own[3], *own[4]]
    assert [len(block.words(n, n + 1).hashes) for n in range(9)] == [len(words) for words in own]


def test_a_number_begins_with_a_digit() -> None:
    words = word_bytes_of(block_of(["7 dwarfs, 3rd of 12", "x9"])).words(0, 2)
    assert words.has_digit.tolist() == [True, False, True, False, True, False]
