"""Walking the order of Tab leaves everything with its own parent."""

import re

import pytest
import shiboken6
from PySide6.QtCore import QCoreApplication, QEvent
from PySide6.QtWidgets import QMenu, QPushButton, QVBoxLayout, QWidget
from pytestqt.qtbot import QtBot

from finetune_studio.ui.widgets.focus_chain import focus_neighbour
from finetune_studio.ui.widgets.tab_order import tab_after


class Page(QWidget):
    """Buttons, and actions that Qt makes and Python knows."""

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        column = QVBoxLayout(self)
        self.buttons = [QPushButton(str(number), self) for number in range(3)]
        for button in self.buttons:
            column.addWidget(button)
        self.menu = QMenu(self)
        self.actions_made = [self.menu.addAction(str(number)) for number in range(3)]
        self.items = [column.itemAt(number) for number in range(3)]


def is_with_its_parent(widget: QWidget) -> bool:
    """Whether PySide takes a widget for a child of its parent."""
    found = re.search(r"^parent\W.*(at \w+)>", shiboken6.dump(widget), re.MULTILINE)
    return found is not None and found[1] == f"at {id(widget.parent()):#x}"


def destroy(widget: QWidget) -> None:
    widget.deleteLater()
    QCoreApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete)  # type: ignore[call-overload]


@pytest.mark.parametrize("forward", [True, False])
def test_what_is_found_stays_with_its_parent(qtbot: QtBot, forward: bool) -> None:
    window = QWidget()
    qtbot.addWidget(window)
    first, second = Page(window), Page(window)
    seen: list[QWidget] = []
    widget: QWidget = window
    while not seen or widget is not window:
        widget = focus_neighbour(widget, forward)
        seen.append(widget)
    assert {first, second, *first.buttons, *second.buttons, window} == set(seen)
    assert all(map(is_with_its_parent, seen[:-1]))


def test_a_page_goes_and_the_next_one_stays_whole(qtbot: QtBot) -> None:
    window = QWidget()
    qtbot.addWidget(window)
    first = Page(window)
    second = Page(window)
    tab_after(window, first)
    tab_after(first.buttons[-1], second)
    widget: QWidget = first
    while widget is not window:
        widget = focus_neighbour(widget)
    destroy(first)
    assert not shiboken6.isValid(first)
    assert all(map(shiboken6.isValid, [second, *second.buttons, *second.actions_made, *second.items]))
    assert [action.text() for action in second.actions_made] == ["0", "1", "2"]
