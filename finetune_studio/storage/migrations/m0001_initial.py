"""The first schema."""

import sqlite3

STATEMENTS = (
    """CREATE TABLE meta(key TEXT PRIMARY KEY, value TEXT NOT NULL) STRICT, WITHOUT ROWID""",
    """CREATE TABLE source(
        id INTEGER PRIMARY KEY AUTOINCREMENT, name TEXT NOT NULL, path TEXT NOT NULL, sha256 BLOB NOT NULL,
        size INTEGER NOT NULL, encoding TEXT NOT NULL, bom INTEGER NOT NULL, line_end TEXT NOT NULL,
        final_newline INTEGER NOT NULL, format TEXT NOT NULL, first_position INTEGER NOT NULL,
        imported_at INTEGER NOT NULL, deleted_step INTEGER) STRICT""",
    """CREATE TABLE body(
        id INTEGER PRIMARY KEY AUTOINCREMENT, example_id INTEGER NOT NULL, kind TEXT NOT NULL, at INTEGER,
        sha256 BLOB NOT NULL, bytes BLOB NOT NULL) STRICT""",
    """CREATE TABLE example(
        id INTEGER PRIMARY KEY AUTOINCREMENT, uid BLOB NOT NULL UNIQUE, position INTEGER NOT NULL,
        body_id INTEGER NOT NULL, original_body_id INTEGER NOT NULL, status TEXT NOT NULL, split TEXT,
        split_pinned INTEGER NOT NULL DEFAULT 0, note TEXT NOT NULL DEFAULT '',
        source_id INTEGER REFERENCES source(id), source_line INTEGER, created_at INTEGER NOT NULL,
        deleted_step INTEGER) STRICT""",
    """CREATE INDEX example_by_position ON example(position) WHERE deleted_step IS NULL""",
    """CREATE TABLE tag(id INTEGER PRIMARY KEY, name TEXT NOT NULL UNIQUE) STRICT""",
    """CREATE TABLE example_tag(
        tag_id INTEGER NOT NULL, example_id INTEGER NOT NULL,
        PRIMARY KEY(tag_id, example_id)) STRICT, WITHOUT ROWID""",
    """CREATE TABLE kept_line(
        id INTEGER PRIMARY KEY AUTOINCREMENT, source_id INTEGER NOT NULL REFERENCES source(id),
        line INTEGER NOT NULL, offset INTEGER NOT NULL, position INTEGER NOT NULL, kind TEXT NOT NULL,
        problem TEXT NOT NULL, column INTEGER, deleted_step INTEGER, bytes BLOB) STRICT""",
    """CREATE INDEX kept_line_by_position ON kept_line(position) WHERE deleted_step IS NULL""",
    """CREATE TABLE step(
        id INTEGER PRIMARY KEY AUTOINCREMENT, code TEXT NOT NULL, arguments TEXT NOT NULL,
        at INTEGER NOT NULL, touched_at INTEGER NOT NULL, author TEXT NOT NULL,
        undone INTEGER NOT NULL DEFAULT 0, merge_key TEXT, size INTEGER NOT NULL DEFAULT 0) STRICT""",
    """CREATE TABLE change(
        id INTEGER PRIMARY KEY, step_id INTEGER NOT NULL REFERENCES step(id) ON DELETE CASCADE,
        kind TEXT NOT NULL, key TEXT NOT NULL, old ANY, new ANY, ids BLOB NOT NULL) STRICT""",
    """CREATE INDEX change_by_step ON change(step_id)""",
    """CREATE TABLE version(
        id INTEGER PRIMARY KEY, name TEXT NOT NULL, at INTEGER NOT NULL, snapshot BLOB NOT NULL) STRICT""",
    """CREATE TABLE suppression(
        id INTEGER PRIMARY KEY AUTOINCREMENT, code TEXT NOT NULL, example_uid TEXT, field TEXT NOT NULL,
        reason TEXT NOT NULL, author TEXT NOT NULL, at INTEGER NOT NULL) STRICT""",
    """CREATE TABLE option(key TEXT PRIMARY KEY, value TEXT NOT NULL) STRICT, WITHOUT ROWID""",
    """CREATE TABLE tool(
        id INTEGER PRIMARY KEY, name TEXT NOT NULL UNIQUE, definition TEXT NOT NULL) STRICT""",
    """CREATE TABLE submission(
        id INTEGER PRIMARY KEY, ref TEXT NOT NULL UNIQUE, at INTEGER NOT NULL, profile TEXT NOT NULL,
        document TEXT NOT NULL, lines BLOB) STRICT""",
    """CREATE TABLE evaluation(
        id INTEGER PRIMARY KEY, at INTEGER NOT NULL, model TEXT NOT NULL, document TEXT NOT NULL) STRICT""",
)


def apply(connection: sqlite3.Connection) -> None:
    for statement in STATEMENTS:
        connection.execute(statement)
