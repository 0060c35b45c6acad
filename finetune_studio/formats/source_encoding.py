"""Which encoding a text file has, from its bytes."""

import codecs
import io
import re
from dataclasses import dataclass
from pathlib import Path

from finetune_studio.domain.errors import InputError

SAMPLE_SIZE = 16 << 20
"""How much of a file is looked at, in bytes."""
_PIECE = 1 << 16

_BOMS = (
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF32_LE, "utf-32-le"),
    (codecs.BOM_UTF32_BE, "utf-32-be"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
)
_TITLES = {
    "utf-8": "UTF-8",
    "utf-16-le": "UTF-16",
    "utf-16-be": "UTF-16",
    "utf-32-le": "UTF-32",
    "utf-32-be": "UTF-32",
    "cp1252": "Windows-1252",
}
_NOT_IN_CP1252 = re.compile(rb"[\x81\x8d\x8f\x90\x9d]")
_WELL_FORMED_UTF8 = re.compile(rb"[\xc2-\xdf][\x80-\xbf]|[\xe0-\xef][\x80-\xbf]{2}|[\xf0-\xf4][\x80-\xbf]{3}")


@dataclass(frozen=True, slots=True)
class SourceEncoding:
    """`certain` is false when the encoding was guessed from the bytes: worth asking about."""

    name: str = "utf-8"
    bom: bytes = b""
    certain: bool = True

    @property
    def title(self) -> str:
        """The name that people know."""
        return _TITLES.get(self.name, self.name)

    @property
    def is_converted(self) -> bool:
        """Whether reading turns the text into UTF-8, so that an export has other bytes than the file."""
        return self.name != "utf-8"

    @property
    def notice(self) -> str:
        """What a report says about it; empty when there is nothing to say."""
        if not self.is_converted:
            return ""
        guessed = "" if self.certain else " (guessed from its bytes)"
        return f"The file is in {self.title}{guessed}; it was read as that, and exports are in UTF-8."


def detect_encoding(path: Path) -> SourceEncoding:
    """Look at the first 16 MiB of a file; raises InputError when it cannot be read."""
    try:
        with path.open("rb") as file:
            return detect_encoding_of(file.read(SAMPLE_SIZE))
    except OSError as error:
        raise InputError(f"{path.name} cannot be read: {error.strerror or error}.") from error


def detect_encoding_of(sample: bytes) -> SourceEncoding:
    """Judge by the byte order mark, then by the zero bytes of wide encodings, then by UTF-8's grammar.

    Text in an old one-byte encoding is taken as Windows-1252, the commonest, when it holds no
    well-formed UTF-8 at all; a UTF-8 file with some damaged lines stays UTF-8.
    """
    for bom, name in _BOMS:
        if sample.startswith(bom):
            return SourceEncoding(name, bom)
    wide = _wide_encoding(sample[:4096])
    if wide:
        return SourceEncoding(wide, certain=False)
    if not _is_utf8(sample) and not _WELL_FORMED_UTF8.search(sample) and not _NOT_IN_CP1252.search(sample):
        return SourceEncoding("cp1252", certain=False)
    return SourceEncoding()


def is_surely_utf8(sample: bytes) -> bool:
    """Whether `detect_encoding_of` says UTF-8 whatever follows this beginning."""
    return _wide_encoding(sample[:4096]) is None and _WELL_FORMED_UTF8.search(sample) is not None


def _is_utf8(sample: bytes) -> bool:
    """Whether it begins a text in UTF-8; piece by piece, as that needs little memory."""
    decoder = codecs.getincrementaldecoder("utf-8")()
    try:
        for start in range(0, len(sample), _PIECE):
            decoder.decode(sample[start : start + _PIECE])
    except UnicodeDecodeError:
        return False
    return True


def codec_name(encoding: str) -> str:
    """The name that SourceEncoding uses for an encoding that a person named; raises InputError."""
    try:
        io.TextIOWrapper(io.BytesIO(), encoding=encoding)  # refuses codecs that are not for text
        return codecs.lookup(encoding).name
    except (LookupError, ValueError) as error:
        raise InputError(
            f"There is no text encoding “{encoding}”.", "Try utf-8, utf-16 or cp1252."
        ) from error


def _wide_encoding(sample: bytes) -> str | None:
    """UTF-16 or UTF-32 without a mark: JSON begins with ASCII, so its other bytes are zero."""
    start = [byte == 0 for byte in sample[:4]]
    if start == [False, True, True, True]:
        return "utf-32-le"
    if start == [True, True, True, False]:
        return "utf-32-be"
    if len(sample) < 4:
        return None
    even, odd = sample[0::2].count(0), sample[1::2].count(0)
    half = len(sample) // 2
    if odd > half * 0.4 and even < half * 0.05:
        return "utf-16-le"
    if even > half * 0.4 and odd < half * 0.05:
        return "utf-16-be"
    return None
