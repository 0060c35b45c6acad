"""No room on the disk, at every place that writes: told in words, nothing lost, and it goes on after."""

import errno
import os
import resource
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

from finetune_studio.domain.errors import DatasetFileError, StorageFullError, StudioError
from finetune_studio.domain.example import ReviewState
from finetune_studio.domain.id_set import IdSet
from finetune_studio.settings.options import THEME
from finetune_studio.settings.paths import app_paths
from finetune_studio.settings.store import Settings
from finetune_studio.workspace.backups import save_copy
from finetune_studio.workspace.exporting import export_as_is
from finetune_studio.workspace.operations.imports import import_file
from finetune_studio.workspace.operations.messages import set_message_text
from finetune_studio.workspace.operations.review import set_status
from finetune_studio.workspace.tasks import ImmediateRunner
from finetune_studio.workspace.workspace import Workspace
from tests.e2e.support import refused, run_here, state_of
from tests.helpers.builders import chat_line

_SUBMIT = ("--to", "custom", "--base-url", "http://127.0.0.1:9/v1/", "--model", "m")


@contextmanager
def no_file_over(size: int) -> Iterator[None]:
    """Let every write that makes a file larger than this fail, as on a full disk."""
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (size, hard))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))


def lines(count: int, words: int = 300) -> bytes:
    return b"".join(
        chat_line(("user", f"Question {n}?"), ("assistant", f"{n} " + "word " * words + "end"))
        for n in range(count)
    )


@pytest.fixture
def source(tmp_path: Path) -> Path:
    """About 1.7 MB."""
    path = tmp_path / "in.jsonl"
    path.write_bytes(lines(1000))
    return path


@pytest.fixture
def workspace(tmp_path: Path) -> Iterator[Workspace]:
    small = tmp_path / "small.jsonl"
    small.write_bytes(lines(20, 5))
    opened = Workspace.open_any(small, paths=app_paths(), runner=ImmediateRunner())
    yield opened
    opened.close()


def failure_of(workspace: Workspace, operation: Callable[..., Any], *words: Any) -> StudioError:
    failures: list[StudioError] = []
    workspace.perform(operation, *words, failed=failures.append)
    assert len(failures) == 1
    assert isinstance(failures[0], StorageFullError | DatasetFileError), failures
    assert failures[0].advice
    return failures[0]


