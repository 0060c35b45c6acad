"""From a path to a workspace: which file, what is found again, what is said of files that are none."""

import os
import threading
from pathlib import Path

import pytest

from finetune_studio.domain.errors import (
    CancelledError,
    DatasetFileError,
    InputError,
    ReadOnlyDatasetError,
    StudioError,
)
from finetune_studio.domain.example import ExampleKind, ReviewState
from finetune_studio.domain.id_set import IdSet
from finetune_studio.settings.paths import AppPaths
from finetune_studio.workspace.opening import Preview, beside, find_dataset, open_in_background
from finetune_studio.workspace.operations import examples, imports, messages, review
from finetune_studio.workspace.queries.examples import (
    counts,
    get_example,
    list_ids,
    recent_steps,
    unreadable_lines,
)
from finetune_studio.workspace.task import TaskContext, TaskHandle
from finetune_studio.workspace.tasks import ImmediateRunner, TaskState, ThreadTaskRunner
from finetune_studio.workspace.workspace import Workspace
from tests.helpers.builders import chat_line
from tests.unit.workspace.conftest import Face

LINES = [chat_line(("user", f"q{n}"), ("assistant", f"a{n}")) for n in range(300)]


@pytest.fixture
def source(tmp_path: Path) -> Path:
    path = tmp_path / "data.jsonl"
    path.write_bytes(b"".join(LINES))
    return path


def test_a_jsonl_file_gets_a_dataset_beside_it_that_is_found_again(source: Path, paths: AppPaths) -> None:
    workspace = Workspace.open_any(source, paths=paths, runner=ImmediateRunner())
    assert workspace.path == source.with_suffix(".ftset")
    assert workspace.import_report is not None
    assert workspace.import_report.imported == 300
    first = list_ids(workspace)[0]
    assert get_example(workspace, first).status is ReviewState.TO_REVIEW
    assert (get_example(workspace, first).source_name, get_example(workspace, first).source_line) == (
        "data.jsonl",
        1,
    )
    workspace.perform(review.set_status, IdSet.of([first]), ReviewState.APPROVED)
    workspace.close()
    assert sorted(item.name for item in source.parent.glob("data*")) == ["data.ftset", "data.jsonl"]
    assert find_dataset(source, paths) == source.with_suffix(".ftset")
    again = Workspace.open_any(source, paths=paths, runner=ImmediateRunner())
    assert again.import_report is None
    assert get_example(again, first).status is ReviewState.APPROVED
    again.close()


@pytest.mark.skipif(os.name != "posix" or os.geteuid() == 0, reason="needs folders that refuse writing")
def test_a_folder_that_cannot_be_written(source: Path, paths: AppPaths) -> None:
    source.parent.chmod(0o500)
    try:
        workspace = Workspace.open_any(source, paths=paths, runner=ImmediateRunner())
        assert workspace.path.is_relative_to(paths.data)
        workspace.close()
    finally:
        source.parent.chmod(0o700)


