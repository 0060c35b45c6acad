"""A file-like wrapper through which the SDK streams: tells progress, and cancels by raising."""

from pathlib import Path
from types import TracebackType
from typing import BinaryIO, Self

from finetune_studio.domain.errors import CancelledError
from finetune_studio.providers.base import Cancelled, Progress


class UploadStream:
    """Reads a file in the pieces that the HTTP client asks for (64 KiB), so memory stays flat.

    `name` is what the service is told. There is no `fileno`, so that every byte passes `read`.
    """

    def __init__(self, path: Path, progress: Progress | None, cancelled: Cancelled) -> None:
        self._file: BinaryIO = path.open("rb")
        self._size = path.stat().st_size
        self._progress = progress
        self._cancelled = cancelled

    def read(self, size: int = -1) -> bytes:
        if self._cancelled():
            raise CancelledError("The upload was cancelled.")
        data = self._file.read(size)
        if self._progress is not None:
            self._progress(self._file.tell(), self._size)
        return data

    def seek(self, offset: int, whence: int = 0) -> int:
        return self._file.seek(offset, whence)

    def tell(self) -> int:
        return self._file.tell()

    def close(self) -> None:
        self._file.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()
