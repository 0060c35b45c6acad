"""The frozen bytes of a submission, and the map from their lines back to examples."""

import hashlib
import os
import struct
import tempfile
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path

from finetune_studio.domain.errors import InputError, StorageFullError
from finetune_studio.workspace.submission_records import FrozenFile, SentExample, SentLine

_RECORD = struct.Struct("<q32s")
RECORD_SIZE = _RECORD.size
_NO_EXAMPLE = -1
_RECORDS_AT_ONCE = 4_096


class FrozenFiles:
    """A folder of `<sha256>.jsonl` (written once, never changed) and `<ref>.<part>.map` files."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def path(self, frozen: FrozenFile) -> Path:
        return self.folder / f"{frozen.sha256}.jsonl"

    def freeze(
        self,
        ref: str,
        part: str,
        examples: Iterable[SentExample],
        progress: Callable[[int], None] | None = None,
    ) -> FrozenFile:
        """Write lines and map; raises InputError when there is no line, StorageFullError without room.

        `progress` gets the count of lines and may raise to stop; nothing is left behind then.
        """
        try:
            self.folder.mkdir(parents=True, exist_ok=True, mode=0o700)
            return self._freeze(ref, part, examples, progress)
        except OSError as error:
            raise StorageFullError(
                f"What is to be sent could not be written to {self.folder} ({error.strerror or error}).",
                "See that the folder can be written and the disk has room; nothing was sent.",
            ) from error

    def _freeze(
        self, ref: str, part: str, examples: Iterable[SentExample], progress: Callable[[int], None] | None
    ) -> FrozenFile:
        body, lines = _Temporary(self.folder), _Temporary(self.folder)
        try:
            digest = hashlib.sha256()
            size = count = 0
            for example in examples:
                digest.update(example.data)
                size += body.write(example.data)
                number = _NO_EXAMPLE if example.example_id is None else example.example_id
                lines.write(_RECORD.pack(number, example.body_sha256))
                count += 1
                if progress is not None and count % 1000 == 0:
                    progress(count)
            if count == 0:
                raise InputError(
                    "There is no example to send.", "Check the filter, the split and the status."
                )
            frozen = FrozenFile(digest.hexdigest(), size, count)
            lines.keep(self.folder / f"{ref}.{part}.map")
            body.keep(self.path(frozen))
            return frozen
        finally:
            body.discard()
            lines.discard()

    def has_map(self, ref: str, part: str) -> bool:
        return (self.folder / f"{ref}.{part}.map").exists()

    def line(self, ref: str, part: str, number: int) -> SentLine | None:
        """What line `number` (1-based) was made of; None when there is no such line."""
        if number < 1:
            return None
        try:
            with (self.folder / f"{ref}.{part}.map").open("rb") as stream:
                stream.seek((number - 1) * _RECORD.size)
                record = stream.read(_RECORD.size)
        except OSError:
            return None
        if len(record) < _RECORD.size:
            return None
        example_id, sha256 = _RECORD.unpack(record)
        return SentLine(None if example_id == _NO_EXAMPLE else example_id, sha256)

    def lines(self, ref: str, part: str) -> Iterator[tuple[int | None, bytes]]:
        """(Example or None, hash of its body) of every line, in order; nothing where there is no map."""
        try:
            with (self.folder / f"{ref}.{part}.map").open("rb") as stream:
                while records := stream.read(_RECORD.size * _RECORDS_AT_ONCE):
                    yield from read_records(records)
        except OSError:
            return

    def find_example(self, ref: str, part: str, example_id: int) -> tuple[int, bytes] | None:
        """The first line (1-based) that came from an example, and the hash of its body then."""
        first = 1
        try:
            with (self.folder / f"{ref}.{part}.map").open("rb") as stream:
                while data := stream.read(_RECORD.size * _RECORDS_AT_ONCE):
                    found = find_in_records(data, example_id)
                    if found is not None:
                        return first - 1 + found[0], found[1]
                    first += _RECORDS_AT_ONCE
        except OSError:
            return None
        return None

    def records(self, ref: str, part: str) -> bytes:
        """The whole map as it is kept; empty where there is none."""
        try:
            return (self.folder / f"{ref}.{part}.map").read_bytes()
        except OSError:
            return b""

    def forget(self, ref: str) -> None:
        """Remove the maps of a submission that never came about."""
        for path in self.folder.glob(f"{ref}.*.map"):
            path.unlink(missing_ok=True)

    def upload_memory(self, frozen: FrozenFile, base_url: str) -> "UploadNotes":
        """What is kept of an upload in parts of these bytes to this address."""
        where = hashlib.sha256(base_url.encode()).hexdigest()[:12]
        return UploadNotes(self.folder / f"{frozen.sha256}.{where}.parts")

    def check(self, frozen: FrozenFile) -> Path:
        """The path of the frozen bytes; raises InputError when they are no longer what was frozen."""
        path = self.path(frozen)
        try:
            with path.open("rb") as stream:
                found = hashlib.file_digest(stream, "sha256").hexdigest()
        except OSError as error:
            raise InputError(f"The frozen file {path} cannot be read.", "Start a new submission.") from error
        if found != frozen.sha256:
            raise InputError(f"The frozen file {path} was changed.", "Start a new submission.")
        return path


def read_records(records: bytes) -> Iterator[tuple[int | None, bytes]]:
    """(Example or None, hash of its body) of each line in a piece of a map."""
    whole = len(records) - len(records) % _RECORD.size
    for example_id, sha256 in _RECORD.iter_unpack(records[:whole]):
        yield (None if example_id == _NO_EXAMPLE else example_id), sha256


def find_in_records(records: bytes, example_id: int) -> tuple[int, bytes] | None:
    """The first line (1-based, in this piece of a map) that came from an example, and its hash then."""
    wanted = example_id.to_bytes(8, "little", signed=True)
    at = records.find(wanted)
    while at >= 0 and at % RECORD_SIZE:
        at = records.find(wanted, at + 1)
    return None if at < 0 else (1 + at // RECORD_SIZE, records[at + 8 : at + RECORD_SIZE])


class UploadNotes:
    """A small file with ids of parts (`providers.base.UploadMemory`); gone once the upload is whole.

    For its owner alone: the addresses that some services hand out need no key.
    """

    def __init__(self, path: Path) -> None:
        self._path = path

    def load(self) -> str:
        try:
            return self._path.read_text(encoding="utf-8")
        except (OSError, UnicodeDecodeError):
            return ""

    def save(self, text: str) -> None:
        try:
            if not text:
                self._path.unlink(missing_ok=True)
                return
            beside = self._path.with_suffix(".parts-new")
            beside.touch(mode=0o600)
            beside.write_text(text, encoding="utf-8")
            os.replace(beside, self._path)
        except OSError:
            return  # without the note a later try sends all parts again, which is no harm


class _Temporary:
    """A file beside its final place, private to this person."""

    def __init__(self, folder: Path) -> None:
        handle, name = tempfile.mkstemp(dir=folder, prefix=".freezing-")
        self._path: Path | None = Path(name)
        self._stream = os.fdopen(handle, "wb", buffering=1 << 20)

    def write(self, data: bytes) -> int:
        return self._stream.write(data)

    def keep(self, path: Path) -> None:
        self._stream.flush()
        os.fsync(self._stream.fileno())
        self._stream.close()
        if self._path is not None:
            os.replace(self._path, path)
            self._path = None

    def discard(self) -> None:
        try:
            self._stream.close()
        except OSError:
            pass  # no room for what it still held; it is closed all the same, and the reason is being raised
        if self._path is not None:
            self._path.unlink(missing_ok=True)
            self._path = None
