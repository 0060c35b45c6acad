"""SQLite connections as this app uses them, and SQLite's errors in words."""

import sqlite3
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import wraps
from pathlib import Path
from typing import ParamSpec, TypeVar

from finetune_studio.domain.errors import (
    DamagedDatasetError,
    DatasetFileError,
    LockedDatasetError,
    ReadOnlyDatasetError,
    StorageFullError,
)

P = ParamSpec("P")
R = TypeVar("R")

APPLICATION_ID = 0x46545331
"""The four bytes "FTS1" in SQLite's header."""

UNREADABLE = (sqlite3.DatabaseError, UnicodeDecodeError)
"""What reading a damaged file raises: SQLite's own message may hold bytes that are no text."""

BUSY_SECONDS = 5.0

_COMMON = (
    "PRAGMA trusted_schema=OFF",
    "PRAGMA cell_size_check=ON",
    "PRAGMA foreign_keys=ON",
    "PRAGMA mmap_size=0",
)


_REFUSED_WRITES = (
    sqlite3.SQLITE_IOERR_WRITE,
    sqlite3.SQLITE_IOERR_FSYNC,
    sqlite3.SQLITE_IOERR_DIR_FSYNC,
    sqlite3.SQLITE_IOERR_TRUNCATE,
    sqlite3.SQLITE_IOERR_SHMSIZE,
)
"""Some systems report a full disk so; only ENOSPC is SQLITE_FULL."""


def connect(path: Path, mode: str, *, immutable: bool = False) -> sqlite3.Connection:
    """Open a connection in SQLite's URI `mode` (ro, rw, rwc); transactions are explicit.

    It may be used from any thread, by one at a time: the owner sees to that.
    """
    address = f"{path.absolute().as_uri()}?mode={mode}"
    if immutable:
        address += "&immutable=1"
    connection = sqlite3.connect(
        address, uri=True, timeout=BUSY_SECONDS, isolation_level=None, check_same_thread=False
    )
    try:
        for pragma in _COMMON:
            connection.execute(pragma)
        if mode == "ro":
            connection.execute("PRAGMA query_only=ON")
            connection.execute("PRAGMA cache_size=-16384")
        else:
            connection.execute("PRAGMA secure_delete=ON")
            connection.execute("PRAGMA cache_size=-65536")
    except BaseException:
        connection.close()
        raise
    return connection


@contextmanager
def storage_errors(path: Path | None = None) -> Iterator[None]:
    """Turn SQLite's and the system's errors inside the block into StudioErrors."""
    try:
        yield
    except sqlite3.Error as error:
        raise as_studio_error(error, path) from error
    except OSError as error:
        raise from_os_error(error, path) from error


def as_studio_error(error: sqlite3.Error, path: Path | None) -> Exception:
    """What to raise for an error of SQLite; a bug of ours (wrong SQL, a broken constraint) stays as it is."""
    name = f"{path.name}" if path is not None else "The dataset"
    code = (getattr(error, "sqlite_errorcode", None) or 0) & 0xFF
    if code == sqlite3.SQLITE_FULL:
        return StorageFullError(
            f"{name} could not be written: the disk is full. The last change was not saved.",
            "Make room on the disk and try again.",
        )
    if getattr(error, "sqlite_errorcode", None) in _REFUSED_WRITES:
        return StorageFullError(
            f"{name} could not be written: the disk refused it. The last change was not saved.",
            "See whether the disk is full, and try again.",
        )
    if code in (sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_NOTADB):
        return _damaged(name, str(error))
    if code in (sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED):
        return LockedDatasetError(f"{name} is in use by another program.", "Close it there and try again.")
    if code in (sqlite3.SQLITE_READONLY, sqlite3.SQLITE_PERM):
        return ReadOnlyDatasetError(
            f"{name} can only be read.", "Save a copy to a folder that you can write to."
        )
    if code in (sqlite3.SQLITE_IOERR, sqlite3.SQLITE_CANTOPEN, sqlite3.SQLITE_AUTH):
        return DatasetFileError(
            f"{name} could not be read or written ({error}).", "Check the disk and the folder."
        )
    if isinstance(error, sqlite3.OperationalError) and "Could not decode" in str(error):
        return _damaged(name, "a text is not UTF-8")
    if code == sqlite3.SQLITE_TOOBIG:
        return DatasetFileError(f"{name} cannot take a value over 1 GB.")
    return error


def guarded(function: Callable[P, R]) -> Callable[P, R]:
    """Decorate a reading function: errors of SQLite and impossible values become StudioErrors."""

    @wraps(function)
    def call(*args: P.args, **kwargs: P.kwargs) -> R:
        try:
            return function(*args, **kwargs)
        except sqlite3.Error as error:
            raise as_studio_error(error, None) from error
        except ValueError as error:
            raise _damaged("The dataset", str(error)) from error

    return call


def guarded_iterator(function: Callable[P, Iterator[R]]) -> Callable[P, Iterator[R]]:
    """The same for a generator."""

    @wraps(function)
    def call(*args: P.args, **kwargs: P.kwargs) -> Iterator[R]:
        with storage_errors():
            yield from function(*args, **kwargs)

    return call


def _damaged(name: str, what: str) -> DamagedDatasetError:
    return DamagedDatasetError(
        f"{name} is damaged: {what}.",
        "Recover what can be read into a new file, or restore a backup.",
    )


def from_os_error(error: OSError, path: Path | None) -> Exception:
    """What to raise for an error of the file system."""
    import errno

    name = path.name if path is not None else "The file"
    if error.errno in (errno.ENOSPC, errno.EDQUOT, errno.EFBIG):
        return StorageFullError(
            f"{name} could not be written: the disk is full.", "Make room on the disk and try again."
        )
    if error.errno in (errno.EACCES, errno.EPERM, errno.EROFS):
        return ReadOnlyDatasetError(
            f"{name} cannot be written here: {error.strerror}.", "Choose a folder that you can write to."
        )
    return DatasetFileError(f"{name} could not be read or written: {error.strerror or error}.")
