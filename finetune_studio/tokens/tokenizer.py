"""Text to token counts: compiled functions for nearly everything, tiktoken as the reference for the rest."""

import re
from array import array
from collections.abc import Callable, Iterable
from functools import lru_cache
from pathlib import Path
from typing import Protocol

from finetune_studio.kernels import library
from finetune_studio.tokens.compiled import MARK, UNSURE, CompiledEncoding
from finetune_studio.tokens.vocabulary import prepare_vocabulary, vocabulary_of

_UTF8 = ("utf-8", "surrogatepass")
_AT_ONCE = 100_000
"""Characters that the reference takes in any case."""
_SURROGATE = re.compile("[\ud800-\udfff]")


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
        compiled = self._compiled()
        found = None if compiled is None else compiled.ids(text.encode(*_UTF8))
        return _reference_ids(self._reference(), text) if found is None else list(found)

    def count(self, text: str) -> int:
        return self.counting()(text)

    def count_many(self, texts: Iterable[str]) -> list[int]:
        """Counts of all texts, in order."""
        pieces = [text.encode(*_UTF8) for text in texts]
        found: list[int] = self.count_block(b"".join(piece + MARK for piece in pieces), len(pieces)).tolist()
        return found

    def count_block(self, joined: bytes, number: int) -> "array[int]":
        """Counts of so many texts in UTF-8 that stand in `joined` with compiled.MARK after each.

        Lone surrogates are encoded as if they were characters.
        """
        compiled = self._compiled()
        found = array("q", [UNSURE]) * number if compiled is None else compiled.counts(joined, number)
        if UNSURE in found:
            for row, text in enumerate(joined.split(MARK)[:number]):
                if found[row] == UNSURE:
                    found[row] = len(self.ids(text.decode(*_UTF8)))
        return found

    def counting(self) -> Callable[[str], int]:
        """The function that counts one text, for loops over many: what it needs is loaded once, here."""
        compiled = self._compiled()
        ids = self.ids
        if compiled is None:
            return lambda text: len(ids(text))
        count_bytes = compiled.count

        def count(text: str) -> int:
            found = count_bytes(text.encode(*_UTF8))
            return len(ids(text)) if found == UNSURE else found

        return count

    def _compiled(self) -> CompiledEncoding | None:
        return _load_compiled(self.encoding, self.cache_dir)

    def _reference(self) -> _ReferenceBackend:
        return _load_reference(self.encoding, self.cache_dir)


def without_surrogates(text: str) -> str:
    """`text` as it can be encoded: surrogate pairs joined, lone surrogates replaced by U+FFFD."""
    if text.isascii() or not _SURROGATE.search(text):
        return text
    return text.encode("utf-16-le", "surrogatepass").decode("utf-16-le", "replace")


def _reference_ids(backend: _ReferenceBackend, text: str) -> list[int]:
    """In pieces where tiktoken gives up: white space of a megabyte overflows its stack, as a Rust panic."""
    text = without_surrogates(text)
    try:
        return backend.encode_ordinary(text)
    except BaseException as error:
        if type(error).__name__ != "PanicException" or len(text) <= _AT_ONCE:
            raise
    pieces = (text[at : at + _AT_ONCE] for at in range(0, len(text), _AT_ONCE))
    return [number for piece in pieces for number in backend.encode_ordinary(piece)]


@lru_cache(maxsize=8)
def _load_compiled(encoding: str, cache_dir: Path | None) -> CompiledEncoding | None:
    """None where nothing was compiled."""
    kernels = library()
    if kernels is None:
        return None
    vocabulary = vocabulary_of(encoding)
    file = prepare_vocabulary(cache_dir, [encoding]) / vocabulary.cache_name
    return CompiledEncoding(kernels, file, is_cased=vocabulary.is_cased)


@lru_cache(maxsize=8)
def _load_reference(encoding: str, cache_dir: Path | None) -> _ReferenceBackend:
    import tiktoken

    prepare_vocabulary(cache_dir, [encoding])
    return tiktoken.get_encoding(encoding)
