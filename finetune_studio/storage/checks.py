"""Is this file a dataset, whole, and of a version that we know? Asked in that order, without writing."""

import os
import sqlite3
import stat
import struct
from functools import cache
from pathlib import Path

from finetune_studio.domain.errors import (
    DamagedDatasetError,
    DatasetFileError,
    NewerDatasetError,
    NotADatasetError,
)
from finetune_studio.storage.connection import APPLICATION_ID, UNREADABLE, from_os_error
from finetune_studio.storage.migrations import MIGRATIONS, SCHEMA_VERSION

_MAGIC = b"SQLite format 3\x00"
RECOVER_ADVICE = (
    "Recover what can be read into a new file, or restore a backup. The file itself was not changed."
)


def check_header(path: Path) -> int:
    """Check the first bytes and the size; returns the schema's version (SQLite's user_version)."""
    try:
        if path.is_dir():
            raise NotADatasetError(f"{path.name} is a folder, not a dataset file.", "Choose a file.")
        state = path.stat()
        if not stat.S_ISREG(state.st_mode):  # reading a pipe would wait for ever
            raise NotADatasetError(f"{path.name} is not a file.", "Choose a dataset file.")
        size = state.st_size
        with path.open("rb") as file:
            header = file.read(100)
    except FileNotFoundError:
        raise DatasetFileError(
            f"There is no file {path.name}.", "It may have been moved or renamed."
        ) from None
    except PermissionError as error:
        raise DatasetFileError(
            f"{path.name} may not be read: no permission.", "Change its permissions."
        ) from error
    except OSError as error:
        raise from_os_error(error, path) from error
    if not header:
        raise NotADatasetError(f"{path.name} is empty.", "Open another file, or restore a backup.")
    if not header.startswith(_MAGIC):
        raise NotADatasetError(
            f"{path.name} is not a dataset file.", "Conversations in JSONL files can be imported instead."
        )
    if len(header) < 100:
        raise damaged(path, "its first page is incomplete")
    if struct.unpack(">I", header[68:72])[0] != APPLICATION_ID:
        raise NotADatasetError(f"{path.name} is a database of another program, not a dataset file.")
    check_version(path, struct.unpack(">I", header[60:64])[0])
    page_size = struct.unpack(">H", header[16:18])[0]
    page_size = 65536 if page_size == 1 else page_size
    if page_size < 512 or page_size & (page_size - 1) or size < page_size:
        raise damaged(path, "its first page is incomplete")
    pages = struct.unpack(">I", header[28:32])[0]
    if size < pages * page_size and not _has_log(path):
        missing = pages * page_size - size
        raise damaged(path, f"{missing:,} bytes are missing at its end")
    return int(struct.unpack(">I", header[60:64])[0])


def check_header_of_damaged(path: Path) -> None:
    """Before recovery: refuse only what is no dataset, or a newer one."""
    try:
        check_header(path)
    except DamagedDatasetError:
        return


def check_version(path: Path, version: int) -> None:
    """Refuse a file of a later version of the app."""
    if version > SCHEMA_VERSION:
        raise NewerDatasetError(
            f"{path.name} was written by a newer version of Finetune Studio"
            f" (file version {version}, this app knows up to {SCHEMA_VERSION}).",
            "Update the app to open it.",
        )
    if version < 1:
        raise damaged(path, "its version is missing")


def check_integrity(path: Path, connection: sqlite3.Connection) -> None:
    """SQLite's quick_check; reads the whole file."""
    try:
        problems = [str(row[0]) for row in connection.execute("PRAGMA quick_check(5)")]
    except UNREADABLE as error:
        raise damaged(path, str(error)) from error
    if problems != ["ok"]:
        raise damaged(path, problems[0].splitlines()[-1] if problems else "the check failed")


def check_schema(path: Path, connection: sqlite3.Connection) -> None:
    """The tables and indexes must be ours exactly: nothing missing, nothing added."""
    try:
        found = schema_of(connection)
        meta = dict(connection.execute("SELECT key, value FROM meta").fetchall())
    except UNREADABLE as error:
        raise damaged(path, str(error)) from error
    expected = expected_schema()
    if found != expected:
        names = sorted({entry[1] for entry in set(found) ^ set(expected)})
        raise damaged(path, f"its tables are not as they should be ({', '.join(names[:3])})")
    if not {"uid", "revision", "stamp"} <= meta.keys() or not meta["revision"].isdecimal():
        raise damaged(path, "its description is missing")


def schema_of(connection: sqlite3.Connection) -> tuple[tuple[str, str, str], ...]:
    """Type, name and definition of everything in the file."""
    rows = connection.execute("SELECT type, name, coalesce(sql, '') FROM sqlite_schema").fetchall()
    return tuple(
        sorted(
            (str(kind), str(name), " ".join(str(sql).split())) for kind, name, sql in rows if _is_ours(name)
        )
    )


@cache
def expected_schema() -> tuple[tuple[str, str, str], ...]:
    """What the migrations make of an empty file."""
    connection = sqlite3.connect(":memory:", isolation_level=None)
    try:
        for migration in MIGRATIONS:
            migration.apply(connection)
        return schema_of(connection)
    finally:
        connection.close()


def _is_ours(name: object) -> bool:
    return not str(name).startswith("sqlite_stat")


def _has_log(path: Path) -> bool:
    return os.path.exists(f"{path}-wal") or os.path.exists(f"{path}-journal")


def damaged(path: Path, what: str) -> DamagedDatasetError:
    return DamagedDatasetError(f"{path.name} is damaged: {what}.", RECOVER_ADVICE)
