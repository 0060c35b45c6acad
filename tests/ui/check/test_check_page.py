"""Page Check, driven as a person would."""

from pathlib import Path

from PySide6.QtCore import QAbstractItemModel, QPoint, Qt
from PySide6.QtTest import QAbstractItemModelTester
from pytestqt.qtbot import QtBot

from finetune_studio.domain.diagnostic import Location, Severity
from finetune_studio.settings.paths import app_paths
from finetune_studio.ui.check.check_page import CheckPage
from finetune_studio.ui.check.fix_preview import FixPreviewDialog
from finetune_studio.ui.check.page_facts import ALL_RULES
from finetune_studio.ui.check.set_aside_dialog import SetAsideDialog
from finetune_studio.ui.commands import CommandRegistry
from finetune_studio.workspace.operations import examples
from finetune_studio.workspace.queries.examples import get_example, list_ids
from finetune_studio.workspace.tasks import ImmediateRunner
from finetune_studio.workspace.workspace import Workspace
from tests.helpers.builders import chat_line
from tests.ui.check.conftest import MakePage, good_line


def _codes(page: CheckPage) -> dict[str, str]:
    return {row.key: row.count for row in page.rail.rules.rows if row.key != ALL_RULES}


def _body(workspace: Workspace, row: int) -> bytes:
    return get_example(workspace, list_ids(workspace)[row]).body


def test_readiness_and_rules_are_listed(page: CheckPage) -> None:
    assert page.rail.card.title.text() in ("Ready to train", "Not ready to train")
    texts = [button.text() for button in page.rail.card.lines()]
    assert "Format valid for any provider" in texts
    assert "1 group of exact duplicates" in texts
    codes = _codes(page)
    assert codes["Q105"] == "3"
    assert codes["D201"] == "1"
    assert page.middle.currentWidget() is page.middle.overview
    ranks = [page._facts.rule(code).severity.rank for code in page.rail.rule_codes()]  # type: ignore[union-attr]
    assert ranks == sorted(ranks, reverse=True)


def test_a_line_of_the_card_leads_to_its_rule(page: CheckPage, qtbot: QtBot) -> None:
    line = next(button for button in page.rail.card.lines() if "duplicates" in button.text())
    qtbot.mouseClick(line, Qt.MouseButton.LeftButton)
    assert page.shown.key == "D201"
    assert page.rail.rules.current_key() == "D201"
    assert page.middle.currentWidget() is page.middle.groups


def test_severity_chips_filter_the_rules(page: CheckPage, qtbot: QtBot) -> None:
    assert "Q105" in _codes(page)
    qtbot.mouseClick(page.rail.chips[Severity.WARNING], Qt.MouseButton.LeftButton)
    assert "Q105" not in _codes(page)
    assert "D201" in _codes(page)
    page.show_findings("info")
    assert page.rail.chips[Severity.INFO].isChecked()
    assert "D201" not in _codes(page)


def test_a_rule_is_chosen_with_the_mouse_and_opens_at_the_character(
    page: CheckPage, workspace: Workspace, qtbot: QtBot
) -> None:
    rail = page.rail.rules
    at = rail.row_rect("Q105").center()
    qtbot.mouseClick(rail.viewport(), Qt.MouseButton.LeftButton, pos=QPoint(60, at.y()))
    view = page.middle.findings
    assert page.middle.currentWidget() is view
    assert view.title.full_text() == "Stray white space"
    assert view.facts.full_text() == "3 findings in 2 examples"
    row = view.list.found.row_at(0)
    assert row.title == "Example 13, message 2"
    assert row.about == "Where is Lima?"
    assert row.snippet.text[row.snippet.start : row.snippet.end].strip("␣") == ""
    with qtbot.waitSignal(page.open_example_requested) as opened:
        qtbot.keyClick(view.list, Qt.Key.Key_Return)
    example_id, location = opened.args[0]
    assert example_id == list_ids(workspace)[12]
    assert isinstance(location, Location)
    assert location.message_index == 1
    assert location.start is not None
    last = view.list.visualRect(view.list.found.index(2)).center()
    qtbot.mouseClick(view.list.viewport(), Qt.MouseButton.LeftButton, pos=last)
    with qtbot.waitSignal(page.open_example_requested) as opened:
        qtbot.mouseDClick(view.list.viewport(), Qt.MouseButton.LeftButton, pos=last)
    assert opened.args[0][0] == list_ids(workspace)[13]


