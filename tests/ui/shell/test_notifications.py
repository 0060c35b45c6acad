"""Messages of the desktop when a job ends."""

from pathlib import Path

from PySide6.QtWidgets import QMainWindow
from pytestqt.qtbot import QtBot

from finetune_studio.settings.store import Settings
from finetune_studio.ui.commands import CommandRegistry
from finetune_studio.ui.shell.notifications import Notifications, TrayMessenger


class _Messages:
    def __init__(self) -> None:
        self.sent: list[tuple[str, str]] = []

    def send(self, title: str, text: str) -> None:
        self.sent.append((title, text))


def test_it_tells_only_who_is_not_looking_and_goes_by_the_setting(
    qtbot: QtBot, commands: CommandRegistry, tmp_path: Path
) -> None:
    window = QMainWindow()
    qtbot.addWidget(window)
    messages = _Messages()
    settings = Settings(tmp_path / "settings.toml")
    notifications = Notifications(commands, settings, window, messages)
    commands.set_flag("dataset", True)
    assert commands.action("tune.notify").isChecked()
    notifications.notify("marv succeeded", "gpt-4.1-mini, 30,120 tokens")
    assert messages.sent == [("marv succeeded", "gpt-4.1-mini, 30,120 tokens")]
    window.show()
    window.activateWindow()
    qtbot.waitUntil(window.isActiveWindow)
    notifications.notify("another", "")
    assert len(messages.sent) == 1
    window.hide()
    commands.invoke("tune.notify")
    assert not commands.action("tune.notify").isChecked()
    notifications.notify("a third", "")
    assert len(messages.sent) == 1
    assert Settings(tmp_path / "settings.toml").get("tune.notify") is False


def test_without_a_tray_nothing_breaks(qtbot: QtBot) -> None:
    window = QMainWindow()
    qtbot.addWidget(window)
    messenger = TrayMessenger(window)
    messenger.send("marv succeeded", "")
    assert messenger._icon is None
