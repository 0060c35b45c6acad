import errno
import os
import shutil
import sqlite3
import stat
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from finetune_studio.domain.errors import (
    DamagedDatasetError,
    DatasetFileError,
    LockedDatasetError,
    NewerDatasetError,
    NotADatasetError,
    ReadOnlyDatasetError,
    StorageFullError,
)
from finetune_studio.storage import checks, migrations
from finetune_studio.storage.connection import APPLICATION_ID, from_os_error
from finetune_studio.storage.database import building, create, open_database
from finetune_studio.storage.example_store import ExampleStore
from finetune_studio.storage.history_store import HistoryStore
from finetune_studio.storage.lock import is_network_path, lock_path, read_holder
from finetune_studio.storage.migrations import MIGRATIONS, Migration, migrate
from finetune_studio.storage.rows import NewExample
from tests.unit.storage.support import add_examples, body, content, files_in

HOLD = """
import sys
from pathlib import Path
from finetune_studio.storage.database import open_database
database = open_database(Path(sys.argv[1]))
print("open", flush=True)
sys.stdin.read()
"""


@pytest.fixture
def path(tmp_path: Path) -> Path:
    path = tmp_path / "my set.ftset"
    with create(path) as database:
        add_examples(HistoryStore(database.writer), 50)
    return path


def set_header(path: Path, offset: int, value: int) -> None:
    with path.open("r+b") as file:
        file.seek(offset)
        file.write(value.to_bytes(4, "big"))


def test_a_closed_dataset_is_a_single_file(path: Path) -> None:
    with open_database(path) as database:
        add_examples(HistoryStore(database.writer), 1)
        assert len(files_in(path.parent)) == 4, "log, its index and the lock"
    assert files_in(path.parent) == ["my set.ftset"]
    assert path.read_bytes()[18:20] == b"\x01\x01", "not in WAL mode"


def test_the_file_says_what_it_is(path: Path) -> None:
    header = path.read_bytes()[:100]
    assert header[68:72] == b"FTS1"
    assert int.from_bytes(header[60:64], "big") == migrations.SCHEMA_VERSION


def test_while_open_it_is_durable_and_careful(path: Path) -> None:
    with open_database(path) as database:
        settings = {
            name: database.writer.execute(f"PRAGMA {name}").fetchone()[0]
            for name in ("journal_mode", "synchronous", "foreign_keys", "secure_delete", "cell_size_check")
        }
        assert settings == {
            "journal_mode": "wal",
            "synchronous": 2,
            "foreign_keys": 1,
            "secure_delete": 1,
            "cell_size_check": 1,
        }
        assert database.writer.execute("PRAGMA trusted_schema").fetchone() == (0,)
        with pytest.raises(sqlite3.OperationalError, match="readonly"):
            database.new_reader().execute("DELETE FROM example")


def test_opening_and_reading_changes_no_byte(path: Path) -> None:
    before, modified = path.read_bytes(), path.stat().st_mtime_ns
    with open_database(path) as database:
        content(database.new_reader())
        database.verify()
        database.checkpoint()
    assert (path.read_bytes(), path.stat().st_mtime_ns) == (before, modified)


def test_checkpoint_makes_a_copy_of_the_file_current(path: Path, tmp_path: Path) -> None:
    with open_database(path) as database:
        add_examples(HistoryStore(database.writer), 5, start=50)
        assert database.checkpoint()
        shutil.copyfile(path, tmp_path / "copy.ftset")
    with open_database(tmp_path / "copy.ftset") as copy:
        assert ExampleStore(copy.writer).count() == 55


def test_a_reader_in_the_way_postpones_the_checkpoint(path: Path) -> None:
    with open_database(path) as database:
        database.writer.execute("PRAGMA busy_timeout=0")
        reader = database.new_reader()
        cursor = reader.execute("SELECT id FROM example")
        cursor.fetchone()
        add_examples(HistoryStore(database.writer), 1, start=50)
        assert not database.checkpoint()
        cursor.close()
        assert database.checkpoint()