def test_keys_go_through_all_findings(page: CheckPage, commands: CommandRegistry) -> None:
    assert commands.invoke("check.next_finding")
    first = page.current_finding()
    assert first is not None
    assert first.code == page.rail.rule_codes()[0]
    seen = [first]
    while True:
        commands.invoke("check.next_finding")
        found = page.current_finding()
        assert found is not None
        if found == first:
            break
        seen.append(found)
    assert len(seen) == sum(int(count) for count in _codes(page).values())
    commands.invoke("check.previous_finding")
    assert page.current_finding() == seen[-1]


def test_fix_all_of_a_rule_and_undo(page: CheckPage, workspace: Workspace, qtbot: QtBot) -> None:
    page.show_rule("Q105")
    before = _body(workspace, 12)
    view = page.middle.findings
    assert view.fix_all.text() == "Fix all 3…"
    qtbot.mouseClick(view.fix_all, Qt.MouseButton.LeftButton)
    dialog = page.deeds.dialog
    assert isinstance(dialog, FixPreviewDialog)
    assert [text.place for text in dialog.preview.texts] == ["Example 13, message 2", "Example 14, message 2"]
    assert not dialog.preview.is_unsafe
    assert _body(workspace, 12) == before
    dialog.apply.click()
    assert b'In Peru, of course."' in _body(workspace, 12)
    qtbot.waitUntil(lambda: page.middle.currentWidget() is page.middle.empty)
    assert page.middle.empty.title.text() == "Nothing found"
    page.deeds.undo()
    assert _body(workspace, 12) == before
    qtbot.waitUntil(lambda: page.middle.currentWidget() is view)
    assert len(view.findings()) == 3


def test_one_fix(page: CheckPage, workspace: Workspace, commands: CommandRegistry, qtbot: QtBot) -> None:
    page.show_rule("Q105")
    page.middle.findings.go_to(2)
    assert commands.invoke("check.fix")
    qtbot.waitUntil(lambda: len(page.middle.findings.findings()) == 2)
    assert b'"In Norway."' in _body(workspace, 13)


def test_set_aside_with_a_reason_and_bring_back(
    page: CheckPage, workspace: Workspace, commands: CommandRegistry, qtbot: QtBot
) -> None:
    page.show_rule("Q105")
    page.middle.findings.go_to(2)
    assert commands.invoke("check.set_aside")
    dialog = page.deeds.dialog
    assert isinstance(dialog, SetAsideDialog)
    dialog.example.setChecked(True)
    dialog.reason_field.setText("Quoted as it was")
    qtbot.mouseClick(dialog.accept_button, Qt.MouseButton.LeftButton)
    qtbot.waitUntil(lambda: len(page.middle.findings.findings()) == 2)
    items = page.rule_panel.aside_items()
    assert [item.row.reason for item in items] == ["Quoted as it was"]
    assert items[0].row.rank == 13
    assert items[0].row.is_used
    qtbot.mouseClick(items[0].back, Qt.MouseButton.LeftButton)
    qtbot.waitUntil(lambda: len(page.middle.findings.findings()) == 3)
    assert page.rule_panel.aside_items() == []


def test_a_rule_that_is_all_set_aside_stays_in_sight(page: CheckPage, qtbot: QtBot) -> None:
    page.show_rule("Q105")
    page.middle.findings.aside.click()
    dialog = page.deeds.dialog
    assert isinstance(dialog, SetAsideDialog)
    dialog.everywhere.setChecked(True)
    dialog.accept_button.click()
    qtbot.waitUntil(lambda: _codes(page)["Q105"] == "set aside")
    page.show_overview()
    assert _codes(page)["Q105"] == "set aside"
    page.show_rule("Q105")
    assert "set aside" in page.middle.empty.sentence.text()


