import math

import pytest
from PySide6.QtCore import QPoint, Qt
from pytestqt.qtbot import QtBot

from finetune_studio.ui.theme.manager import ThemeManager
from finetune_studio.ui.widgets.charts import Bar, BarChart, ChartCard, LineChart, Series
from finetune_studio.ui.widgets.charts.scale import Scale, label_step, nice_ticks, tick_text, value_text
from tests.helpers.qt import grab, has_color, show


@pytest.mark.parametrize(
    ("low", "high", "ticks"),
    [
        (0, 30, [0, 10, 20, 30]),
        (0, 2.9, [0, 1, 2, 3]),
        (0, 0.05, [0, 0.02, 0.04, 0.06]),
        (0, 1, [0, 0.5, 1]),
        (5, 5, [5, 5.5, 6]),
        (math.nan, 1, [0, 1]),
    ],
)
def test_ticks_are_round_and_hold_the_values(low: float, high: float, ticks: list[float]) -> None:
    assert nice_ticks(low, high, wanted=4) == pytest.approx(ticks)


def test_counts_have_whole_ticks() -> None:
    assert nice_ticks(0, 2, wanted=5, whole=True) == [0, 1, 2]


def test_numbers_are_written_for_people() -> None:
    assert tick_text(0.02, [0, 0.02]) == "0.02"
    assert tick_text(12000, [0, 2000]) == "12,000"
    assert value_text(1234567) == "1,234,567"
    assert value_text(0.60712) == "0.607"
    assert value_text(math.inf) == "not a number"


def test_pixels_and_values_are_each_others_inverse() -> None:
    scale = Scale(0, 50, 100, 10)
    assert scale.value(scale.pixel(12.5)) == pytest.approx(12.5)


def test_labels_make_room_for_each_other() -> None:
    assert label_step([20] * 10, 40) == 1
    assert label_step([60] * 10, 20) == 5


@pytest.fixture
def bars(qtbot: QtBot) -> BarChart:
    chart = BarChart("Tokens in assistant replies")
    chart.set_data(
        [Bar("0", 2, "a", "0 to 9 tokens"), Bar("10", 8, "b"), Bar("20", 0, "c")], "Tokens", "Replies"
    )
    show(qtbot, chart, 400, 240)
    return chart


def test_a_click_on_a_bar_tells_its_key(bars: BarChart, qtbot: QtBot) -> None:
    with qtbot.waitSignal(bars.bar_activated) as caught:
        qtbot.mouseClick(bars, Qt.MouseButton.LeftButton, pos=QPoint(220, 120))
    assert caught.args == ["b"]


def test_keys_walk_the_bars_and_say_them(bars: BarChart, qtbot: QtBot) -> None:
    bars.setFocus()
    qtbot.keyClick(bars, Qt.Key.Key_Right)
    assert bars.accessibleDescription() == "0 to 9 tokens: 2"
    qtbot.keyClick(bars, Qt.Key.Key_End)
    qtbot.keyClick(bars, Qt.Key.Key_Right)
    with qtbot.waitSignal(bars.bar_activated) as caught:
        qtbot.keyClick(bars, Qt.Key.Key_Return)
    assert caught.args == ["c"]


def test_a_bar_that_leads_nowhere_stays_silent(bars: BarChart, qtbot: QtBot) -> None:
    bars.set_data([Bar("0", 2), Bar("10", 8), Bar("20", 0)])
    with qtbot.assertNotEmitted(bars.bar_activated):
        qtbot.mouseClick(bars, Qt.MouseButton.LeftButton, pos=QPoint(220, 120))


def test_bars_wear_the_theme(bars: BarChart, theme: ThemeManager) -> None:
    assert has_color(grab(bars), theme.theme.hex("accent"))
    theme.set_choice("dark")
    assert has_color(grab(bars), theme.theme.hex("accent"))


def test_a_threshold_is_drawn(bars: BarChart, theme: ThemeManager) -> None:
    assert not has_color(grab(bars), theme.theme.hex("warning"))
    bars.set_threshold(1.0, "half are shorter")
    assert has_color(grab(bars), theme.theme.hex("warning"))


def test_the_card_shows_the_same_numbers_as_a_table(qtbot: QtBot) -> None:
    bars = BarChart("Lengths")
    bars.set_data([Bar("0", 2, "a", "0 to 9 tokens"), Bar("10", 8, "b")], "Tokens", "Replies")
    card = ChartCard("Lengths", bars)
    show(qtbot, card, 500, 300)
    qtbot.mouseClick(card.table_button, Qt.MouseButton.LeftButton)
    model = card.table.model()
    assert card.table.isVisible()
    assert [model.index(row, column).data() for row in range(2) for column in range(2)] == [
        "0 to 9 tokens",
        "2",
        "10",
        "8",
    ]
    assert model.headerData(1, Qt.Orientation.Horizontal) == "Replies"


def a_line_chart(qtbot: QtBot) -> LineChart:
    chart = LineChart("Loss")
    chart.set_series(
        [
            Series("Training loss", (1, 2, 3), (2.5, math.nan, 1.5)),
            Series("Validation loss", (2,), (2.0,), "success"),
        ]
    )
    chart.set_axes("Step", x_max=10)
    show(qtbot, chart, 400, 240)
    return chart


def test_keys_walk_the_steps_and_say_the_values(qtbot: QtBot) -> None:
    chart = a_line_chart(qtbot)
    chart.setFocus()
    qtbot.keyClick(chart, Qt.Key.Key_Home)
    assert chart.accessibleDescription() == "Step 1, Training loss 2.500"
    qtbot.keyClick(chart, Qt.Key.Key_End)
    assert chart.accessibleDescription() == "Step 3, Training loss 1.500"


def test_the_table_of_lines_has_every_step(qtbot: QtBot) -> None:
    chart = a_line_chart(qtbot)
    headers, rows = chart.table()
    assert headers == ["Step", "Training loss", "Validation loss"]
    assert rows == [["1", "2.500", ""], ["2", "not a number", "2"], ["3", "1.500", ""]]


def test_charts_without_numbers_paint(qtbot: QtBot) -> None:
    for chart in (LineChart("Loss"), BarChart("Bars")):
        show(qtbot, chart, 300, 200)
        grab(chart)
        qtbot.keyClick(chart, Qt.Key.Key_Right)
        assert chart.current_text() == ""


def test_a_hundred_thousand_points_paint_thinned(qtbot: QtBot) -> None:
    chart = LineChart("Loss")
    steps = tuple(range(100_000))
    chart.set_series([Series("Training loss", steps, tuple(1 / (1 + step / 1000) for step in steps))])
    show(qtbot, chart, 400, 240)
    assert not grab(chart).isNull()


def test_steps_that_are_whole_have_no_ticks_between_them(qtbot: QtBot) -> None:
    chart = LineChart("Loss")
    chart.set_series([Series("Training loss", (1, 2), (2.5, 1.5))])
    show(qtbot, chart, 900, 240)
    assert chart._geometry()[3] == [0, 1, 2]
