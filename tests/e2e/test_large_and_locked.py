"""Files that are too large for the memory, and datasets that another process has open."""

import os
from collections.abc import Iterator
from pathlib import Path

import pytest

from finetune_studio.domain.errors import LockedDatasetError
from finetune_studio.settings.paths import app_paths
from finetune_studio.workspace.tasks import ImmediateRunner
from finetune_studio.workspace.workspace import Workspace
from tests.e2e.bad_files import GOOD, make_dataset
from tests.e2e.support import refused, run_apart, run_here, start, state_of

_MEASURED = """
import re, sys
from pathlib import Path
from finetune_studio.cli.main import main
code = main(sys.argv[1:])
# Not ru_maxrss: that starts at the size of the process that started this one.
peak = re.search(r"VmHWM:\\s+(\\d+) kB", Path("/proc/self/status").read_text())
print(int(peak[1]) // 1024, file=sys.stderr)
sys.exit(code)
"""
_HOLDING = """
import sys
from pathlib import Path
from finetune_studio.storage.database import open_database
with open_database(Path(sys.argv[1])):
    print("open", flush=True)
    sys.stdin.read()
"""
_SUBMIT = ("--to", "custom", "--base-url", "http://127.0.0.1:9/v1/", "--model", "m")


@pytest.fixture(scope="module")
def long_line(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """A line of 100 MiB between two good ones."""
    path = tmp_path_factory.mktemp("large") / "long_line.jsonl"
    with path.open("wb") as file:
        file.write(GOOD + b'{"messages": [{"role": "user", "content": "')
        for _ in range(100):
            file.write(b"x" * (1 << 20))
        file.write(b'"}]}\n' + GOOD)
    yield path
    path.unlink()


@pytest.fixture(scope="module")
def two_gigabytes(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """A thousand good lines and then one of 2 GB, which takes no room on the disk."""
    path = tmp_path_factory.mktemp("large") / "two_gigabytes.jsonl"
    path.write_bytes(GOOD * 1000)
    os.truncate(path, 2 << 30)
    yield path
    path.unlink()


def measured(home: Path, *words: str | Path) -> tuple[int, str, int]:
    """Exit code, everything it said, and the most memory that it used, in MiB."""
    ended = run_apart(home, *words, code=_MEASURED)
    assert "Traceback" not in ended.err
    *said, memory = ended.err.splitlines()
    return ended.code, ended.out + "\n".join(said), int(memory)


@pytest.mark.parametrize("command", ["lint", "convert", "import", "target"])
def test_a_line_of_100_mib(command: str, long_line: Path, tmp_path: Path) -> None:
    options: dict[str, tuple[str | Path, ...]] = {
        "lint": ("lint", long_line),
        "convert": ("convert", long_line, tmp_path / "out.jsonl"),
        "import": ("convert", long_line, tmp_path / "out.ftset"),
        "target": ("convert", long_line, tmp_path / "out.jsonl", "--target", "openai:gpt-4.1-mini"),
    }
    code, said, memory = measured(tmp_path, *options[command])
    assert code == (1 if command == "lint" else 0)
    assert ("long_line.jsonl:2:" if command == "lint" else "line") in said
    assert memory < 350
    if command in ("convert", "target"):
        assert (tmp_path / "out.jsonl").stat().st_size == 2 * len(GOOD)


@pytest.mark.slow
@pytest.mark.parametrize("command", ["lint", "import"])
def test_a_file_of_2_gb(command: str, two_gigabytes: Path, tmp_path: Path) -> None:
    options = (tmp_path / "out.ftset",) if command == "import" else ("--select", "F")
    word = "convert" if command == "import" else command
    code, said, memory = measured(tmp_path, word, two_gigabytes, *options)
    assert code == (0 if command == "import" else 1)
    assert "2,048 MiB long" in said
    assert memory < 350


def test_a_json_document_of_2_gb(tmp_path: Path) -> None:
    path = tmp_path / "list.json"
    path.write_bytes(b"[\n" + GOOD * 1000)
    os.truncate(path, 2 << 30)
    for words in (("lint", path), ("convert", path, tmp_path / "out.ftset")):
        code, said, memory = measured(tmp_path, *words)
        assert code == 2
        assert "more than 512 MiB" in said
        assert memory < 200
    assert not (tmp_path / "out.ftset").exists()


def test_a_dataset_with_2_gb_of_nothing_at_its_end(tmp_path: Path) -> None:
    path = make_dataset(tmp_path / "d.ftset")
    os.truncate(path, 2 << 30)
    code, _, memory = measured(tmp_path, "convert", path, tmp_path / "out.jsonl")
    assert code == 0
    assert (tmp_path / "out.jsonl").read_bytes() == GOOD * 3
    assert memory < 200


def test_a_dataset_that_is_open_elsewhere(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = make_dataset(tmp_path / "d.ftset")
    (tmp_path / "in.jsonl").write_bytes(GOOD)
    with start(tmp_path / "home", path, code=_HOLDING) as holder:
        assert holder.stdout is not None
        assert holder.stdin is not None
        assert holder.stdout.readline() == "open\n"
        before = state_of(tmp_path)
        words = ("d.ftset is open in another window", str(holder.pid), "Close it there first")
        refused(run_here(capsys, "convert", path, tmp_path / "out.jsonl"), *words)
        refused(run_here(capsys, "convert", tmp_path / "in.jsonl", path, "--overwrite"), *words)
        refused(run_here(capsys, "submit", path, *_SUBMIT), "key")
        with pytest.raises(LockedDatasetError, match="open in another window"):
            Workspace.open_any(path, paths=app_paths(), runner=ImmediateRunner())
        assert state_of(tmp_path) == before
        reading = Workspace.open(path, paths=app_paths(), runner=ImmediateRunner(), read_only=True)
        assert reading.examples().count() == 3
        reading.close()
        holder.stdin.close()
        assert holder.wait(10) == 0
    assert run_here(capsys, "convert", path, tmp_path / "out.jsonl").code == 0


def test_overwriting_a_dataset_that_was_not_closed(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """The log of the old file is not played into the new one."""
    path, out = make_dataset(tmp_path / "d.ftset"), tmp_path / "out.jsonl"
    (tmp_path / "in.jsonl").write_bytes(GOOD * 7)
    with start(tmp_path / "home", path, code=_HOLDING) as holder:
        assert holder.stdout is not None
        holder.stdout.readline()
        holder.kill()
    path.with_name("d.ftset-wal").write_bytes(b"left by the old file" * 100)
    assert run_here(capsys, "convert", tmp_path / "in.jsonl", path, "--overwrite").code == 0
    assert run_here(capsys, "convert", path, out).code == 0
    assert out.read_bytes() == GOOD * 7
