"""What comes in goes out byte for byte: by the command line, by a dataset, over edits and restarts."""

import random
from collections.abc import Callable
from pathlib import Path

import pytest

from finetune_studio.domain.errors import StudioError
from finetune_studio.domain.id_set import IdSet
from finetune_studio.settings.paths import app_paths
from finetune_studio.workspace.exporting import export_as_is
from finetune_studio.workspace.operations import examples, messages, review, tags
from finetune_studio.workspace.tasks import ImmediateRunner
from finetune_studio.workspace.workspace import Workspace
from tests.e2e.support import run_here
from tests.helpers.builders import chat_line
from tests.helpers.shared_data import unpacked

_TEXTS = (
    "plain",
    "café ☕ \U0001f9d1\u200d\U0001f680",
    "zero\u200bwidth\u00a0nbsp\u2028line\u2029paragraph\x85next",
    'tab\tquote"back\\slash/slash',
    "right\u202eto left\u2066",
    "\ufeffbyte order mark",
    "e\u0301 decomposed, \u00e9 composed",
    "\x7f delete",
    "<img src='file:///etc/passwd'>",
    "",
)
_RAW = (
    b'{"messages": [{"role": "user", "content": "lone \\ud83d surrogate"}]}',
    b'{"messages":[{"content":"order","role":"user"},{"weight":1,"role":"assistant","content":"a"}],"n":1.50e3}',
    b'{"messages": [{"role": "user", "content": "a", "content": "twice"}]}',
    b'{"messages": [], "big": 10000000000000000000001, "small": 1E-400, "minus": -0.0}',
    b'  {  "messages" :\t[ { "role":"user" , "content":"spaces" } ]  }  ',
    b'{"input": {"messages": [{"role": "user", "content": "?"}]}, "preferred_output": '
    b'[{"role": "assistant", "content": "\\u0041"}], "non_preferred_output": [{"role": "assistant"}]}',
    b'{"messages": [{"role": "user", "content": "slash \\/ and \\u00e9 and \\b"}]}',
    b'{"prompt": "other", "completion": "kind"}',
    b"{not json at all}",
    b'{"messages": [{"role": "user", "content": "\xff\xfe not UTF-8"}]}',
    b'{"messages": NaN}',
    b"[1, 2]",
    b"",
    b"   ",
    b"\t",
    b"null",
)


def nasty(seed: int) -> bytes:
    """Good, odd and bad lines in any order, with any line ends, with or without the last one."""
    chance = random.Random(seed)
    ends = chance.choice(((b"\n",), (b"\r\n",), (b"\n", b"\r\n")))
    found = [b"\xef\xbb\xbf"] if chance.random() < 0.3 else []
    for _ in range(chance.randrange(5, 60)):
        if chance.random() < 0.5:
            line = chance.choice(_RAW)
        else:
            extra = {"metadata": {"k": chance.choice(_TEXTS)}} if chance.random() < 0.2 else {}
            turns = (("user", chance.choice(_TEXTS)), ("assistant", chance.choice(_TEXTS)))
            line = chat_line(*turns, **extra).rstrip(b"\n")
        found += [line, chance.choice(ends)]
    found += [chat_line(("user", "last"), ("assistant", "line")).rstrip(b"\n")]
    if chance.random() < 0.5:
        found.append(ends[0])
    return b"".join(found)


def opened(path: Path) -> Workspace:
    return Workspace.open_any(path, paths=app_paths(), runner=ImmediateRunner())


def exported(workspace: Workspace, out: Path) -> bytes:
    export_as_is(workspace, out)
    return out.read_bytes()


@pytest.mark.parametrize("seed", range(12))
def test_through_the_command_line(seed: int, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    content = nasty(seed)
    source, copy, dataset, out = (
        tmp_path / name for name in ("in.jsonl", "copy.jsonl", "d.ftset", "out.jsonl")
    )
    source.write_bytes(content)
    assert run_here(capsys, "convert", source, copy).code == 0
    assert copy.read_bytes() == content
    assert run_here(capsys, "convert", source, dataset).code == 0
    assert run_here(capsys, "convert", dataset, out).code == 0
    assert out.read_bytes() == content
    assert source.read_bytes() == content


@pytest.mark.parametrize("seed", range(12, 20))
def test_edits_taken_back_over_restarts(seed: int, tmp_path: Path) -> None:
    content, chance = nasty(seed), random.Random(seed)
    source, out = tmp_path / "in.jsonl", tmp_path / "out.jsonl"
    source.write_bytes(content)
    workspace = opened(source)
    assert exported(workspace, out) == content
    steps = sum(_edit(workspace, chance) for _ in range(12))
    assert steps >= 4
    changed = exported(workspace, out)
    workspace.close()
    workspace = opened(source)
    assert exported(workspace, out) == changed
    for _ in range(steps):
        workspace.undo()
    assert exported(workspace, out) == content
    workspace.close()
    workspace = opened(source)
    assert exported(workspace, out) == content
    for _ in range(steps):
        workspace.redo()
    assert exported(workspace, out) == changed
    workspace.close()


def _edit(workspace: Workspace, chance: random.Random) -> int:
    """One change by chance; how many steps it made."""
    ids = [example_id for chunk in workspace.examples().ids() for example_id in chunk]
    chosen = chance.choice(ids)
    operations: tuple[Callable[[], object], ...] = (
        lambda: workspace.perform(messages.set_message_text, chosen, 0, chance.choice(_TEXTS)),
        lambda: workspace.perform(messages.add_message, chosen, 0, "system", "Be brief."),
        lambda: workspace.perform(messages.set_weight, chosen, 1, 0),
        lambda: workspace.perform(examples.delete_examples, IdSet.of([chosen])),
        lambda: workspace.perform(examples.duplicate_example, chosen),
        lambda: workspace.perform(examples.move_example, chosen, chance.choice(ids)),
        lambda: workspace.perform(examples.new_example),
        lambda: workspace.perform(tags.add_tag, IdSet.of([chosen]), "seen"),
        lambda: workspace.perform(review.set_note, chosen, chance.choice(_TEXTS)),
    )
    before = len(_applied(workspace))
    _quietly(chance.choice(operations))
    return len(_applied(workspace)) - before


def _quietly(operation: Callable[[], object]) -> None:
    """An operation that makes no sense for this example says so; that is no matter here."""
    try:
        operation()
    except StudioError:
        pass


def _applied(workspace: Workspace) -> list[object]:
    return [step for step in workspace.history_store.steps(limit=1000) if not step.undone]


@pytest.mark.parametrize("name", ["conversations_20k.jsonl.xz"])
def test_a_large_file(name: str, tmp_path: Path) -> None:
    content = unpacked(name)
    source, out = tmp_path / "in.jsonl", tmp_path / "out.jsonl"
    source.write_bytes(content)
    workspace = opened(source)
    assert exported(workspace, out) == content
    every = IdSet.of(example_id for chunk in workspace.examples().ids() for example_id in chunk)
    with workspace.history_store.step("test") as step:
        step.add_tag(every, "all")
        step.set_bodies((number, b"{}\n") for number in list(every)[::7])
    assert exported(workspace, out) != content
    workspace.history_store.undo()
    workspace.close()
    workspace = opened(source)
    assert exported(workspace, out) == content
    workspace.close()
