"""The tables of derived data; another version throws the file away, so there are no migrations."""

import sqlite3

DERIVED_VERSION = "2"

_STATEMENTS = (
    "CREATE TABLE meta(key TEXT PRIMARY KEY, value TEXT NOT NULL) STRICT, WITHOUT ROWID",
    "CREATE VIRTUAL TABLE full_text USING fts5("
    "content, content='', tokenize=\"unicode61 remove_diacritics 2\", prefix='2 3')",
)


def create_schema(connection: sqlite3.Connection) -> None:
    for statement in _STATEMENTS:
        connection.execute(statement)


def is_whole(connection: sqlite3.Connection, marks: dict[str, str]) -> bool:
    """Whether the file is undamaged and was made by the same version for the same dataset."""
    found = dict(connection.execute("SELECT key, value FROM meta").fetchall())
    if any(found.get(key) != value for key, value in marks.items()):
        return False
    names = {row[0] for row in connection.execute("SELECT name FROM sqlite_schema")}
    if "full_text" not in names:
        return False
    small = connection.execute("PRAGMA page_count").fetchone()[0] < 16_384
    return not small or connection.execute("PRAGMA quick_check(1)").fetchone()[0] == "ok"
