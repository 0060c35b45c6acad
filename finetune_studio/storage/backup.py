"""Backups: made by the app on its own, kept beside the app's data, thinned as they age."""

import os
import re
import shutil
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

from finetune_studio.storage import checks
from finetune_studio.storage.connection import connect, storage_errors
from finetune_studio.storage.copies import copy_into
from finetune_studio.storage.database import Database
from finetune_studio.storage.files import sync_file, sync_folder, temporary_beside
from finetune_studio.storage.lock import DatasetLock

EVERY = timedelta(minutes=30)
"""Of change; whoever runs the app asks `is_due`."""

_NAME = re.compile(r"(\d{8}T\d{6})Z-r(\d+)-([a-z0-9_]+)\.ftset")


@dataclass(frozen=True, slots=True)
class Backup:
    """`reason` is a code: automatic, import, bulk_delete, migration, fix_all, ..."""

    path: Path
    at: datetime
    revision: int
    reason: str
    size: int


class BackupFolder:
    """The backups of one dataset, by its uid; `root` is in the app's data folder."""

    def __init__(self, root: Path, uid: str) -> None:
        self.folder = root / uid

    def make(self, database: Database, reason: str = "automatic", now: datetime | None = None) -> Backup:
        """Copy the dataset as it is committed now, then thin out; safe while it is written to."""
        return self.make_from_file(database.path, database.revision, reason, now)

    def make_from_file(self, path: Path, revision: int, reason: str, now: datetime | None = None) -> Backup:
        """The same from a file that is not open, as before a migration."""
        moment = (now or datetime.now(UTC)).astimezone(UTC)
        reason = re.sub("[^a-z0-9_]", "_", reason.lower())
        name = f"{moment:%Y%m%dT%H%M%SZ}-r{revision}-{reason}.ftset"
        target = self.folder / name
        with storage_errors(target):
            self.folder.mkdir(parents=True, exist_ok=True)
            temporary = temporary_beside(target)
            try:
                copy_into(path, temporary)
                sync_file(temporary)
                os.replace(temporary, target)
                sync_folder(self.folder)
            finally:
                temporary.unlink(missing_ok=True)
        self.thin(moment)
        return Backup(target, moment.replace(microsecond=0), revision, reason, target.stat().st_size)

    def backups(self) -> list[Backup]:
        """The newest first."""
        found = [_read(path) for path in self.folder.glob("*.ftset")] if self.folder.is_dir() else []
        return sorted(
            (backup for backup in found if backup is not None), key=lambda b: (b.at, b.revision), reverse=True
        )

    def is_due(self, revision: int, now: datetime | None = None) -> bool:
        """Whether there is change since the newest backup, and that one is old enough."""
        newest = next(iter(self.backups()), None)
        if newest is None:
            return revision > 0
        return revision != newest.revision and (now or datetime.now(UTC)) - newest.at >= EVERY

    def thin(self, now: datetime | None = None) -> list[Path]:
        """Keep all of the last day, one a day for two weeks, one a week for half a year, and the newest."""
        moment = now or datetime.now(UTC)
        kept: set[tuple[str, int]] = set()
        removed = []
        for number, backup in enumerate(self.backups()):
            slot = _slot(backup.at, moment)
            if number == 0 or slot is None:
                continue
            if slot in kept or slot[0] == "old":
                backup.path.unlink(missing_ok=True)
                removed.append(backup.path)
            kept.add(slot)
        return removed


def restore(backup: Backup, path: Path) -> None:
    """Put a backup in the place of a closed dataset file; refused when that is open or the backup bad."""
    path = path.absolute()
    with storage_errors(path):
        lock = DatasetLock(path)
        lock.acquire()
        temporary = temporary_beside(path)
        try:
            _check(backup.path)
            shutil.copyfile(backup.path, temporary)
            sync_file(temporary)
            for suffix in ("-wal", "-shm", "-journal"):
                path.with_name(path.name + suffix).unlink(missing_ok=True)
            os.replace(temporary, path)
            sync_folder(path.parent)
        finally:
            temporary.unlink(missing_ok=True)
            lock.release()


def _check(path: Path) -> None:
    checks.check_header(path)
    connection = connect(path, "ro")
    try:
        checks.check_integrity(path, connection)
    finally:
        connection.close()


def _slot(at: datetime, now: datetime) -> tuple[str, int] | None:
    """Backups of one slot are thinned to one; None keeps all."""
    age = now - at
    if age < timedelta(days=1):
        return None
    if age < timedelta(days=14):
        return "day", at.toordinal()
    if age < timedelta(days=183):
        return "week", at.toordinal() // 7
    return "old", 0


def _read(path: Path) -> Backup | None:
    match = _NAME.fullmatch(path.name)
    if match is None:
        return None
    try:
        at = datetime.strptime(match[1], "%Y%m%dT%H%M%S").replace(tzinfo=UTC)
        return Backup(path, at, int(match[2]), match[3], path.stat().st_size)
    except (OSError, ValueError):
        return None
