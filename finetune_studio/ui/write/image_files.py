"""Images that a person brings, as data URLs: from files, the clipboard, or dropped."""

import base64
from collections.abc import Sequence
from pathlib import Path

from PySide6.QtCore import QBuffer, QByteArray, QIODevice, QMimeData
from PySide6.QtGui import QImage, QImageReader, QImageWriter

from finetune_studio.domain.errors import InputError

LARGEST = 20_000_000
"""Bytes of a file that is taken; what the target takes is told by the check F016."""
TYPES = {"png": "image/png", "jpeg": "image/jpeg", "gif": "image/gif", "webp": "image/webp"}
FILTER = "Images (*.png *.jpg *.jpeg *.gif *.webp)"
_SUFFIXES = (".png", ".jpg", ".jpeg", ".gif", ".webp")

Given = QImage | Sequence[Path]


def images_in(data: QMimeData) -> Given | None:
    """What of a clipboard or a drop is an image: files, or the picture itself where there is no text."""
    if data.hasUrls():
        paths = [Path(url.toLocalFile()) for url in data.urls() if url.isLocalFile()]
        is_all = len(paths) == len(data.urls()) and bool(paths)
        return paths if is_all and all(path.suffix.lower() in _SUFFIXES for path in paths) else None
    if data.hasImage() and not data.hasText():
        image = data.imageData()
        return image if isinstance(image, QImage) and not image.isNull() else None
    return None


def urls_of(given: Given) -> list[str]:
    """Data URLs; raises InputError. Slow for large images: not for the window's thread."""
    return [url_of_image(given)] if isinstance(given, QImage) else [url_of_file(path) for path in given]


def url_of_file(path: Path) -> str:
    """The file's own bytes: an image is never written anew."""
    try:
        size = path.stat().st_size
        if size > LARGEST:
            raise InputError(f"{path.name} has {size / 1e6:,.1f} MB; images of up to 20 MB can be added.")
        data = path.read_bytes()
    except OSError as error:
        raise InputError(f"{path.name} cannot be read: {error.strerror}.") from error
    kind = _kind_of(data)
    if kind not in TYPES:
        found = f"is of type {kind.upper()}" if kind else "is no image that can be read"
        raise InputError(f"{path.name} {found}.", "PNG, JPEG, GIF and WEBP images can be added.")
    return _data_url(TYPES[kind], data)


def url_of_image(image: QImage) -> str:
    """A picture of the clipboard, as PNG."""
    data = QByteArray()
    buffer = QBuffer(data)
    buffer.open(QIODevice.OpenModeFlag.WriteOnly)
    if not QImageWriter(buffer, QByteArray(b"PNG")).write(image):
        raise InputError("The picture of the clipboard cannot be written as PNG.")
    if data.size() > LARGEST:
        raise InputError("The picture of the clipboard has over 20 MB as PNG.", "Save it smaller as a file.")
    return _data_url("image/png", bytes(data.data()))


def _kind_of(data: bytes) -> str:
    buffer = QBuffer()
    buffer.setData(QByteArray(data))
    buffer.open(QIODevice.OpenModeFlag.ReadOnly)
    reader = QImageReader(buffer)
    reader.setDecideFormatFromContent(True)
    kind = bytes(reader.format().data()).decode("ascii")
    return "jpeg" if kind == "jpg" else kind if reader.canRead() else ""


def _data_url(kind: str, data: bytes) -> str:
    return f"data:{kind};base64,{base64.b64encode(data).decode('ascii')}"
