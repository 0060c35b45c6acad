"""Bars that lie: numbers, keys, the mouse, and copies to the clipboard."""

import csv
import io

from hypothesis import given
from hypothesis import strategies as st
from PySide6.QtCore import QPoint, Qt
from pytestqt.qtbot import QtBot

from finetune_studio.ui.widgets.charts import RowBar, RowChart
from finetune_studio.ui.widgets.charts.copying import chart_image, csv_text
from finetune_studio.ui.widgets.charts.row_chart import ROW
from tests.helpers.qt import grab, show

BARS = (
    RowBar("positive", 30, "label:positive", (("good", 20, "success"), ("bad", 5, "error"))),
    RowBar("a class whose name goes on and on until there is no room for it any more", 6, "label:long"),
    RowBar("4 others", 64),
)


def _chart(qtbot: QtBot) -> RowChart:
    chart = RowChart("Labels")
    chart.set_bars(BARS)
    show(qtbot, chart, 500, 300)
    return chart


def test_the_numbers_as_a_table(qtbot: QtBot) -> None:
    headers, rows = _chart(qtbot).table()
    assert headers == ["Class", "Count", "Share", "Good", "Bad"]
    assert rows[0] == ["positive", "30", "30.0 %", "20", "5"]
    assert rows[2] == ["4 others", "64", "64.0 %", "0", "0"]


def test_keys_tell_and_choose(qtbot: QtBot) -> None:
    chart = _chart(qtbot)
    chosen: list[object] = []
    chart.bar_activated.connect(chosen.append)
    chart.setFocus()
    qtbot.keyClick(chart, Qt.Key.Key_Down)
    assert chart.accessibleDescription() == "positive: 30 (30.0 %), good 20, bad 5"
    qtbot.keyClick(chart, Qt.Key.Key_Space)
    qtbot.keyClick(chart, Qt.Key.Key_End)
    qtbot.keyClick(chart, Qt.Key.Key_Return)
    assert chosen == ["label:positive"], "what stands for many classes leads nowhere"
    qtbot.keyClick(chart, Qt.Key.Key_Up)
    assert chart.current_text().startswith("a class whose name")


def test_a_click_chooses_and_the_pointer_says_where_it_can(qtbot: QtBot) -> None:
    chart = _chart(qtbot)
    top = chart._top()
    with qtbot.waitSignal(chart.bar_activated) as asked:
        qtbot.mouseClick(chart, Qt.MouseButton.LeftButton, pos=QPoint(200, top + ROW + 5))
    assert asked.args == ["label:long"]
    qtbot.mouseMove(chart, QPoint(200, top + 5))
    assert chart.cursor().shape() is Qt.CursorShape.PointingHandCursor
    qtbot.mouseMove(chart, QPoint(200, top + 2 * ROW + 5))
    assert chart.cursor().shape() is Qt.CursorShape.ArrowCursor


def test_it_is_painted_with_and_without_bars(qtbot: QtBot) -> None:
    chart = _chart(qtbot)
    image = grab(chart)
    colours = {image.pixelColor(x, chart._top() + ROW // 2).name() for x in range(image.width())}
    assert len(colours) > 3
    chart.set_bars(())
    assert chart.table() == (["Class", "Count", "Share"], [])
    assert not grab(chart).isNull()


def test_the_picture_has_just_the_rows(qtbot: QtBot) -> None:
    chart = _chart(qtbot)
    image = chart_image(chart, "Labels")
    assert image.height() == 2 * (chart._top() + 3 * ROW + 32 + 34)
    assert chart.picture_height() < chart.height()


@given(st.lists(st.lists(st.text(st.characters(exclude_categories=["Cs"])), min_size=2, max_size=2)))
def test_csv_is_read_again_as_it_was(rows: list[list[str]]) -> None:
    text = csv_text((["a", "b"], rows))
    assert list(csv.reader(io.StringIO(text, newline=""))) == [["a", "b"], *rows]
