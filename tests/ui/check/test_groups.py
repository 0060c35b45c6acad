"""Groups: what is shown of long conversations, and which words are marked."""

from dataclasses import replace
from pathlib import Path

from pytestqt.qtbot import QtBot

from finetune_studio.domain.diagnostic import Diagnostic, Location, Related, Severity
from finetune_studio.domain.id_set import IdSet
from finetune_studio.domain.split import Split
from finetune_studio.settings.paths import app_paths
from finetune_studio.ui.check.group_card import alike_text
from finetune_studio.ui.check.group_text import GroupText
from finetune_studio.ui.check.groups import group_of
from finetune_studio.workspace.operations import splits
from finetune_studio.workspace.queries.examples import list_ids
from finetune_studio.workspace.tasks import ImmediateRunner
from finetune_studio.workspace.workspace import Workspace
from tests.helpers.builders import chat_line
from tests.helpers.qt import grab, show

LONG = "The same words again and again. " * 60
TURNS = [("user", f"Question {n}?") if n % 2 == 0 else ("assistant", f"Answer {n}.") for n in range(12)]
CHANGED = [*TURNS[:9], ("assistant", "Another answer 9."), *TURNS[10:]]


def _group(tmp_path: Path, *lines: bytes) -> "tuple[Workspace, Diagnostic]":
    source = tmp_path / "data.jsonl"
    source.write_bytes(b"".join(lines))
    workspace = Workspace.open_any(source, paths=app_paths(), runner=ImmediateRunner())
    first, *others = list_ids(workspace)
    related = tuple(Related(other, 0.9) for other in others)
    return workspace, Diagnostic("D202", Severity.WARNING, "Alike.", Location(first), related=related)


def test_what_is_the_same_is_left_out_and_counted(tmp_path: Path) -> None:
    workspace, finding = _group(tmp_path, chat_line(*TURNS), chat_line(*CHANGED))
    first, second = group_of(workspace, finding).members
    assert [one.text for one in second.messages] == [
        "Question 0?",
        "Answer 1.",
        "Question 2?",
        "6 messages that are the same",
        "Another answer 9.",
        "2 messages that are the same",
    ]
    marked = second.messages[4]
    assert [marked.text[a:b] for a, b in marked.spans] == ["Another answer"]
    assert [one.text for one in first.messages][4] == "Answer 9."
    assert [first.messages[4].text[a:b] for a, b in first.messages[4].spans] == ["Answer"]
    assert second.similarity is None
    workspace.lint.start()
    measured = group_of(workspace, finding).members[1].similarity
    assert measured is not None
    assert 0.5 < measured < 1
    workspace.close()


def test_a_long_message_is_cut_around_what_differs(tmp_path: Path) -> None:
    other = LONG + "This is new. " + LONG
    workspace, finding = _group(
        tmp_path,
        chat_line(("user", LONG + LONG), ("assistant", LONG)),
        chat_line(("user", other), ("assistant", LONG)),
    )
    first, second = group_of(workspace, finding).members
    shown = second.messages[0]
    assert [shown.text[a:b] for a, b in shown.spans] == ["This is new."]
    assert shown.text.startswith("…")
    assert shown.text.endswith("…")
    assert len(shown.text) < 500
    assert len(second.messages[1].text) < 400
    assert second.messages[1].spans == ()
    assert len(first.messages[0].text) < 500
    workspace.close()


def test_examples_are_held_against_the_one_at_the_left(tmp_path: Path) -> None:
    words = " ".join(f"word{number}" for number in range(60))
    answer = ("assistant", "And these are the last words of it.")
    line = chat_line(("user", f"{words} and more"), answer)
    workspace, _ = _group(tmp_path, line, line, chat_line(("user", words), answer))
    first, copy, held_out = list_ids(workspace)
    workspace.perform(splits.set_split, IdSet.of([held_out]), Split.VALIDATION)
    workspace.lint.start()
    (leak,) = workspace.lint.findings("S704")
    shown = group_of(workspace, leak)
    assert (shown.left, shown.right) == (held_out, first)
    assert shown.members[0].similarity is None
    assert alike_text(shown.members[1].similarity or 0).endswith(" % alike")
    other = group_of(workspace, leak, held_out, copy)
    assert other.members[1].similarity == shown.members[1].similarity
    three = replace(leak, related=(Related(first), Related(copy)))
    choices = group_of(workspace, three, first, held_out).choices
    alike = {choice.example_id: choice.similarity for choice in choices}
    assert alike == {first: None, copy: 1.0, held_out: shown.members[1].similarity}
    workspace.close()


def test_members_that_are_gone_are_left_out(tmp_path: Path) -> None:
    workspace, finding = _group(tmp_path, chat_line(*TURNS), chat_line(*TURNS))
    gone = Diagnostic("D201", Severity.WARNING, "", finding.location, related=(Related(999),))
    assert len(group_of(workspace, gone).members) == 1
    workspace.close()


def test_the_text_is_painted_as_tall_as_it_is(tmp_path: Path, qtbot: QtBot) -> None:
    workspace, finding = _group(tmp_path, chat_line(*TURNS), chat_line(*CHANGED))
    text = GroupText(group_of(workspace, finding).members[1].messages)
    show(qtbot, text, 300, 400)
    narrow, wide = text.heightForWidth(60), text.heightForWidth(600)
    assert narrow > wide > 100
    assert not grab(text).isNull()
    workspace.close()
