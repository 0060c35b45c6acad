"""Every test of the window wears the light theme and keeps its files below tmp_path."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from PySide6.QtWidgets import QApplication

from finetune_studio.ui.commands import ALL_COMMANDS, CommandRegistry
from finetune_studio.ui.theme.manager import ThemeManager
from tests.helpers.garbage import garbage_of_this_thread

__all__ = ["garbage_of_this_thread"]


@pytest.fixture(autouse=True)
def studio_home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The app's folders of this test."""
    home = tmp_path / "home"
    monkeypatch.setenv("FINETUNE_STUDIO_HOME", str(home))
    return home


@pytest.fixture(scope="session")
def session_theme(qapp: QApplication) -> Iterator[ThemeManager]:
    manager = ThemeManager(qapp, "light")
    yield manager
    qapp.setStyleSheet("")


@pytest.fixture(autouse=True)
def theme(session_theme: ThemeManager, qapp: QApplication) -> Iterator[ThemeManager]:
    """The application in the light theme; a test may switch, the next one starts light again."""
    if session_theme._art.path() not in qapp.styleSheet():
        session_theme.set_choice("dark")  # A test dressed the application with another manager.
    session_theme.set_choice("light")
    yield session_theme
    session_theme.set_choice("light")


@pytest.fixture
def commands(qapp: QApplication) -> CommandRegistry:
    """All commands, with no window."""
    return CommandRegistry(ALL_COMMANDS)
