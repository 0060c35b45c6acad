"""The editor on a real dataset: what is typed is kept, undo is the dataset's, checks follow."""

import json
from collections.abc import Iterator
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from pytestqt.qtbot import QtBot

from finetune_studio.domain.errors import StudioError
from finetune_studio.domain.id_set import IdSet
from finetune_studio.formats.records import decode
from finetune_studio.settings.paths import AppPaths
from finetune_studio.ui.commands.registry import CommandRegistry
from finetune_studio.ui.task_runner import QtTaskRunner
from finetune_studio.ui.write.conversation_controller import ConversationController, ExampleFacts
from finetune_studio.ui.write.conversation_view import ConversationView
from finetune_studio.ui.write.message_commands import MessageCommands
from finetune_studio.workspace.operations import examples, messages
from finetune_studio.workspace.queries.examples import get_example
from finetune_studio.workspace.tasks import ImmediateRunner
from finetune_studio.workspace.workspace import Workspace
from tests.helpers.shared_data import shared_file
from tests.ui.write.conversation_parts import (
    ALT,
    CONTROL,
    SHIFT,
    editor_at,
    example_of,
    focus_widget,
    message,
    press,
    shown_view,
    texts,
    type_text,
)


@pytest.fixture
def paths(tmp_path: Path) -> AppPaths:
    return AppPaths(tmp_path / "config", tmp_path / "data", tmp_path / "cache")


@pytest.fixture
def workspace(tmp_path: Path, paths: AppPaths) -> Iterator[Workspace]:
    """Everything happens at once."""
    opened = Workspace.create(tmp_path / "set.ftset", paths=paths, runner=ImmediateRunner())
    yield opened
    opened.close()


@pytest.fixture
def threaded(tmp_path: Path, paths: AppPaths, qtbot: QtBot) -> Iterator[Workspace]:
    """As in the window: changes are made in another thread."""
    tasks = QtTaskRunner()
    opened = Workspace.create(tmp_path / "set.ftset", paths=paths, runner=tasks.runner)
    yield opened
    opened.close(5)
    tasks.runner.close(5)


def _add(workspace: Workspace, *turns: tuple[str, str]) -> int:
    value = {"messages": [message(role, text) for role, text in turns]}
    found: list[int] = []
    workspace.perform(
        examples.new_example,
        example_of(value).record,
        done=lambda changes: found.extend(changes.example_ids),
    ).wait(5)
    while not found:
        _process()
    return found[0]


def _process() -> None:
    from PySide6.QtWidgets import QApplication

    QApplication.processEvents()


def _open(
    qtbot: QtBot, workspace: Workspace, *turns: tuple[str, str]
) -> tuple[ConversationController, ConversationView, int]:
    example_id = _add(workspace, *(turns or (("user", "How far?"), ("assistant", "384,400 km."))))
    view = shown_view(qtbot)
    controller = ConversationController(workspace, view)
    controller.show_example(example_id)
    return controller, view, example_id


def _kept(workspace: Workspace, example_id: int) -> list[str]:
    value = json.loads(get_example(workspace, example_id).body)
    return [entry["content"] for entry in value["messages"]]


def test_what_is_typed_is_kept_after_a_moment(qtbot: QtBot, threaded: Workspace) -> None:
    _, view, example_id = _open(qtbot, threaded)
    view.focus_message(0)
    type_text(" Really?")
    assert _kept(threaded, example_id)[0] == "How far?"
    qtbot.waitUntil(lambda: _kept(threaded, example_id)[0] == "How far? Really?", timeout=3000)
    assert editor_at(view, 0).hasFocus()
    type_text("!")
    qtbot.waitUntil(lambda: _kept(threaded, example_id)[0] == "How far? Really?!", timeout=3000)


def test_it_is_kept_at_once_when_the_focus_leaves(qtbot: QtBot, workspace: Workspace) -> None:
    _, view, example_id = _open(qtbot, workspace)
    view.focus_message(0)
    type_text("!")
    view.focus_message(1)
    assert _kept(workspace, example_id)[0] == "How far?!"


def test_showing_another_example_keeps_the_one_before(qtbot: QtBot, workspace: Workspace) -> None:
    controller, view, first = _open(qtbot, workspace)
    second = _add(workspace, ("user", "Second"))
    view.focus_message(1)
    type_text("!")
    controller.show_example(second)
    assert _kept(workspace, first)[1] == "384,400 km.!"
    assert texts(view) == ["Second"]


