"""Buttons by kind. Icons are Lucide names, tinted by token."""

from PySide6.QtCore import QSize, Qt
from PySide6.QtGui import QIcon
from PySide6.QtWidgets import QPushButton, QToolButton, QWidget

from finetune_studio.ui.theme.icons import icon
from finetune_studio.ui.widgets.labels import plain_tooltip

ICON_BESIDE_TEXT = QSize(18, 15)
"""A 15 px glyph with some room before the text."""

_ICON_TINT = {"primary": "on_accent", "link": "accent", "danger": "error"}


class Button(QPushButton):
    """A push button; `kind` is "" (plain), primary, ghost, link or danger.

    `icon_name` is a Lucide name, `icon_tint` its colour (by default the one that fits the kind).
    """

    def __init__(
        self,
        text: str = "",
        kind: str = "",
        icon_name: str = "",
        icon_tint: str = "",
        tooltip: str = "",
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self._kind = kind
        if kind:
            self.setProperty("kind", kind)
        self.setText(text)
        self.setIconSize(ICON_BESIDE_TEXT if text else QSize(15, 15))
        self.setCursor(Qt.CursorShape.PointingHandCursor if kind == "link" else Qt.CursorShape.ArrowCursor)
        self.setAutoDefault(False)
        if icon_name:
            self.set_icon(icon_name, icon_tint)
        if tooltip:
            self.setToolTip(plain_tooltip(tooltip))

    def setText(self, text: str) -> None:
        """Take `&` as it is: these texts have no mnemonics."""
        super().setText(text.replace("&", "&&"))
        self.setAccessibleName(text)

    def set_icon(self, name: str, tint: str = "") -> None:
        """Change the icon; an empty name takes it away."""
        self.setIcon(icon(name, tint or _ICON_TINT.get(self._kind, "secondary")) if name else QIcon())


class IconButton(QToolButton):
    """A square button with an icon only; `label` is its accessible name and tooltip."""

    def __init__(
        self,
        icon_name: str,
        label: str,
        tint: str = "secondary",
        checkable: bool = False,
        shortcut_hint: str = "",
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self.setProperty("kind", "icon")
        self.setIconSize(QSize(16, 16))
        self.setCheckable(checkable)
        self.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.set_icon(icon_name, tint)
        self.set_label(label, shortcut_hint)

    def set_icon(self, name: str, tint: str = "secondary") -> None:
        self.setIcon(icon(name, tint, checked_tint="accent"))

    def set_label(self, label: str, shortcut_hint: str = "") -> None:
        self.setAccessibleName(label)
        self.setToolTip(plain_tooltip(f"{label}  {shortcut_hint}" if shortcut_hint else label))