def test_a_dataset_in_the_data_folder_is_found(
    source: Path, paths: AppPaths, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("finetune_studio.workspace.opening.os.access", lambda *_: False)
    workspace = Workspace.open_any(source, paths=paths, runner=ImmediateRunner())
    assert workspace.path.is_relative_to(paths.data)
    workspace.close()
    assert find_dataset(source, paths) == workspace.path


@pytest.mark.parametrize(
    ("name", "expected"),
    [("a.jsonl", "a.ftset"), ("a.b.jsonl.xz", "a.b.ftset"), (".jsonl", ".jsonl.ftset"), ("a", "a.ftset")],
)
def test_names(name: str, expected: str) -> None:
    assert beside(Path(name)).name == expected


def test_undo_lasts_across_restarts(source: Path, paths: AppPaths) -> None:
    workspace = Workspace.open_any(source, paths=paths, runner=ImmediateRunner())
    first, second = list_ids(workspace)[:2]
    workspace.perform(messages.set_message_text, first, 1, "other")
    workspace.perform(examples.delete_examples, IdSet.of([second]))
    workspace.close()
    again = Workspace.open(workspace.path, paths=paths, runner=ImmediateRunner())
    assert again.history.undo_label is not None
    assert again.history.undo_label.code == "example.delete"
    again.undo()
    again.undo()
    assert get_example(again, first).body == LINES[0]
    assert len(list_ids(again)) == 300
    assert again.history.undo_label is not None
    assert again.history.undo_label.code == "import.file"
    assert [step.undone for step in recent_steps(again)] == [True, True, False]
    again.undo()
    assert counts(again).total == 0
    again.redo()
    again.redo()
    again.close()
    third = Workspace.open(workspace.path, paths=paths, runner=ImmediateRunner())
    assert third.history.redo_label is not None
    third.redo()
    assert len(list_ids(third)) == 299
    third.close()


def test_bad_lines_are_kept_and_can_be_repaired(tmp_path: Path, paths: AppPaths) -> None:
    source = tmp_path / "data.jsonl"
    source.write_bytes(LINES[0] + b'{"messages": [}\r\n' + b"\n" + LINES[1] + b"[1]\n")
    workspace = Workspace.open_any(source, paths=paths, runner=ImmediateRunner())
    report = workspace.import_report
    assert report is not None
    assert (report.imported, report.n_bad, report.blank) == (2, 2, 1)
    assert [(line.line, line.column, line.is_kept) for line in report.bad_lines] == [
        (2, 15, True),
        (5, 1, True),
    ]
    kept = unreadable_lines(workspace)
    assert [row.line.data for row in kept] == [b'{"messages": [}\r\n', b"[1]\n"]
    assert counts(workspace).unreadable == 2
    errors: list[StudioError] = []
    workspace.perform(imports.repair_unreadable_line, kept[0].id, '{"messages": [', failed=errors.append)
    workspace.perform(imports.repair_unreadable_line, kept[0].id, "{}\n{}", failed=errors.append)
    workspace.perform(imports.repair_unreadable_line, kept[0].id, "7", failed=errors.append)
    workspace.perform(imports.repair_unreadable_line, 99, "{}", failed=errors.append)
    assert len(errors) == 4
    workspace.perform(imports.repair_unreadable_line, kept[0].id, '{"messages": []}')
    ids = list_ids(workspace)
    assert get_example(workspace, ids[1]).body == b'{"messages": []}\r\n'
    assert get_example(workspace, ids[1]).kind is ExampleKind.CONVERSATION
    workspace.perform(imports.remove_unreadable_line, kept[1].id)
    assert unreadable_lines(workspace) == []
    workspace.undo()
    workspace.undo()
    assert [row.id for row in unreadable_lines(workspace)] == [row.id for row in kept]
    workspace.close()


@pytest.mark.parametrize(
    "content", [b"", b"\n\n", b"no json\n", b"[1]\n[2]\n", b"PK\x03\x04zip", b"\x00\x01\x02\x03" * 50]
)
def test_files_that_are_no_datasets(tmp_path: Path, paths: AppPaths, content: bytes) -> None:
    source = tmp_path / "data.jsonl"
    source.write_bytes(content)
    with pytest.raises(InputError) as raised:
        Workspace.open_any(source, paths=paths, runner=ImmediateRunner())
    assert raised.value.advice
    assert not source.with_suffix(".ftset").exists()
    assert [item.name for item in tmp_path.glob("*.jsonl*")] == ["data.jsonl"]


def test_places_without_a_file(tmp_path: Path, paths: AppPaths) -> None:
    with pytest.raises(StudioError):
        Workspace.open_any(tmp_path, paths=paths, runner=ImmediateRunner())
    with pytest.raises(InputError):
        Workspace.open_any(tmp_path / "none.jsonl", paths=paths, runner=ImmediateRunner())
    with pytest.raises(DatasetFileError):
        Workspace.open_any(tmp_path / "none.ftset", paths=paths, runner=ImmediateRunner())
    fake = tmp_path / "fake.ftset"
    fake.write_bytes(LINES[0])
    with pytest.raises(DatasetFileError):
        Workspace.open_any(fake, paths=paths, runner=ImmediateRunner())
    assert fake.read_bytes() == LINES[0]


def test_read_only(source: Path, paths: AppPaths) -> None:
    Workspace.open_any(source, paths=paths, runner=ImmediateRunner()).close()
    before = source.with_suffix(".ftset").read_bytes()
    workspace = Workspace.open(
        source.with_suffix(".ftset"), paths=paths, runner=ImmediateRunner(), read_only=True
    )
    workspace.lint.start()
    assert len(list_ids(workspace)) == 300
    with pytest.raises(ReadOnlyDatasetError):
        workspace.perform(examples.new_example)
    assert not workspace.history.can_undo
    workspace.close()
    assert source.with_suffix(".ftset").read_bytes() == before


def test_in_the_background_the_first_examples_come_early(source: Path, paths: AppPaths, face: Face) -> None:
    runner = ThreadTaskRunner(face.calls.put)
    heard: list[Preview | Workspace] = []
    open_in_background(source, paths=paths, runner=runner, done=heard.append, partial=heard.append)
    face.until(lambda: len(heard) == 2)
    preview, workspace = heard
    assert isinstance(preview, Preview)
    assert isinstance(workspace, Workspace)
    assert len(preview.rows) == imports.PREVIEW_EXAMPLES
    assert (preview.rows[0].title, preview.rows[0].preview, preview.rows[0].body) == ("q0", "a0", LINES[0])
    heard.clear()
    pending: list[int] = []
    workspace.pending_changed = lambda: pending.append(workspace.pending_writes)
    workspace.perform(examples.new_example)
    workspace.ask(list_ids, "q299", done=heard.append)  # type: ignore[arg-type]
    face.until(lambda: len(heard) == 1 and pending == [1, 0])
    assert workspace.close(5)
    runner.close(5)


def test_close_waits_for_what_is_queued(source: Path, paths: AppPaths, face: Face) -> None:
    runner = ThreadTaskRunner(face.calls.put)
    workspace = Workspace.open_any(source, paths=paths, runner=runner)
    first = list_ids(workspace)[0]
    for number in range(30):
        workspace.perform(messages.set_message_text, first, 1, f"text {number}")
    assert workspace.close(10)
    assert workspace.close()
    face.run_waiting()
    assert workspace.pending_writes == 0
    with pytest.raises(StudioError, match="closed"):
        workspace.perform(examples.new_example)
    runner.close(5)
    again = Workspace.open(workspace.path, paths=paths, runner=ImmediateRunner())
    assert b"text 29" in get_example(again, first).body
    again.close()


def test_a_cancelled_import_leaves_nothing(source: Path, paths: AppPaths) -> None:
    handle = TaskHandle("Open")
    handle.cancel()
    context = TaskContext(handle, lambda: None, lambda _value: None)
    with pytest.raises(CancelledError):
        Workspace.open_any(source, paths=paths, runner=ImmediateRunner(), context=context)
    assert [item.name for item in source.parent.iterdir() if item.is_file()] == ["data.jsonl"]


def test_close_ends_what_reads(source: Path, paths: AppPaths, face: Face) -> None:
    runner = ThreadTaskRunner(face.calls.put)
    workspace = Workspace.open_any(source, paths=paths, runner=runner)
    started = threading.Event()
    answers: list[object] = []

    def read_on(opened: Workspace, context: TaskContext) -> None:
        started.set()
        while True:
            counts(opened)
            context.check()

    handle = workspace.ask(read_on, done=answers.append)
    assert started.wait(5)
    assert workspace.close(5)
    assert handle.state is TaskState.CANCELLED
    late = workspace.ask(list_ids, done=answers.append)
    assert late.wait(5)
    face.run_waiting()
    assert late.state is TaskState.CANCELLED
    runner.close(5)
    assert workspace.ask(list_ids, done=answers.append).state is TaskState.CANCELLED
    face.run_waiting()
    assert answers == []


def test_importing_more_is_one_step(source: Path, paths: AppPaths, tmp_path: Path) -> None:
    workspace = Workspace.open_any(source, paths=paths, runner=ImmediateRunner())
    more = tmp_path / "more.jsonl"
    more.write_bytes(LINES[5] + b"oops\n")
    reports: list[imports.ImportReport] = []
    workspace.perform(imports.import_file, more, tags=("new",), done=reports.append)
    assert reports[0].imported == 1
    assert list(list_ids(workspace, "tag:new")) == list(reports[0].ids)
    assert list(list_ids(workspace, "source:more")) == list(reports[0].ids)
    workspace.undo()
    assert counts(workspace).total == 300
    assert unreadable_lines(workspace) == []
    bad = tmp_path / "bad.jsonl"
    bad.write_bytes(b"oops\n")
    errors: list[StudioError] = []
    workspace.perform(imports.import_file, bad, failed=errors.append)
    assert len(errors) == 1
    assert counts(workspace).unreadable == 0
    workspace.close()
