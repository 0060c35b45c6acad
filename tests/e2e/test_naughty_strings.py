"""The naughty strings, stepped through, pasted and typed: nothing changes by itself, nothing is HTML."""

import json
from collections.abc import Iterator
from pathlib import Path

import pytest
from PySide6.QtCore import QCoreApplication, QEvent, Qt
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QApplication, QLabel, QTextBrowser, QToolButton, QWidget
from pytestqt.qtbot import QtBot

from finetune_studio.domain.example import messages_of
from finetune_studio.providers.local_server import stop_local_server
from finetune_studio.settings.paths import app_paths
from finetune_studio.workspace.queries.examples import get_example
from tests.e2e.typing_person import CONTROL, Person
from tests.helpers.shared_data import shared_file

_LOOK_EVERY = 25
"""Examples between looks at every widget."""
_TYPED = 60
_MARKS = "\ufeff\ufffe"
"""Byte order marks, which the clipboard itself takes from the start of a text."""
_PLAIN_TIP = '<span style="white-space:pre-wrap">'
_TAGS = ("<script", "<img", "<svg", "<b>", "<a ", "<iframe", "<html")


def _strings() -> list[str]:
    found = json.loads(shared_file("blns.json").read_text("utf-8"))
    return [text for text in dict.fromkeys(found) if text.strip()]


@pytest.fixture
def naughty(qapp: QApplication, qtbot: QtBot, tmp_path: Path) -> Iterator[tuple[Person, list[str], bytes]]:
    """The app on a dataset whose every text is one of them."""
    strings = _strings()
    lines = [
        json.dumps(
            {
                "messages": [
                    {"role": "system", "content": text},
                    {"role": "user", "content": text},
                    {"role": "assistant", "content": text},
                ]
            },
            ensure_ascii=number % 2 == 0,
        )
        for number, text in enumerate(strings)
    ]
    data = "".join(f"{line}\n" for line in lines).encode()
    path = tmp_path / "naughty.jsonl"
    path.write_bytes(data)
    person = Person(qapp, qtbot, path)
    yield person, strings, data
    person.leave()
    stop_local_server(app_paths().data)


def rich_places(window: QWidget) -> list[str]:
    """Widgets of a window that would take a text for HTML."""
    found = []
    for widget in (window, *window.findChildren(QWidget)):
        name = type(widget).__name__
        is_guessing = isinstance(widget, QLabel) and widget.textFormat() != Qt.TextFormat.PlainText
        if is_guessing and not isinstance(widget.parent(), QToolButton) and widget.text():
            found.append(f"{name} shows {widget.text()[:40]!r}")
        if isinstance(widget, QTextBrowser) and any(tag in widget.toHtml() for tag in _TAGS[:3]):
            found.append(f"{name} holds HTML")
        tip = widget.toolTip()
        if tip and not tip.startswith(_PLAIN_TIP) and "<" in tip:
            found.append(f"{name} has the tooltip {tip[:40]!r}")
        if tip.startswith(_PLAIN_TIP) and any(tag in tip for tag in _TAGS):
            found.append(f"{name} has a tag in its tooltip")
    return found


def _tips_of_list(person: Person) -> list[str]:
    model = person.page.model
    tips = [model.index(row).data(Qt.ItemDataRole.ToolTipRole) for row in range(model.rowCount())]
    return [tip for tip in tips if tip and not tip.startswith(_PLAIN_TIP) and "<" in tip]


def _insert_keys(person: Person, text: str) -> None:
    """Each character as a key press, as an input method or a keyboard of any script gives it."""
    for character in text:
        for kind in (QEvent.Type.KeyPress, QEvent.Type.KeyRelease):
            event = QKeyEvent(kind, 0, Qt.KeyboardModifier.NoModifier, character)
            QCoreApplication.sendEvent(person.focus(), event)


def _text(person: Person, example_id: int, index: int) -> str:
    return messages_of(get_example(person.workspace, example_id).record)[index].text


@pytest.mark.timeout(240)
def test_stepping_through_changes_nothing_and_shows_plain_text(
    naughty: tuple[Person, list[str], bytes], tmp_path: Path
) -> None:
    person, strings, data = naughty
    page = person.page
    ids = list(page.model.ids)
    assert len(ids) == len(strings)
    page.panel.view.setFocus()
    for number, text in enumerate(strings[1:], start=1):
        person.press(Qt.Key.Key_J)
        if number % _LOOK_EVERY == 0:
            wanted = ids[number]
            person.wait(lambda wanted=wanted: page.pane.conversation.example_id == wanted, "the example")  # type: ignore[misc]
            assert [message.text for message in page.pane.conversation.messages()] == [text] * 3
            assert rich_places(person.studio.window) == []
    person.wait(lambda: page.list.current_id == ids[-1], "the last example")
    for key in ("check", "tune", "try", "write"):
        person.studio.window.pages.show_page(key)
        QApplication.processEvents()
        assert rich_places(person.studio.window) == []
    assert _tips_of_list(person) == []
    person.settle()
    assert person.exported(tmp_path / "same.jsonl") == data


@pytest.mark.timeout(240)
def test_what_is_pasted_or_typed_is_kept_to_the_character(
    naughty: tuple[Person, list[str], bytes], tmp_path: Path
) -> None:
    person, strings, data = naughty
    page = person.page
    page.panel.view.setFocus()
    person.new_example()
    example_id = page.list.current_id
    assert example_id is not None
    changed = []
    for text in strings:
        QApplication.clipboard().setText(text)
        person.press(Qt.Key.Key_A, CONTROL)
        person.press(Qt.Key.Key_V, CONTROL)
        person.settle()
        if _text(person, example_id, 0) != text.lstrip(_MARKS):
            changed.append((text, _text(person, example_id, 0)))
    assert changed == []
    person.go_down()
    typed = [text for text in strings if text.isprintable()][:: max(1, len(strings) // _TYPED)]
    for text in typed:
        person.press(Qt.Key.Key_A, CONTROL)
        _insert_keys(person, text)
        person.settle()
        if _text(person, example_id, 1) != text:
            changed.append((text, _text(person, example_id, 1)))
    assert changed == []
    assert len(typed) > _TYPED / 2
    exported = person.exported(tmp_path / "more.jsonl").splitlines()
    new = [line for line in exported if line not in set(data.splitlines())]
    assert len(exported) == len(strings) + 1
    assert len(new) == 1
