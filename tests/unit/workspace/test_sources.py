"""A file that changed after it was imported: what is new in it, and bringing just that in."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from finetune_studio.domain.errors import InputError, StudioError
from finetune_studio.domain.id_set import IdSet
from finetune_studio.settings.paths import AppPaths
from finetune_studio.workspace.exporting import export_as_is
from finetune_studio.workspace.operations import examples, messages
from finetune_studio.workspace.operations.imports import import_new_lines
from finetune_studio.workspace.queries import sources
from finetune_studio.workspace.queries.sources import source_news
from finetune_studio.workspace.tasks import ImmediateRunner
from finetune_studio.workspace.workspace import Workspace
from tests.helpers.builders import chat_line

FIRST, SECOND, THIRD = (
    chat_line(("user", f"{name}?"), ("assistant", f"{name}.")) for name in ("One", "Two", "Three")
)


@pytest.fixture
def source(tmp_path: Path) -> Path:
    path = tmp_path / "data.jsonl"
    path.write_bytes(FIRST + SECOND.rstrip(b"\n"))
    return path


@pytest.fixture
def opened(source: Path, paths: AppPaths) -> Iterator[Workspace]:
    workspace = Workspace.open_any(source, paths=paths, runner=ImmediateRunner())
    yield workspace
    workspace.close()


def bodies(workspace: Workspace) -> list[bytes]:
    return [row[3] for row in workspace.examples().bodies()]


def test_a_file_as_it_was_has_no_news(opened: Workspace, source: Path) -> None:
    assert source_news(opened) is None
    source.touch()
    assert source_news(opened) is None
    source.unlink()
    assert source_news(opened) is None


def test_lines_that_are_new_are_counted_and_brought_in_once(opened: Workspace, source: Path) -> None:
    """The line that had no end has one now: that makes no new example of it."""
    source.write_bytes(FIRST + SECOND + b"not JSON\n\n" + THIRD)
    news = source_news(opened)
    assert news is not None
    assert (news.path, news.new) == (source, 1)
    opened.perform(import_new_lines, source)
    assert bodies(opened) == [FIRST, SECOND.rstrip(b"\n"), THIRD]
    assert source_news(opened) is None
    opened.undo()
    assert len(bodies(opened)) == 2
    errors: list[StudioError] = []
    opened.redo()
    opened.perform(import_new_lines, source, failed=errors.append)
    assert isinstance(errors[0], InputError)
    assert "does not have" in errors[0].text


def test_what_was_edited_deleted_or_exported_here_is_no_news(opened: Workspace, source: Path) -> None:
    opened.perform(messages.set_message_text, 1, 1, "Uno.")
    export_as_is(opened, source)
    assert source_news(opened) is None
    opened.perform(examples.delete_examples, IdSet.of([1]))
    source.write_bytes(SECOND + FIRST)
    assert source_news(opened) is None


def test_a_large_file_is_not_read_again(
    opened: Workspace, source: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    source.write_bytes(FIRST + THIRD)
    monkeypatch.setattr(sources, "READ_LIMIT", 10)
    assert source_news(opened) is None


def test_a_file_that_cannot_be_read_any_more_has_no_news(opened: Workspace, source: Path) -> None:
    source.write_bytes(b"\xff\xfe\x00")
    assert source_news(opened) is None
