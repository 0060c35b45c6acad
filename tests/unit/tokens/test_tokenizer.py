"""The fast path is held equal to tiktoken, the reference."""

import json
import random
import threading
import unicodedata
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from finetune_studio.tokens import tokenizer as tokenizer_module
from finetune_studio.tokens.exceptional import EXCEPTIONAL
from finetune_studio.tokens.tokenizer import Tokenizer, without_surrogates
from finetune_studio.tokens.vocabulary import prepare_vocabulary
from tests.helpers.shared_data import shared_file, unpacked

ENCODINGS = ("o200k_base", "cl100k_base")
NEWER_LETTERS = "\u0c5c\u0cdc\u1c89\ua7cb\U00011380\U0001e5d0\U00031350\U0001e4d0"
PIECES = st.sampled_from(
    [
        "<|endoftext|>",
        "don't",
        "I'LL ",
        "1234567",
        "\r\n\r\n ",
        "  \t",
        "é",
        "e\u0301",
        "العربية",
        "中文",
        "🤷🏽‍♀️",
        "/*",
        "]]",
    ]
)
TEXTS = st.lists(st.text(max_size=12) | PIECES | st.sampled_from(list(NEWER_LETTERS)), max_size=12).map(
    "".join
)


@pytest.fixture(scope="session", params=ENCODINGS)
def tokenizer(request: pytest.FixtureRequest, cache_dir: Path) -> Tokenizer:
    return Tokenizer(request.param, cache_dir)


@pytest.fixture(scope="session")
def reference(tokenizer: Tokenizer, cache_dir: Path) -> Any:
    import tiktoken

    prepare_vocabulary(cache_dir, [tokenizer.encoding])
    return tiktoken.get_encoding(tokenizer.encoding)


@given(text=TEXTS)
def test_ids_and_counts_equal_tiktoken_on_random_unicode(
    tokenizer: Tokenizer, reference: Any, text: str
) -> None:
    expected = reference.encode_ordinary(text)
    assert tokenizer.ids(text) == expected
    assert tokenizer.count(text) == len(expected)
    assert tokenizer.count_many([text, "x", text]) == [len(expected), 1, len(expected)]


def test_newer_letters_are_exceptional() -> None:
    assert all(EXCEPTIONAL.search(letter) for letter in NEWER_LETTERS)
    assert not any(EXCEPTIONAL.search(text) for text in ("plain", "é中文العربية🤷🏽‍♀️", "\u200d\ufeff\x00"))


def test_a_sample_of_all_code_points_equals_tiktoken(tokenizer: Tokenizer, reference: Any) -> None:
    """Every 23rd code point in surroundings that show its class; the slow test takes all."""
    assert _differing(tokenizer, reference, range(0, 0x40000, 23)) == []


@pytest.mark.slow
def test_all_code_points_equal_tiktoken(tokenizer: Tokenizer, reference: Any) -> None:
    """Planes 4 to 13 are unassigned and the last two are private: their starts stand for them."""
    starts = (range(plane << 16, (plane << 16) + 0x1000) for plane in range(4, 17))
    for points in (range(0x40000), *starts):
        assert _differing(tokenizer, reference, points) == []


def _differing(tokenizer: Tokenizer, reference: Any, points: range) -> list[str]:
    found = []
    for point in points:
        letter = chr(point)
        if unicodedata.category(letter) == "Cs":
            continue
        for text in (
            f"The{letter}the 12{letter}34 {letter} don{letter}'s",
            f"{letter}s {letter}{letter}\n {letter}\n\n {letter}!A{letter}b a{letter}B!{letter}/ \t{letter}x",
        ):
            if tokenizer.ids(text) != reference.encode_ordinary(text):
                found.append(f"U+{point:04X}")
                break
    return found


HIGH, LOW = chr(0xD83D), chr(0xDE00)


@pytest.mark.parametrize(
    "text", [HIGH, f"a{LOW}b", HIGH + LOW, LOW + HIGH, f"{HIGH}{HIGH}{LOW} x", "\x00", ""]
)
def test_surrogates_count_as_tiktoken_has_them(tokenizer: Tokenizer, reference: Any, text: str) -> None:
    assert tokenizer.ids(text) == reference.encode_ordinary(text)
    assert tokenizer.count(text) == len(tokenizer.ids(text))


def test_surrogate_pairs_are_joined_and_lone_ones_replaced() -> None:
    assert without_surrogates("\ud83d\ude00 \ud800") == "😀 \ufffd"


