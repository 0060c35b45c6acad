"""kill -9 while importing, editing, exporting and checking: what was acknowledged is there after."""

import os
import random
import signal
import subprocess
import threading
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path

import pytest

from finetune_studio.settings.paths import app_paths
from finetune_studio.storage.example_store import ExampleStore
from finetune_studio.workspace.exporting import export_as_is
from finetune_studio.workspace.tasks import ImmediateRunner
from finetune_studio.workspace.workspace import Workspace
from tests.e2e.support import start
from tests.helpers.builders import chat_line
from tests.helpers.processes import is_running, worker_processes

KILLS = 3
MANY = 6_000

_PRELUDE = """
import sys, threading
from pathlib import Path
from finetune_studio.settings.paths import app_paths
from finetune_studio.workspace.tasks import ImmediateRunner, ThreadTaskRunner
from finetune_studio.workspace.workspace import Workspace
def say(*words):
    print(*words, flush=True)
"""
FIRST_IMPORT = (
    _PRELUDE
    + """
say("ready")
Workspace.open_any(Path(sys.argv[1]), paths=app_paths(), runner=ImmediateRunner()).close()
say("done")
"""
)
IMPORT = (
    _PRELUDE
    + """
from finetune_studio.workspace.operations.imports import import_file
workspace = Workspace.open(Path(sys.argv[1]), paths=app_paths(), runner=ImmediateRunner())
say("ready")
workspace.perform(import_file, Path(sys.argv[2]))
say("done")
workspace.close()
"""
)
EDIT = (
    _PRELUDE
    + """
from finetune_studio.workspace.operations.messages import set_message_text
runner = ThreadTaskRunner(lambda call: call())
workspace = Workspace.open(Path(sys.argv[1]), paths=app_paths(), runner=runner)
free = threading.Semaphore(8)
def edit(number):
    def done(_changes):
        say(number)
        free.release()
    workspace.perform(set_message_text, 1 + number % 50, 1, f"edit {number} " + "x" * 2000, done=done)
number = int(sys.argv[2])
while True:
    free.acquire()
    edit(number)
    number += 1
"""
)
EXPORT = (
    _PRELUDE
    + """
from finetune_studio.workspace.exporting import export_as_is
workspace = Workspace.open(Path(sys.argv[1]), paths=app_paths(), runner=ImmediateRunner())
say("ready")
while True:
    export_as_is(workspace, Path(sys.argv[2]))
"""
)
CHECK = """
import sys
from pathlib import Path
from finetune_studio.lint import LintConfig, LintEngine
engine = LintEngine(LintConfig(select=("F",)), workers=2)
if sys.argv[2] == "at work":
    engine.check_file(Path(sys.argv[1]))
else:
    engine.start()
print("ready", flush=True)
while True:
    engine.check_file(Path(sys.argv[1]))
"""


def conversations(count: int, words: int = 60) -> bytes:
    text = "word " * words
    return b"".join(
        chat_line(("user", f"Question {n}?"), ("assistant", f"{n} {text}.")) for n in range(count)
    )


