"""What an image address holds, in words, and a small picture of it; nothing is fetched."""

import base64
import binascii

from PySide6.QtCore import QBuffer, QByteArray, QIODevice, QSize, Qt
from PySide6.QtGui import QImage, QImageReader

_TYPES = {
    "image/png": b"png",
    "image/jpeg": b"jpeg",
    "image/jpg": b"jpeg",
    "image/gif": b"gif",
    "image/webp": b"webp",
    "image/bmp": b"bmp",
}
"""What is decoded; SVG is not, since it can name files and addresses."""
MAX_ENCODED = 28_000_000
"""Characters of a data URL above which it is not decoded."""
MAX_PIXELS = 40_000_000
MAX_MEGABYTES = 192
SIDE = 96


def read_thumbnail(url: str) -> tuple[QImage | None, str]:
    """(thumbnail or None, what it is in words) of an image address; decodes data URLs only. Any thread."""
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


def _read(raw: bytes, file_format: bytes, name: str, size: str) -> tuple[QImage | None, str]:
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
    return (None, f"{words} · cannot be read") if image.isNull() else (image, words)


def _cut(url: str) -> str:
    shown = "".join(c if c.isprintable() else "\ufffd" for c in url[:200])
    return f"{shown}…" if len(url) > 200 else shown
