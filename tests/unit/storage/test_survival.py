"""Kills in the middle of writing, and files that were damaged in every which way."""

import random
import subprocess
import sys
from pathlib import Path

import pytest

from finetune_studio.domain.errors import DamagedDatasetError, DatasetFileError, StudioError
from finetune_studio.domain.id_set import IdSet
from finetune_studio.storage.database import create, open_database
from finetune_studio.storage.example_store import ExampleStore
from finetune_studio.storage.history_store import HistoryStore
from finetune_studio.storage.recovery import recover
from finetune_studio.storage.rows import KeptLine, NewExample, NewSource
from tests.unit.storage.support import add_examples, body, content, files_in

WRITER = """
import sys
from pathlib import Path
from finetune_studio.domain.id_set import IdSet
from finetune_studio.storage.database import open_database
from finetune_studio.storage.history_store import HistoryStore
from finetune_studio.storage.rows import NewExample
database = open_database(Path(sys.argv[1]))
history = HistoryStore(database.writer)
number = int(sys.argv[2])
while True:
    with history.step("add") as step:
        step.insert_examples([NewExample(b'{"n": %d, "text": "%s"}\\n' % (number, b"x" * 3000))])
    with history.step("edit") as step:
        step.set_bodies([(1, b"%d\\n" % number)])
    if number % 7 == 0:
        database.checkpoint()
    print(number, flush=True)
    number += 1
"""

BUILDER = """
import itertools, sys
from pathlib import Path
from finetune_studio.storage.database import building
from finetune_studio.storage.history_store import HistoryStore
from finetune_studio.storage.rows import NewExample
with building(Path(sys.argv[1])) as connection, HistoryStore(connection).step("import") as step:
    print("started", flush=True)
    step.insert_examples(NewExample(b"%d\\n" % n) for n in itertools.count())
"""


def test_a_kill_while_writing_loses_nothing_that_was_committed(tmp_path: Path) -> None:
    path = tmp_path / "a.ftset"
    with create(path) as database:
        add_examples(HistoryStore(database.writer), 1)
    next_number = 0
    for round_number in range(5):
        with subprocess.Popen(
            [sys.executable, "-c", WRITER, str(path), str(next_number)], stdout=subprocess.PIPE, text=True
        ) as writer:
            assert writer.stdout is not None
            for _ in range(3 + 5 * round_number):
                acknowledged = int(writer.stdout.readline())
            writer.kill()
            rest = writer.stdout.read().split()
        acknowledged = int(rest[-1]) if rest else acknowledged
        with open_database(path) as database:
            database.verify()
            store = ExampleStore(database.writer)
            assert store.damaged_ids() == []
            assert store.count() - 1 in (acknowledged + 1, acknowledged + 2)
            assert int(store.row(1).body) in (acknowledged, acknowledged + 1)
            next_number = store.count() - 1
            history = HistoryStore(database.writer)
            assert history.undo() is not None
            assert history.redo() is not None
    assert files_in(tmp_path) == ["a.ftset"]


def test_a_kill_in_a_first_import_leaves_no_dataset(tmp_path: Path) -> None:
    path = tmp_path / "a.ftset"
    with subprocess.Popen(
        [sys.executable, "-c", BUILDER, str(path)], stdout=subprocess.PIPE, text=True
    ) as writer:
        assert writer.stdout is not None
        assert writer.stdout.readline() == "started\n"
        writer.kill()
    assert not path.exists()
    with create(path) as database:
        assert ExampleStore(database.writer).count() == 0


