from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from finetune_studio.domain.errors import DatasetFileError, LockedDatasetError, NotADatasetError, UsageError
from finetune_studio.domain.id_set import IdSet
from finetune_studio.storage.backup import BackupFolder, restore
from finetune_studio.storage.copies import copy_for_sharing, save_copy
from finetune_studio.storage.database import Database, create, open_database
from finetune_studio.storage.example_store import ExampleStore
from finetune_studio.storage.history_store import HistoryStore
from finetune_studio.storage.purge import purge
from finetune_studio.storage.rows import KeptLine, NewSource
from tests.unit.storage.support import add_examples, body, content, files_in

SECRET = "sk-mark\u00e9d-key"


@pytest.fixture
def database(tmp_path: Path) -> Iterator[Database]:
    with create(tmp_path / "a.ftset") as database:
        history = HistoryStore(database.writer)
        add_examples(history, 4)
        with history.step("edit") as step:
            step.set_bodies([(1, body(1, SECRET)), (2, body(2, "sk-mark\\u00e9d-key"))])
        with history.step("edit") as step:
            step.set_bodies([(1, body(1, "clean"))])
            step.set_note(2, f"holds {SECRET}")
            step.add_tag(IdSet.of([3, 4]), "kept")
        with history.step("delete", {"text": SECRET}) as step:
            step.delete_examples(IdSet.of([4]))
            source = step.add_source(NewSource("a.jsonl", f"/home/somebody/{SECRET}/a.jsonl"))
            step.add_unreadable_lines(source, [KeptLine(1, b"bad\n")])
        yield database


def test_a_copy_is_whole_and_a_dataset_of_its_own(database: Database, tmp_path: Path) -> None:
    target = tmp_path / "copy.ftset"
    target.write_bytes(b"what was there")
    save_copy(database, target)
    assert files_in(tmp_path) == [".a.ftset.lock", "a.ftset", "a.ftset-shm", "a.ftset-wal", "copy.ftset"]
    assert target.read_bytes()[18:20] == b"\x01\x01", "not in WAL mode"
    with open_database(target) as copy:
        assert content(copy.writer) == content(database.writer)
        assert copy.uid != database.uid
        assert HistoryStore(copy.writer).undo() is not None


def test_a_copy_that_fails_leaves_what_was_there(
    database: Database, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    target = tmp_path / "copy.ftset"
    target.write_bytes(b"what was there")

    def fail(*_: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("finetune_studio.storage.copies.sync_file", fail)
    with pytest.raises(Exception, match="disk is full"):
        save_copy(database, target)
    assert target.read_bytes() == b"what was there"
    assert not [name for name in files_in(tmp_path) if name.endswith(".tmp")]
    with pytest.raises(DatasetFileError, match="open"):
        save_copy(database, database.path)


def test_a_copy_for_sharing_tells_nothing_of_the_past(database: Database, tmp_path: Path) -> None:
    target = tmp_path / "shared.ftset"
    with HistoryStore(database.writer).step("clean") as step:
        step.set_bodies([(2, body(2, "clean too"))])
        step.set_note(2, "")
    copy_for_sharing(database, target)
    data = target.read_bytes()
    for trace in (SECRET.encode(), b"sk-mark", b"somebody", body(3), body(0)):
        assert trace not in data
    with open_database(target) as copy:
        store = ExampleStore(copy.writer)
        assert [row.body for row in store.rows([1, 2, 3, 4])] == [
            row.body for row in ExampleStore(database.writer).rows([1, 2, 3, 4])
        ]
        assert store.tags() == [("kept", 1)]
        assert len(store.unreadable_lines()) == 1
        history = HistoryStore(copy.writer)
        assert history.undo() is None
        add_examples(history, 1)
    assert database.uid


def test_purge_takes_a_text_out_of_everything(database: Database) -> None:
    history = HistoryStore(database.writer)
    report = purge(database, SECRET)
    assert (report.examples, report.earlier) == (1, 1)
    assert report.others >= 3
    assert report.complete
    for path in database.path.parent.iterdir():
        assert b"sk-mark" not in path.read_bytes(), path.name
    store = ExampleStore(database.writer)
    assert store.damaged_ids() == []
    assert store.row(2).note == "holds [removed]"
    while history.undo():
        assert store.damaged_ids() == []
    with pytest.raises(UsageError):
        purge(database, "")


def test_backups_are_made_listed_and_restored(database: Database, tmp_path: Path) -> None:
    folder = BackupFolder(tmp_path / "backups", database.uid)
    start = datetime(2026, 5, 1, 12, tzinfo=UTC)
    assert folder.is_due(database.revision, start)
    backup = folder.make(database, "Bulk delete", start)
    assert folder.backups() == [backup]
    assert backup.reason == "bulk_delete"
    before = content(database.writer)
    assert not folder.is_due(database.revision, start + timedelta(hours=1))
    add_examples(HistoryStore(database.writer), 3)
    assert not folder.is_due(database.revision, start + timedelta(minutes=29))
    assert folder.is_due(database.revision, start + timedelta(minutes=30))
    with pytest.raises(LockedDatasetError):
        restore(backup, database.path)
    path = database.path
    database.close()
    restore(backup, path)
    with open_database(path) as restored:
        assert content(restored.writer) == before


def test_a_bad_backup_is_not_restored(database: Database, tmp_path: Path) -> None:
    backup = BackupFolder(tmp_path / "backups", database.uid).make(database)
    backup.path.write_bytes(b"gone")
    path = database.path
    database.close()
    before = path.read_bytes()
    with pytest.raises(NotADatasetError):
        restore(backup, path)
    assert path.read_bytes() == before


def test_backups_are_thinned_as_they_age(tmp_path: Path) -> None:
    folder = BackupFolder(tmp_path, "uid")
    folder.folder.mkdir()
    now = datetime(2026, 7, 1, 12, tzinfo=UTC)
    for hours in range(0, 24 * 400, 6):
        at = now - timedelta(hours=hours)
        (folder.folder / f"{at:%Y%m%dT%H%M%SZ}-r{hours}-automatic.ftset").write_bytes(b"x")
    (folder.folder / "notes.txt").write_bytes(b"mine")
    folder.thin(now)
    ages = [(now - backup.at).total_seconds() / 86400 for backup in folder.backups()]
    assert len([age for age in ages if age < 1]) == 4
    assert 12 <= len([age for age in ages if 1 <= age < 14]) <= 15
    assert 22 <= len([age for age in ages if 14 <= age < 183]) <= 26
    assert max(ages) < 183
    assert folder.thin(now) == []
    assert (folder.folder / "notes.txt").exists()
