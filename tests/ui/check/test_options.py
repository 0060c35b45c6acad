"""Options of rules in the panel: lists, choices, the slider that moves the groups; settings as a file."""

from pathlib import Path

import pytest
from PySide6.QtWidgets import QFileDialog
from pytestqt.qtbot import QtBot

from finetune_studio.domain.diagnostic import Severity
from finetune_studio.lint.registry import all_rules
from finetune_studio.settings.paths import app_paths
from finetune_studio.ui.check.check_page import CheckPage
from finetune_studio.ui.check.rule_option_row import ChoiceRow, ListRow, NumberRow
from finetune_studio.ui.commands import CommandRegistry
from finetune_studio.workspace.operations import options
from finetune_studio.workspace.tasks import ImmediateRunner
from finetune_studio.workspace.workspace import Workspace
from tests.helpers.builders import chat_line
from tests.ui.check.conftest import MakePage


def _row(page: CheckPage, key: str) -> NumberRow | ChoiceRow | ListRow:
    return next(row for row in page.rule_panel.options if row.option.key == key)


def test_every_option_of_every_rule_has_a_row(page: CheckPage) -> None:
    for rule in all_rules():
        page.show_rule(rule.code)
        wanted = [option.key for option in (*rule.options, *rule.list_options)]
        assert [row.option.key for row in page.rule_panel.options] == wanted
        assert page.rule_panel.code == rule.code


def test_own_terms_are_typed_one_a_line(page: CheckPage, workspace: Workspace, qtbot: QtBot) -> None:
    page.rail.filters.every_rule.setChecked(True)
    assert "P309" in page.rail.rule_codes(), "a rule that finds nothing can be reached"
    page.show_rule("P309")
    row = _row(page, "terms")
    assert isinstance(row, ListRow)
    assert not row.reset.isEnabled()
    row.editor.setPlainText("Lima\n\n  Peru \nLima")
    assert row.is_waiting
    page.flush()
    assert workspace.lint.config.options["P309.terms"] == ["Lima", "Peru"]
    qtbot.waitUntil(lambda: page.middle.currentWidget() is page.middle.findings)
    assert len(page.middle.findings.findings()) == 2
    row.reset.click()
    assert "P309.terms" not in workspace.lint.config.options
    workspace.undo()
    assert workspace.lint.config.options["P309.terms"] == ["Lima", "Peru"]
    qtbot.waitUntil(lambda: row.value() == ["Lima", "Peru"])


def test_a_rule_in_preview_is_switched_on(page: CheckPage, workspace: Workspace) -> None:
    page.show_rule("B410")
    assert not page.rule_panel.enabled.isChecked()
    assert page.middle.empty.title.text().startswith("This rule is switched off")
    page.rule_panel.enabled.click()
    assert workspace.lint.config.extend == ("B410",)
    assert page.rule_panel.enabled.isChecked()
    page.rule_panel.enabled.click()
    assert workspace.lint.config.extend == ()


WORDS = "one two three four five six seven eight nine ten eleven twelve"


@pytest.fixture
def near_page(make_page: MakePage, tmp_path: Path) -> CheckPage:
    """At 80 % there is no group; examples 1 and 2 are 73 % alike, 3 and 4 hardly."""
    source = tmp_path / "near.jsonl"
    source.write_bytes(
        chat_line(("system", "You are A."), ("user", f"{WORDS} {WORDS} end"), ("assistant", "It is so."))
        + chat_line(("system", "You are B."), ("user", f"{WORDS} {WORDS} end"), ("assistant", "It is so."))
        + chat_line(("user", "red green blue pink gray gold"), ("assistant", "a b c d e f g h i j k l m"))
        + chat_line(("user", "red green blue pink gray plum"), ("assistant", "n o p q r s t u v w x y z"))
        + chat_line(("user", "nothing like the others"), ("assistant", "indeed"))
    )
    workspace = Workspace.open_any(source, paths=app_paths(), runner=ImmediateRunner())
    workspace.lint.start()
    page = make_page(workspace)
    page.show_rule("D202")
    return page


def test_the_groups_follow_the_slider_before_it_is_let_go(near_page: CheckPage, qtbot: QtBot) -> None:
    workspace = near_page._workspace
    row = _row(near_page, "threshold")
    assert isinstance(row, NumberRow)
    assert row._slider is not None
    groups = near_page.middle.groups
    row._slider.setValue(60)
    assert row.is_waiting
    assert workspace.lint.findings("D202") == [], "nothing is written yet"
    qtbot.waitUntil(lambda: near_page.middle.currentWidget() is groups)
    assert groups.facts.full_text() == "1 group, 2 examples. Group 1 of 1"
    row._slider.setValue(90)
    qtbot.waitUntil(lambda: near_page.middle.currentWidget() is near_page.middle.empty)
    row._slider.setValue(60)
    near_page.flush()
    assert len(workspace.lint.findings("D202")) == 1
    assert workspace.lint.config.options["D202.threshold"] == 0.6


def test_what_is_compared_is_a_choice(near_page: CheckPage, qtbot: QtBot) -> None:
    row = _row(near_page, "scope")
    assert isinstance(row, ChoiceRow)
    assert [button.text() for button in row.buttons] == [
        "The whole conversation",
        "Without the system prompt",
        "The user's messages only",
    ]
    row.buttons[1].click()
    config = near_page._workspace.lint.config
    assert config.options["D202.scope"] == 1
    qtbot.waitUntil(lambda: near_page.middle.currentWidget() is near_page.middle.groups)
    near_page.deeds.undo()
    qtbot.waitUntil(lambda: row.value() == 0)


def test_settings_go_through_a_file(
    page: CheckPage,
    workspace: Workspace,
    commands: CommandRegistry,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    file = tmp_path / "finetune-studio.toml"
    workspace.perform(options.set_rule_enabled, "Q105", False)
    workspace.perform(options.set_rule_severity, "D201", Severity.ERROR)
    workspace.perform(options.set_rule_option, "P303", "regions", ["CH", "AT"])
    workspace.perform(options.set_target, "openai:gpt-4.1-mini")
    wanted = workspace.lint.config
    monkeypatch.setattr(QFileDialog, "getSaveFileName", lambda *_: (str(file), ""))
    monkeypatch.setattr(QFileDialog, "getOpenFileName", lambda *_: (str(file), ""))
    assert commands.invoke("check.export_settings")
    assert 'ignore = [\n    "Q105",\n]' in file.read_text("utf-8")
    for _ in range(4):
        workspace.undo()
    assert workspace.lint.config != wanted
    assert commands.invoke("check.import_settings")
    assert workspace.lint.config == wanted
    workspace.undo()
    assert workspace.lint.config.ignore == ()
    file.write_text("selekt = 1\n", "utf-8")
    failures: list[object] = []
    commands.failed.connect(failures.append)
    commands.invoke("check.import_settings")
    assert "selekt" in str(failures[0])
