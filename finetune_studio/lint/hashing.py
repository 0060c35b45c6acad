"""64-bit hashes of text with white space normalised; stable across runs and machines."""

from collections.abc import Iterable, Sequence
from hashlib import blake2b

import numpy as np

from finetune_studio.lint.facts import Array

_DOUBLED = "  "
_OTHER_SPACES = "\n\t\r\x0b\x0c\x1c\x1d\x1e\x1f"
"""What str.split takes for white space in ASCII besides the space."""
_SPACE = ord(" ")
_AS_SPACE = bytes.maketrans(_OTHER_SPACES.encode(), b" " * len(_OTHER_SPACES))
_SEPARATOR = b"\x01"
UTF8 = ("utf-8", "surrogatepass")


def normalised(text: str) -> str:
    """Runs of white space as one space. Text may hold the marks U+0001 to U+0003, which are kept."""
    if not text.isascii():
        return " ".join(text.split())
    for space in _OTHER_SPACES:
        if space in text:
            text = text.replace(space, " ")
    return " ".join(text.split()) if _DOUBLED in text else text.strip()


def normalised_texts(texts: Sequence[str]) -> list[bytes]:
    """What `normalised` makes of each, in UTF-8: all at once, since most texts are short."""
    pieces = [t.encode() if t.isascii() else " ".join(t.split()).encode(*UTF8) for t in texts]
    joined = _SEPARATOR.join(pieces)
    if joined.count(_SEPARATOR) != len(texts) - 1:
        return [normalised(text).encode(*UTF8) for text in texts]
    return _collapsed(joined.translate(_AS_SPACE)).split(_SEPARATOR)


def _collapsed(joined: bytes) -> bytes:
    """Without the spaces that stand after a space or beside a separator."""
    raw = np.frombuffer(joined, dtype=np.uint8)
    is_space = raw == _SPACE
    is_edge = is_space | (raw == _SEPARATOR[0])
    dropped = is_space.copy()
    dropped[1:] &= is_edge[:-1]
    kept: bytes = raw[~dropped].tobytes()
    return kept.replace(b" " + _SEPARATOR, _SEPARATOR).removesuffix(b" ")


def digest(text: str) -> bytes:
    return digest_of(text.encode(*UTF8))


def digest_of(text: bytes) -> bytes:
    """Of text in UTF-8."""
    return blake2b(text, digest_size=8).digest()


def hash64(text: str) -> int:
    return int.from_bytes(digest(text), "little")


def hashes(digests: Iterable[bytes]) -> Array:
    """Digests as a column; an empty digest gives 0."""
    return np.frombuffer(b"".join(d or bytes(8) for d in digests), dtype="<u8").astype(np.uint64)
