"""Charts of classes on the page: keys, menu, copies, and one more example of a rare class."""

from dataclasses import replace
from pathlib import Path

from PySide6.QtCore import QPoint, Qt
from PySide6.QtGui import QGuiApplication
from pytestqt.qtbot import QtBot

from finetune_studio.domain.id_set import IdSet
from finetune_studio.settings.paths import app_paths
from finetune_studio.ui.check.check_page import CheckPage
from finetune_studio.workspace.operations import tags
from finetune_studio.workspace.queries.charts import TITLES
from finetune_studio.workspace.queries.examples import get_example, list_ids
from finetune_studio.workspace.tasks import ImmediateRunner
from finetune_studio.workspace.workspace import Workspace
from tests.helpers.builders import chat_line
from tests.ui.check.conftest import MakePage


def _tagged(page: CheckPage, workspace: Workspace) -> None:
    ids = list_ids(workspace)
    workspace.perform(tags.add_tag, IdSet.of(ids[:10]), "sums")
    workspace.perform(tags.add_tag, IdSet.of(ids[12:14]), "cities")
    page.show_chart("tags")


def test_every_chart_shows_or_says_why_not(page: CheckPage) -> None:
    for key, title in TITLES:
        page.show_chart(key)
        front = page.middle.currentWidget()
        assert front in (page.middle.chart, page.middle.empty), key
        if front is page.middle.chart:
            assert page.middle.chart.title.full_text() == title
            assert page.middle.chart.panel().chart.table()[1]
        else:
            assert page.middle.empty.sentence.text()
        assert page.dataset_panel.chart_text.text()


def test_the_table_says_that_it_is_counted(page: CheckPage) -> None:
    page.show_chart("length")
    view = page.middle.chart
    assert view.counting.isHidden(), "the numbers are there"
    data = view.length.data
    assert data is not None
    view.show_data("Roles", replace(data, key="roles"))
    assert not view.counting.isHidden()
    assert not view.table_model.rowCount()


def test_rows_are_gone_through_by_key(page: CheckPage, workspace: Workspace, qtbot: QtBot) -> None:
    _tagged(page, workspace)
    rows = page.middle.chart.rows.rows
    rows.setFocus()
    qtbot.keyClick(rows, Qt.Key.Key_Home)
    assert rows.accessibleDescription() == "sums: 10 (83.3 %)"
    qtbot.keyClick(rows, Qt.Key.Key_Down)
    with qtbot.waitSignal(page.filter_requested) as asked:
        qtbot.keyClick(rows, Qt.Key.Key_Return)
    assert asked.args == ["tag:cities"]
    with qtbot.waitSignal(page.filter_requested) as asked:
        qtbot.mouseClick(rows, Qt.MouseButton.LeftButton, pos=QPoint(80, 10))
    assert asked.args == ["tag:sums"]


def test_one_more_like_the_rarest(page: CheckPage, workspace: Workspace, qtbot: QtBot) -> None:
    _tagged(page, workspace)
    panel = page.middle.chart.rows
    assert panel.thin_text.full_text() == "“cities” has the fewest: 2"
    with qtbot.waitSignal(page.open_example_requested) as opened:
        qtbot.mouseClick(panel.more, Qt.MouseButton.LeftButton)
    example_id, _place = opened.args[0]
    assert get_example(workspace, example_id).tags == ("cities",)
    assert list(list_ids(workspace)).index(example_id) == 13, "after the first one with the tag"
    workspace.undo()
    assert len(list_ids(workspace)) == 16


