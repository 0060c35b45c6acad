"""Whose name stands beside notes: the settings', else the user of the computer."""

import getpass
from pathlib import Path

import pytest
from PySide6.QtWidgets import QWidget
from pytestqt.qtbot import QtBot

from finetune_studio.settings.paths import AppPaths
from finetune_studio.settings.store import Settings
from finetune_studio.ui.commands import ALL_COMMANDS, CommandRegistry
from finetune_studio.ui.shell.author_command import AuthorCommand
from finetune_studio.workspace.operations import examples
from finetune_studio.workspace.queries.examples import recent_steps
from finetune_studio.workspace.tasks import ImmediateRunner
from finetune_studio.workspace.workspace import Workspace


def test_steps_carry_the_name(tmp_path: Path, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(getpass, "getuser", lambda: "kim")
    window = QWidget()
    qtbot.addWidget(window)
    settings = Settings(tmp_path / "settings.toml")
    author = AuthorCommand(CommandRegistry(ALL_COMMANDS), settings, window)
    paths = AppPaths(tmp_path / "config", tmp_path / "data", tmp_path / "cache")
    workspace = Workspace.create(tmp_path / "set.ftset", paths=paths, runner=ImmediateRunner())
    author.set_workspace(workspace)
    examples.new_example(workspace)
    author.set_name("  Ann   Lee ")
    examples.new_example(workspace)
    author.set_name("")
    examples.new_example(workspace)
    assert [step.author for step in recent_steps(workspace)] == ["kim", "Ann Lee", "kim"]
    workspace.close()


def test_a_computer_that_knows_no_user(tmp_path: Path, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch) -> None:
    def nobody() -> str:
        raise OSError("no user")

    monkeypatch.setattr(getpass, "getuser", nobody)
    window = QWidget()
    qtbot.addWidget(window)
    author = AuthorCommand(CommandRegistry(ALL_COMMANDS), Settings(tmp_path / "settings.toml"), window)
    assert author.name == ""
