"""A dataset file while it is open: one writing connection, read-only ones beside it."""

import os
import secrets
import sqlite3
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from datetime import UTC, datetime
from pathlib import Path

import uuid_utils

from finetune_studio.domain.errors import DatasetFileError, ReadOnlyDatasetError
from finetune_studio.storage import checks
from finetune_studio.storage.connection import APPLICATION_ID, connect, storage_errors
from finetune_studio.storage.files import sync_file, sync_folder, temporary_beside
from finetune_studio.storage.lock import DatasetLock, is_network_path
from finetune_studio.storage.migrations import SCHEMA_VERSION, migrate
from finetune_studio.storage.untouched import Untouched

INLINE_CHECK_BYTES = 64 << 20
"""Files up to this size are checked whole before they open; larger ones by `Database.verify`, afterwards."""

BeforeMigration = Callable[[Path], None]


class Database:
    """Made by `create` and `open_database`. The writer belongs to the store thread."""

    def __init__(
        self, path: Path, writer: sqlite3.Connection | None, lock: DatasetLock | None, *, needs_verify: bool
    ) -> None:
        self.path = path
        self._writer = writer
        self._lock = lock
        self._readers: list[sqlite3.Connection] = []
        self._untouched: Untouched | None = None
        self.needs_verify = needs_verify

    @property
    def read_only(self) -> bool:
        return self._writer is None

    @property
    def writer(self) -> sqlite3.Connection:
        """The only connection that writes; raises ReadOnlyDatasetError when there is none."""
        if self._writer is None:
            raise ReadOnlyDatasetError(
                f"{self.path.name} is open for reading only.", "Save a copy and work on that."
            )
        return self._writer

    @property
    def uid(self) -> str:
        """Names the dataset, not the file: derived data and backups go by it."""
        return self._meta("uid")

    @property
    def revision(self) -> int:
        """Counts commits, undo and redo included."""
        return int(self._meta("revision"))

    def new_reader(self) -> sqlite3.Connection:
        """A read-only connection for one thread; closed with the database at the latest."""
        with storage_errors(self.path):
            reader = connect(self.path, "ro")
        self._readers.append(reader)
        return reader

    def verify(self) -> None:
        """Check the whole file; raises DamagedDatasetError. To be run before the first change."""
        with storage_errors(self.path), self._any_connection() as connection:
            checks.check_integrity(self.path, connection)
        self.needs_verify = False

    def checkpoint(self) -> bool:
        """Bring the log into the file, so that a copy of the file is current; when idle for 2 seconds.

        Returns False when a reader was in the way: try again later.
        """
        if self._writer is None:
            return True
        with storage_errors(self.path):
            busy, _, _ = self._writer.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchone()
        return not busy

    def close(self) -> None:
        """Close all connections and leave a single file; safe to call twice."""
        readers, self._readers = self._readers, []
        for reader in readers:
            reader.close()
        writer, self._writer = self._writer, None
        try:
            if writer is not None:
                changed = writer.total_changes
                _leave_single_file(writer)
                if self._untouched is not None and not changed:
                    self._untouched.restore()
        finally:
            if self._lock is not None:
                self._lock.release()
                self._lock = None

    def __enter__(self) -> "Database":
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    @contextmanager
    def _any_connection(self) -> Iterator[sqlite3.Connection]:
        if self._writer is not None:
            yield self._writer
            return
        connection = connect(self.path, "ro")
        try:
            yield connection
        finally:
            connection.close()

    def _meta(self, key: str) -> str:
        with storage_errors(self.path), self._any_connection() as connection:
            return str(connection.execute("SELECT value FROM meta WHERE key=?", (key,)).fetchone()[0])


def create(path: Path) -> Database:
    """Make an empty dataset file and open it; raises DatasetFileError where a file is already."""
    with building(path):
        pass
    return open_database(path)


@contextmanager
def building(path: Path, *, overwrite: bool = False) -> Iterator[sqlite3.Connection]:
    """Fill a new dataset file fast: no journal, a temporary name, renamed when the block ends well.

    Make a HistoryStore on the connection and import in its step. On an error nothing is left behind.
    With `overwrite` the file that is there stays till then; raises LockedDatasetError when it is open.
    """
    with storage_errors(path), ExitStack() as held:
        if path.exists():
            if not overwrite or path.is_dir():
                raise DatasetFileError(f"{path.name} exists already.", "Choose another name.")
            lock = DatasetLock(path)
            lock.acquire()
            held.callback(lock.release)
        temporary = temporary_beside(path)
        try:
            connection = _connect_to_new(temporary, path)
            try:
                _prepare_new(connection)
                yield connection
                connection.execute("PRAGMA journal_mode=DELETE")
            finally:
                connection.close()
            sync_file(temporary)
            for suffix in ("-wal", "-shm", "-journal"):  # of the old file; the new one must not get its log
                path.with_name(path.name + suffix).unlink(missing_ok=True)
            os.replace(temporary, path)
            sync_folder(path.parent)
        finally:
            temporary.unlink(missing_ok=True)


