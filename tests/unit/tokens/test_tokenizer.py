"""The fast path is held equal to tiktoken, the reference."""

import json
import random
import threading
import unicodedata
from collections.abc import Iterator
from ctypes import CDLL
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from finetune_studio.kernels import library
from finetune_studio.tokens import tokenizer as tokenizer_module
from finetune_studio.tokens.compiled import MARK, UNSURE, CompiledEncoding
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


def test_newer_letters_are_left_to_tiktoken(cache_dir: Path) -> None:
    compiled = _compiled(cache_dir)
    assert {compiled.count(letter.encode()) for letter in NEWER_LETTERS} == {UNSURE}
    for text in ("plain", "é中文العربية🤷🏽‍♀️", "\u200d\ufeff\x00"):
        assert compiled.count(text.encode()) > 0


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
    class PanicException(BaseException):
        pass

    class Overflowing:
        def encode_ordinary(self, text: str) -> list[int]:
            if len(text) > 200_000:
                raise PanicException("stack overflow")
            return [0] * (len(text) // 100)

    class Careful(Tokenizer):
        def _reference(self) -> Any:
            return Overflowing()

    careful = Careful(tokenizer.encoding, tokenizer.cache_dir)
    assert careful.count(" " * 249_999 + "\u1c89") == 2_500


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


@given(
    text=st.text(alphabet=st.sampled_from("aAéÉ中ªʰ\u0301ǅ1٣ \t\u3000\r\n'/!ſsSlLrReEdD\u1c89"), max_size=40),
    long=st.text(alphabet="abAB", min_size=100, max_size=400),
)
def test_the_parts_of_a_text_are_those_of_tiktoken(
    tokenizer: Tokenizer, reference: Any, text: str, long: str
) -> None:
    for each in (text, text + long + text):
        assert tokenizer.ids(each) == reference.encode_ordinary(each)


def test_without_compiled_functions_tiktoken_counts(
    cache_dir: Path, monkeypatch: pytest.MonkeyPatch, reference: Any, tokenizer: Tokenizer
) -> None:
    texts = ["a b", "", "\ud800 c", "1234567 é", "<|endoftext|>"]
    expected = tokenizer.count_many(texts)
    monkeypatch.setattr(tokenizer_module, "_load_compiled", lambda *_: None)
    plain = Tokenizer(tokenizer.encoding, cache_dir)
    assert plain.count_many(texts) == [plain.count(text) for text in texts] == expected
    assert plain.ids(texts[3]) == reference.encode_ordinary(texts[3])


@given(text=st.binary(max_size=200))
def test_bytes_that_are_no_utf_8_do_no_harm(cache_dir: Path, text: bytes) -> None:
    compiled = _compiled(cache_dir)
    text = text.replace(MARK, b"")
    assert UNSURE <= compiled.count(text) <= len(text)
    assert compiled.ids(text) is None or len(compiled.ids(text) or ()) == compiled.count(text)


def test_a_damaged_vocabulary_is_refused(tmp_path: Path) -> None:
    for lines in (b"", b"IQ== 0\nIg== 2\n", b"IQ==\n", b"!! 0\n", b"IQ== 0 x\n"):
        (tmp_path / "file").write_bytes(lines)
        with pytest.raises(MemoryError):
            CompiledEncoding(_kernels(), tmp_path / "file", is_cased=True)


def _compiled(cache_dir: Path) -> CompiledEncoding:
    _kernels()
    compiled = Tokenizer(ENCODINGS[0], cache_dir)._compiled()
    assert compiled is not None
    return compiled


def _kernels() -> CDLL:
    kernels = library()
    if kernels is None:
        pytest.skip("nothing was compiled")
    return kernels
