"""The bundled fonts and the type scale."""

from functools import lru_cache

from PySide6.QtGui import QFont, QFontDatabase

from finetune_studio.resource_files import resource
from finetune_studio.ui.theme.current import current_theme

UI_FAMILY = "Inter"
MONO_FAMILY = "JetBrains Mono"
_FILES = ("Inter-Regular.otf", "Inter-Medium.otf", "Inter-SemiBold.otf", "JetBrainsMono-Regular.ttf")


def load_fonts() -> None:
    """Register the bundled fonts; needs a QGuiApplication. Other scripts fall back to the system's fonts."""
    for name in _FILES:
        QFontDatabase.addApplicationFont(str(resource("fonts", name)))


def ui_font(size: str = "body", weight: QFont.Weight = QFont.Weight.Normal) -> QFont:
    """Inter with tabular figures; `size` is label, small, body, message, title or hero."""
    return QFont(_ui_font(current_theme().fonts[size], weight))


@lru_cache(maxsize=64)
def _ui_font(pixels: int, weight: QFont.Weight) -> QFont:
    """Made once: delegates ask for it at every row."""
    font = QFont()
    font.setFamilies([UI_FAMILY])
    font.setPixelSize(pixels)
    font.setWeight(weight)
    font.setFeature(QFont.Tag("tnum"), 1)
    return font


def mono_font(size: str = "mono") -> QFont:
    """JetBrains Mono without ligatures: JSON must look as it is."""
    font = QFont()
    font.setFamilies([MONO_FAMILY])
    font.setPixelSize(current_theme().fonts[size])
    font.setStyleHint(QFont.StyleHint.Monospace)
    font.setFeature(QFont.Tag("liga"), 0)
    font.setFeature(QFont.Tag("calt"), 0)
    return font
