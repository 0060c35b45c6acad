"""An image of a content list: a thumbnail from a data URL, else a line of text; nothing is fetched."""

import base64
import binascii

from PySide6.QtCore import QBuffer, QByteArray, QIODevice, QRect, QRectF, QSize, Qt
from PySide6.QtGui import QFontMetrics, QImageReader, QPainter, QPainterPath, QPaintEvent, QPixmap
from PySide6.QtWidgets import QWidget

from finetune_studio.domain.message import ContentPart
from finetune_studio.ui.theme.current import color
from finetune_studio.ui.theme.fonts import ui_font
from finetune_studio.ui.theme.icons import icon_pixmap

_TYPES = {
    "image/png": b"png",
    "image/jpeg": b"jpeg",
    "image/jpg": b"jpeg",
    "image/gif": b"gif",
    "image/webp": b"webp",
    "image/bmp": b"bmp",
}
"""What is decoded; SVG is not, since it can name files and addresses."""
MAX_ENCODED = 12_000_000
"""Characters of a data URL above which it is not decoded."""
MAX_PIXELS = 40_000_000
MAX_MEGABYTES = 192
SIDE = 96


def decode_thumbnail(url: str) -> tuple[QPixmap | None, str]:
    """(thumbnail or None, what it is in words) of an image address; decodes small data URLs only."""
    if not url.startswith("data:"):
        return None, f"Image at an address, not fetched: {_cut(url)}"
    head, comma, data = url[: MAX_ENCODED + 1].partition(",")
    kind = head[5:].split(";")[0].strip().lower()
    name = kind.removeprefix("image/").upper() or "unknown type"
    if not comma or ";base64" not in head:
        return None, f"Image, {name}: this data URL cannot be shown"
    size = f"{len(url) * 3 // 4 / 1000:,.0f} kB"
    if kind not in _TYPES or len(url) > MAX_ENCODED:
        why = "too large for a preview" if kind in _TYPES else "no preview for this type"
        return None, f"Image, {name} · {size} · {why}"
    try:
        raw = base64.b64decode(data, validate=True)
    except (binascii.Error, ValueError):
        return None, f"Image, {name} · {size} · the data is not valid base64"
    return _read(raw, _TYPES[kind], name, f"{len(raw) / 1000:,.0f} kB")


def _read(raw: bytes, file_format: bytes, name: str, size: str) -> tuple[QPixmap | None, str]:
    buffer = QBuffer()
    buffer.setData(QByteArray(raw))
    buffer.open(QIODevice.OpenModeFlag.ReadOnly)
    reader = QImageReader(buffer, QByteArray(file_format))
    reader.setAllocationLimit(MAX_MEGABYTES)
    full = reader.size()
    if not full.isValid() or full.width() * full.height() > MAX_PIXELS:
        return None, f"Image, {name} · {size} · {'too many pixels' if full.isValid() else 'cannot be read'}"
    scaled = full.scaled(QSize(SIDE * 2, SIDE * 2), Qt.AspectRatioMode.KeepAspectRatio)
    if full.width() > scaled.width() or full.height() > scaled.height():
        reader.setScaledSize(scaled)
    image = reader.read()
    words = f"Image, {name} · {full.width():,} × {full.height():,} · {size}"
    return (None, f"{words} · cannot be read") if image.isNull() else (QPixmap.fromImage(image), words)


def _cut(url: str) -> str:
    shown = "".join(c if c.isprintable() else "\ufffd" for c in url[:200])
    return f"{shown}…" if len(url) > 200 else shown


class ImagePartView(QWidget):
    """One image part, drawn beside its type and size."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._pixmap: QPixmap | None = None
        self._words = ""
        self._url: str | None = None

    def show_part(self, part: ContentPart) -> None:
        """Decode once an address; the same part shown again costs nothing."""
        url = part.image_url or ""
        if url == self._url:
            return
        self._url = url
        self._pixmap, self._words = decode_thumbnail(url)
        self.setAccessibleName(self._words)
        self.update()

    @property
    def words(self) -> str:
        return self._words

    @property
    def has_thumbnail(self) -> bool:
        return self._pixmap is not None

    def height_for(self, width: int) -> int:
        return self._thumbnail_size().height() + 10 if self._pixmap is not None else 32

    def _thumbnail_size(self) -> QSize:
        size = self._pixmap.size() if self._pixmap is not None else QSize()
        return size.scaled(QSize(SIDE, SIDE), Qt.AspectRatioMode.KeepAspectRatio)

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        x = 0
        if self._pixmap is not None:
            size = self._thumbnail_size()
            place = QRect(0, 4, size.width(), size.height())
            path = QPainterPath()
            path.addRoundedRect(QRectF(place), 5, 5)
            painter.setClipPath(path)
            painter.drawPixmap(place, self._pixmap)
            painter.setClipping(False)
            x = size.width() + 12
        else:
            painter.drawPixmap(0, 8, icon_pixmap("image", "secondary", 16, self.devicePixelRatioF()))
            x = 24
        painter.setPen(color("secondary"))
        painter.setFont(ui_font("small"))
        room = QRect(x, 0, self.width() - x, self.height())
        text = QFontMetrics(ui_font("small")).elidedText(
            self._words, Qt.TextElideMode.ElideMiddle, room.width()
        )
        painter.drawText(room, Qt.AlignmentFlag.AlignVCenter, text)
