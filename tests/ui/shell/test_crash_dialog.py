import sys
import threading

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QGuiApplication
from pytestqt.qtbot import QtBot

from finetune_studio.ui.crash_dialog import CrashDialog, crash_report, install_crash_hook
from tests.helpers.qt import is_gone, show


def a_bug() -> BaseException:
    try:
        try:
            {}["words of the dataset"]
        except KeyError as error:
            raise RuntimeError("more words of the dataset") from error
    except RuntimeError as error:
        return error


def test_the_report_names_places_and_no_data() -> None:
    report = crash_report(a_bug())
    assert "words of the dataset" not in report
    assert "KeyError" in report
    assert "RuntimeError" in report
    assert "test_crash_dialog.py" in report
    assert "in a_bug" in report
    assert "/home" not in report
    assert "Finetune Studio 0" in report


def test_the_report_can_be_copied(qtbot: QtBot) -> None:
    dialog = CrashDialog(a_bug())
    show(qtbot, dialog)
    qtbot.mouseClick(dialog.copy_button, Qt.MouseButton.LeftButton)
    assert QGuiApplication.clipboard().text() == dialog.report
    qtbot.mouseClick(dialog.close_button, Qt.MouseButton.LeftButton)
    assert is_gone([dialog])


def test_the_hook_hears_of_bugs_and_not_of_ctrl_c(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "excepthook", lambda *_args: None)
    monkeypatch.setattr(threading, "excepthook", lambda *_args: None)
    told: list[BaseException] = []
    remove = install_crash_hook(told.append)
    bug = a_bug()
    sys.excepthook(type(bug), bug, None)
    sys.excepthook(KeyboardInterrupt, KeyboardInterrupt(), None)

    def fail() -> None:
        raise bug

    thread = threading.Thread(target=fail)
    thread.start()
    thread.join()
    assert told == [bug, bug]
    remove()
    sys.excepthook(type(bug), bug, None)
    assert len(told) == 2
