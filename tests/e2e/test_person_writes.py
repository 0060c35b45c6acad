"""A person writes 20 conversations with the keyboard alone, takes all of it back, and has it again."""

import json
from pathlib import Path
from typing import Any

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from finetune_studio.providers.local_server import stop_local_server
from finetune_studio.settings.paths import app_paths
from tests.e2e.typing_person import Person

_COUNT = 20
_WITH_TOOL = {4, 11}
_PAIR = 15


def _talk(number: int) -> tuple[str, str]:
    return f"How far {number}?", f"{number} km."


def _write_all(person: Person) -> None:
    for number in range(_COUNT):
        question, answer = _talk(number)
        person.new_example()
        person.type(question)
        person.go_down()
        person.type(answer)
        if number % 5 == 2:
            person.add_turn()
            person.type("And back?")
            person.add_turn()
            person.type("The same.")
        if number in _WITH_TOOL:
            _call_a_tool(person)
        if number == _PAIR:
            _make_a_pair(person)
        person.settle()


def _call_a_tool(person: Person) -> None:
    person.run("Add a tool call")
    view = person.page.pane.conversation
    person.wait(lambda: len(view.messages()) >= 4 and person.index() == 2, "the tool call")
    person.tab_to("Tool that is called", back=True)
    person.type("measure")
    person.tab_to("Arguments, as JSON")
    person.press(Qt.Key.Key_A, Qt.KeyboardModifier.ControlModifier)
    person.type('{"what": "road"}')
    person.go_down()
    person.type('{"km": 7}')
    person.add_turn()
    person.type("Seven.")


def _make_a_pair(person: Person) -> None:
    person.settle()
    person.run("Make a preference pair, with an empty")
    view = person.page.pane.conversation
    person.wait(lambda: len(view.messages()) == 3, "the pair")
    if person.index() < 0:
        person.press(Qt.Key.Key_E)
    while person.index() < 2:
        person.go_down()
    person.type("No idea.")


def _contents(data: bytes) -> list[Any]:
    return [json.loads(line) for line in data.splitlines()]


@pytest.mark.timeout(240)
def test_twenty_conversations_by_keyboard_undone_and_redone_across_a_restart(
    qapp: QApplication, qtbot: QtBot, tmp_path: Path
) -> None:
    path = tmp_path / "twenty.ftset"
    person = Person(qapp, qtbot, path)
    _write_all(person)
    written = person.exported(tmp_path / "written.jsonl")
    examples = _contents(written)
    assert len(examples) == _COUNT
    for number, example in enumerate(examples):
        question, answer = _talk(number)
        if number == _PAIR:
            assert example["input"]["messages"] == [{"role": "user", "content": question}]
            assert example["preferred_output"] == [{"role": "assistant", "content": answer}]
            assert example["non_preferred_output"] == [{"role": "assistant", "content": "No idea."}]
            continue
        texts = [message.get("content") for message in example["messages"]]
        assert texts[:2] == [question, answer]
        if number in _WITH_TOOL:
            (call,) = example["messages"][2]["tool_calls"]
            assert call["function"] == {"name": "measure", "arguments": '{"what": "road"}'}
            assert example["messages"][3]["tool_call_id"] == call["id"]
            assert texts[3:] == ['{"km": 7}', "Seven."]
    steps = person.undo_all()
    assert steps >= _COUNT * 2
    assert person.exported(tmp_path / "start.jsonl") == b""
    assert person.redo_all() == steps
    assert person.exported(tmp_path / "again.jsonl") == written
    person.leave()

    person = Person(qapp, qtbot, path)
    assert person.exported(tmp_path / "opened.jsonl") == written
    assert person.undo_all() == steps
    assert person.exported(tmp_path / "undone.jsonl") == b""
    person.leave()

    person = Person(qapp, qtbot, path)
    assert person.redo_all() == steps
    assert person.exported(tmp_path / "redone.jsonl") == written
    person.leave()
    stop_local_server(app_paths().data)
