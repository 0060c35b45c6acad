"""Files that appear whole or not at all."""

import errno
import os
import secrets
from pathlib import Path
from types import TracebackType
from typing import BinaryIO

from finetune_studio.domain.errors import InputError, StorageFullError, StudioError

_NO_ROOM = {errno.ENOSPC, errno.EDQUOT, errno.EFBIG}
_REFUSED = {errno.EACCES, errno.EPERM, errno.EROFS}


class AtomicWriter:
    """Context: write beside `path`, then put the finished file in its place.

    Leaving the block normally flushes to disk, replaces `path` and syncs its folder; any exception
    (an error, a cancel) removes what was written and leaves the old file as it was. The permissions of
    an existing file are kept. Raises StorageFullError when there is no room or writing is refused.
    """

    def __init__(self, path: Path) -> None:
        self.path = path
        self.written = 0
        self._temporary: Path | None = None
        self._file: BinaryIO | None = None

    def __enter__(self) -> "AtomicWriter":
        self.path = Path(os.path.realpath(self.path))  # a link stays a link to the new content
        folder = self.path.parent
        if self.path.is_dir():
            raise InputError(f"{self.path.name} is a folder.", "Choose a name for the file.")
        if not folder.is_dir():
            raise InputError(f"The folder {folder} does not exist.", "Choose another folder.")
        try:
            temporary = folder / f".{self.path.name[:40]}.{secrets.token_hex(4)}.part"
            self._file = temporary.open("xb", buffering=1 << 20)
        except OSError as error:
            raise self._refusal(error) from error
        self._temporary = temporary
        return self

    def write(self, data: bytes) -> None:
        if self._file is None:
            raise ValueError("write outside the with block")
        try:
            self._file.write(data)
        except OSError as error:
            raise self._refusal(error) from error
        self.written += len(data)

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        file, temporary = self._file, self._temporary
        self._file = self._temporary = None
        if file is None or temporary is None:
            return
        try:
            if kind is None:
                self._finish(file, temporary)
        except OSError as failure:
            raise self._refusal(failure) from failure
        finally:
            _discard(file, temporary)

    def _finish(self, file: BinaryIO, temporary: Path) -> None:
        file.flush()
        os.fsync(file.fileno())
        file.close()
        if self.path.exists():
            temporary.chmod(self.path.stat().st_mode & 0o777)
        os.replace(temporary, self.path)
        sync_folder(self.path.parent)

    def _refusal(self, error: OSError) -> StudioError:
        name = self.path.name
        if error.errno in _NO_ROOM:
            return StorageFullError(
                f"There is no room left to write {name}; what was there before is unchanged.",
                "Free some space or choose another disk.",
            )
        if error.errno in _REFUSED:
            return StorageFullError(
                f"{name} cannot be written to {self.path.parent}: no permission.", "Choose another folder."
            )
        return StorageFullError(
            f"{name} could not be written: {error.strerror or error}.", "Choose another place and try again."
        )


def write_atomically(path: Path, data: bytes) -> None:
    """Write a small file whole or not at all; errors as AtomicWriter."""
    with AtomicWriter(path) as out:
        out.write(data)


def sync_folder(folder: Path) -> None:
    """Make a rename in `folder` last through a power cut, where the system can do that."""
    if os.name != "posix":
        return
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    except OSError as error:
        if error.errno not in (errno.EINVAL, errno.ENOTSUP):
            raise
    finally:
        os.close(descriptor)


def _discard(file: BinaryIO, temporary: Path) -> None:
    try:
        file.close()
    except OSError:
        pass  # the reason is being raised already
    temporary.unlink(missing_ok=True)