def _connect_to_new(temporary: Path, path: Path) -> sqlite3.Connection:
    """SQLite alone would only say that it cannot open the file."""
    folder = path.absolute().parent
    try:
        return connect(temporary, "rwc")
    except sqlite3.OperationalError as error:
        if not folder.is_dir():
            raise DatasetFileError(
                f"The folder {folder} does not exist.", "Choose another folder."
            ) from error
        if not os.access(folder, os.W_OK | os.X_OK):
            text = f"{path.name} cannot be written to {folder}: no permission."
            raise ReadOnlyDatasetError(text, "Choose another folder.") from error
        raise


def open_database(
    path: Path, *, read_only: bool = False, before_migration: BeforeMigration | None = None
) -> Database:
    """Open a dataset file after all checks; raises a DatasetFileError that says what is wrong.

    A file that cannot be written (folder or permissions) opens for reading only. `before_migration`
    is called with the path before an older file is changed; it makes the backup.
    """
    path = path.absolute()
    version = checks.check_header(path)
    untouched = Untouched.remember(path)
    with _opening(path):
        if read_only or not _writable(path):
            return _open_for_reading(path, version)
        lock = DatasetLock(path)
        lock.acquire()
        try:
            database = _open_for_writing(path, lock, version, before_migration)
            database._untouched = untouched if version == SCHEMA_VERSION else None
            return database
        except BaseException:
            lock.release()
            raise


@contextmanager
def _opening(path: Path) -> Iterator[None]:
    with storage_errors(path):
        try:
            yield
        except UnicodeDecodeError as error:
            raise checks.damaged(path, "a text in it is not UTF-8") from error


def new_meta(connection: sqlite3.Connection) -> None:
    """Give a file an identity of its own."""
    connection.executemany(
        "INSERT OR REPLACE INTO meta(key, value) VALUES (?, ?)",
        (
            ("uid", str(uuid_utils.uuid7())),
            ("created_at", datetime.now(UTC).isoformat(timespec="seconds")),
            ("revision", "0"),
            ("stamp", secrets.token_hex(8)),
        ),
    )


def _prepare_new(connection: sqlite3.Connection) -> None:
    connection.execute("PRAGMA page_size=8192")
    connection.execute("PRAGMA journal_mode=OFF")
    connection.execute("PRAGMA synchronous=OFF")
    connection.execute("PRAGMA locking_mode=EXCLUSIVE")
    connection.execute("PRAGMA secure_delete=OFF")
    connection.execute(f"PRAGMA application_id={APPLICATION_ID}")
    migrate(connection)
    new_meta(connection)


def _open_for_reading(path: Path, version: int) -> Database:
    if version < SCHEMA_VERSION:
        raise ReadOnlyDatasetError(
            f"{path.name} is of an older version and has to be brought up to date, but it cannot be written.",
            "Copy it to a folder that you can write to.",
        )
    database = Database(path, None, None, needs_verify=True)
    try:
        checks.check_schema(path, database.new_reader())
        if path.stat().st_size <= INLINE_CHECK_BYTES:
            database.verify()
    except DatasetFileError as error:
        database.close()
        if type(error) is DatasetFileError and path.with_name(f"{path.name}-wal").exists():
            raise DatasetFileError(
                f"{path.name} was not closed properly, and cannot be mended where it is.",
                f"Copy it together with {path.name}-wal to a folder that you can write to.",
            ) from error
        raise
    except BaseException:
        database.close()
        raise
    return database


def _open_for_writing(
    path: Path, lock: DatasetLock, version: int, before_migration: BeforeMigration | None
) -> Database:
    writer = connect(path, "rw")
    try:
        checks.check_version(path, int(writer.execute("PRAGMA user_version").fetchone()[0]))
        small = path.stat().st_size <= INLINE_CHECK_BYTES
        if small or version < SCHEMA_VERSION:
            checks.check_integrity(path, writer)
        if version < SCHEMA_VERSION:
            if before_migration is not None:
                before_migration(path)
            migrate(writer)
        checks.check_schema(path, writer)
        writer.execute(f"PRAGMA journal_mode={'DELETE' if is_network_path(path) else 'WAL'}")
        writer.execute("PRAGMA synchronous=FULL")
        writer.execute("PRAGMA wal_autocheckpoint=4000")
    except BaseException:
        writer.close()
        raise
    return Database(path, writer, lock, needs_verify=not small)


def _leave_single_file(writer: sqlite3.Connection) -> None:
    """Back from WAL to one file; where a reader of another process prevents that, the log is left whole."""
    try:
        writer.execute("PRAGMA busy_timeout=500")
        writer.execute("PRAGMA journal_mode=DELETE")
    except sqlite3.OperationalError:
        return
    finally:
        writer.close()


def _writable(path: Path) -> bool:
    return os.access(path, os.W_OK) and os.access(path.parent, os.W_OK)
