"""A file-like wrapper through which a file is streamed: tells progress, and cancels by raising."""

from pathlib import Path
from types import TracebackType
from typing import BinaryIO, Self

from finetune_studio.domain.errors import CancelledError
from finetune_studio.providers.base import Cancelled, Progress


class UploadStream:
    """Reads a file in the pieces that the HTTP client asks for (64 KiB), so memory stays flat.

    There is no `fileno`, so that every byte passes `read`. `part` is (offset, length) of a piece of the
    file; progress counts the whole file.
    """

    def __init__(
        self,
        path: Path,
        progress: Progress | None,
        cancelled: Cancelled,
        part: tuple[int, int] | None = None,
    ) -> None:
        self._file: BinaryIO = path.open("rb")
        self._whole = path.stat().st_size
        self._start, self.size = part or (0, self._whole)
        self._file.seek(self._start)
        self._progress = progress
        self._cancelled = cancelled

    def read(self, size: int = -1) -> bytes:
        if self._cancelled():
            raise CancelledError("The upload was cancelled.")
        left = self.size - self.tell()
        data = self._file.read(left if size < 0 else min(size, left))
        if self._progress is not None:
            self._progress(self._file.tell(), self._whole)
        return data

    def seek(self, offset: int, whence: int = 0) -> int:
        base = (0, self.tell(), self.size)[whence]
        self._file.seek(self._start + base + offset)
        return base + offset

    def tell(self) -> int:
        return self._file.tell() - self._start

    def close(self) -> None:
        self._file.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()
