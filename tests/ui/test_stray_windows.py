"""The look-out of other tests for widgets that become windows by accident."""

from PySide6.QtWidgets import QLabel, QWidget
from pytestqt.qtbot import QtBot

from finetune_studio.ui.widgets.text_edit import StudioLineEdit
from tests.helpers.stray_windows import stray_windows


def test_what_is_shown_before_it_has_a_parent_is_named(qtbot: QtBot) -> None:
    home = QWidget()
    qtbot.addWidget(home)
    with stray_windows() as found:
        label, field = QLabel("early"), StudioLineEdit()
        label.setVisible(True)
        field.show()
        label.setVisible(False)
        for widget in (label, field):
            widget.setParent(home)
            widget.show()
        home.show()
        QLabel("hidden").setVisible(False)
    assert found == ["QLabel", "StudioLineEdit"]
    with stray_windows() as found:
        pass
    other = QLabel("after")
    qtbot.addWidget(other)
    other.show()
    assert found == []