@pytest.fixture(scope="module")
def big(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """2.4 MB."""
    path = tmp_path_factory.mktemp("big") / "big.jsonl"
    path.write_bytes(conversations(MANY))
    return path


@pytest.fixture
def small(tmp_path: Path) -> Path:
    """A closed dataset of 50 conversations."""
    source = tmp_path / "data.jsonl"
    source.write_bytes(conversations(50))
    with opened(source) as workspace:
        return workspace.path


@contextmanager
def opened(path: Path) -> Iterator[Workspace]:
    """A dataset after a kill: it opens, is whole, and its history can be walked."""
    workspace = Workspace.open_any(path, paths=app_paths(), runner=ImmediateRunner())
    with closing(workspace):
        workspace.database.verify()
        assert ExampleStore(workspace.database.writer).damaged_ids() == []
        yield workspace
        if workspace.history_store.undo() is not None:
            assert workspace.history_store.redo() is not None


def killed_after(process: "subprocess.Popen[str]", seconds: float) -> list[str]:
    """Wait until it is ready, let it work for so long, kill it; what it said."""
    assert process.stdout is not None
    with process:
        said = [process.stdout.readline().strip()]
        try:
            process.wait(seconds)
        except subprocess.TimeoutExpired:
            process.kill()
        said += process.stdout.read().split("\n")
        return [line for line in said if line]


def moments(seed: int, longest: float) -> list[float]:
    chance = random.Random(seed)
    return [chance.uniform(0.001, longest) for _ in range(KILLS)]


def test_in_the_first_import_of_a_file(big: Path, tmp_path: Path) -> None:
    for number, moment in enumerate(moments(1, 0.2)):
        source = tmp_path / str(number) / "data.jsonl"
        source.parent.mkdir()
        source.write_bytes(big.read_bytes())
        said = killed_after(start(tmp_path / "home", source, code=FIRST_IMPORT), moment)
        assert source.read_bytes() == big.read_bytes()
        dataset = source.with_name("data.ftset")
        assert dataset.exists() or "done" not in said
        with opened(source) as workspace:
            assert workspace.examples().count() == MANY
            export_as_is(workspace, source.with_name("out.jsonl"))
        assert source.with_name("out.jsonl").read_bytes() == big.read_bytes()


def test_in_an_import_into_an_open_dataset(big: Path, small: Path, tmp_path: Path) -> None:
    count = 50
    for moment in moments(2, 0.3):
        said = killed_after(start(tmp_path / "home", small, big, code=IMPORT), moment)
        with opened(small) as workspace:
            found = workspace.examples().count()
            assert found in ((count + MANY,) if "done" in said else (count, count + MANY))
            count = found


def test_while_editing(small: Path, tmp_path: Path) -> None:
    chance = random.Random(3)
    first = 0
    for _ in range(KILLS):
        process = start(tmp_path / "home", small, first, code=EDIT)
        assert process.stdout is not None
        with process:
            for _ in range(chance.randrange(3, 60)):
                acknowledged = int(process.stdout.readline())
            process.kill()
            rest = process.stdout.read().split()
        acknowledged = int(rest[-1]) if rest else acknowledged
        with opened(small) as workspace:
            for number in range(max(first, acknowledged - 49), acknowledged + 1):
                body = workspace.examples().row(1 + number % 50).body
                written = int(body.split(b'"content": "edit ')[1].split(b" ")[0])
                assert written in (number, *range(number + 50, acknowledged + 10, 50)), (number, written)
        first = acknowledged + 100


def test_in_an_export(big: Path, small: Path, tmp_path: Path) -> None:
    source, out = tmp_path / "big.jsonl", tmp_path / "out.jsonl"
    source.write_bytes(big.read_bytes())
    with opened(source) as workspace:
        dataset = workspace.path
    for moment in moments(4, 0.15):
        out.write_bytes(b"what was there before")
        killed_after(start(tmp_path / "home", dataset, out, code=EXPORT), moment)
        assert out.read_bytes() in (b"what was there before", big.read_bytes())
        with opened(dataset) as workspace:
            export_as_is(workspace, out)
        assert out.read_bytes() == big.read_bytes()


@pytest.mark.parametrize(("when", "seconds"), [("at work", 2), ("starting", 20)])
def test_workers_end_with_their_parent(when: str, seconds: float, big: Path, tmp_path: Path) -> None:
    """One that is still importing ends when it has done that, which takes its time on a busy machine."""
    process = start(tmp_path / "home", big, when, code=CHECK)
    assert process.stdout is not None
    with process:
        assert process.stdout.readline() == "ready\n"
        children = worker_processes(process.pid)
        assert len(children) >= (2 if when == "at work" else 1)
        os.kill(process.pid, signal.SIGKILL)
        process.wait(5)
        deadline = time.monotonic() + seconds
        pause = threading.Event()
        while any(map(is_running, children)) and time.monotonic() < deadline:
            pause.wait(0.02)
        assert [child for child in children if is_running(child)] == []
