"""Text to token counts: gigatoken for nearly everything, tiktoken as the reference for the rest."""

import re
from collections.abc import Callable, Iterable
from functools import lru_cache
from pathlib import Path
from typing import Any, Protocol

from finetune_studio.tokens.exceptional import EXCEPTIONAL
from finetune_studio.tokens.vocabulary import prepare_vocabulary, vocabulary_of

_SURROGATE = re.compile("[\ud800-\udfff]")


class _FastBackend(Protocol):
    def encode(self, text: str) -> Any: ...


class _ReferenceBackend(Protocol):
    def encode_ordinary(self, text: str) -> list[int]: ...


class Tokenizer:
    """Token ids and counts of text in one encoding; text that spells a special token counts as plain text.

    Safe to use from several threads. Never raises for any string: lone surrogates count as U+FFFD,
    as tiktoken has it.
    """

    __slots__ = ("cache_dir", "encoding")

    def __init__(self, encoding: str, cache_dir: Path | None = None) -> None:
        self.encoding = vocabulary_of(encoding).encoding
        self.cache_dir = cache_dir

    def ids(self, text: str) -> list[int]:
        text = without_surrogates(text)
        if not text.isascii() and EXCEPTIONAL.search(text):
            ids = _reference_ids(self._reference(), text)
            if ids is not None:
                return ids
        found: list[int] = self._fast().encode(text).tolist()
        return found

    def count(self, text: str) -> int:
        return self.counting()(text)

    def count_many(self, texts: Iterable[str]) -> list[int]:
        """Counts of all texts, in order."""
        count = self.counting()
        return [count(text) for text in texts]

    def counting(self) -> Callable[[str], int]:
        """The function that counts one text, for loops over many: what it needs is loaded once, here."""
        encode = self._fast().encode
        is_exceptional = EXCEPTIONAL.search
        ids = self.ids

        def count(text: str) -> int:
            if text.isascii() or not is_exceptional(text):
                size: int = encode(text).size
                return size
            return len(ids(text))

        return count

    def _fast(self) -> _FastBackend:
        return _load_fast(self.encoding, self.cache_dir)

    def _reference(self) -> _ReferenceBackend:
        return _load_reference(self.encoding, self.cache_dir)


def without_surrogates(text: str) -> str:
    """`text` as it can be encoded: surrogate pairs joined, lone surrogates replaced by U+FFFD."""
    if text.isascii() or not _SURROGATE.search(text):
        return text
    return text.encode("utf-16-le", "surrogatepass").decode("utf-16-le", "replace")


def _reference_ids(backend: _ReferenceBackend, text: str) -> list[int] | None:
    """None where tiktoken gives up: it overflows its stack on white space of a megabyte, as a Rust panic."""
    try:
        return backend.encode_ordinary(text)
    except BaseException as error:
        if type(error).__name__ != "PanicException":
            raise
        return None


@lru_cache(maxsize=8)
def _load_fast(encoding: str, cache_dir: Path | None) -> _FastBackend:
    from gigatoken import Tokenizer as GigatokenTokenizer

    vocabulary = vocabulary_of(encoding)
    path = prepare_vocabulary(cache_dir, [encoding]) / vocabulary.cache_name
    backend: _FastBackend = GigatokenTokenizer.from_tiktoken(path, vocabulary.scheme, {}).backend
    return backend


@lru_cache(maxsize=8)
def _load_reference(encoding: str, cache_dir: Path | None) -> _ReferenceBackend:
    import tiktoken

    prepare_vocabulary(cache_dir, [encoding])
    return tiktoken.get_encoding(encoding)
