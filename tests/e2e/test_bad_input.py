"""Every way in, given every wrong file: one clear sentence, nothing written, nothing changed."""

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from finetune_studio.domain.errors import StudioError
from finetune_studio.settings.paths import app_paths
from finetune_studio.workspace.operations.imports import import_file
from finetune_studio.workspace.tasks import ImmediateRunner
from finetune_studio.workspace.workspace import Workspace
from tests.e2e.bad_files import BAD_DATASETS, BAD_FILES, Bad, make_bad_files
from tests.e2e.support import refused, run_here, state_of

_SUBMIT = ("--to", "custom", "--base-url", "http://127.0.0.1:9/v1/", "--model", "m")


@pytest.fixture(scope="module")
def bad_folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("bad")
    make_bad_files(folder)
    return folder


@pytest.fixture
def folder(bad_folder: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """The bad files; the test fails when it leaves one changed or another beside them."""
    monkeypatch.setenv("FINETUNE_STUDIO_API_KEY", "sk-of-no-service-0001")
    before = state_of(bad_folder)
    yield bad_folder
    assert state_of(bad_folder) == before


def _names(bad: Bad) -> str:
    return bad.name


@pytest.mark.parametrize("bad", BAD_FILES, ids=_names)
def test_commands_refuse_a_bad_file(
    bad: Bad, folder: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path, out = folder / bad.name, tmp_path / "out.jsonl"
    out.write_bytes(b"what was there before")
    lint = run_here(capsys, "lint", path)
    if bad.is_text:
        assert lint.code == 1
        assert "F0" in lint.out
    else:
        refused(lint, bad.name, bad.words)
    commands: tuple[tuple[str | Path, ...], ...] = (
        ("stats", path),
        ("stats", path, "--format", "json"),
        ("convert", path, out, "--overwrite"),
        ("convert", path, out, "--overwrite", "--target", "openai:gpt-4.1-mini"),
        ("convert", path, tmp_path / "out.ftset"),
        ("submit", path, *_SUBMIT),
        ("submit", folder / "good.jsonl", *_SUBMIT, "--validation", path),
    )
    for words in commands:
        refused(run_here(capsys, *words), bad.name, bad.words)
    assert out.read_bytes() == b"what was there before"
    assert list(tmp_path.iterdir()) == [out]


@pytest.mark.parametrize("bad", BAD_DATASETS, ids=_names)
def test_commands_refuse_a_bad_dataset(
    bad: Bad, folder: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path, out = folder / bad.name, tmp_path / "out.jsonl"
    out.write_bytes(b"what was there before")
    refused(run_here(capsys, "convert", path, out, "--overwrite"), bad.name, bad.as_dataset)
    refused(
        run_here(capsys, "convert", path, out, "--overwrite", "--target", "openai:gpt-4.1-mini"),
        bad.name,
        bad.as_dataset,
    )
    refused(run_here(capsys, "submit", path, *_SUBMIT), bad.name, bad.as_dataset)
    assert run_here(capsys, "lint", path).code in (1, 2)
    refused(run_here(capsys, "stats", path), bad.name)
    refused(run_here(capsys, "convert", path, tmp_path / "out.ftset"), bad.name)
    assert out.read_bytes() == b"what was there before"
    assert list(tmp_path.iterdir()) == [out]


@pytest.mark.parametrize("bad", BAD_FILES, ids=_names)
def test_a_bad_file_opens_as_no_dataset(bad: Bad, folder: Path) -> None:
    path, runner = folder / bad.name, ImmediateRunner()
    with pytest.raises(StudioError, match=bad.as_dataset):
        Workspace.open(path, paths=app_paths(), runner=runner)
    with pytest.raises(StudioError) as caught:
        Workspace.open_any(path, paths=app_paths(), runner=runner)
    assert caught.value.advice or "exists already" in caught.value.text


@pytest.mark.parametrize("bad", BAD_DATASETS, ids=_names)
def test_a_bad_dataset_does_not_open(bad: Bad, folder: Path) -> None:
    openers: tuple[Callable[..., Workspace], ...] = (Workspace.open, Workspace.open_any)
    for opener in openers:
        with pytest.raises(StudioError, match=bad.as_dataset) as caught:
            opener(folder / bad.name, paths=app_paths(), runner=ImmediateRunner())
        assert bad.name in caught.value.text
    with pytest.raises(StudioError, match=bad.as_dataset):
        Workspace.open(folder / bad.name, paths=app_paths(), runner=ImmediateRunner(), read_only=True)


def test_a_bad_file_changes_nothing_in_an_open_dataset(folder: Path, tmp_path: Path) -> None:
    workspace = Workspace.create(tmp_path / "d.ftset", paths=app_paths(), runner=ImmediateRunner())
    try:
        workspace.perform(import_file, folder / "good.jsonl")
        for bad in (*BAD_FILES, *BAD_DATASETS):
            failures: list[StudioError] = []
            workspace.perform(import_file, folder / bad.name, failed=failures.append)
            assert len(failures) == 1, bad.name
            assert bad.name in failures[0].text
            assert workspace.examples().count() == 3
        assert workspace.history.undo_label is not None
        workspace.undo()
        assert not workspace.history.can_undo
    finally:
        workspace.close()
