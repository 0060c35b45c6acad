"""Chooses the theme (light, dark or the system's) and dresses the application in it, live."""

from pathlib import Path

from PySide6.QtCore import QObject, Qt, QTemporaryDir, Signal, Slot
from PySide6.QtWidgets import QApplication, QToolTip

from finetune_studio.ui.theme.current import set_current_theme
from finetune_studio.ui.theme.fonts import load_fonts, ui_font
from finetune_studio.ui.theme.palette import palette_for
from finetune_studio.ui.theme.stylesheet import build_stylesheet
from finetune_studio.ui.theme.tokens import Theme, load_theme

CHOICES = ("system", "light", "dark")


class ThemeManager(QObject):
    """Owns the current Theme; `changed(Theme)` comes after palette, stylesheet and icons have switched."""

    changed = Signal(object)

    def __init__(self, app: QApplication, choice: str = "system", parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._app = app
        self._art = QTemporaryDir()
        self._choice = choice if choice in CHOICES else "system"
        self._theme = load_theme(self._wanted())
        app.setStyle("Fusion")
        load_fonts()
        app.styleHints().colorSchemeChanged.connect(self._on_color_scheme_changed)
        self._dress()

    @property
    def theme(self) -> Theme:
        return self._theme

    @property
    def choice(self) -> str:
        """What the person chose: system, light or dark."""
        return self._choice

    def set_choice(self, choice: str) -> None:
        """Switch at once; an unknown choice counts as "system"."""
        self._choice = choice if choice in CHOICES else "system"
        self._update()

    def _wanted(self) -> str:
        if self._choice != "system":
            return self._choice
        return "dark" if self._app.styleHints().colorScheme() == Qt.ColorScheme.Dark else "light"

    @Slot()
    def _on_color_scheme_changed(self) -> None:
        self._update()

    def _update(self) -> None:
        wanted = self._wanted()
        if wanted == self._theme.name:
            return
        self._theme = load_theme(wanted)
        self._dress()
        self.changed.emit(self._theme)

    def _dress(self) -> None:
        set_current_theme(self._app, self._theme)
        palette = palette_for(self._theme)
        self._app.setFont(ui_font())
        self._app.setPalette(palette)
        QToolTip.setPalette(palette)
        self._app.setStyleSheet(build_stylesheet(self._theme, Path(self._art.path())))
