"""The whole way in the window, with keys and mouse, against the real server of this computer.

New dataset, ten conversations written, a finding mended, undone and redone, exported, submitted,
watched to its end, and the tuned model asked.
"""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from PySide6.QtCore import Qt, QTimer
from PySide6.QtWidgets import QApplication, QFileDialog, QWidget
from pytestqt.qtbot import QtBot

from finetune_studio.domain.diagnostic import Location
from finetune_studio.formats.records import decode
from finetune_studio.providers.local_server import stop_local_server
from finetune_studio.settings.paths import app_paths
from finetune_studio.ui.application import Studio
from finetune_studio.ui.exporting.export_dialog import ExportDialog
from finetune_studio.ui.try_out.try_page import TryPage
from finetune_studio.ui.tune.tune_page import TunePage
from finetune_studio.ui.write.write_page import WritePage
from finetune_studio.workspace.queries import examples
from tests.helpers.pictures import Album
from tests.helpers.stray_windows import stray_windows
from tests.helpers.window import close_studio

_CONTROL = Qt.KeyboardModifier.ControlModifier
_SHIFT = Qt.KeyboardModifier.ShiftModifier
_TALKS = [
    ("What is the capital of France?", "Paris, as everyone knows."),
    ("Who wrote Hamlet?", "Shakespeare, on a good day."),
    ("How many legs has a spider?", "Eight, and it uses them all."),
    ("What is the boiling point of water?", "One hundred degrees, at sea level."),
    ("Which planet is red?", "Mars, and it blushes."),
    ("What do bees make?", "Honey and noise."),
    ("How many days has a week?", "Seven, sadly."),
    ("Who painted the Mona Lisa?", "Leonardo, slowly."),
    ("What is two plus two?", "Four,  even on Mondays."),  # two spaces: Q105
    ("What is the largest ocean?", "The Pacific, by far."),
]


@pytest.fixture
def studio(qapp: QApplication, qtbot: QtBot) -> Iterator[Studio]:
    with stray_windows() as found:
        made = Studio(qapp, app_paths(), "light")
        made.start()
        made.window.resize(1440, 900)
        qtbot.waitUntil(made.window.isActiveWindow)
        yield made
        close_studio(made)
        stop_local_server(app_paths().data)
    assert not found


def _key(qtbot: QtBot, key: Qt.Key, modifiers: Any = Qt.KeyboardModifier.NoModifier) -> None:
    widget = QApplication.focusWidget() or QApplication.activeWindow()
    assert widget is not None, "no window is active"
    qtbot.keyClick(widget, key, modifiers)


def _type(qtbot: QtBot, text: str) -> None:
    widget = QApplication.focusWidget()
    assert widget is not None, "nothing has the focus"
    qtbot.keyClicks(widget, text)


def _click(qtbot: QtBot, widget: QWidget) -> None:
    qtbot.mouseClick(widget, Qt.MouseButton.LeftButton)


def _bodies(studio: Studio) -> list[list[str]]:
    workspace = studio.window.workspace
    assert workspace is not None
    found = []
    for example_id in examples.list_ids(workspace):
        record = decode(examples.get_example(workspace, example_id).body)[1]
        found.append([message.text for message in record.messages])  # type: ignore[union-attr]
    return found


