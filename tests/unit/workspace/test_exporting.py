"""Exports: byte for byte as it came, or in a target's form with what was left out."""

import hashlib
import json
from pathlib import Path

import pytest

from finetune_studio.domain.errors import CancelledError, InputError
from finetune_studio.domain.example import ReviewState
from finetune_studio.domain.id_set import IdSet
from finetune_studio.domain.split import Split
from finetune_studio.settings.paths import AppPaths
from finetune_studio.targets.registry import resolve_target
from finetune_studio.workspace.exporting import ExportFilter, export_as_is, export_for_target
from finetune_studio.workspace.operations import examples, imports, messages, review, splits, tags
from finetune_studio.workspace.queries.examples import list_ids
from finetune_studio.workspace.task import TaskContext, TaskHandle, silent_context
from finetune_studio.workspace.tasks import ImmediateRunner
from finetune_studio.workspace.workspace import Workspace
from tests.helpers.builders import a_pair, chat_line, user
from tests.helpers.shared_data import unpacked

NASTY = (
    b"\xef\xbb\xbf"
    + b'{ "messages" :[{"content":"a\\u00e9\xe2\x80\xa8b","role":"user"},'
    + b'{"role":"assistant","content":"x"}] , "n":1.0e5}\r\n'
    + b"\r\n"
    + b'{"messages": [}\n'
    + b'{"messages":[{"role":"user","content":"\\ud800"},{"role":"assistant","content":"y"}],'
    + b'"big":10000000000000000000001}\n'
    + b"   \n"
    + b'{"a":1,"a":2}\n'
    + b"\xff\xfe not text\n"
    + b"[1, 2]\n"
    + b'{"messages": [{"role": "user", "content": "last"}, {"role": "assistant", "content": "line"}]}'
)


def opened(tmp_path: Path, paths: AppPaths, content: bytes) -> Workspace:
    source = tmp_path / "data.jsonl"
    source.write_bytes(content)
    return Workspace.open_any(source, paths=paths, runner=ImmediateRunner())


@pytest.mark.parametrize(
    "content",
    [
        NASTY,
        chat_line(("user", "a"), ("assistant", "b")),
        chat_line(("user", "a"), ("assistant", "b")).rstrip(b"\n"),
        b"\n\n" + chat_line(("user", "a"), ("assistant", "b")) + b"\n\n",
    ],
)
def test_what_came_in_comes_out(tmp_path: Path, paths: AppPaths, content: bytes) -> None:
    workspace = opened(tmp_path, paths, content)
    report = export_as_is(workspace, tmp_path / "out.jsonl")
    workspace.close()
    assert (tmp_path / "out.jsonl").read_bytes() == content
    assert report.sha256 == hashlib.sha256(content).hexdigest()
    assert report.bytes_written == len(content)
    assert report.n_left_out == 0
    assert len(report.lines) == len(content.removesuffix(b"\n").split(b"\n"))


def test_an_undone_edit_comes_out_as_it_came(tmp_path: Path, paths: AppPaths) -> None:
    workspace = opened(tmp_path, paths, NASTY)
    first = list_ids(workspace)[0]
    workspace.perform(messages.set_message_text, first, 0, "new")
    workspace.perform(examples.delete_examples, IdSet.of(list_ids(workspace)))
    workspace.undo()
    workspace.undo()
    export_as_is(workspace, tmp_path / "out.jsonl")
    workspace.close()
    assert (tmp_path / "out.jsonl").read_bytes() == NASTY


def test_new_examples_end_as_the_source_does(tmp_path: Path, paths: AppPaths) -> None:
    line = chat_line(("user", "a"), ("assistant", "b")).replace(b"\n", b"\r\n")
    workspace = opened(tmp_path, paths, line + line.rstrip())
    workspace.perform(examples.new_example)
    export_as_is(workspace, tmp_path / "out.jsonl")
    workspace.close()
    lines = (tmp_path / "out.jsonl").read_bytes().split(b"\n")
    assert lines[0] + b"\n" == line
    assert lines[1] == line.rstrip()  # its own end was missing; it got the plain one
    assert lines[2].endswith(b"}\r")


