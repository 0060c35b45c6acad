"""Taking a text out of a dataset file for good, the history included."""

import hashlib
import json
import secrets
import sqlite3
from collections.abc import Iterator
from dataclasses import dataclass, replace
from functools import partial

from finetune_studio.domain.errors import UsageError
from finetune_studio.storage.connection import storage_errors
from finetune_studio.storage.database import Database
from finetune_studio.storage.submission_copies import blank_hashes
from finetune_studio.storage.versions import replace_in_tags

_TEXTS = (
    ("example", "note", "id"),
    ("source", "name", "id"),
    ("source", "path", "id"),
    ("step", "arguments", "id"),
    ("change", "key", "id"),
    ("change", "old", "id"),
    ("change", "new", "id"),
    ("suppression", "reason", "id"),
    ("tag", "name", "id"),
    ("version", "name", "id"),
    ("kept_line", "problem", "id"),
    ("evaluation", "document", "id"),
    ("submission", "document", "id"),
    ("tool", "definition", "id"),
    ("option", "value", "key"),
)


@dataclass(frozen=True, slots=True)
class PurgeReport:
    """How many examples (as they are now), earlier texts and other places held the text."""

    examples: int
    earlier: int
    others: int
    complete: bool = True
    """False when a reader kept the log from being emptied: the text is in it until the dataset is closed."""


def purge(database: Database, text: str, replacement: str = "[removed]") -> PurgeReport:
    """Replace a text in every body, note, label and kept line, and overwrite what was freed.

    The derived data has to be cleared by the caller. Backups and files that were exported or sent
    keep the text: whoever calls says so.
    """
    if not text:
        raise UsageError("Say which text to remove.")
    spellings = _spellings(text, replacement)
    connection = database.writer
    with storage_errors(database.path):
        connection.execute("BEGIN IMMEDIATE")
        try:
            report = _replace_all(connection, spellings)
            connection.execute("UPDATE meta SET value=value+1 WHERE key='revision'")
            connection.execute("UPDATE meta SET value=? WHERE key='stamp'", (secrets.token_hex(8),))
            connection.execute("COMMIT")
        except BaseException:
            if connection.in_transaction:
                connection.execute("ROLLBACK")
            raise
        connection.execute("VACUUM")
    return replace(report, complete=database.checkpoint())


def count(connection: sqlite3.Connection, text: str) -> tuple[int, int]:
    """How many examples as they are now, and how many earlier texts, hold the text."""
    if not text:
        return 0, 0
    spelled = spellings_of(text)
    condition = " OR ".join("instr(b.bytes, ?)" for _ in spelled)
    row = connection.execute(
        "SELECT count(*), coalesce(sum(EXISTS (SELECT 1 FROM example e WHERE e.body_id=b.id"  # noqa: S608
        f" AND e.deleted_step IS NULL)), 0) FROM body b WHERE {condition}",
        spelled,
    ).fetchone()
    return int(row[1]), int(row[0]) - int(row[1])


def spellings_of(text: str) -> list[bytes]:
    """The text as it may stand in a file of JSON."""
    return [spelled for spelled, _ in _spellings(text, "")]


def _spellings(text: str, replacement: str) -> list[tuple[bytes, bytes]]:
    """The text as it may stand in JSON, each with its replacement; the plain text comes last."""
    pairs: dict[bytes, bytes] = {}
    for ascii_only in (True, False):
        spelled = json.dumps(text, ensure_ascii=ascii_only)[1:-1].encode("utf-8", "surrogatepass")
        pairs[spelled] = json.dumps(replacement, ensure_ascii=ascii_only)[1:-1].encode("utf-8", "replace")
    pairs.setdefault(text.encode("utf-8", "surrogatepass"), replacement.encode("utf-8", "replace"))
    return list(pairs.items())


def _replace_all(connection: sqlite3.Connection, spellings: list[tuple[bytes, bytes]]) -> PurgeReport:
    now = {row[0] for row in connection.execute("SELECT body_id FROM example WHERE deleted_step IS NULL")}
    examples = earlier = others = 0
    gone: set[bytes] = set()
    for row_id, data in _holding(connection, "body", "bytes", "id", spellings):
        gone.update(connection.execute("SELECT sha256 FROM body WHERE id=?", (row_id,)).fetchone())
        connection.execute(
            "UPDATE body SET bytes=?, sha256=? WHERE id=?", (data, hashlib.sha256(data).digest(), row_id)
        )
        if row_id in now:
            examples += 1
        else:
            earlier += 1
    for row_id, data in _holding(connection, "kept_line", "bytes", "id", spellings):
        connection.execute("UPDATE kept_line SET bytes=? WHERE id=?", (data, row_id))
        others += 1
    others += blank_hashes(connection, gone)
    for table, column, key in _TEXTS:
        for row_id, data in _holding(connection, table, column, key, spellings):
            put = data.decode("utf-8") + (f" {row_id}" if table == "tag" else "")
            connection.execute(
                f"UPDATE {table} SET {column}=? WHERE {key}=?",  # noqa: S608 (names of ours)
                (put, row_id),
            )
            others += 1
    others += replace_in_tags(connection, partial(_purged, spellings))
    return PurgeReport(examples, earlier, others)


def _purged(spellings: list[tuple[bytes, bytes]], text: str) -> str:
    data = text.encode("utf-8")
    for spelled, put in spellings:
        data = data.replace(spelled, put)
    return data.decode("utf-8")


def _holding(
    connection: sqlite3.Connection, table: str, column: str, key: str, spellings: list[tuple[bytes, bytes]]
) -> Iterator[tuple[int | str, bytes]]:
    """Rows that hold a spelling, with the text after replacement; `change` blobs are numbers, left alone."""
    wanted = "text" if (table, column, key) in _TEXTS else "blob"
    ids = connection.execute(
        f"SELECT {key} FROM {table} WHERE typeof({column})='{wanted}' AND ("  # noqa: S608 (names of ours)
        + " OR ".join(f"instr(CAST({column} AS BLOB), ?)" for _ in spellings)
        + ")",
        [spelled for spelled, _ in spellings],
    ).fetchall()
    for (row_id,) in ids:
        (data,) = connection.execute(
            f"SELECT CAST({column} AS BLOB) FROM {table} WHERE {key}=?",  # noqa: S608 (names of ours)
            (row_id,),
        ).fetchone()
        for spelled, put in spellings:
            data = data.replace(spelled, put)
        yield row_id, data