def _new_dataset(studio: Studio, qtbot: QtBot, path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(QFileDialog, "getSaveFileName", lambda *_args, **_kwargs: (str(path), ""))
    with qtbot.waitSignal(studio.window.datasets.opened, timeout=20_000):
        _key(qtbot, Qt.Key.Key_N, _CONTROL | _SHIFT)


def _write_talks(studio: Studio, qtbot: QtBot) -> WritePage:
    page = studio.window.pages.page("write")
    assert isinstance(page, WritePage)
    view = page.pane.conversation
    for number, (question, answer) in enumerate(_TALKS, start=1):
        _key(qtbot, Qt.Key.Key_N, _CONTROL)
        qtbot.waitUntil(lambda n=number: len(page.model.ids) == n and view.focused_index() == 0)  # type: ignore[misc]
        _type(qtbot, question)
        _key(qtbot, Qt.Key.Key_Down)
        qtbot.waitUntil(lambda: view.focused_index() == 1)
        _type(qtbot, answer)
        _key(qtbot, Qt.Key.Key_Escape)
        qtbot.waitUntil(lambda: not view.has_drafts())
    qtbot.waitUntil(lambda: _bodies(studio) == [list(talk) for talk in _TALKS], timeout=10_000)
    return page


def _mend(studio: Studio, qtbot: QtBot, page: WritePage) -> None:
    page.set_filter("rule:Q105")
    qtbot.waitUntil(lambda: len(page.model.ids) == 1, timeout=10_000)
    page.panel.view.setFocus()
    _key(qtbot, Qt.Key.Key_J)
    qtbot.waitUntil(lambda: _fix_button(page) is not None, timeout=10_000)
    button = _fix_button(page)
    assert button is not None
    _click(qtbot, button)
    mended = "Four, even on Mondays."
    qtbot.waitUntil(lambda: _bodies(studio)[8][1] == mended, timeout=10_000)
    page.set_filter("")
    qtbot.waitUntil(lambda: len(page.model.ids) == len(_TALKS))
    page.panel.view.setFocus()
    _key(qtbot, Qt.Key.Key_Z, _CONTROL)
    qtbot.waitUntil(lambda: _bodies(studio)[8][1] == _TALKS[8][1], timeout=10_000)
    qtbot.waitUntil(studio.commands.action("edit.redo").isEnabled)
    _key(qtbot, Qt.Key.Key_Z, _CONTROL | _SHIFT)
    qtbot.waitUntil(lambda: _bodies(studio)[8][1] == mended, timeout=10_000)


def _fix_button(page: WritePage) -> QWidget | None:
    """The button of the two spaces; what was found while the text was half typed may stand there before."""
    spaces = Location(page.model.ids[0], 1, "/content", 5, 7)
    cards = page.inspector.findings.cards
    return next((card.buttons["fix"] for card in cards if card.diagnostic.location == spaces), None)


def _export(studio: Studio, qtbot: QtBot, path: Path) -> None:
    def drive() -> None:
        dialog = QApplication.activeModalWidget()
        assert isinstance(dialog, ExportDialog)
        dialog.form.path.setText(str(path))
        _click(qtbot, dialog.export_button)
        qtbot.waitUntil(lambda: dialog.report is not None, timeout=10_000)
        _click(qtbot, dialog.close_button)

    QTimer.singleShot(200, drive)
    _key(qtbot, Qt.Key.Key_E, _CONTROL)
    studio.window.activateWindow()  # what a window manager does when a dialog has closed
    qtbot.waitUntil(studio.window.isActiveWindow)
    lines = [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]
    assert [[m["content"] for m in line["messages"]] for line in lines] == _bodies(studio)


def _fine_tune(studio: Studio, qtbot: QtBot, album: Album) -> str:
    _key(qtbot, Qt.Key.Key_3, _CONTROL)
    page = studio.window.pages.page("tune")
    assert isinstance(page, TunePage)
    qtbot.waitUntil(page.form.start.isEnabled, timeout=20_000)
    album.add("ready to start")
    _click(qtbot, page.form.start)
    curves = page.jobs.card.curves
    qtbot.waitUntil(lambda: len(curves._points) >= 2, timeout=60_000)
    seen = len(curves._points)
    album.add("running")
    qtbot.waitUntil(lambda: len(curves._points) > seen or _state(page) == "succeeded", timeout=60_000)
    qtbot.waitUntil(lambda: _state(page) == "succeeded", timeout=90_000)
    album.add("succeeded")
    losses = [point.train_loss for point in curves._points if point.train_loss is not None]
    assert losses[-1] < losses[0] / 2, "the training loss falls"
    row = page.jobs.row
    assert row is not None
    assert row.job is not None
    assert row.job.fine_tuned_model
    return row.job.fine_tuned_model


def _state(page: TunePage) -> str:
    row = page.jobs.row
    return row.job.state.value if row is not None and row.job is not None else ""


def _ask(studio: Studio, qtbot: QtBot, model: str, album: Album) -> None:
    _key(qtbot, Qt.Key.Key_4, _CONTROL)
    page = studio.window.pages.page("try")
    assert isinstance(page, TryPage)
    qtbot.waitUntil(lambda: page.models()[1] == model, timeout=10_000)
    _type(qtbot, _TALKS[0][0])
    _key(qtbot, Qt.Key.Key_Return)
    qtbot.waitUntil(lambda: not page.is_busy, timeout=30_000)
    album.add("answered")
    base, tuned = page.answers()
    assert tuned == _TALKS[0][1]
    assert base != tuned


@pytest.mark.timeout(240)
def test_from_an_empty_dataset_to_an_answer_of_the_tuned_model(
    studio: Studio, qtbot: QtBot, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    album = Album(studio.window)
    _new_dataset(studio, qtbot, tmp_path / "ten.ftset", monkeypatch)
    page = _write_talks(studio, qtbot)
    album.add("written")
    _mend(studio, qtbot, page)
    album.add("mended")
    _export(studio, qtbot, tmp_path / "ten.jsonl")
    model = _fine_tune(studio, qtbot, album)
    _ask(studio, qtbot, model, album)
