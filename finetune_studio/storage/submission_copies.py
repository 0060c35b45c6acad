"""The dataset's own record of what was sent from it: a document of each job, and the map of its lines."""

import sqlite3
import zlib
from dataclasses import dataclass

from finetune_studio.storage.connection import storage_errors
from finetune_studio.storage.database import Database

_PUT = (
    "INSERT INTO submission(ref, at, profile, document, lines) VALUES(?, ?, ?, ?, ?) ON CONFLICT(ref)"
    " DO UPDATE SET document=excluded.document, lines=coalesce(submission.lines, excluded.lines)"
)
_STAMP = "CASE WHEN json_valid(document) THEN json_extract(document, '$.updated_at') END"
_STAMPS = f"SELECT ref, {_STAMP} FROM submission"  # noqa: S608 (words of ours)


@dataclass(frozen=True, slots=True)
class SubmissionCopy:
    """`document` is JSON with `updated_at`; `lines` are packed records, None where they are kept already."""

    ref: str
    at: int
    profile: str
    document: str
    lines: bytes | None = None


def put_copies(database: Database, copies: list[SubmissionCopy]) -> None:
    """Add or renew records, all or none; lines that are kept stay. For the store thread."""
    connection = database.writer
    with storage_errors(database.path):
        connection.execute("BEGIN IMMEDIATE")
        try:
            connection.executemany(_PUT, [(c.ref, c.at, c.profile, c.document, c.lines) for c in copies])
            connection.execute("COMMIT")
        except BaseException:
            if connection.in_transaction:
                connection.execute("ROLLBACK")
            raise


def stamps_of(connection: sqlite3.Connection) -> dict[str, str]:
    """By reference: when what is kept was written."""
    return {ref: stamp or "" for ref, stamp in connection.execute(_STAMPS)}


def document_of(connection: sqlite3.Connection, ref: str) -> str:
    """The document of a record; empty where there is none."""
    row = connection.execute("SELECT document FROM submission WHERE ref=?", (ref,)).fetchone()
    return str(row[0]) if row else ""


def lines_of(connection: sqlite3.Connection, ref: str) -> bytes:
    """The records of all lines; empty where there are none."""
    row = connection.execute("SELECT lines FROM submission WHERE ref=?", (ref,)).fetchone()
    return unpack_lines(row[0]) if row and row[0] else b""


def pack_lines(records: bytes) -> bytes:
    return zlib.compress(records, 1)


def unpack_lines(packed: bytes) -> bytes:
    """Empty where the blob is damaged."""
    try:
        return zlib.decompress(packed)
    except zlib.error:
        return b""


def blank_hashes(connection: sqlite3.Connection, gone: set[bytes], record_size: int = 40) -> int:
    """Put zeros for hashes of texts that were taken out; how many records changed. Within a transaction."""
    changed = 0
    ids = [row[0] for row in connection.execute("SELECT id FROM submission WHERE lines IS NOT NULL")]
    for number in ids if gone else ():
        (packed,) = connection.execute("SELECT lines FROM submission WHERE id=?", (number,)).fetchone()
        records = bytearray(unpack_lines(packed))
        touched = False
        for start in range(0, len(records), record_size):
            if bytes(records[start + 8 : start + record_size]) in gone:
                records[start + 8 : start + record_size] = bytes(record_size - 8)
                touched = True
        if touched:
            connection.execute(
                "UPDATE submission SET lines=? WHERE id=?", (pack_lines(bytes(records)), number)
            )
            changed += 1
    return changed