def test_filters(tmp_path: Path, paths: AppPaths) -> None:
    rows = [chat_line(("user", str(n)), ("assistant", "x")) for n in range(6)]
    workspace = opened(tmp_path, paths, b"".join(rows))
    ids = list_ids(workspace)
    workspace.perform(review.set_status, IdSet.of(ids[:3]), ReviewState.APPROVED)
    workspace.perform(splits.set_split, IdSet.of(ids[2:4]), Split.TEST)
    workspace.perform(tags.add_tag, IdSet.of([ids[5]]), "geo")
    out = tmp_path / "out.jsonl"

    def written(chosen: ExportFilter) -> bytes:
        export_as_is(workspace, out, chosen)
        return out.read_bytes()

    assert written(ExportFilter(statuses=frozenset({ReviewState.APPROVED}))) == b"".join(rows[:3])
    assert written(ExportFilter(splits=frozenset({Split.TEST}))) == b"".join(rows[2:4])
    assert written(ExportFilter(splits=frozenset({None}))) == b"".join(rows[:2] + rows[4:])
    assert written(ExportFilter(tags=frozenset({"geo", "other"}))) == rows[5]
    assert (
        written(ExportFilter(statuses=frozenset({ReviewState.APPROVED}), splits=frozenset({Split.TEST})))
        == rows[2]
    )
    assert written(ExportFilter(tags=frozenset())) == b""
    workspace.close()


def test_for_a_target(tmp_path: Path, paths: AppPaths) -> None:
    clean = chat_line(("user", "a"), ("assistant", "b"))
    extra = chat_line(("user", "c"), ("assistant", "d"), source="book").replace(b"\n", b"\r\n")
    rejected = chat_line(("user", "e"), ("assistant", "f"))
    workspace = opened(tmp_path, paths, clean + extra + b"{broken\n" + rejected + b'{"a": 1}\n')
    ids = list_ids(workspace)
    workspace.perform(review.set_status, IdSet.of([ids[2]]), ReviewState.REJECTED)
    workspace.perform(examples.new_example, a_pair(user("q"), preferred="good", non_preferred="bad"))
    report = export_for_target(workspace, tmp_path / "out.jsonl", resolve_target("openai:gpt-4.1-mini"))
    workspace.close()
    lines = (tmp_path / "out.jsonl").read_bytes().splitlines(keepends=True)
    assert lines[0] == clean
    assert json.loads(lines[1]).keys() == {"messages"}
    assert lines[1].endswith(b"}\n")
    assert not lines[1].endswith(b"\r\n")
    assert len(lines) == report.written == 2
    assert list(report.lines) == list(ids[:2])
    assert [(item.rank, item.line) for item in report.left_out] == [(3, 4), (4, 5), (5, None), (None, 3)]
    assert all(item.reason.endswith(".") for item in report.left_out)


def test_cancelled_and_refused_exports_leave_the_old_file(tmp_path: Path, paths: AppPaths) -> None:
    workspace = opened(tmp_path, paths, chat_line(("user", "a"), ("assistant", "b")))
    out = tmp_path / "out.jsonl"
    out.write_bytes(b"old")
    handle = TaskHandle("Export")
    handle.cancel()
    context = TaskContext(handle, lambda: None, lambda _value: None)
    with pytest.raises(CancelledError):
        export_as_is(workspace, out, context=context)
    with pytest.raises(InputError):
        export_as_is(workspace, tmp_path / "nowhere" / "out.jsonl")
    assert out.read_bytes() == b"old"
    assert sorted(item.name for item in tmp_path.iterdir() if "out" in item.name) == ["out.jsonl"]
    workspace.close()


def test_two_files_one_after_the_other(tmp_path: Path, paths: AppPaths) -> None:
    workspace = opened(tmp_path, paths, chat_line(("user", "a"), ("assistant", "b")).rstrip())
    second = tmp_path / "second.jsonl"
    second.write_bytes(chat_line(("user", "c"), ("assistant", "d")))
    workspace.perform(imports.import_file, second)
    export_as_is(workspace, tmp_path / "out.jsonl", context=silent_context())
    workspace.close()
    assert (tmp_path / "out.jsonl").read_bytes() == chat_line(
        ("user", "a"), ("assistant", "b")
    ) + second.read_bytes()


@pytest.mark.slow
def test_twenty_thousand_conversations(tmp_path: Path, paths: AppPaths) -> None:
    content = unpacked("conversations_20k.jsonl.xz")
    workspace = opened(tmp_path, paths, content)
    report = export_as_is(workspace, tmp_path / "out.jsonl")
    workspace.close()
    assert report.written == 20_000
    assert report.sha256 == hashlib.sha256(content).hexdigest()
