"""A dataset, the page over it, and services that it can be sent to."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from PySide6.QtWidgets import QMessageBox
from pytestqt.qtbot import QtBot

from finetune_studio.providers.key_store import KeyStore
from finetune_studio.settings.paths import app_paths
from finetune_studio.ui.commands import CommandRegistry
from finetune_studio.ui.task_runner import QtTaskRunner
from finetune_studio.ui.theme.manager import ThemeManager
from finetune_studio.ui.tune.tune_page import TunePage
from finetune_studio.workspace.connections import Connections
from finetune_studio.workspace.workspace import Workspace
from tests.helpers.builders import chat_line
from tests.helpers.fake_provider_server import FakeProviderServer
from tests.helpers.local_server import running_server
from tests.helpers.memory_keyring import MemoryKeyring


def chat_lines(count: int, first: str = "What is number 0?") -> bytes:
    """So many short conversations, the first with this question."""
    lines = [chat_line(("user", first), ("assistant", "Oh, that is zero. Who would have thought."))]
    lines += [
        chat_line(("user", f"What is number {n}, tell me?"), ("assistant", f"That is {n}, as it says."))
        for n in range(1, count)
    ]
    return b"".join(lines)


@pytest.fixture
def lines() -> bytes:
    """The dataset of the test."""
    return chat_lines(12)


@pytest.fixture
def keyring() -> MemoryKeyring:
    return MemoryKeyring()


@pytest.fixture
def workspace(qtbot: QtBot, tmp_path: Path, lines: bytes, keyring: MemoryKeyring) -> Iterator[Workspace]:
    source = tmp_path / "marv.jsonl"
    source.write_bytes(lines)
    tasks = QtTaskRunner()
    opened = Workspace.open_any(source, paths=app_paths(), runner=tasks.runner)
    keys = KeyStore(lambda: keyring, environment={})
    sending = opened.sending
    sending.__dict__["connections"] = Connections(app_paths(), sending.profiles, keys)
    yield opened
    opened.close()
    tasks.runner.close(5)


@pytest.fixture
def page(
    qtbot: QtBot, workspace: Workspace, commands: CommandRegistry, theme: ThemeManager
) -> Iterator[TunePage]:
    """The page in front, its dataset checked."""
    for flag in ("dataset", "page.tune"):
        commands.set_flag(flag, True)
    widget = TunePage(workspace, commands, theme)
    qtbot.addWidget(widget)
    widget.resize(1300, 800)
    widget.show()
    widget.on_shown()
    workspace.lint.start()
    qtbot.waitUntil(lambda: workspace.lint.summary.seconds is not None, timeout=10_000)
    widget.on_shown()
    qtbot.waitUntil(lambda: widget._preview is not None and widget._preview.forecast is not None)
    yield widget
    widget.close_page()


def press(box: QMessageBox, text: str) -> None:
    """Click the button of this text."""
    next(button for button in box.buttons() if button.text() == text).click()


@pytest.fixture
def local_server(studio_home: Path) -> Iterator[None]:
    with running_server(app_paths().data):
        yield


@pytest.fixture
def service() -> Iterator[FakeProviderServer]:
    with FakeProviderServer() as server:
        yield server
