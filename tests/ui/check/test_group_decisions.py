"""Decisions about groups by key: each is one undo step, and the next group comes."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from pytestqt.qtbot import QtBot

from finetune_studio.domain.id_set import IdSet
from finetune_studio.domain.split import Split
from finetune_studio.settings.paths import app_paths
from finetune_studio.ui.check.check_page import CheckPage
from finetune_studio.ui.check.set_aside_dialog import SetAsideDialog
from finetune_studio.ui.commands import CommandRegistry
from finetune_studio.workspace.operations import examples, splits, tags
from finetune_studio.workspace.queries.examples import get_example, list_ids
from finetune_studio.workspace.tasks import ImmediateRunner
from finetune_studio.workspace.workspace import Workspace
from tests.helpers.builders import chat_line
from tests.ui.check.conftest import MakePage

Keys = CommandRegistry


@pytest.fixture
def groups_page(make_page: MakePage, workspace: Workspace, commands: Keys) -> CheckPage:
    """Two groups of copies: examples 1, 2, 3 (of which 2 and 3 were added) and 5, 17."""
    ids = list_ids(workspace)
    workspace.perform(examples.duplicate_example, ids[0])
    workspace.perform(examples.duplicate_example, ids[0])
    page = make_page(workspace)
    commands.install(page)
    page.show_rule("D201")
    return page


def _ranks(page: CheckPage) -> list[int]:
    return [card.member.rank for card in page.middle.groups.cards()]


def test_keys_go_from_group_to_group(groups_page: CheckPage, commands: Keys, qtbot: QtBot) -> None:
    view = groups_page.middle.groups
    assert _ranks(groups_page) == [0, 1]
    view.next.setFocus()
    qtbot.keyClick(view.next, Qt.Key.Key_J)
    assert _ranks(groups_page) == [4, 16]
    assert not commands.action("group.next").isEnabled()
    assert commands.invoke("group.previous")
    assert _ranks(groups_page) == [0, 1]


def test_keep_left_deletes_the_right_one_and_shows_the_next(
    groups_page: CheckPage, workspace: Workspace, commands: Keys
) -> None:
    ids = list(list_ids(workspace))
    assert commands.invoke("group.keep_left")
    assert list(list_ids(workspace)) == [ids[0], *ids[2:]]
    assert [card.member.example_id for card in groups_page.middle.groups.cards()] == [ids[0], ids[2]]
    assert commands.invoke("group.keep_right")
    assert list(list_ids(workspace)) == ids[2:]
    left = groups_page.middle.groups.group()
    assert left is not None
    assert left.members[0].example_id == ids[4], "the next group comes at once"
    workspace.undo()
    workspace.undo()
    assert list(list_ids(workspace)) == ids


def test_of_three_any_two_are_shown_and_one_is_kept(
    groups_page: CheckPage, workspace: Workspace, commands: Keys
) -> None:
    ids = list(list_ids(workspace))
    assert commands.invoke("group.other_right")
    assert _ranks(groups_page) == [0, 2]
    cards = groups_page.middle.groups.cards()
    assert cards[0].picker is not None
    assert [cards[0].picker.itemText(n) for n in range(3)] == [
        "Example 1",
        "Example 2, the same",
        "Example 3, the same",
    ]
    cards[0].picker.setCurrentIndex(2)
    cards[0].picker.activated.emit(2)
    assert _ranks(groups_page) == [2, 0], "the one at the other side changes places"
    groups_page.middle.groups.cards()[0].only.click()
    assert list(list_ids(workspace)) == ids[2:]
    workspace.undo()
    assert list(list_ids(workspace)) == ids


def test_tags_are_merged_in_one_step(groups_page: CheckPage, workspace: Workspace, commands: Keys) -> None:
    ids = list_ids(workspace)
    assert not commands.action("group.merge_tags").isEnabled()
    workspace.perform(tags.add_tag, IdSet.of([ids[0]]), "geo")
    workspace.perform(tags.add_tag, IdSet.of([ids[0]]), "easy")
    workspace.perform(tags.add_tag, IdSet.of([ids[1]]), "hard")
    groups_page.refresh()
    assert commands.invoke("group.merge_tags")
    assert [get_example(workspace, ids[n]).tags for n in (0, 1, 2)] == [
        ("easy", "geo", "hard"),
        ("easy", "geo", "hard"),
        (),
    ]
    workspace.undo()
    assert get_example(workspace, ids[1]).tags == ("hard",)


def test_both_are_kept_and_a_reason_is_asked(
    groups_page: CheckPage, workspace: Workspace, commands: Keys, qtbot: QtBot
) -> None:
    view = groups_page.middle.groups
    assert commands.invoke("group.keep_both")
    qtbot.waitUntil(lambda: len(view.findings()) == 1)
    assert commands.invoke("group.meant")
    dialog = groups_page.deeds.dialog
    assert isinstance(dialog, SetAsideDialog)
    assert not dialog.here.isVisible()
    assert dialog.example.isChecked()
    assert dialog.example.text() == "This group"
    dialog.reason_field.setText("Both openings are wanted")
    dialog.accept_button.click()
    qtbot.waitUntil(lambda: groups_page.middle.currentWidget() is groups_page.middle.empty)
    reasons = {item.row.reason for item in groups_page.rule_panel.aside_items()}
    assert reasons == {"Looked at and kept", "Both openings are wanted"}
    assert not commands.has_flag("group")
    workspace.undo()
    qtbot.waitUntil(lambda: len(view.findings()) == 1)


def test_the_rule_is_set_aside_for_all_groups(
    groups_page: CheckPage, workspace: Workspace, commands: Keys, qtbot: QtBot
) -> None:
    assert commands.invoke("check.set_aside")
    dialog = groups_page.deeds.dialog
    assert isinstance(dialog, SetAsideDialog)
    dialog.everywhere.setChecked(True)
    dialog.accept_button.click()
    qtbot.waitUntil(lambda: groups_page.middle.currentWidget() is groups_page.middle.empty)
    assert [row.example_uid for row in workspace.examples().suppressions()] == [None]
    workspace.undo()
    qtbot.waitUntil(lambda: len(groups_page.middle.groups.findings()) == 2)


def test_the_keys_are_those_of_this_page_only(groups_page: CheckPage, commands: Keys) -> None:
    assert commands.action("group.keep_right").isEnabled()
    commands.set_flag("page.check", False)
    assert not commands.action("group.keep_right").isEnabled()


PROMPT = "You are Marv, a helpful and factual assistant who is also sarcastic now and then."


@pytest.fixture
def prompts_page(make_page: MakePage, tmp_path: Path) -> Iterator[CheckPage]:
    source = tmp_path / "prompts.jsonl"
    lines = [
        chat_line(("system", PROMPT), ("user", f"Tell me about number {n}."), ("assistant", f"{n} it is."))
        for n in range(24)
    ]
    lines[3] = chat_line(("system", PROMPT + "!"), ("user", "And three?"), ("assistant", "A prime."))
    lines[9] = chat_line(("system", PROMPT + "!"), ("user", "And nine?"), ("assistant", "A square."))
    source.write_bytes(b"".join(lines))
    opened = Workspace.open_any(source, paths=app_paths(), runner=ImmediateRunner())
    opened.lint.start()
    page = make_page(opened)
    page.show_rule("D204")
    yield page
    page.hide()
    page.close_page()
    opened.close()


def _prompts(page: CheckPage) -> list[int]:
    workspace = page._workspace
    bodies = [get_example(workspace, each).body for each in list_ids(workspace)]
    return [sum(b"then." + mark in body for body in bodies) for mark in (b'"', b'!"')]


def test_prompts_are_one_group_for_each_variant(
    prompts_page: CheckPage, commands: Keys, qtbot: QtBot
) -> None:
    view = prompts_page.middle.groups
    assert prompts_page.middle.currentWidget() is view
    assert view.facts.full_text() == "1 group, 3 examples. Group 1 of 1"
    left, right = view.cards()
    assert left.member.messages[0].text == PROMPT
    assert len(right.member.messages) == 1
    marked = right.member.messages[0]
    assert [marked.text[a:b] for a, b in marked.spans] == ["!"]
    assert _prompts(prompts_page) == [22, 2]
    assert commands.invoke("group.keep_left")
    assert _prompts(prompts_page) == [24, 0]
    prompts_page.deeds.undo()
    assert _prompts(prompts_page) == [22, 2]
    qtbot.waitUntil(lambda: view.group() is not None)
    assert commands.invoke("group.keep_right")
    assert _prompts(prompts_page) == [0, 24]


def test_prompts_that_are_meant_are_set_aside_at_once(
    prompts_page: CheckPage, commands: Keys, qtbot: QtBot
) -> None:
    assert commands.invoke("group.keep_both")
    qtbot.waitUntil(lambda: prompts_page.middle.currentWidget() is prompts_page.middle.empty)
    prompts_page.deeds.undo()
    qtbot.waitUntil(lambda: prompts_page.middle.currentWidget() is prompts_page.middle.groups)


def test_a_leak_is_mended_by_one_split(
    page: CheckPage, workspace: Workspace, commands: Keys, qtbot: QtBot
) -> None:
    ids = list_ids(workspace)
    workspace.perform(splits.set_split, IdSet.of([ids[14]]), Split.VALIDATION)
    qtbot.waitUntil(lambda: bool(workspace.lint.findings("S704")))
    page.refresh()
    page.show_rule("S704")
    view = page.middle.groups
    assert view.same_split.isVisible()
    assert view.hints.hints[0].accessibleName() == "S: same split"
    assert commands.invoke("group.same_split")
    rows = [get_example(workspace, ids[n]).split for n in (2, 14)]
    assert rows == [Split.VALIDATION, Split.VALIDATION]
    workspace.undo()
    assert get_example(workspace, ids[2]).split is None


def test_a_dataset_for_reading_decides_nothing(groups_page: CheckPage, commands: Keys) -> None:
    commands.set_flag("writable", False)
    assert not commands.invoke("group.keep_left")
    assert commands.action("group.next").isEnabled()
