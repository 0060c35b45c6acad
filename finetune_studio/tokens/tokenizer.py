"""Text to token counts: gigatoken for nearly everything, tiktoken as the reference for the rest."""

import re
import time
from collections.abc import Callable, Iterable
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING, Any, Protocol

from finetune_studio.tokens.exceptional import EXCEPTIONAL, are_exceptional, exceptional_texts
from finetune_studio.tokens.vocabulary import prepare_vocabulary, vocabulary_of

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

_SURROGATE = re.compile("[\ud800-\udfff]")
_SEPARATOR = "\x1f\x02|\x02\x1f"
"""A special token of our own: many texts joined by it are encoded at once, each as if it stood alone."""
_SEPARATOR_ID = 1_000_000
_BUSY = "borrowed"
"""What gigatoken says when another thread is inside: it takes one at a time, and does not wait."""
_WAIT = 0.0005
_MANY = 64
"""Texts from which joining them pays."""


class _FastBackend(Protocol):
    def encode(self, text: str | bytes) -> Any: ...


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
        if _SEPARATOR in text or (not text.isascii() and EXCEPTIONAL.search(text)):
            ids = _reference_ids(self._reference(), text)
            if ids is not None:
                return ids
        found: list[int] = self._encode(text).tolist()
        return found

    def _encode(self, text: str | bytes) -> Any:
        """Ids by the fast way, after what another thread is encoding just now."""
        encode = self._fast().encode
        while True:
            try:
                return encode(text)
            except RuntimeError as error:
                if _BUSY not in str(error):
                    raise
            time.sleep(_WAIT)

    def count(self, text: str) -> int:
        return self.counting()(text)

    def count_many(self, texts: Iterable[str]) -> list[int]:
        """Counts of all texts, in order."""
        texts = list(texts)
        if len(texts) < _MANY:
            count = self.counting()
            return [count(text) for text in texts]
        odd = exceptional_texts(texts)
        if odd:
            rest = texts.copy()
            for index in odd:
                rest[index] = ""
            found = self._count_joined(rest)
            for index in odd:
                found[index] = len(self.ids(texts[index]))
            return found
        return self._count_joined(texts)

    def _count_joined(self, texts: list[str]) -> list[int]:
        """Counts of texts that hold no exceptional character."""
        joined = _SEPARATOR.join(texts)
        if joined.count(_SEPARATOR) != len(texts) - 1:
            return [len(self.ids(text)) for text in texts]
        found: list[int] = self._counts_between(joined).tolist()
        return found

    def count_block(self, joined: bytes, mark: bytes, points: "NDArray[Any]") -> "NDArray[np.int64] | None":
        """Counts of texts in UTF-8 that stand in `joined` with a mark after each, a byte that UTF-8 has not.

        `points` are their code points beyond ASCII. None where they are not fit to be counted at once.
        """
        if are_exceptional(points) or _SEPARATOR[0].encode() in joined:
            return None
        return self._counts_between(joined.removesuffix(mark).replace(mark, _SEPARATOR.encode()))

    def _counts_between(self, joined: str | bytes) -> "NDArray[np.int64]":
        """Numbers of tokens before, between and after the separators."""
        import numpy as np

        ids = self._encode(joined)
        ends = np.append(np.flatnonzero(ids == _SEPARATOR_ID), len(ids))
        return np.diff(ends, prepend=-1) - 1

    def counting(self) -> Callable[[str], int]:
        """The function that counts one text, for loops over many: what it needs is loaded once, here."""
        encode = self._fast().encode
        is_exceptional = EXCEPTIONAL.search
        ids = self.ids

        def count(text: str) -> int:
            if _SEPARATOR not in text and (text.isascii() or not is_exceptional(text)):
                try:
                    size: int = encode(text).size
                except RuntimeError:
                    return len(ids(text))
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
    backend: _FastBackend = GigatokenTokenizer.from_tiktoken(
        path, vocabulary.scheme, {_SEPARATOR: _SEPARATOR_ID}
    ).backend
    return backend


@lru_cache(maxsize=8)
def _load_reference(encoding: str, cache_dir: Path | None) -> _ReferenceBackend:
    import tiktoken

    prepare_vocabulary(cache_dir, [encoding])
    return tiktoken.get_encoding(encoding)
