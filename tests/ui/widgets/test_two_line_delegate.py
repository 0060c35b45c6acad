"""Rows with a second line."""

from PySide6.QtGui import QImage
from PySide6.QtWidgets import QListWidget
from pytestqt.qtbot import QtBot

from finetune_studio.ui.widgets.two_line_delegate import TwoLineDelegate


def _list(qtbot: QtBot, *texts: str) -> QListWidget:
    rows = QListWidget()
    qtbot.addWidget(rows)
    rows.setItemDelegate(TwoLineDelegate(rows))
    rows.addItems(texts)
    rows.resize(240, 160)
    rows.show()
    return rows


def _picture(rows: QListWidget, number: int) -> QImage:
    return rows.viewport().grab(rows.visualItemRect(rows.item(number))).toImage()


def test_rows_are_of_one_height_whatever_they_say(qtbot: QtBot) -> None:
    rows = _list(qtbot, "Second reading\njust now", "A name longer than the list is wide, by far\nlong ago")
    heights = {rows.visualItemRect(rows.item(number)).height() for number in range(2)}
    assert heights == {46}


def test_both_lines_are_painted(qtbot: QtBot) -> None:
    rows = _list(qtbot, "Name\njust now", "Name\n", "\n")
    both, first, none = (_picture(rows, number) for number in range(3))
    half = both.height() // 2
    width = both.width()
    assert both.copy(0, half + 4, width, half - 4) != first.copy(0, half + 4, width, half - 4)
    assert first.copy(0, 0, width, half) != none.copy(0, 0, width, half)
