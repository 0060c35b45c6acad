"""What of a file or a dataset is sent."""

import json
from dataclasses import replace
from pathlib import Path

import pytest

from finetune_studio.domain.errors import GateError, InputError
from finetune_studio.domain.example import ReviewState
from finetune_studio.domain.id_set import IdSet
from finetune_studio.domain.split import Split
from finetune_studio.lint.config import LintConfig
from finetune_studio.settings.paths import AppPaths
from finetune_studio.targets.registry import resolve_target
from finetune_studio.workspace.operations.imports import import_file
from finetune_studio.workspace.operations.review import set_status
from finetune_studio.workspace.submission_check import FrozenCheck
from finetune_studio.workspace.submission_sources import FileExamples, WorkspaceExamples
from finetune_studio.workspace.tasks import ImmediateRunner
from finetune_studio.workspace.workspace import Workspace
from tests.helpers.builders import chat_line

OPENAI = resolve_target("openai:gpt-4.1-mini")
PAIR = (
    b'{"input": {"messages": [{"role": "user", "content": "a"}]}, "preferred_output": '
    b'[{"role": "assistant", "content": "b"}], '
    b'"non_preferred_output": [{"role": "assistant", "content": "c"}]}\n'
)


def a_file(folder: Path, *lines: bytes) -> Path:
    path = folder / "data.jsonl"
    path.write_bytes(b"".join(lines))
    return path


def test_sound_lines_keep_their_bytes(tmp_path: Path) -> None:
    odd = b'{"messages":  [{"content":"caf\\u00e9","role":"user"},{"role":"assistant","content":"x"}] }\r\n'
    sent = list(
        FileExamples(a_file(tmp_path, odd, b"\n", chat_line(("user", "hi"), ("assistant", "yo"))), OPENAI)
    )
    assert [example.data for example in sent] == [
        odd.strip() + b"\n",
        chat_line(("user", "hi"), ("assistant", "yo")),
    ]
    assert [example.example_id for example in sent] == [1, 3]


def test_extra_keys_go_and_other_kinds_are_left_out(tmp_path: Path) -> None:
    extra = chat_line(("user", "hi"), ("assistant", "yo"), id=7, source="x")
    examples = FileExamples(a_file(tmp_path, extra, PAIR, b"not json\n", b'{"a": 1}\n', extra), OPENAI)
    sent = list(examples)
    assert [json.loads(example.data).keys() for example in sent] == [{"messages"}, {"messages"}]
    assert [place for place, _ in examples.left_out] == [2, 3, 4]
    assert examples.broken == {3, 4}
    assert list(examples.places) == [1, 5]
    assert "preference pair" in examples.left_out[0][1]
    pairs = FileExamples(a_file(tmp_path, extra, PAIR), resolve_target("openai:gpt-4.1", "dpo"))
    assert [example.data for example in pairs] == [PAIR]


def test_a_service_that_wants_a_mark_gets_one(tmp_path: Path) -> None:
    target = resolve_target("azure:gpt-4.1-mini")
    profile = replace(target.profile, upload=replace(target.profile.upload, wants_bom=True))
    line = chat_line(("user", "hi"), ("assistant", "yo"))
    sent = [
        example.data
        for example in FileExamples(a_file(tmp_path, line, line), replace(target, profile=profile))
    ]
    assert sent == [b"\xef\xbb\xbf" + line, line]


@pytest.mark.parametrize("content", [b"", None])
def test_what_is_no_file_of_examples(tmp_path: Path, content: bytes | None) -> None:
    path = tmp_path / "data.jsonl"
    if content is not None:
        path.write_bytes(content)
    with pytest.raises(InputError):
        list(FileExamples(path, OPENAI))


def test_a_dataset_sends_its_split_without_the_rejected(tmp_path: Path) -> None:
    lines = [chat_line(("user", f"question {n}"), ("assistant", f"answer {n}"), note=n) for n in range(6)]
    paths = AppPaths(tmp_path / "c", tmp_path / "d", tmp_path / "k")
    workspace = Workspace.create(tmp_path / "a.ftset", paths=paths, runner=ImmediateRunner())
    try:
        workspace.perform(import_file, a_file(tmp_path, *lines))
        workspace.perform(set_status, IdSet.of([2]), ReviewState.REJECTED)
        examples = WorkspaceExamples(workspace, OPENAI)
        assert examples.count == 5
        sent = list(examples)
        assert [example.example_id for example in sent] == [1, 3, 4, 5, 6]
        assert all(json.loads(example.data).keys() == {"messages"} for example in sent)
        assert list(examples.places) == [1, 3, 4, 5, 6]
        assert WorkspaceExamples(workspace, OPENAI, Split.VALIDATION).count == 0
    finally:
        workspace.close()


def test_the_check_judges_the_very_bytes(tmp_path: Path) -> None:
    good = [chat_line(("user", f"question {n}?"), ("assistant", f"answer {n}.")) for n in range(12)]
    bad = b'{"messages": [{"role": "user"}, {"role": "assistant", "content": "x"}]}\n'
    examples = FileExamples(a_file(tmp_path, *good[:3], b"broken\n", bad, *good[3:]), OPENAI)
    frozen = tmp_path / "frozen.jsonl"
    frozen.write_bytes(b"".join(example.data for example in examples))
    check = FrozenCheck(LintConfig(target=OPENAI), examples)
    with pytest.raises(GateError):
        check(frozen, None)
    errors = [(item.place, item.code) for item in check.findings if item.severity == "error"]
    assert (4, "") in errors
    assert 5 in {place for place, _ in errors}
    passed = FrozenCheck(LintConfig(target=OPENAI), examples, None, "it is a test")(frozen, None)
    assert passed.override_reason == "it is a test"