def test_prompts_that_begin_alike_are_told_apart(make_page: MakePage, tmp_path: Path, qtbot: QtBot) -> None:
    same = "You are a waiter in the coffee bar at the corner of the street. The order is for one "
    prompts = [f"{same}{name}." for name in ("latte", "mocha", "cortado") for _ in range(40)]
    prompts += ["Once only.", "Twice.", "Twice."]
    source = tmp_path / "prompts.jsonl"
    source.write_bytes(
        b"".join(
            chat_line(("system", text), ("user", f"Number {n}?"), ("assistant", f"Yes, {n}."))
            for n, text in enumerate(prompts)
        )
        + chat_line(("user", "Alone?"), ("assistant", "Yes."))
    )
    workspace = Workspace.open_any(source, paths=app_paths(), runner=ImmediateRunner())
    workspace.lint.start()
    page = make_page(workspace)
    page.show_chart("prompts")
    view = page.middle.chart
    data = view.rows.data
    assert data is not None
    labels = [bar.label for bar in data.chart.bars][:3]
    assert sorted(label.partition(" … ")[2] for label in labels) == [
        "cortado.",
        "latte.",
        "mocha.",
    ]
    assert all(label.startswith("You are a") for label in labels)
    assert view.rows.rows.exported_table()[1][0][0].startswith(same), "the whole text"
    assert view.facts.full_text().startswith("Shares are of 123 examples with a system prompt.")
    assert view.rows.thin_text.full_text() == "“Once only.” has the fewest: 1"
    with qtbot.waitSignal(page.open_example_requested) as opened:
        view.rows.more.click()
    assert b"Once only." in get_example(workspace, opened.args[0][0]).body
    workspace.close()


def test_the_menu_of_a_row(page: CheckPage, workspace: Workspace, qtbot: QtBot) -> None:
    _tagged(page, workspace)
    panel = page.middle.chart.rows
    panel.rows.menu_requested.emit(1, QPoint(10, 10))
    show, more, copy = panel.menu.actions()
    assert more.isEnabled()
    copy.trigger()
    assert QGuiApplication.clipboard().text() == "cities"
    with qtbot.waitSignal(page.filter_requested) as asked:
        show.trigger()
    assert asked.args == ["tag:cities"]
    panel.menu.close()


def test_copies_as_numbers_and_as_a_picture(page: CheckPage, workspace: Workspace, qtbot: QtBot) -> None:
    _tagged(page, workspace)
    panel = page.middle.chart.rows
    said: list[str] = []
    page._commands.noticed.connect(lambda text, *_: said.append(text))
    panel.copy_csv_button.click()
    assert QGuiApplication.clipboard().text() == "Class,Count,Share\r\nsums,10,83.3 %\r\ncities,2,16.7 %\r\n"
    panel.copy_image_button.click()
    image = QGuiApplication.clipboard().image()
    assert image.width() == (panel.rows.width() + 32) * 2
    middle = 2 * (16 + 34 + 4 + 15)
    colours = {image.pixelColor(x, middle).name() for x in range(0, image.width(), 7)}
    assert len(colours) > 2, "the bars are on it"
    assert said == ["Numbers copied as CSV", "Image copied"]
    page.show_chart("length")
    page.middle.chart.length.copy_csv_button.click()
    assert QGuiApplication.clipboard().text().startswith("Tokens per example,Count")


def test_people_lead_to_their_rule(page: CheckPage) -> None:
    page.show_chart("people")
    assert page.middle.empty.button.text() == "Show rule B410"
    page.middle.empty.button.click()
    assert page.shown.key == "B410"
    page.rule_panel.enabled.click()
    page.show_chart("people")
    assert page.middle.empty.sentence.text() == "No example has a word for a group of people."


def test_the_splits_lead_to_the_dialog_and_the_overview_to_the_report(page: CheckPage) -> None:
    invoked: list[str] = []
    doer = _Doer()
    for name in ("check.split", "check.report"):
        page._commands.register(name, doer.do)
    page._commands.invoked.connect(invoked.append)
    page.show_chart("turns")
    assert not page.middle.chart.split.isVisible()
    page.show_chart("splits")
    page.middle.chart.split.click()
    page.dataset_panel.report.click()
    assert invoked == ["check.split", "check.report"]


class _Doer:
    def do(self) -> None:
        """Stands for the window."""
