"""A first look at a dataset's file: what it is, before it is read."""

import stat
from dataclasses import dataclass
from pathlib import Path

import orjson

from finetune_studio.domain.errors import InputError
from finetune_studio.formats.source_encoding import (
    SAMPLE_SIZE,
    SourceEncoding,
    codec_name,
    detect_encoding_of,
    is_surely_utf8,
)
from finetune_studio.formats.source_line import SourceLayout
from finetune_studio.formats.source_stream import SourceStream, compression_of, unreadable

_REFUSED = (
    (b"PK\x03\x04", "a ZIP archive or a spreadsheet", "Unpack it, or save it as JSONL, and open that."),
    (b"7z\xbc\xaf\x27\x1c", "a 7-Zip archive", "Unpack it and open what is inside."),
    (b"Rar!", "a RAR archive", "Unpack it and open what is inside."),
    (b"\x28\xb5\x2f\xfd", "compressed with Zstandard", "Unpack it (zstd -d) and open what is inside."),
    (b"PAR1", "a Parquet file", "Convert it to JSONL and open that."),
    (b"ARROW1", "an Arrow file", "Convert it to JSONL and open that."),
    (b"SQLite format 3\x00", "an SQLite database", "Choose a JSONL file."),
    (b"%PDF", "a PDF document", "Choose a JSONL file."),
    (b"\x89PNG", "a picture", "Choose a JSONL file."),
    (b"\xff\xd8\xff", "a picture", "Choose a JSONL file."),
)
_DATASET = b"FTS1"
"""SQLite's application id in our datasets."""
_FIRST_LOOK = 1 << 20
_PACKED_SAMPLE = 1 << 20
_KEPT_SAMPLE = 1 << 16
_TEXT_CONTROLS = frozenset(b"\t\n\r\x0b\x0c\x1b")


@dataclass(frozen=True, slots=True)
class Probe:
    """`sample` is the first 64 KiB of the text, or its first line, in UTF-8 without byte order mark."""

    size: int
    compression: str
    encoding: SourceEncoding
    layout: SourceLayout
    sample: bytes

    @property
    def notices(self) -> tuple[str, ...]:
        """What a report says of a file that is not plain JSONL in UTF-8."""
        notices = [self.encoding.notice]
        if self.compression:
            notices.append(f"The file is compressed ({self.compression}); exports are not.")
        if self.layout is not SourceLayout.LINES:
            what = "a JSON list" if self.layout is SourceLayout.LIST else "JSON over several lines"
            notices.append(f"The file is {what}; exports are JSONL, one example a line.")
        return tuple(notice for notice in notices if notice)


def probe(path: Path, encoding: str | None = None) -> Probe:
    """Look at the beginning of a file.

    `encoding` overrides what the bytes say (a byte order mark that fits it is still left out). Raises
    InputError for a folder, a missing, empty or unreadable file, an archive and binary data.
    """
    size = _require_file(path)
    try:
        with path.open("rb") as file:
            start = file.read(_FIRST_LOOK)
            if not _is_plain(start):
                start += file.read(SAMPLE_SIZE - len(start))
    except OSError as error:
        raise unreadable(path, error) from error
    if start.startswith(b"SQLite format 3\0") and start[68:72] == _DATASET:
        raise InputError(
            f"{path.name} is a dataset of Finetune Studio, not a file of examples.",
            "Open it in the app, or write its examples to a JSONL file with `finetune-studio convert`.",
        )
    for magic, what, advice in _REFUSED:
        if start.startswith(magic):
            raise InputError(f"{path.name} is {what}.", advice)
    compression = compression_of(start)
    if compression:
        start = _read_sample(path, SourceEncoding(), _PACKED_SAMPLE)
    found = detect_encoding_of(start)
    if encoding is not None and (name := codec_name(encoding)) != found.name:
        found = SourceEncoding(name)
    if not found.is_converted and _is_binary(start):
        raise InputError(f"{path.name} is not text.", "Choose a JSONL file.")
    sample = (
        start.removeprefix(found.bom) if not found.is_converted else _read_sample(path, found, SAMPLE_SIZE)
    )
    if not sample:
        raise InputError(f"{path.name} is empty.", "Choose a file with one example a line.")
    return Probe(
        size, compression, found, _layout_of(sample), sample[: max(_KEPT_SAMPLE, sample.find(b"\n") + 1)]
    )


def _is_plain(start: bytes) -> bool:
    """Whether more of the file would tell nothing else: JSON lines, surely in UTF-8."""
    return start[:1] == b"{" and b"\n" in start and is_surely_utf8(start)


def _require_file(path: Path) -> int:
    """The size of a regular file; raises InputError for everything else."""
    try:
        state = path.stat()
    except OSError as error:
        raise unreadable(path, error) from error
    except ValueError as error:
        raise InputError("A file name cannot hold a zero byte.") from error
    if stat.S_ISDIR(state.st_mode):
        raise InputError(f"{path.name or path} is a folder.", "Choose a file inside it.")
    if not stat.S_ISREG(state.st_mode):
        raise InputError(f"{path.name} is not a file.", "Choose a JSONL file.")
    if state.st_size == 0:
        raise InputError(f"{path.name} is empty.", "Choose a file with one example a line.")
    return state.st_size


def _read_sample(path: Path, encoding: SourceEncoding, size: int) -> bytes:
    stream = SourceStream(path, encoding)
    try:
        return stream.reader.read(size)
    finally:
        stream.close()


def _is_binary(sample: bytes) -> bool:
    """Many control characters that no text has; a few of them are damage in a text."""
    part = sample[:65536]
    controls = sum(part.count(byte) for byte in range(32) if byte not in _TEXT_CONTROLS)
    return controls > len(part) * 0.05


def _layout_of(sample: bytes) -> SourceLayout:
    """Lines, unless the first line alone is no JSON and the text begins as a list or an object does."""
    text = sample.lstrip(b" \t\r\n")
    opening = text[:1]
    end = text.find(b"\n")
    first = text if end < 0 else text[:end]
    if opening == b"{" and first.strip() == b"{":
        return SourceLayout.VALUES
    if opening == b"[":
        rest = text[len(first) :]
        return SourceLayout.LIST if _is_no_json(first) or not rest.strip() else SourceLayout.LINES
    return SourceLayout.LINES


def _is_no_json(line: bytes) -> bool:
    try:
        orjson.loads(line)
    except orjson.JSONDecodeError:
        return True
    return False