@pytest.fixture(scope="module")
def sound(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("sound") / "a.ftset"
    with create(path) as database:
        history = HistoryStore(database.writer)
        with history.step("import") as step:
            source = step.add_source(NewSource("a.jsonl"))
            step.insert_examples(
                NewExample(body(n, "some text " * (n % 40)), source_id=source, source_line=n)
                for n in range(1, 301)
            )
            step.add_unreadable_lines(source, [KeptLine(301, b"bad\n")])
        with history.step("edit") as step:
            step.set_bodies((n, body(n, "edited " * 30)) for n in range(1, 301, 5))
            step.add_tag(IdSet.range(1, 100), "first")
            step.set_note(7, "a note")
        with history.step("delete") as step:
            step.delete_examples(IdSet.of([300]))
        with history.step("option") as step:
            step.set_option("a", 1)
    return path


def mutated(data: bytes, chance: random.Random) -> bytes:
    """A copy with a few bits, bytes or pages spoilt, or a part gone."""
    out = bytearray(data)
    kind = chance.choice(("bits", "bytes", "page", "cut", "zero", "swap", "header", "grow"))
    if kind in ("bits", "bytes"):
        for _ in range(chance.choice((1, 3, 30))):
            at = chance.randrange(len(out))
            out[at] = out[at] ^ (1 << chance.randrange(8)) if kind == "bits" else chance.randrange(256)
    elif kind in ("page", "zero"):
        at = chance.randrange(len(out) // 8192) * 8192
        out[at : at + 8192] = chance.randbytes(8192) if kind == "page" else bytes(8192)
    elif kind == "cut":
        del out[chance.randrange(len(out)) :]
    elif kind == "swap":
        one, two = (chance.randrange(len(out) // 8192) * 8192 for _ in range(2))
        out[one : one + 8192], out[two : two + 8192] = out[two : two + 8192], out[one : one + 8192]
    elif kind == "header":
        out[chance.randrange(200)] = chance.randrange(256)
    else:
        out += chance.randbytes(chance.randrange(1, 20_000))
    return bytes(out)


@pytest.mark.parametrize("batch", range(10))
def test_damaged_files_open_or_are_refused_or_recovered(sound: Path, tmp_path: Path, batch: int) -> None:
    data = sound.read_bytes()
    path = tmp_path / "a.ftset"
    for number in range(20):
        chance = random.Random(batch * 1000 + number)
        path.write_bytes(mutated(data, chance))
        before = path.read_bytes()
        try:
            with open_database(path) as database:
                use(database.path)
        except DamagedDatasetError:
            assert path.read_bytes() == before, "a damaged file is never written to"
        except DatasetFileError:
            pass
        target = tmp_path / f"r{number}.ftset"
        try:
            report = recover(path, target)
        except StudioError:
            assert not target.exists()
            continue
        with open_database(target) as recovered:
            recovered.verify()
            store = ExampleStore(recovered.writer)
            assert store.count() == report.recovered
            assert store.damaged_ids() == []
            add_examples(HistoryStore(recovered.writer), 1)
        target.unlink()


def use(path: Path) -> None:
    """Read what an app reads; errors that a person is told are fine."""
    with open_database(path, read_only=True) as database:
        reader = database.new_reader()
        for read in (lambda: list(ExampleStore(reader).lines()), lambda: content(reader)):
            try:
                read()
            except DamagedDatasetError:
                continue


def test_recovery_of_a_sound_file_gives_everything_but_the_history(sound: Path, tmp_path: Path) -> None:
    before = sound.read_bytes()
    report = recover(sound, tmp_path / "b.ftset")
    assert (report.recovered, report.lost, report.doubtful, report.notes) == (299, [], [], [])
    with open_database(sound, read_only=True) as one, open_database(tmp_path / "b.ftset") as two:
        assert content(two.writer) == content(one.new_reader())
        assert HistoryStore(two.writer).undo() is None
    assert sound.read_bytes() == before


def test_recovery_tells_what_it_could_not_read(sound: Path, tmp_path: Path) -> None:
    data = bytearray(sound.read_bytes())
    at = data.index(body(123, "some text " * 3))
    page = at // 8192 * 8192
    data[page : page + 8192] = b"\x00" * 8192
    path = tmp_path / "a.ftset"
    path.write_bytes(data)
    with pytest.raises(DamagedDatasetError, match="damaged") as caught:
        open_database(path)
    assert "Recover" in caught.value.advice
    report = recover(path, tmp_path / "b.ftset")
    assert 123 in report.lost
    assert report.recovered + len(report.lost) == 299
    assert report.recovered > 250
    with pytest.raises(DatasetFileError, match="exists"):
        recover(path, tmp_path / "b.ftset")


def test_a_flipped_letter_is_found_by_its_checksum(sound: Path, tmp_path: Path) -> None:
    data = bytearray(sound.read_bytes())
    at = data.index(body(123, "some text " * 3))
    data[at + 45] ^= 1
    path = tmp_path / "a.ftset"
    path.write_bytes(data)
    with open_database(path) as database:
        store = ExampleStore(database.writer)
        assert store.damaged_ids() == [123]
        with pytest.raises(DamagedDatasetError, match="Example 123 is damaged"):
            list(store.lines())
    report = recover(path, tmp_path / "b.ftset")
    assert report.doubtful == [123]
    assert report.recovered == 299
