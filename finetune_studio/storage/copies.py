"""Copies of a dataset: a full one, and one that tells nothing of how it came about."""

import os
import sqlite3
from collections.abc import Callable
from pathlib import Path

from finetune_studio.domain.errors import DatasetFileError
from finetune_studio.storage import checks
from finetune_studio.storage.connection import connect, storage_errors
from finetune_studio.storage.database import Database, new_meta
from finetune_studio.storage.files import sync_file, sync_folder, temporary_beside

_SHED = (
    "DELETE FROM change",
    "DELETE FROM step",
    "DELETE FROM version",
    "DELETE FROM submission",
    "DELETE FROM evaluation",
    "DELETE FROM example WHERE deleted_step IS NOT NULL",
    "UPDATE example SET original_body_id=body_id",
    "UPDATE body SET at=NULL",
    "DELETE FROM body WHERE NOT EXISTS"
    " (SELECT 1 FROM example e WHERE e.id=body.example_id AND e.body_id=body.id)",
    "DELETE FROM example_tag WHERE example_id NOT IN (SELECT id FROM example)",
    "DELETE FROM tag WHERE id NOT IN (SELECT tag_id FROM example_tag)",
    "DELETE FROM kept_line WHERE deleted_step IS NOT NULL",
    "DELETE FROM source WHERE deleted_step IS NOT NULL",
    "UPDATE source SET path=''",
    "UPDATE suppression SET author=''",
)


def save_copy(database: Database, path: Path) -> None:
    """Write the whole dataset, history included, to another file; the copy is a dataset of its own.

    What was at `path` stays until the copy is whole and checked.
    """
    write_copy(database, path, new_meta)


def copy_for_sharing(database: Database, path: Path) -> None:
    """Write a copy without history, originals, removed examples, submissions, authors and paths."""
    write_copy(database, path, _shed_history)


def write_copy(database: Database, path: Path, change: Callable[[sqlite3.Connection], None] | None) -> None:
    """Copy to a temporary name, let `change` alter the copy, check it, and put it in place."""
    path = path.absolute()
    if path.exists() and path.samefile(database.path):
        raise DatasetFileError(f"{path.name} is the dataset that is open.", "Choose another name.")
    temporary = temporary_beside(path)
    with storage_errors(path):
        try:
            copy_into(database.path, temporary)
            _finish(temporary, change)
            sync_file(temporary)
            os.replace(temporary, path)
            sync_folder(path.parent)
        finally:
            for suffix in ("", "-journal"):
                temporary.with_name(temporary.name + suffix).unlink(missing_ok=True)


def copy_into(source: Path, target: Path) -> None:
    """VACUUM INTO a file that is not there yet; reads what is committed, disturbs no one."""
    reader = connect(source, "ro")
    try:
        reader.execute("PRAGMA query_only=OFF")
        reader.execute("VACUUM INTO ?", (str(target),))
    finally:
        reader.close()


def _finish(path: Path, change: Callable[[sqlite3.Connection], None] | None) -> None:
    connection = connect(path, "rw")
    try:
        connection.execute("PRAGMA synchronous=FULL")
        if change is not None:
            connection.execute("BEGIN")
            change(connection)
            connection.execute("COMMIT")
            connection.execute("VACUUM")
        checks.check_integrity(path, connection)
        checks.check_schema(path, connection)
    finally:
        connection.close()


def _shed_history(connection: sqlite3.Connection) -> None:
    for statement in _SHED:
        connection.execute(statement)
    new_meta(connection)
