"""Showing widgets in tests and taking pictures of them."""

from pathlib import Path

from PySide6.QtCore import QCoreApplication, QEvent, QPoint
from PySide6.QtGui import QColor, QImage
from PySide6.QtWidgets import QApplication, QWidget
from pytestqt.qtbot import QtBot
from shiboken6 import isValid


def show(qtbot: QtBot, widget: QWidget, width: int = 0, height: int = 0) -> QWidget:
    """Show a widget as an active window and wait until it can take shortcut keys."""
    qtbot.addWidget(widget)
    if width and height:
        widget.resize(width, height)
    widget.show()
    widget.activateWindow()
    qtbot.waitExposed(widget)
    qtbot.waitUntil(lambda: widget.isActiveWindow(), timeout=2000)
    return widget


def grab(widget: QWidget, path: Path | None = None) -> QImage:
    """The widget as it is painted now; also written to `path`."""
    QApplication.processEvents()
    image = widget.grab().toImage()
    if path is not None:
        image.save(str(path))
    return image


def colors_in(image: QImage, left: int = 0, top: int = 0, width: int = 0, height: int = 0) -> set[str]:
    """The colours in a region, as `#rrggbb`: assertions look at regions, not at whole images."""
    right = min(image.width(), left + (width or image.width()))
    bottom = min(image.height(), top + (height or image.height()))
    return {image.pixelColor(QPoint(x, y)).name() for x in range(left, right) for y in range(top, bottom)}


def has_color(image: QImage, hex_color: str) -> bool:
    """True when one pixel has exactly this colour."""
    return QColor(hex_color).name() in colors_in(image)


def is_gone(widgets: list[QWidget]) -> bool:
    """True when no widget of the list is alive; deleteLater is carried out first."""
    QCoreApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete)
    QApplication.processEvents()
    return not any(isValid(widget) for widget in widgets)