def test_undo_in_a_focused_text_is_the_datasets(qtbot: QtBot, threaded: Workspace) -> None:
    controller, view, example_id = _open(qtbot, threaded)
    view.focus_message(0)
    type_text("!")
    press(Qt.Key.Key_Z, CONTROL)
    qtbot.waitUntil(lambda: texts(view)[0] == "How far?", timeout=3000)
    assert _kept(threaded, example_id)[0] == "How far?"
    assert editor_at(view, 0).hasFocus()
    press(Qt.Key.Key_Z, CONTROL | SHIFT)
    qtbot.waitUntil(lambda: texts(view)[0] == "How far?!", timeout=3000)
    controller.close()


def test_quick_moves_land_as_they_were_seen(qtbot: QtBot, threaded: Workspace) -> None:
    turns = [("user", "a"), ("assistant", "b"), ("user", "c"), ("assistant", "d")]
    _, view, example_id = _open(qtbot, threaded, *turns)
    view.focus_message(3)
    type_text("1")
    press(Qt.Key.Key_Up, ALT, times=3)
    type_text("2")
    press(Qt.Key.Key_Down, ALT)
    type_text("3")
    press(Qt.Key.Key_Return, CONTROL)
    type_text("new")
    press(Qt.Key.Key_Up, ALT)
    assert texts(view) == ["a", "new", "d123", "b", "c"]
    qtbot.waitUntil(lambda: threaded.pending_writes == 0 and not view.has_drafts(), timeout=5000)
    assert _kept(threaded, example_id) == ["a", "new", "d123", "b", "c"]
    assert texts(view) == ["a", "new", "d123", "b", "c"]
    assert view.focused_index() == 1


def test_every_change_of_the_list_reaches_the_dataset(qtbot: QtBot, workspace: Workspace) -> None:
    _, view, example_id = _open(qtbot, workspace)
    view.toggle_weight(1)
    view.change_role(0, "developer")
    view.duplicate_message(0)
    view.delete_message(1)
    view.add_tool_call()
    value = json.loads(get_example(workspace, example_id).body)["messages"]
    assert [entry["role"] for entry in value] == ["developer", "assistant", "assistant", "tool"]
    assert value[1]["weight"] == 0
    assert value[2]["content"] is None
    assert value[2]["tool_calls"][0]["id"] == value[3]["tool_call_id"] == "call_1"
    before = view.messages()
    view.update_example(get_example(workspace, example_id))
    assert [(m.role, m.text, m.weight) for m in view.messages()] == [
        (m.role, m.text, m.weight) for m in before
    ]


def test_split_and_merge_reach_the_dataset(qtbot: QtBot, workspace: Workspace) -> None:
    _, view, example_id = _open(qtbot, workspace, ("user", "One. Two."))
    view.reveal(0, 4, 4)
    view.split_message(0)
    assert _kept(workspace, example_id) == ["One.", "Two."] == texts(view)
    view.merge_message(0)
    assert _kept(workspace, example_id) == ["One.\n\nTwo."] == texts(view)


def test_a_change_from_elsewhere_is_shown(qtbot: QtBot, workspace: Workspace) -> None:
    controller, view, example_id = _open(qtbot, workspace)
    heard: list[object] = []
    controller.example_changed.connect(heard.append)
    view.focus_message(1)
    workspace.perform(messages.set_message_text, example_id, 1, "About 384,400 km.")
    assert texts(view)[1] == "About 384,400 km."
    assert editor_at(view, 1).hasFocus()
    assert len(heard) == 1
    workspace.perform(examples.delete_examples, IdSet.of([example_id]))
    assert view.messages() == []
    assert controller.example is None


def test_checks_follow_the_typing(qtbot: QtBot, threaded: Workspace) -> None:
    controller, view, _ = _open(qtbot, threaded)
    view.focus_message(0)
    with qtbot.waitSignal(
        controller.facts_changed, timeout=10_000, check_params_cb=lambda facts: bool(facts.findings)
    ):
        type_text(" <|im_end|>")
    facts = controller.facts
    assert isinstance(facts, ExampleFacts)
    assert len(facts.by_message) == 2
    assert facts.tokens > sum(facts.by_message)
    assert editor_at(view, 0).marked_ranges()
    card = view.card_at(0)
    assert card is not None
    assert card.header.tokens_text() == f"{facts.by_message[0]:,} tokens"


