"""The schema's history: small named steps, append-only, each in one transaction with its number."""

import sqlite3
from collections.abc import Callable
from dataclasses import dataclass

from finetune_studio.storage.migrations import m0001_initial


@dataclass(frozen=True, slots=True)
class Migration:
    """`version` is SQLite's user_version once it has run."""

    version: int
    name: str
    apply: Callable[[sqlite3.Connection], None]


MIGRATIONS: tuple[Migration, ...] = (Migration(1, "initial", m0001_initial.apply),)

SCHEMA_VERSION = MIGRATIONS[-1].version


def migrate(connection: sqlite3.Connection, migrations: tuple[Migration, ...] = MIGRATIONS) -> list[str]:
    """Run what the file lacks, all in one transaction, and return the names of what ran."""
    have = int(connection.execute("PRAGMA user_version").fetchone()[0])
    missing = [migration for migration in migrations if migration.version > have]
    if not missing:
        return []
    connection.execute("BEGIN IMMEDIATE")
    try:
        for migration in missing:
            migration.apply(connection)
            connection.execute(f"PRAGMA user_version={migration.version}")
        connection.execute("COMMIT")
    except BaseException:
        if connection.in_transaction:
            connection.execute("ROLLBACK")
        raise
    return [migration.name for migration in missing]
