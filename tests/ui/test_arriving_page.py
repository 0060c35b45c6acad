"""The page that stands in while a big file is read."""

from pathlib import Path

import pytest
from PySide6.QtTest import QAbstractItemModelTester
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from finetune_studio.domain.errors import CancelledError, InputError
from finetune_studio.ui.shell.arriving_page import ArrivingPage
from finetune_studio.workspace.opening import Preview, PreviewRow
from tests.helpers.window import close_studio, make_studio, write_chat_file

_PREVIEW = Preview("big.jsonl", tuple(PreviewRow(f"Question {n}", f"Answer {n}", b"{}\n") for n in range(30)))


def test_it_is_due_only_when_reading_takes_long(qtbot: QtBot) -> None:
    page = ArrivingPage()
    qtbot.addWidget(page)
    QAbstractItemModelTester(page.model, QAbstractItemModelTester.FailureReportingMode.Fatal, page)
    with qtbot.assertNotEmitted(page.due, wait=400):
        page.set_preview(_PREVIEW)
        page.stop()
    with qtbot.waitSignal(page.due, timeout=2000):
        page.set_preview(_PREVIEW)
    assert page.model.rowCount() == 30
    assert page.model.data(page.model.index(3)) == "Question 3"


@pytest.mark.parametrize("error", [InputError("It broke."), CancelledError()])
def test_the_window_shows_it_and_goes_back_when_the_file_cannot_be_opened(
    qapp: QApplication, qtbot: QtBot, error: Exception
) -> None:
    studio = make_studio(qapp, qtbot)
    window = studio.window
    try:
        window.datasets.previewed.emit(_PREVIEW)
        assert window.arriving is not None
        qtbot.waitUntil(window.arriving.isVisible, timeout=2000)
        window.datasets.failed.emit(error)
        assert window.welcome.isVisible()
    finally:
        close_studio(studio)


def test_a_small_file_opens_without_it(qapp: QApplication, qtbot: QtBot, tmp_path: Path) -> None:
    studio = make_studio(qapp, qtbot)
    window = studio.window
    try:
        with qtbot.waitSignal(window.datasets.opened, timeout=20_000):
            window.datasets.open_path(write_chat_file(tmp_path / "small.jsonl", 3))
        assert window.arriving is not None
        assert not window.arriving._timer.isActive()
        assert window.pages.isVisible()
    finally:
        close_studio(studio)
