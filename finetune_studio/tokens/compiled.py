"""Counts of tokens by compiled functions, which are held equal to tiktoken's."""

from array import array
from collections.abc import Sequence
from ctypes import CDLL
from pathlib import Path
from threading import Lock

MARK = b"\xff"
"""Stands after each of many texts: a byte that UTF-8 does not have."""
UNSURE = -1
"""The count of a text with characters that are newer than the compiled tables, or with surrogates."""
_NO_MEMORY = -2


class CompiledEncoding:
    """One vocabulary, loaded in some 0.03 s without the interpreter's lock. Threads that count take turns."""

    __slots__ = ("_count", "_kernels", "_lock", "_vocabulary")

    def __init__(self, kernels: CDLL, file: Path, *, is_cased: bool) -> None:
        """`file` is tiktoken's; `is_cased`: texts are parted as o200k_base has it, else as cl100k_base."""
        data = file.read_bytes()
        self._kernels = kernels
        self._count = kernels.count_tokens
        self._lock = Lock()
        self._vocabulary = kernels.read_vocabulary(data, len(data), is_cased)
        if not self._vocabulary:
            raise MemoryError(f"{file.name} cannot be loaded")

    def count(self, text: bytes) -> int:
        """Tokens of a text in UTF-8, or UNSURE."""
        with self._lock:
            found: int = self._count(self._vocabulary, text, len(text))
        if found < UNSURE:
            raise MemoryError
        return found

    def counts(self, joined: bytes, number: int) -> "array[int]":
        """Of so many texts, each with MARK after it."""
        found = array("q", bytes(8 * number))
        with self._lock:
            done = self._kernels.count_texts(
                self._vocabulary, joined, len(joined), MARK[0], found.buffer_info()[0]
            )
        if done < 0:
            raise MemoryError
        return found

    def ids(self, text: bytes) -> Sequence[int] | None:
        """Ranks of a text's tokens; None where it is unsure."""
        found = array("i", bytes(4 * len(text)))
        number = self._kernels.encode_text(self._vocabulary, text, len(text), found.buffer_info()[0])
        if number == _NO_MEMORY:
            raise MemoryError
        return None if number == UNSURE else found[:number]