def test_severity_is_judged_anew(page: CheckPage, workspace: Workspace, qtbot: QtBot) -> None:
    page.show_rule("D201")
    combo = page.rule_panel.severity
    assert combo.currentText() == "Warning (default)"
    combo.setCurrentIndex(combo.findData("error"))
    combo.activated.emit(combo.currentIndex())
    qtbot.waitUntil(lambda: page.rail.rule_codes()[0] == "D201")
    qtbot.waitUntil(lambda: page.rail.card.title.text() == "Not ready to train")
    assert workspace.lint.findings("D201")[0].severity is Severity.ERROR
    combo.setCurrentIndex(0)
    combo.activated.emit(0)
    qtbot.waitUntil(lambda: workspace.lint.findings("D201")[0].severity is Severity.WARNING)


def test_a_rule_is_switched_off_and_on(page: CheckPage, qtbot: QtBot) -> None:
    page.show_rule("Q105")
    qtbot.mouseClick(page.rule_panel.enabled, Qt.MouseButton.LeftButton, pos=QPoint(8, 10))
    qtbot.waitUntil(lambda: _codes(page)["Q105"] == "off")
    assert page.middle.empty.title.text() == "This rule is switched off"
    qtbot.mouseClick(page.rule_panel.enabled, Qt.MouseButton.LeftButton, pos=QPoint(8, 10))
    qtbot.waitUntil(lambda: _codes(page)["Q105"] == "3")


def test_an_option_of_a_rule_moves_its_findings(page: CheckPage, workspace: Workspace, qtbot: QtBot) -> None:
    page.show_rule("L105")
    row = next(row for row in page.rule_panel.options if row.option.key == "examples")
    assert row._number is not None
    row._number.setValue(5)
    assert row.is_waiting
    page.flush()
    assert workspace.lint.config.options["L105.examples"] == 5
    qtbot.mouseClick(row.reset, Qt.MouseButton.LeftButton)
    assert "L105.examples" not in workspace.lint.config.options


def test_the_rule_is_explained(page: CheckPage) -> None:
    page.show_rule("D201")
    texts = "\n".join(page.rule_panel.help.texts())
    assert "more than once" in texts
    assert "WHY IT HARMS TRAINING" in texts
    assert "one of them" in texts


