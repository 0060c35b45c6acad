"""Derived data: the full text, in a file of its own that can be thrown away at any time."""

import sqlite3
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import orjson

from finetune_studio.storage.connection import UNREADABLE, connect, storage_errors
from finetune_studio.storage.database import Database
from finetune_studio.storage.derived_schema import DERIVED_VERSION, create_schema, is_whole

_ADD_TEXTS = (
    "INSERT INTO full_text(rowid, content) SELECT CAST(key AS INTEGER), value FROM json_each(?)"
    # One call: executemany asks for the interpreter's lock at every row, in the way of a window.
)

SCHEMA_NAME = "derived"
"""What the store is called in SQL of a reader that it is attached to."""


def derived_path(cache: Path, database: Database) -> Path:
    """Where the derived data of a dataset is."""
    return cache / "derived" / f"{database.uid}.sqlite"


def identity_of(database: Database) -> str:
    """Tells a dataset file from a copy of it that shares its uid: body ids mean other texts there."""
    status = database.path.stat()
    return f"{database.uid}:{status.st_dev}:{status.st_ino}"


class DerivedStore:
    """One writer, guarded by a lock; readers attach the file.

    A store that is damaged, of another `identity` or made by another `code_version` is replaced by an
    empty one when it is opened.
    """

    def __init__(self, path: Path, identity: str = "", code_version: str = "") -> None:
        self.path = path
        self._lock = threading.Lock()
        self._marks = {"version": DERIVED_VERSION, "identity": identity, "code_version": code_version}
        with storage_errors(path):
            path.parent.mkdir(parents=True, exist_ok=True)
            self._connection = self._open()

    @property
    def connection(self) -> sqlite3.Connection:
        """The writing connection; use `writing` around changes."""
        return self._connection

    @property
    def text_upto(self) -> int:
        """The last body id that the full text holds."""
        return int(self._meta("text_upto") or 0)

    @contextmanager
    def writing(self) -> Iterator[sqlite3.Connection]:
        """One transaction of the store's writer."""
        with self._lock, storage_errors(self.path):
            self._connection.execute("BEGIN IMMEDIATE")
            try:
                yield self._connection
                self._connection.execute("COMMIT")
            except BaseException:
                if self._connection.in_transaction:
                    self._connection.execute("ROLLBACK")
                raise

    def attach(self, reader: sqlite3.Connection) -> None:
        """Make the store readable as `derived` on a read-only connection of the dataset."""
        with storage_errors(self.path):
            reader.execute(f"ATTACH ? AS {SCHEMA_NAME}", (f"{self.path.absolute().as_uri()}?mode=ro",))

    def index_text(
        self, reader: sqlite3.Connection, text_of: Callable[[bytes], str], limit: int = 2000
    ) -> bool:
        """Add the next bodies to the full text; returns False when it holds them all.

        To be called in the background until then, and after edits.
        """
        rows = reader.execute(
            "SELECT id, bytes FROM body WHERE id > ? ORDER BY id LIMIT ?", (self.text_upto, limit)
        ).fetchall()
        if not rows:
            return False
        texts = orjson.dumps({str(body_id): _clean(text_of(data)) for body_id, data in rows}).decode()
        with self.writing() as connection:
            connection.execute(_ADD_TEXTS, (texts,))
            _set_meta(connection, "text_upto", str(rows[-1][0]))
        return len(rows) == limit

    def empty(self) -> None:
        """Forget everything, and overwrite it; readers that are attached stay so."""
        with self.writing() as connection:
            connection.execute("INSERT INTO full_text(full_text) VALUES ('delete-all')")
            connection.execute("DELETE FROM meta WHERE key='text_upto'")
        with self._lock, storage_errors(self.path):
            self._connection.execute("VACUUM")
            self._connection.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchone()

    def clear(self) -> None:
        """Forget everything."""
        with self._lock, storage_errors(self.path):
            self._connection.close()
            _remove(self.path)
            self._connection = self._open()

    def close(self) -> None:
        with self._lock:
            self._connection.close()

    def _open(self) -> sqlite3.Connection:
        if self.path.exists():
            connection = _open_if_whole(self.path, self._marks)
            if connection is not None:
                return connection
            _remove(self.path)
        connection = connect(self.path, "rwc")
        try:
            _prepare(connection)
            create_schema(connection)
            for key, value in self._marks.items():
                _set_meta(connection, key, value)
        except BaseException:
            connection.close()
            raise
        return connection

    def _meta(self, key: str) -> str | None:
        with self._lock, storage_errors(self.path):
            row = self._connection.execute("SELECT value FROM meta WHERE key=?", (key,)).fetchone()
        return None if row is None else str(row[0])


def _open_if_whole(path: Path, marks: dict[str, str]) -> sqlite3.Connection | None:
    connection: sqlite3.Connection | None = None
    try:
        connection = connect(path, "rw")
        _prepare(connection)
        if is_whole(connection, marks):
            return connection
    except UNREADABLE:
        pass
    if connection is not None:
        connection.close()
    return None


def _prepare(connection: sqlite3.Connection) -> None:
    """Fast rather than safe: what is lost in a power cut is computed again."""
    connection.execute("PRAGMA secure_delete=OFF")
    connection.execute("PRAGMA journal_mode=WAL")
    connection.execute("PRAGMA synchronous=OFF")


def _set_meta(connection: sqlite3.Connection, key: str, value: str) -> None:
    connection.execute("INSERT OR REPLACE INTO meta(key, value) VALUES (?, ?)", (key, value))


def _remove(path: Path) -> None:
    for suffix in ("", "-wal", "-shm", "-journal"):
        path.with_name(path.name + suffix).unlink(missing_ok=True)


def _clean(text: str) -> str:
    """Without what SQLite's JSON does not take; NUL would end the text."""
    return text.replace("\0", " ").encode("utf-8", "replace").decode("utf-8")