@pytest.mark.parametrize("name", ["a#b?c%20.ftset", "d\u00e9 \u65e5.ftset", "no ending"])
def test_any_name_will_do(tmp_path: Path, name: str) -> None:
    with create(tmp_path / name) as database:
        add_examples(HistoryStore(database.writer), 1)
        assert ExampleStore(database.new_reader()).count() == 1
    assert files_in(tmp_path) == [name]


def test_create_refuses_to_overwrite(path: Path) -> None:
    with pytest.raises(DatasetFileError, match="exists"):
        create(path)


def fail_while_building(path: Path) -> None:
    with building(path) as connection:
        add_examples(HistoryStore(connection), 10)
        raise ValueError("cancelled")


def test_a_failed_first_import_leaves_nothing(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="cancelled"):
        fail_while_building(tmp_path / "new.ftset")
    assert files_in(tmp_path) == []


def test_a_first_import_is_a_step_that_can_be_undone(tmp_path: Path) -> None:
    path = tmp_path / "new.ftset"
    with building(path) as connection:
        add_examples(HistoryStore(connection), 10)
        assert not path.exists()
    assert files_in(tmp_path) == ["new.ftset"]
    with open_database(path) as database:
        history = HistoryStore(database.writer)
        assert ExampleStore(database.writer).count() == 10
        assert history.undo() is not None
        assert ExampleStore(database.writer).count() == 0


@pytest.mark.parametrize(
    ("spoil", "error", "text"),
    [
        (lambda p: p.unlink(), DatasetFileError, "no file"),
        (lambda p: (p.unlink(), p.mkdir()), NotADatasetError, "folder"),
        (lambda p: p.write_bytes(b""), NotADatasetError, "empty"),
        (lambda p: p.write_bytes(b'{"messages": []}\n' * 99), NotADatasetError, "not a dataset"),
        (lambda p: set_header(p, 68, 7), NotADatasetError, "another program"),
        (lambda p: set_header(p, 60, migrations.SCHEMA_VERSION + 1), NewerDatasetError, "newer version"),
        (lambda p: set_header(p, 60, 0), DamagedDatasetError, "version"),
        (lambda p: p.write_bytes(p.read_bytes()[:90]), DamagedDatasetError, "first page"),
        (lambda p: os.truncate(p, p.stat().st_size - 8192), DamagedDatasetError, "8,192 bytes are missing"),
    ],
)
def test_what_is_not_a_whole_dataset_is_refused(
    path: Path, spoil: Callable[[Path], object], error: type[Exception], text: str
) -> None:
    spoil(path)
    before = path.read_bytes() if path.is_file() else None
    for read_only in (False, True):
        with pytest.raises(error, match=text) as caught:
            open_database(path, read_only=read_only)
        assert type(caught.value) is error
    assert (path.read_bytes() if path.is_file() else None) == before
    assert not lock_path(path).exists()


@pytest.mark.parametrize(
    "statement",
    [
        "CREATE TRIGGER t AFTER INSERT ON example BEGIN DELETE FROM body; END",
        "CREATE VIEW v AS SELECT 1",
        "DROP INDEX example_by_position",
        "ALTER TABLE example ADD COLUMN more TEXT",
        "DELETE FROM meta",
    ],
)
def test_another_schema_is_refused(path: Path, statement: str) -> None:
    connection = sqlite3.connect(path)
    connection.execute(statement)
    connection.commit()
    connection.close()
    with pytest.raises(DamagedDatasetError, match=r"tables|description"):
        open_database(path)