def test_a_bar_filters_the_examples(page: CheckPage, workspace: Workspace, qtbot: QtBot) -> None:
    page.show_chart("turns")
    chart = page.middle.chart.panel()
    assert page.middle.currentWidget() is page.middle.chart
    chart.bars.setFocus()
    qtbot.keyClick(chart.bars, Qt.Key.Key_Home)
    with qtbot.waitSignal(page.filter_requested) as asked:
        qtbot.keyClick(chart.bars, Qt.Key.Key_Return)
    assert asked.args == ["turns:1"]
    assert len(list_ids(workspace, asked.args[0])) == 16
    page.show_overview()
    bars = page.middle.overview.roles.bars
    with qtbot.waitSignal(page.filter_requested) as asked:
        qtbot.mouseClick(bars, Qt.MouseButton.LeftButton, pos=QPoint(bars.width() - 40, bars.height() // 2))
    assert asked.args == ["role:assistant"]


def test_the_measure_of_the_lengths(page: CheckPage, qtbot: QtBot) -> None:
    page.show_chart("length")
    panel = page.middle.chart.length
    assert panel.data is not None
    assert panel.data.chart.title == "Tokens per example"
    assert panel.measures is not None
    qtbot.mouseClick(panel.measures.segments.button("answer"), Qt.MouseButton.LeftButton)
    assert panel.data.chart.title == "Tokens of the last answer"
    assert page.middle.chart.table_model.rowCount() == 5


def test_keep_one_of_a_group(page: CheckPage, workspace: Workspace, qtbot: QtBot) -> None:
    page.show_rule("D201")
    groups = page.middle.groups
    assert [card.member.rank for card in groups.cards()] == [2, 14]
    ids = list_ids(workspace)
    qtbot.mouseClick(groups.cards()[1].keep, Qt.MouseButton.LeftButton)
    assert list(list_ids(workspace)) == [each for each in ids if each != ids[2]]
    qtbot.waitUntil(lambda: page.middle.currentWidget() is page.middle.empty)
    page.deeds.undo()
    assert list(list_ids(workspace)) == list(ids)
    qtbot.waitUntil(lambda: page.middle.currentWidget() is groups)


def test_groups_are_gone_through_and_kept(page: CheckPage, workspace: Workspace, qtbot: QtBot) -> None:
    ids = list_ids(workspace)
    workspace.perform(examples.duplicate_example, ids[0])
    workspace.perform(examples.duplicate_example, ids[0])
    page.show_rule("D201")
    groups = page.middle.groups
    qtbot.waitUntil(lambda: len(groups.findings()) == 2)
    assert groups.facts.full_text() == "2 groups, 5 examples. Group 1 of 2"
    assert len(groups.cards()) == 2
    assert groups.cards()[0].picker is not None
    assert groups.keep_all.text() == "Keep all 3"
    qtbot.mouseClick(groups.next, Qt.MouseButton.LeftButton)
    assert len(groups.cards()) == 2
    assert not groups.next.isEnabled()
    qtbot.mouseClick(groups.keep_all, Qt.MouseButton.LeftButton)
    assert len(groups.findings()) == 1, "it goes on at once"
    qtbot.waitUntil(lambda: len(page.rule_panel.aside_items()) == 1)
    assert page.rule_panel.aside_items()[0].row.reason == "Looked at and kept"
    workspace.undo()
    qtbot.waitUntil(lambda: len(groups.findings()) == 2)
    qtbot.mouseClick(groups.keep_newest, Qt.MouseButton.LeftButton)
    qtbot.waitUntil(lambda: page.middle.currentWidget() is page.middle.empty)
    assert len(list_ids(workspace)) == 15


def test_unsafe_fixes_are_shown_first(make_page: MakePage, tmp_path: Path, qtbot: QtBot) -> None:
    source = tmp_path / "twice.jsonl"
    source.write_bytes(
        chat_line(("user", "Hi."), ("user", "Are you there?"), ("assistant", "Yes."))
        + good_line(1)
        + chat_line(("user", "One."), ("user", "Two."), ("assistant", "Three."))
    )
    workspace = Workspace.open_any(source, paths=app_paths(), runner=ImmediateRunner())
    workspace.lint.start()
    page = make_page(workspace)
    page.show_rule("R803")
    before = _body(workspace, 0)
    view = page.middle.findings
    assert view.fix_all.text() == "Fix all 2…"
    view.fix_all.click()
    dialog = page.deeds.dialog
    assert isinstance(dialog, FixPreviewDialog)
    assert dialog.apply.text() == "Fix 2 examples"
    assert [text.place for text in dialog.preview.texts] == ["Example 1", "Example 3"]
    dialog.reject()
    assert _body(workspace, 0) == before
    assert view.fix.text() == "Fix…"
    view.fix.click()
    dialog = page.deeds.dialog
    assert isinstance(dialog, FixPreviewDialog)
    assert dialog.apply.text() == "Fix 1 example"
    dialog.apply.click()
    assert b"Hi.\\n\\nAre you there?" in _body(workspace, 0)
    qtbot.waitUntil(lambda: len(view.findings()) == 1)
    page.deeds.fix_rule("R803", "Same role twice")
    assert isinstance(page.deeds.dialog, FixPreviewDialog)
    page.deeds.dialog.apply.click()
    qtbot.waitUntil(lambda: page.middle.currentWidget() is page.middle.empty)
    page.hide()
    page.close_page()
    workspace.close()


def test_lines_that_could_not_be_read(make_page: MakePage, tmp_path: Path, qtbot: QtBot) -> None:
    source = tmp_path / "bad.jsonl"
    source.write_bytes(good_line(1) + b'{"messages": [}\n' + good_line(2))
    workspace = Workspace.open_any(source, paths=app_paths(), runner=ImmediateRunner())
    workspace.lint.start()
    page = make_page(workspace)
    page.show_findings("unreadable")
    lines = page.middle.lines
    assert page.middle.currentWidget() is lines
    assert lines.list.found.row_at(0).title == "Line 2, column 15"
    assert lines.editor.toPlainText() == '{"messages": [}'
    lines.editor.set_text(good_line(9).decode().strip())
    qtbot.mouseClick(lines.repair, Qt.MouseButton.LeftButton)
    qtbot.waitUntil(lambda: page.middle.currentWidget() is page.middle.overview)
    assert len(list_ids(workspace)) == 3
    page.hide()
    page.close_page()
    workspace.close()


def test_without_examples_it_says_what_to_do(make_page: MakePage, tmp_path: Path, qtbot: QtBot) -> None:
    workspace = Workspace.create(tmp_path / "new.ftset", paths=app_paths(), runner=ImmediateRunner())
    page = make_page(workspace)
    assert page.middle.empty.title.text() == "No examples yet"
    with qtbot.waitSignal(page.page_requested) as asked:
        page.middle.empty.button.click()
    assert asked.args == ["write"]
    page.hide()
    page.close_page()
    workspace.close()


def test_before_the_first_check_one_can_be_started(make_page: MakePage, tmp_path: Path, qtbot: QtBot) -> None:
    source = tmp_path / "data.jsonl"
    source.write_bytes(good_line(1))
    workspace = Workspace.open_any(source, paths=app_paths(), runner=ImmediateRunner())
    page = make_page(workspace)
    assert page.middle.empty.title.text() == "Not checked yet"
    page.middle.empty.button.click()
    qtbot.waitUntil(lambda: page.middle.currentWidget() is page.middle.overview)
    page.hide()
    page.close_page()
    workspace.close()


def test_the_focus_chooses_nothing_by_itself(page: CheckPage, qtbot: QtBot) -> None:
    page.rail.charts.setFocus()
    assert page.shown.kind == "overview"
    qtbot.keyClick(page.rail.charts, Qt.Key.Key_Return)
    assert page.shown.key == "length"
    qtbot.keyClick(page.rail.charts, Qt.Key.Key_Down)
    assert page.shown.key == "turns"


def test_a_long_list_takes_all_the_room(make_page: MakePage, tmp_path: Path, qtbot: QtBot) -> None:
    source = tmp_path / "many.jsonl"
    source.write_bytes(
        b"".join(
            chat_line(("user", f"Where is {n}?"), ("assistant", f"Over  there, {n}.")) for n in range(60)
        )
    )
    workspace = Workspace.open_any(source, paths=app_paths(), runner=ImmediateRunner())
    workspace.lint.start()
    page = make_page(workspace)
    page.show_rule("Q105")
    view = page.middle.findings
    assert len(view.findings()) == 60
    qtbot.waitUntil(lambda: view.list.height() > view.height() - 120)
    assert not view.chart.isVisible()
    page.show_rule("S703")
    qtbot.waitUntil(view.chart.isVisible)
    assert view.chart.title.full_text() == "Splits"
    page.hide()
    page.close_page()
    workspace.close()


def test_the_models_keep_their_promises(page: CheckPage) -> None:
    page.show_rule("Q105")
    mode = QAbstractItemModelTester.FailureReportingMode.Warning
    models: list[QAbstractItemModel] = [page.middle.findings.list.found, page.rail.rules._rows]
    testers = [QAbstractItemModelTester(model, mode) for model in models]
    page.show_rule("L105")
    page.show_rule("Q105")
    page.refresh()
    assert len(testers) == 2