@pytest.mark.parametrize(
    "text", [" " * 400_000, "a" * 200_000, "^" * 200_000, "\n" * 200_000, " \n" * 100_000]
)
def test_long_runs_neither_crash_nor_stall(tokenizer: Tokenizer, text: str) -> None:
    assert 0 < tokenizer.count(text) < len(text)


def test_a_run_that_overflows_the_reference_still_counts(tokenizer: Tokenizer) -> None:
    class Overflowing:
        def encode_ordinary(self, text: str) -> list[int]:
            raise PanicException("stack overflow")

    class PanicException(BaseException):
        pass

    class Careful(Tokenizer):
        def _reference(self) -> Any:
            return Overflowing()

    careful = Careful(tokenizer.encoding, tokenizer.cache_dir)
    assert careful.count(" " * 100 + "\u1c89") > 0


def test_threads_count_alike(tokenizer: Tokenizer) -> None:
    texts = [f"The {number} quick wörlds \u1c89" for number in range(300)]
    expected = tokenizer.count_many(texts)
    results: list[list[int]] = []
    threads = [threading.Thread(target=lambda: results.append(tokenizer.count_many(texts))) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert results == [expected] * 4


def test_a_thread_waits_while_another_one_counts(cache_dir: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The fast tokenizer takes one thread at a time and refuses the others."""
    counter = Tokenizer(ENCODINGS[0], cache_dir)
    texts = [f"Text number {number}" for number in range(100)]
    expected = counter.count_many(texts)
    backend = tokenizer_module._load_fast(counter.encoding, cache_dir)
    refusals = iter(["Already borrowed"] * 5)

    class Busy:
        def encode(self, text: str) -> Any:
            problem = next(refusals, None)
            if problem is not None:
                raise RuntimeError(problem)
            return backend.encode(text)

    monkeypatch.setattr(tokenizer_module, "_load_fast", lambda *_: Busy())
    assert [counter.count(text) for text in texts[:10]] == expected[:10]
    refusals = iter(["Already borrowed"] * 5)
    assert counter.count_many(texts) == expected
    refusals = iter(["Out of order"] * 2)
    with pytest.raises(RuntimeError, match="Out of order"):
        counter.count(texts[0])


def _conversation_texts() -> Iterator[str]:
    for line in unpacked("conversations_20k.jsonl.xz").splitlines():
        for message in json.loads(line)["messages"]:
            yield message["content"]


def _naughty_texts() -> list[str]:
    return [text for text in json.loads(shared_file("blns.json").read_text("utf-8")) if isinstance(text, str)]


def test_naughty_strings_equal_tiktoken(tokenizer: Tokenizer, reference: Any) -> None:
    for text in _naughty_texts():
        assert tokenizer.ids(text) == reference.encode_ordinary(text)


def test_a_sample_of_real_conversations_equals_tiktoken(tokenizer: Tokenizer, reference: Any) -> None:
    texts = list(_conversation_texts())[::50]
    assert tokenizer.count_many(texts) == [len(reference.encode_ordinary(text)) for text in texts]


@pytest.mark.slow
def test_all_real_conversations_equal_tiktoken(tokenizer: Tokenizer, reference: Any) -> None:
    texts = list(_conversation_texts())
    assert tokenizer.count_many(texts) == [len(reference.encode_ordinary(text)) for text in texts]


def test_ten_thousand_random_texts_at_once_equal_tiktoken(tokenizer: Tokenizer, reference: Any) -> None:
    chance = random.Random(20261129)
    common = " \n\t'.,0123456789abcdeABCDEséÜ中🤷\u0301\x00\x1f\x02|" + NEWER_LETTERS
    texts = [
        "".join(
            chr(chance.choice((chance.randrange(0xD800), chance.randrange(0xE000, 0x110000))))
            if chance.random() < 0.3
            else chance.choice(common)
            for _ in range(chance.randrange(16))
        )
        for _ in range(10_000)
    ]
    assert tokenizer.count_many(texts) == [len(reference.encode_ordinary(text)) for text in texts]


def test_the_separator_in_a_text_is_text(tokenizer: Tokenizer, reference: Any) -> None:
    odd = "a\x1f\x02|\x02\x1fb"
    for texts in ([odd], [odd, "c"] * 50):
        assert tokenizer.count_many(texts) == [len(reference.encode_ordinary(text)) for text in texts]
