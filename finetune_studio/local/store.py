"""The server's memory: JSON documents and training metrics in one SQLite file.

Documents have a kind, an id and an owner (a job's id for its events and checkpoints). Keys that
begin with "_" are the server's own and never leave it.
"""

import json
import secrets
import sqlite3
import threading
import time
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from finetune_studio.domain.errors import StorageFullError

Document = dict[str, Any]

_SCHEMA = """
CREATE TABLE IF NOT EXISTS document (
    number INTEGER PRIMARY KEY AUTOINCREMENT,
    kind TEXT NOT NULL, id TEXT NOT NULL UNIQUE, owner TEXT NOT NULL, body TEXT NOT NULL) STRICT;
CREATE INDEX IF NOT EXISTS document_of ON document (kind, owner, number);
CREATE TABLE IF NOT EXISTS metric (
    job TEXT NOT NULL, step INTEGER NOT NULL, body TEXT NOT NULL,
    PRIMARY KEY (job, step)) STRICT, WITHOUT ROWID;
"""


@dataclass(frozen=True, slots=True)
class Page:
    items: list[Document]
    has_more: bool


def new_id(prefix: str) -> str:
    return f"{prefix}-{secrets.token_hex(12)}"


def now() -> int:
    """Seconds since 1970, as the wire format has them."""
    return int(time.time())


class Store:
    """Safe to call from any thread; one connection behind a lock, each change one transaction."""

    def __init__(self, path: Path) -> None:
        path.parent.mkdir(parents=True, exist_ok=True)
        self._lock = threading.RLock()
        self._connection = sqlite3.connect(path, check_same_thread=False, isolation_level=None)
        self._connection.execute("PRAGMA journal_mode=WAL")
        self._connection.execute("PRAGMA synchronous=FULL")
        self._connection.executescript(_SCHEMA)

    def close(self) -> None:
        with self._lock:
            self._connection.close()

    @contextmanager
    def transaction(self) -> Iterator[sqlite3.Connection]:
        """Several changes as one; raises StorageFullError where the disk refuses."""
        with self._lock:
            nested = self._connection.in_transaction
            if nested:
                yield self._connection
                return
            try:
                self._connection.execute("BEGIN IMMEDIATE")
                yield self._connection
                self._connection.execute("COMMIT")
            except sqlite3.OperationalError as error:
                text = f"The local server cannot write its data ({error})."
                raise StorageFullError(text, "Free some disk space.") from error
            finally:
                if self._connection.in_transaction:
                    self._connection.execute("ROLLBACK")

    def add(self, kind: str, body: Document, owner: str = "") -> None:
        with self.transaction() as connection:
            connection.execute(
                "INSERT INTO document (kind, id, owner, body) VALUES (?, ?, ?, ?)",
                (kind, body["id"], owner, json.dumps(body)),
            )

    def get(self, kind: str, name: str) -> Document | None:
        with self._lock:
            row = self._connection.execute(
                "SELECT body FROM document WHERE kind = ? AND id = ?", (kind, name)
            ).fetchone()
        return None if row is None else _parsed(row[0])

    def update(
        self,
        kind: str,
        name: str,
        changes: Mapping[str, Any],
        *,
        only_if: Callable[[Document], bool] | None = None,
    ) -> Document | None:
        """Change some keys; None, and nothing done, where it is gone or `only_if` says no."""
        with self.transaction() as connection:
            body = self.get(kind, name)
            if body is None or (only_if is not None and not only_if(body)):
                return None
            body.update(changes)
            connection.execute(
                "UPDATE document SET body = ? WHERE kind = ? AND id = ?", (json.dumps(body), kind, name)
            )
            return body

    def delete(self, kind: str, name: str) -> bool:
        with self.transaction() as connection:
            done = connection.execute("DELETE FROM document WHERE kind = ? AND id = ?", (kind, name))
            return done.rowcount > 0

    def documents(self, kind: str, owner: str = "") -> list[Document]:
        """All of a kind, oldest first."""
        with self._lock:
            rows = self._connection.execute(
                "SELECT body FROM document WHERE kind = ? AND owner = ? ORDER BY number", (kind, owner)
            ).fetchall()
        return [_parsed(row[0]) for row in rows]

    def page(
        self,
        kind: str,
        *,
        owner: str = "",
        after: str | None = None,
        limit: int = 20,
        newest_first: bool = True,
        where: Callable[[Document], bool] | None = None,
    ) -> Page:
        """Up to `limit` documents beyond the one named `after`; KeyError where that one is not known."""
        compare, order = ("<", "DESC") if newest_first else (">", "ASC")
        with self._lock:
            clause, values = "", [kind, owner]
            if after:
                row = self._connection.execute(
                    "SELECT number FROM document WHERE kind = ? AND owner = ? AND id = ?",
                    (kind, owner, after),
                ).fetchone()
                if row is None:
                    raise KeyError(after)
                clause = f" AND number {compare} ?"
                values.append(row[0])
            rows = self._connection.execute(
                f"SELECT body FROM document WHERE kind = ? AND owner = ?{clause} ORDER BY number {order}",  # noqa: S608
                values,
            )
            found: list[Document] = []
            for row in rows:
                body = _parsed(row[0])
                if where is None or where(body):
                    found.append(body)
                if len(found) > limit:
                    break
        return Page(found[:limit], len(found) > limit)

    def add_metrics(self, job: str, points: Iterable[tuple[int, Mapping[str, float | int | None]]]) -> None:
        with self.transaction() as connection:
            connection.executemany(
                "INSERT OR REPLACE INTO metric (job, step, body) VALUES (?, ?, ?)",
                [(job, step, json.dumps(dict(values))) for step, values in points],
            )

    def metrics(self, job: str) -> list[dict[str, float | int | None]]:
        """By step."""
        with self._lock:
            rows = self._connection.execute(
                "SELECT body FROM metric WHERE job = ? ORDER BY step", (job,)
            ).fetchall()
        return [json.loads(row[0]) for row in rows]

    def forget_after(self, job: str, step: int) -> None:
        """Drop what a job reported beyond the step from which it goes on."""
        with self.transaction() as connection:
            connection.execute("DELETE FROM metric WHERE job = ? AND step > ?", (job, step))
            for kind in ("event", "checkpoint"):
                connection.execute(
                    "DELETE FROM document WHERE kind = ? AND owner = ? AND json_extract(body, '$._step') > ?",
                    (kind, job, step),
                )


def _parsed(text: str) -> Document:
    value: Document = json.loads(text)
    return value
