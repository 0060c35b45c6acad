"""64-bit hashes of text with white space normalised; stable across runs and machines."""

from collections.abc import Iterable
from hashlib import blake2b

import numpy as np

from finetune_studio.lint.facts import Array

_DOUBLED = "  "
_OTHER_SPACES = "\n\t\r\x0b\x0c\x1c\x1d\x1e\x1f"
"""What str.split takes for white space in ASCII besides the space."""


def normalised(text: str) -> str:
    """Runs of white space as one space. Text may hold the marks U+0001 to U+0003, which are kept."""
    if not text.isascii():
        return " ".join(text.split())
    for space in _OTHER_SPACES:
        if space in text:
            text = text.replace(space, " ")
    return " ".join(text.split()) if _DOUBLED in text else text.strip()


def digest(text: str) -> bytes:
    return blake2b(text.encode("utf-8", "surrogatepass"), digest_size=8).digest()


def hash64(text: str) -> int:
    return int.from_bytes(digest(text), "little")


def hashes(digests: Iterable[bytes]) -> Array:
    """Digests as a column; an empty digest gives 0."""
    return np.frombuffer(b"".join(d or bytes(8) for d in digests), dtype="<u8").astype(np.uint64)
