"""Lucide icons, tinted by token when they are painted: sharp at any scale, right after a theme switch."""

import re

from PySide6.QtCore import QByteArray, QRect, QRectF, QSize, Qt
from PySide6.QtGui import QIcon, QIconEngine, QPainter, QPixmap, QPixmapCache
from PySide6.QtSvg import QSvgRenderer

from finetune_studio.resource_files import resource
from finetune_studio.ui.theme.current import current_theme

_SHAPE = re.compile(r"<(path|circle|rect|line|polyline|polygon|ellipse) ")


def tinted_svg(name: str, color: str, ground: str = "") -> bytes:
    """The SVG of icon `name` in `color`; with `ground`, the first shape is filled and the rest drawn on it.

    Raises FileNotFoundError for an icon that is not shipped.
    """
    svg = resource("icons", f"{name}.svg").read_text("utf-8")
    if ground:
        first = _SHAPE.search(svg)
        assert first is not None
        head, tail = svg[: first.end()], svg[first.end() :]
        tail = _SHAPE.sub(lambda match: f'{match.group(0)}stroke="{ground}" ', tail)
        svg = f'{head}fill="{color}" {tail}'
    return svg.replace("currentColor", color).encode()


def icon_pixmap(name: str, token: str, size: int, ratio: float = 1.0, ground: str = "") -> QPixmap:
    """One icon as a pixmap of `size` logical pixels for a screen of `ratio`, in the current theme."""
    theme = current_theme()
    pixels = round(size * ratio)
    key = f"studio:{theme.name}:{name}:{token}:{ground}:{pixels}:{ratio}"
    pixmap = QPixmap()
    if QPixmapCache.find(key, pixmap):
        return pixmap
    pixmap = QPixmap(pixels, pixels)
    pixmap.fill(Qt.GlobalColor.transparent)
    svg = tinted_svg(name, theme.hex(token), theme.hex(ground) if ground else "")
    painter = QPainter(pixmap)
    QSvgRenderer(QByteArray(svg)).render(painter, QRectF(0, 0, pixels, pixels))
    painter.end()
    pixmap.setDevicePixelRatio(ratio)
    QPixmapCache.insert(key, pixmap)
    return pixmap


class _TintedIconEngine(QIconEngine):
    def __init__(self, name: str, token: str, checked_tint: str, ground: str) -> None:
        super().__init__()
        self._name = name
        self._token = token
        self._checked_tint = checked_tint
        self._ground = ground

    def _token_for(self, mode: QIcon.Mode, state: QIcon.State) -> str:
        if mode == QIcon.Mode.Disabled:
            return "faint"
        return self._checked_tint if state == QIcon.State.On else self._token

    def paint(self, painter: QPainter, rect: QRect, mode: QIcon.Mode, state: QIcon.State) -> None:
        side = min(rect.width(), rect.height())
        ratio = painter.device().devicePixelRatioF()
        pixmap = icon_pixmap(self._name, self._token_for(mode, state), side, ratio, self._ground)
        painter.drawPixmap(rect.left(), rect.top() + (rect.height() - side) // 2, pixmap)

    def pixmap(self, size: QSize, mode: QIcon.Mode, state: QIcon.State) -> QPixmap:
        return self.scaledPixmap(size, mode, state, 1.0)

    def scaledPixmap(self, size: QSize, mode: QIcon.Mode, state: QIcon.State, scale: float) -> QPixmap:
        """The glyph at the left of `size`: a wider icon size is how a button gets room before its text."""
        side = min(size.width(), size.height())
        glyph = icon_pixmap(self._name, self._token_for(mode, state), side, scale, self._ground)
        if size.width() <= side:
            return glyph
        wide = QPixmap(round(size.width() * scale), round(side * scale))
        wide.setDevicePixelRatio(scale)
        wide.fill(Qt.GlobalColor.transparent)
        painter = QPainter(wide)
        painter.drawPixmap(0, 0, glyph)
        painter.end()
        return wide

    def clone(self) -> QIconEngine:
        return _TintedIconEngine(self._name, self._token, self._checked_tint, self._ground)

    def iconName(self) -> str:
        return self._name


def icon(name: str, tint: str = "secondary", checked_tint: str = "", ground: str = "") -> QIcon:
    """A Lucide icon in the colour of `tint`, and of `checked_tint` while its button is checked.

    `ground` fills the first shape and draws the rest in that token (solid severity marks).
    Raises FileNotFoundError at once for an icon that is not in resources/icons.
    """
    resource("icons", f"{name}.svg")
    return QIcon(_TintedIconEngine(name, tint, checked_tint or tint, ground))
