"""Status bar, help, keys and about."""

import pytest
from PySide6.QtCore import Qt, QUrl
from PySide6.QtGui import QImage, QTextDocument
from PySide6.QtWidgets import QWidget
from pytestqt.qtbot import QtBot

from finetune_studio.ui.commands import CommandRegistry
from finetune_studio.ui.shell.help_view import HelpBrowser, HelpDialog
from finetune_studio.ui.shell.small_dialogs import AboutDialog, KeysDialog
from finetune_studio.ui.shell.status_bar import StatusBar
from finetune_studio.ui.shell.status_facts import StatusFacts, compact
from finetune_studio.ui.widgets import KeyHint
from tests.helpers.qt import show


@pytest.mark.parametrize(
    ("number", "text"),
    [(940, "940"), (1234, "1.2 k"), (34_400, "34 k"), (1_230_000, "1.2 M"), (266_000_000, "266 M")],
)
def test_rough_numbers(number: int, text: str) -> None:
    assert compact(number) == text


@pytest.fixture
def bar(qtbot: QtBot) -> StatusBar:
    made = StatusBar()
    show(qtbot, made, 1200, 30)
    return made


def test_the_status_bar_counts(bar: StatusBar, qtbot: QtBot) -> None:
    bar.show_facts(StatusFacts(120, 11_402, 1, 11, 120, 2, 0.1, False, "gpt · 3 epochs", "3 x 10", 5_120))
    assert bar.examples.text() == "120 examples"
    assert bar.tokens.text() == "11,402 tokens · 5,120 trained"
    assert bar.errors.text() == "1 error"
    assert bar.warnings.text() == "11 warnings"
    assert bar.unreadable.text() == "2 unreadable lines"
    assert bar.checked.text() == "Checked 120 / 120 in 0.1 s"
    with qtbot.waitSignal(bar.findings_requested) as caught:
        qtbot.mouseClick(bar.warnings, Qt.MouseButton.LeftButton)
    assert caught.args == ["warning"]
    with qtbot.waitSignal(bar.page_requested) as caught:
        qtbot.mouseClick(bar.forecast, Qt.MouseButton.LeftButton)
    assert caught.args == ["tune"]


def test_the_time_of_a_check_is_told_where_it_was_one(bar: StatusBar) -> None:
    bar.show_facts(StatusFacts(examples=3, checked=3, seconds=0.04))
    assert bar.checked.text() == "Checked 3 / 3 in under 0.1 s"
    bar.show_facts(StatusFacts(examples=3, checked=3, seconds=0.0))
    assert bar.checked.text() == "Checked 3 / 3", "it was kept from before"


def test_nothing_wrong_is_not_shown(bar: StatusBar) -> None:
    bar.show_facts(StatusFacts(examples=3, checked=3, seconds=0.1))
    assert not bar.errors.isVisible()
    assert not bar.forecast.isVisible()


def test_saving_is_said(bar: StatusBar) -> None:
    bar.show_saved(2, read_only=False)
    assert bar.saved.text() == "Saving…"
    bar.show_saved(0, read_only=False)
    assert bar.saved.text() == "All changes saved"
    bar.show_saved(0, read_only=True)
    assert bar.saved.text() == "Read only"


def test_work_is_shown_with_its_cancel(bar: StatusBar, qtbot: QtBot) -> None:
    bar.show_task("Importing", 50, 100, 1)
    assert bar.task_text.text() == "Importing, 1 more"
    assert bar.task_bar.value() == 500
    with qtbot.waitSignal(bar.cancel_requested):
        qtbot.mouseClick(bar.task_cancel, Qt.MouseButton.LeftButton)
    bar.show_task("", 0, None, 0)
    assert not bar.task_bar.isVisible()


def test_help_loads_nothing_and_takes_html_as_text(qtbot: QtBot) -> None:
    browser = HelpBrowser()
    qtbot.addWidget(browser)
    browser.show_markdown("# Title\n\n<img src='x.png'> [link](file:///etc/passwd)")
    assert "<img" in browser.toPlainText()
    kind = QTextDocument.ResourceType.ImageResource
    assert isinstance(browser.document().resource(kind.value, QUrl("file:///etc/passwd")), QImage)
    browser.anchorClicked.emit(QUrl("file:///etc/passwd"))
    assert browser.source().isEmpty()


def test_help_finds_pages(qtbot: QtBot) -> None:
    dialog = HelpDialog()
    show(qtbot, dialog)
    titles = dialog.titles()
    dialog.search.setText("zqxj nothing")
    qtbot.keyClick(dialog.search, Qt.Key.Key_Return)
    assert dialog.titles() == []
    dialog.search.clear_now()
    assert dialog.titles() == titles


def test_the_list_of_keys_and_about(commands: CommandRegistry, qtbot: QtBot) -> None:
    keys = KeysDialog(commands)
    about = AboutDialog()
    for dialog in (keys, about):
        show(qtbot, dialog)
    names = [hint.accessibleName() for hint in keys.findChildren(KeyHint)]
    assert "Ctrl+K: Search or run a command" in names
    assert any(isinstance(child, QWidget) for child in about.children())