@pytest.mark.parametrize("words", [("out.ftset",), ("out.jsonl",), ("out.jsonl", "--target", "openai")])
@pytest.mark.parametrize("limit", [1000, 300_000])
def test_converting(
    words: tuple[str, ...], limit: int, source: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    out = tmp_path / words[0]
    out.write_bytes(b"what was there before")
    before = state_of(tmp_path)
    with no_file_over(limit):
        ended = run_here(capsys, "convert", source, out, "--overwrite", *words[1:])
    refused(ended, out.name)
    assert state_of(tmp_path) == before


def test_opening_a_file_for_the_first_time(source: Path, tmp_path: Path) -> None:
    before = state_of(tmp_path)
    with no_file_over(300_000), pytest.raises(StudioError, match=r"in\.ftset could not be"):
        Workspace.open_any(source, paths=app_paths(), runner=ImmediateRunner())
    assert state_of(tmp_path) == before
    workspace = Workspace.open_any(source, paths=app_paths(), runner=ImmediateRunner())
    assert workspace.examples().count() == 1000
    workspace.close()


def test_importing_into_an_open_dataset(workspace: Workspace, source: Path, tmp_path: Path) -> None:
    with no_file_over(600_000):
        failure_of(workspace, import_file, source)
        assert workspace.examples().count() == 20
    workspace.perform(import_file, source)
    assert workspace.examples().count() == 1020
    workspace.close()
    again = Workspace.open(workspace.path, paths=app_paths(), runner=ImmediateRunner())
    assert again.examples().count() == 1020
    assert b"".join(row.body for row in again.examples().rows(list(range(21, 1021)))) == source.read_bytes()
    again.close()


def test_editing(workspace: Workspace, tmp_path: Path) -> None:
    workspace.perform(set_status, IdSet.of([1]), ReviewState.APPROVED)
    with no_file_over(300_000):
        failure_of(workspace, set_message_text, 1, 1, "long " * 200_000)
        assert b"long" not in workspace.examples().row(1).body
        assert workspace.examples().row(1).status is ReviewState.APPROVED
    workspace.perform(set_message_text, 1, 1, "after the disk had room again")
    workspace.undo()
    workspace.redo()
    workspace.close()
    again = Workspace.open(workspace.path, paths=app_paths(), runner=ImmediateRunner())
    assert b"had room again" in again.examples().row(1).body
    again.close()


def test_closing(workspace: Workspace) -> None:
    """The log cannot be brought into the file: it stays beside it, and the next opening has it all."""
    workspace.perform(set_message_text, 1, 1, "long " * 100_000)
    with no_file_over(300_000):
        workspace.close()
    again = Workspace.open(workspace.path, paths=app_paths(), runner=ImmediateRunner())
    assert again.examples().row(1).body.count(b"long ") == 100_000
    again.close()


@pytest.mark.parametrize("write", [export_as_is, save_copy], ids=["export", "copy"])
def test_writing_another_file(write: Callable[..., Any], workspace: Workspace, tmp_path: Path) -> None:
    workspace.perform(set_message_text, 1, 1, "long " * 100_000)
    out = tmp_path / "out"
    out.write_bytes(b"what was there before")
    names = sorted(tmp_path.iterdir())
    failures: list[StudioError] = []
    with no_file_over(300_000):
        workspace.ask(write, out, failed=failures.append)
    assert len(failures) == 1
    assert "out" in failures[0].text
    assert out.read_bytes() == b"what was there before"
    assert sorted(tmp_path.iterdir()) == names
    workspace.ask(write, out)
    assert out.stat().st_size > 500_000


def test_the_cache(tmp_path: Path) -> None:
    """Full text and kept findings are given up in silence: the dataset itself has room."""
    path = tmp_path / "d.jsonl"
    path.write_bytes(lines(100))
    workspace = Workspace.open_any(path, paths=app_paths(), runner=ImmediateRunner())
    with no_file_over(8192):
        workspace.lint.start()
        workspace.text_index.start()
        assert workspace.lint.summary.checked == 100
    workspace.text_index.start()
    workspace.close()


def test_sending(
    source: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("FINETUNE_STUDIO_API_KEY", "sk-of-no-service-0001")
    with no_file_over(300_000):
        refused(run_here(capsys, "submit", source, *_SUBMIT), "could not be written", "nothing was sent")
    left = [path for path in app_paths().data.rglob("*") if path.is_file()]
    assert left == []
    with no_file_over(4096):
        small = tmp_path / "small.jsonl"
        small.write_bytes(lines(12, 3))
        refused(run_here(capsys, "submit", small, *_SUBMIT), "journal", "cannot be written")


def test_settings(tmp_path: Path) -> None:
    path = tmp_path / "config" / "settings.toml"
    settings = Settings(path)
    settings.set(THEME.key, "dark")
    settings.save()
    before = path.read_bytes()
    settings.set(THEME.key, "light")
    with no_file_over(1), pytest.raises(StorageFullError, match="settings could not be written"):
        settings.save()
    assert path.read_bytes() == before
    assert list(path.parent.iterdir()) == [path]
    settings.save()
    assert Settings(path).get(THEME.key) == "light"


@pytest.mark.parametrize("where", ["fsync", "replace"])
def test_the_last_moment_of_an_export(
    where: str, workspace: Workspace, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    out = tmp_path / "out.jsonl"
    out.write_bytes(b"what was there before")
    names = sorted(tmp_path.iterdir())

    def fail(*_: object, **__: object) -> None:
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    failures: list[StudioError] = []
    with monkeypatch.context() as patch:
        patch.setattr(os, where, fail)
        workspace.ask(export_as_is, out, failed=failures.append)
    assert isinstance(failures[0], StorageFullError)
    assert "no room left to write out.jsonl" in failures[0].text
    assert out.read_bytes() == b"what was there before"
    assert sorted(tmp_path.iterdir()) == names
