from PySide6.QtGui import QFontDatabase, QPalette
from PySide6.QtWidgets import QApplication, QPushButton
from pytestqt.qtbot import QtBot

from finetune_studio.ui.theme.current import color
from finetune_studio.ui.theme.manager import ThemeManager
from tests.helpers.qt import grab, has_color, show


def test_the_bundled_fonts_are_there(theme: ThemeManager) -> None:
    assert {"Inter", "JetBrains Mono"} <= set(QFontDatabase.families())
    assert QApplication.font().family() == "Inter"


def test_switching_is_live(theme: ThemeManager, qtbot: QtBot) -> None:
    button = QPushButton("Start")
    button.setProperty("kind", "primary")
    show(qtbot, button, 120, 32)
    button.clearFocus()
    assert has_color(grab(button), "#4F5BD5")
    with qtbot.waitSignal(theme.changed) as caught:
        theme.set_choice("dark")
    assert caught.args is not None
    assert caught.args[0].dark
    assert has_color(grab(button), "#8C96FF")
    assert QApplication.palette().color(QPalette.ColorRole.Window) == color("bg")


def test_an_unknown_system_scheme_is_light(theme: ThemeManager) -> None:
    theme.set_choice("system")
    assert theme.theme.name == "light"
    theme.set_choice("nonsense")
    assert theme.choice == "system"
