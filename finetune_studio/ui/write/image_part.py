"""An image of a content list: a thumbnail beside its type and size, and a menu of what can be done to it."""

import json
import threading

from PySide6.QtCore import QPoint, QRect, QRectF, QSize, Qt, QTimer, Signal, Slot
from PySide6.QtGui import (
    QAction,
    QFontMetrics,
    QImage,
    QKeyEvent,
    QPainter,
    QPainterPath,
    QPaintEvent,
    QPen,
    QPixmap,
)
from PySide6.QtWidgets import QMenu, QWidget

from finetune_studio.domain.message import ContentPart
from finetune_studio.ui.theme.current import color
from finetune_studio.ui.theme.fonts import ui_font
from finetune_studio.ui.theme.icons import icon, icon_pixmap
from finetune_studio.ui.write.image_reading import SIDE, read_thumbnail
from finetune_studio.ui.write.mini_buttons import GlyphButton

AT_ONCE = 400_000
"""Characters of a data URL up to which it is decoded while the card is filled (a few milliseconds)."""
DETAILS = (("", "Not set"), ("auto", "Auto"), ("low", "Low"), ("high", "High"))
_LOOK_AGAIN = 30


class Decoding:
    """Reads one large image in a thread of its own; whoever waits looks at `result`."""

    def __init__(self, url: str) -> None:
        self._url = url
        self.result: tuple[QImage | None, str] | None = None
        threading.Thread(target=self._run, name="thumbnail", daemon=True).start()

    def _run(self) -> None:
        self.result = read_thumbnail(self._url)