def test_a_large_file_opens_before_it_is_checked(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("finetune_studio.storage.database.INLINE_CHECK_BYTES", 1)
    with open_database(path) as database:
        assert database.needs_verify
        database.verify()
        assert not database.needs_verify


def test_a_second_process_is_told_who_has_it(path: Path) -> None:
    with subprocess.Popen(
        [sys.executable, "-c", HOLD, str(path)], stdin=subprocess.PIPE, stdout=subprocess.PIPE
    ) as holder:
        assert holder.stdout is not None
        assert holder.stdout.readline() == b"open\n"
        with pytest.raises(LockedDatasetError, match=f"process {holder.pid}"):
            open_database(path)
        with open_database(path, read_only=True) as reading:
            assert ExampleStore(reading.new_reader()).count() == 50
        holder.kill()
        holder.communicate()
    with open_database(path) as database:
        known = read_holder(lock_path(path))
        assert known is not None
        assert known.pid == os.getpid()
        assert ExampleStore(database.writer).count() == 50
    assert files_in(path.parent) == ["my set.ftset"]


def test_the_same_process_cannot_open_it_twice(path: Path) -> None:
    with open_database(path), pytest.raises(LockedDatasetError, match="another window"):
        open_database(path)
    with open_database(path):
        pass


def test_read_only_offers_no_writer(path: Path) -> None:
    with open_database(path, read_only=True) as database:
        assert database.read_only
        with pytest.raises(ReadOnlyDatasetError, match="reading only"):
            _ = database.writer
        assert database.revision == 1
        assert database.checkpoint()
    assert files_in(path.parent) == ["my set.ftset"]


def test_a_file_that_cannot_be_written_opens_for_reading(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path.chmod(stat.S_IRUSR)
    monkeypatch.setattr(os, "access", lambda *_: False)  # root may write everything
    with open_database(path) as database:
        assert database.read_only
        assert ExampleStore(database.new_reader()).count() == 50


def test_a_full_disk_takes_the_step_back_and_says_so(path: Path) -> None:
    with open_database(path) as database:
        pages = database.writer.execute("PRAGMA page_count").fetchone()[0]
        database.writer.execute(f"PRAGMA max_page_count={pages + 4}")
        history = HistoryStore(database.writer)
        before = content(database.writer)
        with pytest.raises(StorageFullError, match="disk is full") as caught, history.step("big") as step:
            step.insert_examples(NewExample(body(n, "x" * 5000)) for n in range(200))
        assert "Make room" in caught.value.advice
        assert content(database.writer) == before
        database.writer.execute("PRAGMA max_page_count=1000000")
        add_examples(history, 5)
    with open_database(path) as database:
        assert ExampleStore(database.writer).count() == 55


@pytest.mark.parametrize(
    ("number", "error"),
    [
        (errno.ENOSPC, StorageFullError),
        (errno.EDQUOT, StorageFullError),
        (errno.EROFS, ReadOnlyDatasetError),
        (errno.EACCES, ReadOnlyDatasetError),
        (errno.EIO, DatasetFileError),
    ],
)
def test_errors_of_the_system_are_told_in_words(number: int, error: type[Exception]) -> None:
    made = from_os_error(OSError(number, os.strerror(number)), Path("a.ftset"))
    assert type(made) is error
    assert "a.ftset" in str(made)


def test_a_full_disk_while_building_leaves_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(_: Path) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr("finetune_studio.storage.database.sync_file", full)
    with pytest.raises(StorageFullError):
        create(tmp_path / "a.ftset")
    assert files_in(tmp_path) == []


def test_network_folders_are_told_by_their_mount(tmp_path: Path) -> None:
    mounts = tmp_path / "mounts"
    mounts.write_text("/dev/a / ext4 rw 0 0\nhost:/x /mnt/my\\040share nfs4 rw 0 0\n", encoding="utf-8")
    assert is_network_path(Path("/mnt/my share/a.ftset"), mounts)
    assert not is_network_path(Path("/mnt/my sharex/a.ftset"), mounts)
    assert not is_network_path(Path("/a"), tmp_path / "absent")


def test_a_file_left_open_by_a_crash_needs_its_folder(
    path: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with open_database(path) as database:
        add_examples(HistoryStore(database.writer), 1, start=50)
        for suffix in ("", "-wal"):
            shutil.copyfile(f"{path}{suffix}", tmp_path / f"b.ftset{suffix}")

    def refuse(*_: object) -> sqlite3.Connection:
        error = sqlite3.OperationalError("unable to open database file")
        error.sqlite_errorcode = sqlite3.SQLITE_CANTOPEN
        raise error

    with open_database(tmp_path / "b.ftset", read_only=True) as database:
        assert ExampleStore(database.new_reader()).count() == 51
    shutil.copyfile(path, tmp_path / "c.ftset")
    (tmp_path / "c.ftset-wal").write_bytes(b"")
    monkeypatch.setattr("finetune_studio.storage.database.connect", refuse)
    with pytest.raises(DatasetFileError, match="not closed properly"):
        open_database(tmp_path / "c.ftset", read_only=True)


def test_on_a_network_folder_no_log_is_used(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("finetune_studio.storage.database.is_network_path", lambda _: True)
    with open_database(path) as database:
        assert database.writer.execute("PRAGMA journal_mode").fetchone() == ("delete",)
        add_examples(HistoryStore(database.writer), 1)


def test_migrations_are_numbered_in_order_and_make_the_schema() -> None:
    assert [migration.version for migration in MIGRATIONS] == list(range(1, len(MIGRATIONS) + 1))
    assert len({migration.name for migration in MIGRATIONS}) == len(MIGRATIONS)
    modules = sorted(path.stem for path in Path(migrations.__file__).parent.glob("m*.py"))
    assert modules == [f"m{migration.version:04}_{migration.name}" for migration in MIGRATIONS]
    connection = sqlite3.connect(":memory:", isolation_level=None)
    assert migrate(connection) == [migration.name for migration in MIGRATIONS]
    assert migrate(connection) == []
    assert checks.schema_of(connection) == checks.expected_schema()
    tables = connection.execute("SELECT name, strict FROM pragma_table_list WHERE name NOT LIKE 'sqlite%'")
    assert all(strict for _, strict in tables), "every table is STRICT"
    connection.close()


def test_a_migration_that_fails_changes_nothing() -> None:
    connection = sqlite3.connect(":memory:", isolation_level=None)

    def fail(target: sqlite3.Connection) -> None:
        target.execute("CREATE TABLE b(x)")
        target.execute("CREATE TABLE a(x)")

    steps = (
        Migration(1, "one", lambda c: c.execute("CREATE TABLE a(x)") and None),
        Migration(2, "two", fail),
    )
    with pytest.raises(sqlite3.OperationalError):
        migrate(connection, steps)
    assert connection.execute("SELECT count(*) FROM sqlite_schema").fetchone() == (0,)
    assert connection.execute("PRAGMA user_version").fetchone() == (0,)
    connection.close()


def test_an_older_file_is_backed_up_and_then_migrated(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    newer = (
        *MIGRATIONS,
        Migration(2, "more", lambda c: c.execute("CREATE TABLE more(x ANY) STRICT") and None),
    )
    seen: list[int] = []

    def remember(old: Path) -> None:
        seen.append(int.from_bytes(old.read_bytes()[60:64], "big"))

    monkeypatch.setattr(migrations, "MIGRATIONS", newer)
    monkeypatch.setattr(checks, "MIGRATIONS", newer)
    monkeypatch.setattr(checks, "SCHEMA_VERSION", 2)
    monkeypatch.setattr("finetune_studio.storage.database.SCHEMA_VERSION", 2)
    monkeypatch.setattr(
        "finetune_studio.storage.database.migrate", lambda connection: migrate(connection, newer)
    )
    checks.expected_schema.cache_clear()
    try:
        with pytest.raises(ReadOnlyDatasetError, match="older version"):
            open_database(path, read_only=True)
        with open_database(path, before_migration=remember) as database:
            assert database.writer.execute("PRAGMA user_version").fetchone() == (2,)
            assert ExampleStore(database.writer).count() == 50
        assert seen == [1]
        assert int.from_bytes(path.read_bytes()[60:64], "big") == 2
    finally:
        checks.expected_schema.cache_clear()


def test_application_id_is_the_one_of_the_design() -> None:
    assert APPLICATION_ID == 0x46545331
