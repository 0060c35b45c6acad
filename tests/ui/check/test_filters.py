"""The filters of the findings, many at once, and set-asides that match nothing any more."""

from PySide6.QtCore import QItemSelectionModel, Qt
from pytestqt.qtbot import QtBot

from finetune_studio.domain.id_set import IdSet
from finetune_studio.domain.split import Split
from finetune_studio.ui.check.check_page import CheckPage
from finetune_studio.ui.check.fix_preview import FixPreviewDialog
from finetune_studio.ui.check.page_facts import ALL_RULES
from finetune_studio.ui.check.set_aside_dialog import SetAsideDialog
from finetune_studio.ui.commands import CommandRegistry
from finetune_studio.workspace.operations import messages, splits, versions
from finetune_studio.workspace.queries.examples import get_example, list_ids
from finetune_studio.workspace.workspace import Workspace


def _counts(page: CheckPage) -> dict[str, str]:
    return {row.key: row.count for row in page.rail.rules.rows}


def _choose(page: CheckPage, name: str, data: object) -> None:
    combo = getattr(page.rail.filters, name)
    combo.setCurrentIndex(combo.findData(data))
    combo.activated.emit(combo.currentIndex())


def test_counts_and_findings_follow_the_filters(page: CheckPage, workspace: Workspace, qtbot: QtBot) -> None:
    ids = list_ids(workspace)
    workspace.perform(splits.set_split, IdSet.of([ids[12]]), Split.VALIDATION)
    qtbot.mouseClick(page.rail.filter_button, Qt.MouseButton.LeftButton)
    assert page.rail.filters.isVisible()
    _choose(page, "split", "validation")
    assert _counts(page)["Q105"] == "2"
    assert "D201" not in _counts(page)
    page.show_rule("Q105")
    view = page.middle.findings
    assert view.facts.full_text() == "2 findings in 1 example"
    view.fix_all.click()
    dialog = page.deeds.dialog
    assert isinstance(dialog, FixPreviewDialog)
    assert len(dialog.preview.findings) == 2, "only what the filter lets through"
    dialog.reject()
    _choose(page, "state", "approved")
    assert page.middle.empty.sentence.text() == "No finding passes the filters at the left."
    page.rail.filters.clear.click()
    assert _counts(page)["Q105"] == "3"
    _choose(page, "split", "test")
    page.show_findings("warning")
    assert page.middle.currentWidget() is not page.middle.empty, "asked for from elsewhere, all are shown"
    assert not page.rail.filters.value().names_examples


def test_what_is_new_since_a_version(page: CheckPage, workspace: Workspace, qtbot: QtBot) -> None:
    assert not page.rail.filters.since.isEnabled()
    workspace.perform(versions.name_version, "First")
    page.refresh()
    assert page.rail.filters.since.itemText(1) == "New since First"
    _choose(page, "since", 1)
    assert page.rail.rule_codes() == []
    assert page.rail.nothing.text() == "No finding passes the filters."
    workspace.perform(messages.set_message_text, list_ids(workspace)[0], 1, "It is  2.")
    qtbot.waitUntil(lambda: _counts(page).get("Q105") == "1")
    workspace.perform(versions.delete_version, 1)
    page.refresh()
    assert _counts(page)["Q105"] == "4", "a version that is gone filters nothing"


def test_all_findings_in_one_list(page: CheckPage, qtbot: QtBot) -> None:
    page.show_rule(ALL_RULES)
    view = page.middle.findings
    assert view.title.full_text() == "All findings"
    assert view.list.painter_of_rows.has_code
    assert len({one.code for one in view.findings()}) > 3
    assert len(view.findings()) == int(_counts(page)[ALL_RULES])
    first = view.list.found.row_at(0)
    assert first.code
    warnings = next(chip for severity, chip in page.rail.chips.items() if severity.value == "warning")
    qtbot.mouseClick(warnings, Qt.MouseButton.LeftButton)
    assert {one.severity.value for one in view.findings()} == {"warning"}


def test_several_are_fixed_at_once(
    page: CheckPage, workspace: Workspace, commands: CommandRegistry, qtbot: QtBot
) -> None:
    page.show_rule("Q105")
    view = page.middle.findings
    flags = QItemSelectionModel.SelectionFlag
    view.list.selectionModel().select(view.list.found.index(2), flags.Select)
    assert view.fix.text() == "Fix 2…"
    assert view.aside.text() == "Set 2 aside…"
    assert commands.invoke("check.fix")
    dialog = page.deeds.dialog
    assert isinstance(dialog, FixPreviewDialog)
    assert [text.place for text in dialog.preview.texts] == ["Example 13, message 2", "Example 14, message 2"]
    dialog.apply.click()
    ids = list_ids(workspace)
    assert b'"In Norway."' in get_example(workspace, ids[13]).body
    qtbot.waitUntil(lambda: len(view.findings()) == 1)
    page.deeds.undo()
    qtbot.waitUntil(lambda: len(view.findings()) == 3)


def test_several_are_set_aside_at_once(page: CheckPage, workspace: Workspace, qtbot: QtBot) -> None:
    page.show_rule("Q105")
    view = page.middle.findings
    view.list.selectAll()
    view.aside.click()
    dialog = page.deeds.dialog
    assert isinstance(dialog, SetAsideDialog)
    assert not dialog.everywhere.isVisible()
    dialog.example.setChecked(True)
    dialog.reason_field.setText("Poems")
    dialog.accept_button.click()
    qtbot.waitUntil(lambda: page.middle.currentWidget() is page.middle.empty)
    assert {item.row.reason for item in page.rule_panel.aside_items()} == {"Poems"}
    assert len(workspace.examples().suppressions()) == 2
    page.deeds.undo()
    qtbot.waitUntil(lambda: len(view.findings()) == 3)


def test_what_matches_nothing_any_more_is_told_and_removed(
    page: CheckPage, workspace: Workspace, qtbot: QtBot
) -> None:
    page.show_rule("Q105")
    page.middle.findings.list.selectAll()
    page.middle.findings.aside.click()
    assert isinstance(page.deeds.dialog, SetAsideDialog)
    page.deeds.dialog.example.setChecked(True)
    page.deeds.dialog.accept_button.click()
    page.show_overview()
    panel = page.dataset_panel
    qtbot.waitUntil(panel._aside_label.isVisible)
    assert not panel.unused_note.isVisible()
    workspace.perform(messages.set_message_text, list_ids(workspace)[13], 1, "In Norway.")
    qtbot.waitUntil(panel.unused_note.isVisible)
    assert panel.unused_note.text() == "1 matches no finding any more."
    panel.remove_unused.click()
    qtbot.waitUntil(lambda: not panel.unused_note.isVisible())
    assert len(workspace.examples().suppressions()) == 1


def test_all_that_is_safe_is_shown_first(
    page: CheckPage, workspace: Workspace, commands: CommandRegistry
) -> None:
    before = get_example(workspace, list_ids(workspace)[12]).body
    assert commands.invoke("check.fix_all")
    dialog = page.deeds.dialog
    assert isinstance(dialog, FixPreviewDialog)
    assert dialog.apply.text() == "Fix 2 examples"
    assert get_example(workspace, list_ids(workspace)[12]).body == before
    dialog.apply.click()
    assert workspace.lint.findings("Q105") == []
    workspace.undo()
    assert get_example(workspace, list_ids(workspace)[12]).body == before
