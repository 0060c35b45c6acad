"""The theme that the running application wears; it travels with the QApplication, not in a module."""

from typing import cast

from PySide6.QtCore import QCoreApplication
from PySide6.QtGui import QColor

from finetune_studio.ui.theme.tokens import Theme, load_theme

_PROPERTY = "studio_theme"


def set_current_theme(app: QCoreApplication, theme: Theme) -> None:
    """Hang the theme on the application; whoever paints reads it there."""
    app.setProperty(_PROPERTY, theme)


def current_theme() -> Theme:
    """The theme in use; light when the application has none yet."""
    app = QCoreApplication.instance()
    theme = app.property(_PROPERTY) if app is not None else None
    if theme is None:
        theme = load_theme("light")
        if app is not None:
            set_current_theme(app, theme)
    return cast(Theme, theme)


def color(token: str, alpha: float = 1.0) -> QColor:
    """A token of the current theme as QColor; ask again at each paint, so that a switch shows at once."""
    value = QColor(current_theme().hex(token))
    if alpha < 1.0:
        value.setAlphaF(alpha)
    return value
