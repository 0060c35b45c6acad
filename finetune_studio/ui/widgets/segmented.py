"""One of a few choices, side by side."""

from collections.abc import Sequence

from PySide6.QtCore import Qt, Signal, Slot
from PySide6.QtWidgets import (
    QAbstractButton,
    QButtonGroup,
    QFrame,
    QHBoxLayout,
    QSizePolicy,
    QToolButton,
    QWidget,
)

from finetune_studio.ui.theme.icons import icon
from finetune_studio.ui.widgets.buttons import ICON_BESIDE_TEXT


class Segmented(QFrame):
    """`choices` are (key, text) or (key, text, icon name); `chosen(key)` comes when the person changes it."""

    chosen = Signal(str)

    def __init__(self, choices: Sequence[tuple[str, ...]], name: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setProperty("panel", "segmented")
        self.setAccessibleName(name)
        self.setSizePolicy(QSizePolicy.Policy.Maximum, QSizePolicy.Policy.Fixed)
        layout = QHBoxLayout(self)
        layout.setContentsMargins(2, 2, 2, 2)
        layout.setSpacing(2)
        self._group = QButtonGroup(self)
        self._group.setExclusive(True)
        self._buttons: dict[str, QToolButton] = {}
        for choice in choices:
            button = QToolButton()
            button.setProperty("kind", "segment")
            button.setProperty("choice", choice[0])
            button.setText(choice[1])
            button.setAccessibleName(choice[1])
            button.setCheckable(True)
            button.setFocusPolicy(Qt.FocusPolicy.TabFocus)
            if len(choice) > 2:
                button.setIcon(icon(choice[2], checked_tint="accent"))
                button.setIconSize(ICON_BESIDE_TEXT)
                button.setToolButtonStyle(Qt.ToolButtonStyle.ToolButtonTextBesideIcon)
            self._group.addButton(button)
            self._buttons[choice[0]] = button
            layout.addWidget(button)
        self._group.buttonClicked.connect(self._on_button_clicked)
        if choices:
            self.set_current(choices[0][0])

    def current(self) -> str:
        button = self._group.checkedButton()
        return str(button.property("choice")) if button else ""

    def set_current(self, key: str) -> None:
        """Choose without a signal."""
        self._buttons[key].setChecked(True)

    def button(self, key: str) -> QToolButton:
        return self._buttons[key]

    @Slot(QAbstractButton)
    def _on_button_clicked(self, button: QAbstractButton) -> None:
        self.chosen.emit(str(button.property("choice")))