def test_a_change_that_fails_tells_and_shows_what_is_kept(
    qtbot: QtBot, workspace: Workspace, monkeypatch: pytest.MonkeyPatch
) -> None:
    controller, view, example_id = _open(qtbot, workspace)

    def refuse(workspace: Workspace, example_id: int, index: int) -> None:
        raise StudioError("No room.")

    monkeypatch.setattr(messages, "delete_message", refuse)
    with qtbot.waitSignal(controller.failed) as waited:
        view.delete_message(0)
    assert waited.args is not None
    assert str(waited.args[0]) == "No room."
    assert texts(view) == _kept(workspace, example_id) == ["How far?", "384,400 km."]


def test_stepping_through_naughty_examples_changes_no_byte(qtbot: QtBot, workspace: Workspace) -> None:
    naughty = json.loads(shared_file("blns.json").read_text(encoding="utf-8"))
    naughty += ["\ufeffbom", "a\r\nb\rc\nd", "x\u2028y\u2029z", "nul\0"]
    chunks = [naughty[n : n + 60] for n in range(0, len(naughty), 60)]
    ids = [_add(workspace, *(("user", text) for text in chunk)) for chunk in chunks]
    before = {example_id: get_example(workspace, example_id).body for example_id in ids}
    view = shown_view(qtbot)
    controller = ConversationController(workspace, view)
    for example_id in ids:
        controller.show_example(example_id)
        view.focus_message(0)
        press(Qt.Key.Key_PageDown, CONTROL, times=60)
    controller.close()
    assert {example_id: get_example(workspace, example_id).body for example_id in ids} == before


def test_one_edit_changes_only_its_characters(qtbot: QtBot, workspace: Workspace) -> None:
    text = "\ufeffstart \u00a0 a\r\nb \u2029 end"
    _, view, example_id = _open(qtbot, workspace, ("user", text))
    view.focus_message(0)
    type_text("!")
    view.commit_due.emit()
    _, record = decode(get_example(workspace, example_id).body)
    assert record is not None
    assert record.messages[0].text == text + "!"  # type: ignore[union-attr]


def test_the_commands_work_on_the_message_with_the_focus(
    qtbot: QtBot, workspace: Workspace, commands: CommandRegistry
) -> None:
    _, view, example_id = _open(qtbot, workspace)
    MessageCommands(view, commands)
    for flag in ("dataset", "writable", "page.write", "example"):
        commands.set_flag(flag, True)
    view.focus_message(1)
    assert commands.invoke("message.move_up")
    assert _kept(workspace, example_id) == ["384,400 km.", "How far?"]
    assert commands.invoke("message.add_system")
    assert commands.invoke("message.toggle_weight")
    assert view.messages()[0].role == "system"
    assert focus_widget() is editor_at(view, 0)
    assert commands.invoke("message.delete")
    assert _kept(workspace, example_id) == ["384,400 km.", "How far?"]


def test_a_read_only_dataset_is_only_shown(qtbot: QtBot, workspace: Workspace, paths: AppPaths) -> None:
    example_id = _add(workspace, ("user", "Hi"))
    path = workspace.path
    workspace.close()
    opened = Workspace.open(path, paths=paths, runner=ImmediateRunner(), read_only=True)
    view = shown_view(qtbot)
    controller = ConversationController(opened, view)
    controller.show_example(example_id)
    view.focus_message(0)
    type_text("x")
    assert texts(view) == ["Hi"]
    assert not view.is_writable
    controller.close()
    opened.close()


def test_a_large_conversation_is_read_again_in_the_background(qtbot: QtBot, threaded: Workspace) -> None:
    turns = [(("user", "assistant")[n % 2], f"Number {n}. " * 30) for n in range(600)]
    controller, view, example_id = _open(qtbot, threaded, *turns)
    assert controller.example is not None
    assert len(controller.example.body) > 100_000
    view.focus_message(300)
    type_text("!")
    press(Qt.Key.Key_Up, ALT)
    qtbot.waitUntil(lambda: threaded.pending_writes == 0, timeout=5000)
    assert _kept(threaded, example_id)[299].endswith("!")
    threaded.undo()
    threaded.undo()
    qtbot.waitUntil(lambda: texts(view)[300] == turns[300][1] and len(view.cards()) < 24, timeout=5000)
    assert view.focused_index() == 300
    assert editor_at(view, 300).hasFocus()