class ImagePartView(QWidget):
    """`deed_requested(name)`: up, down, remove, or "detail:high"; the menu button is its stop of Tab."""

    deed_requested = Signal(str)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._pixmap: QPixmap | None = None
        self._words = ""
        self._url: str | None = None
        self._detail = ""
        self._can: dict[str, bool] = {}
        self._decoding: Decoding | None = None
        self._timer = QTimer(self)
        self._timer.setInterval(_LOOK_AGAIN)
        self._timer.timeout.connect(self._on_timer_timeout)
        self.more = GlyphButton("ellipsis", "Image", "Move, detail, remove (Delete)", self)
        self.more.clicked.connect(self._on_more_clicked)

    def show_part(self, part: ContentPart, place: int = 0, count: int = 1, writable: bool = True) -> None:
        """Decode once an address; the same part shown again costs nothing."""
        self._can = {"up": writable and place > 0, "down": writable and place < count - 1}
        self._can["change"] = writable
        self.more.setVisible(writable)
        url, detail = part.image_url or "", _detail_of(part)
        if url == self._url and detail == self._detail:
            return
        is_other = url != self._url
        self._url, self._detail = url, detail
        if not is_other:
            self._tell()
        elif len(url) <= AT_ONCE or not url.startswith("data:"):
            self._decoding = None
            self._take(read_thumbnail(url))
        else:
            self._pixmap, self._words = None, f"Image, {len(url) * 3 // 4 / 1000:,.0f} kB · being read"
            self._decoding = Decoding(url)
            self._timer.start()
            self._tell()

    @property
    def words(self) -> str:
        return f"{self._words} · detail {self._detail}" if self._detail else self._words

    @property
    def has_thumbnail(self) -> bool:
        return self._pixmap is not None

    @property
    def is_reading(self) -> bool:
        """True while a large image is being decoded."""
        return self._timer.isActive()

    def focus_widgets(self) -> list[QWidget]:
        return [self.more] if not self.more.isHidden() else []

    def height_for(self, width: int) -> int:
        """Fixed for data URLs, so that a picture that comes later moves nothing."""
        height = SIDE + 8 if self._is_tall() else 32
        self.more.move(width - GlyphButton.SIDE + 6, (height - GlyphButton.SIDE) // 2)
        return height

    def _is_tall(self) -> bool:
        return self._pixmap is not None or self._timer.isActive()

    def _take(self, found: tuple[QImage | None, str]) -> None:
        image, self._words = found
        self._pixmap = QPixmap.fromImage(image) if image is not None else None
        self._tell()

    def _tell(self) -> None:
        self.setAccessibleName(self.words)
        self.more.setAccessibleName(f"{self.words}. Menu")
        self.update()

    @Slot()
    def _on_timer_timeout(self) -> None:
        if self._decoding is None:
            self._timer.stop()
        elif self._decoding.result is not None:
            result, self._decoding = self._decoding.result, None
            self._timer.stop()
            self._take(result)

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        x = 0
        if self._is_tall():
            x = self._paint_thumbnail(painter) + 14
        else:
            painter.drawPixmap(0, 8, icon_pixmap("image", "secondary", 16, self.devicePixelRatioF()))
            x = 24
        painter.setPen(color("secondary"))
        painter.setFont(ui_font("small"))
        room = QRect(x, 0, self.width() - x - GlyphButton.SIDE, self.height())
        text = QFontMetrics(ui_font("small")).elidedText(
            self.words, Qt.TextElideMode.ElideMiddle, room.width()
        )
        painter.drawText(room, Qt.AlignmentFlag.AlignVCenter, text)

    def _paint_thumbnail(self, painter: QPainter) -> int:
        """The picture in the middle of a square; returns where that ends."""
        square = QRect(0, 4, SIDE, SIDE)
        painter.setPen(QPen(color("line"), 1))
        painter.setBrush(color("field"))
        painter.drawRoundedRect(QRectF(square).adjusted(0.5, 0.5, -0.5, -0.5), 6, 6)
        if self._pixmap is not None:
            size = self._pixmap.size().scaled(QSize(SIDE - 2, SIDE - 2), Qt.AspectRatioMode.KeepAspectRatio)
            place = QRect(0, 0, max(1, size.width()), max(1, size.height()))
            place.moveCenter(square.center())
            path = QPainterPath()
            path.addRoundedRect(QRectF(square).adjusted(1, 1, -1, -1), 5, 5)
            painter.save()
            painter.setClipPath(path)
            painter.drawPixmap(place, self._pixmap)
            painter.restore()
        return square.right()

    # What can be done

    def keyPressEvent(self, event: QKeyEvent) -> None:
        is_delete = event.key() in (Qt.Key.Key_Delete, Qt.Key.Key_Backspace) and not event.modifiers()
        if is_delete and self._can.get("change"):
            self.deed_requested.emit("remove")
        else:
            super().keyPressEvent(event)

    @Slot()
    def _on_more_clicked(self) -> None:
        self.open_menu(self.more.mapToGlobal(self.more.rect().bottomLeft()))

    def open_menu(self, at: QPoint) -> QMenu:
        """Move, detail, remove."""
        menu = QMenu(self)
        menu.setAccessibleName("Image")
        menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        for name, words, glyph in (("up", "Move up", "arrow-up"), ("down", "Move down", "arrow-down")):
            action = menu.addAction(icon(glyph), words)
            action.setData(name)
            action.setEnabled(self._can.get(name, False))
        details = QMenu("Detail that the model sees", menu)
        menu.addMenu(details)
        for key, words in DETAILS:
            action = details.addAction(words)
            action.setData(f"detail:{key}")
            action.setCheckable(True)
            action.setChecked(key == self._detail)
        menu.addSeparator()
        menu.addAction(icon("trash-2"), "Remove\tDel").setData("remove")
        menu.triggered.connect(self._on_menu_triggered)
        menu.popup(at)
        return menu

    @Slot(QAction)
    def _on_menu_triggered(self, action: QAction) -> None:
        if action.data():
            self.deed_requested.emit(str(action.data()))


def _detail_of(part: ContentPart) -> str:
    """The `detail` of an image, "" where it is not set; the address itself is not parsed again."""
    if '"detail"' not in part.raw:
        return ""
    try:
        image = json.loads(part.raw).get("image_url")
    except (ValueError, AttributeError):
        return ""
    detail = image.get("detail") if isinstance(image, dict) else None
    return detail[:20] if isinstance(detail, str) else ""
