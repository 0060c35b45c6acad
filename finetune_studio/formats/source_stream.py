"""The bytes of a dataset's file as a stream of UTF-8: counted, unpacked and converted on the way."""

import bz2
import codecs
import gzip
import hashlib
import io
import lzma
import zlib
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, BinaryIO, cast

from finetune_studio.domain.errors import InputError
from finetune_studio.formats.source_encoding import SourceEncoding

if TYPE_CHECKING:
    from _typeshed import WriteableBuffer

MAX_UNPACKED = 16 << 30
"""Most bytes that a compressed file may unpack to."""

Progress = Callable[[int, int], None]
"""Called with the bytes read of the file on disk and its size, about once a MiB; may raise to stop."""

_BLOCK = 1 << 20
_COMPRESSIONS = ((b"\x1f\x8b", "gzip"), (b"\xfd7zXZ\x00", "xz"), (b"BZh", "bzip2"))
_UNPACKERS: dict[str, Callable[[BinaryIO], io.BufferedIOBase]] = {
    "gzip": lambda file: gzip.GzipFile(fileobj=file),
    "xz": lzma.LZMAFile,
    "bzip2": bz2.BZ2File,
}
_DAMAGED = (EOFError, lzma.LZMAError, zlib.error, gzip.BadGzipFile)


def compression_of(start: bytes) -> str:
    """ "gzip", "xz", "bzip2", or empty for a plain file, by its first bytes."""
    return next((name for magic, name in _COMPRESSIONS if start.startswith(magic)), "")


def unreadable(path: Path, error: OSError) -> InputError:
    """The error for a file that the system does not let us read."""
    if isinstance(error, FileNotFoundError):
        return InputError(
            f"{path.name} does not exist in {path.absolute().parent}.", "Check the name and the folder."
        )
    if isinstance(error, IsADirectoryError):
        return InputError(f"{path.name} is a folder.", "Choose a file inside it.")
    if isinstance(error, PermissionError):
        return InputError(f"{path.name} may not be read: no permission.", "Change its permissions.")
    return InputError(f"{path.name} could not be read: {error.strerror or error}.")


class _CountedFile(io.RawIOBase):
    """The file on disk, hashed and counted as it is read."""

    def __init__(self, path: Path, progress: Progress | None, digest: bool) -> None:
        self._path = path
        self._file = path.open("rb", buffering=0)
        self._size = path.stat().st_size
        self._progress = progress
        self._digest = hashlib.sha256() if digest else None
        self.position = 0

    @property
    def sha256(self) -> str:
        return self._digest.hexdigest() if self._digest is not None else ""

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: "WriteableBuffer") -> int:
        try:
            count = self._file.readinto(buffer) or 0
        except OSError as error:
            raise unreadable(self._path, error) from error
        self.position += count
        if self._digest is not None and count:
            self._digest.update(memoryview(buffer)[:count])
        if self._progress is not None:
            self._progress(self.position, max(self._size, self.position))
        return count

    def close(self) -> None:
        self._file.close()
        super().close()


class _Unpacked(io.RawIOBase):
    """A compressed file unpacked while it is read; stops at MAX_UNPACKED."""

    def __init__(self, inner: io.BufferedIOBase, path: Path) -> None:
        self._inner = inner
        self._path = path
        self._count = 0

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: "WriteableBuffer") -> int:
        view = memoryview(buffer).cast("B")
        try:
            data = self._inner.read(len(view))
        except _DAMAGED as error:
            raise InputError(
                f"{self._path.name} is damaged: it cannot be unpacked to its end.", "Get the file again."
            ) from error
        view[: len(data)] = data
        self._count += len(data)
        if self._count > MAX_UNPACKED:
            raise InputError(
                f"{self._path.name} unpacks to more than {MAX_UNPACKED >> 30} GiB.",
                "Unpack it and split it into smaller files.",
            )
        return len(data)


class _Converted(io.RawIOBase):
    """Text of another encoding as UTF-8."""

    def __init__(self, inner: BinaryIO, encoding: SourceEncoding, path: Path) -> None:
        self._inner = inner
        self._encoding = encoding
        self._path = path
        errors = "finetune-studio-c1" if encoding.name == "cp1252" else "strict"
        self._decoder = codecs.getincrementaldecoder(encoding.name)(errors)
        self._left = b""
        self._read = 0

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: "WriteableBuffer") -> int:
        while not self._left:
            data = self._inner.read(_BLOCK)
            try:
                self._left = self._decoder.decode(data, final=not data).encode("utf-8")
            except UnicodeError as error:
                raise InputError(
                    f"{self._path.name} is not {self._encoding.title} text throughout "
                    f"(near byte {self._read:,}).",
                    "Choose another encoding.",
                ) from error
            self._read += len(data)
            if not data:
                break
        view = memoryview(buffer).cast("B")
        part, self._left = self._left[: len(view)], self._left[len(view) :]
        view[: len(part)] = part
        return len(part)


def _undefined_to_c1(error: UnicodeError) -> tuple[str, int]:
    """The five bytes that Windows-1252 leaves undefined become C1 controls, as browsers have it."""
    if not isinstance(error, UnicodeDecodeError):
        raise error
    return "".join(chr(byte) for byte in error.object[error.start : error.end]), error.end


codecs.register_error("finetune-studio-c1", _undefined_to_c1)


class SourceStream:
    """A file opened for reading lines: `reader` gives UTF-8 without the byte order mark."""

    def __init__(
        self,
        path: Path,
        encoding: SourceEncoding,
        *,
        progress: Progress | None = None,
        digest: bool = False,
    ) -> None:
        try:
            self._disk = _CountedFile(path, progress, digest)
            with path.open("rb") as file:
                self.compression = compression_of(file.read(8))
        except OSError as error:
            raise unreadable(path, error) from error
        plain: BinaryIO = cast(BinaryIO, io.BufferedReader(self._disk, _BLOCK))
        if self.compression:
            packed = _UNPACKERS[self.compression](plain)
            plain = cast(BinaryIO, io.BufferedReader(_Unpacked(packed, path), _BLOCK))
        self._plain = plain
        plain.read(len(encoding.bom))
        self.reader = plain
        if encoding.is_converted:
            self.reader = cast(BinaryIO, io.BufferedReader(_Converted(plain, encoding, path), _BLOCK))

    @property
    def sha256(self) -> str:
        """Of the file on disk as far as it was read; empty when no digest was asked for."""
        return self._disk.sha256

    @property
    def bytes_read(self) -> int:
        return self._disk.position

    def close(self) -> None:
        self.reader.close()
        self._plain.close()
        self._disk.close()
