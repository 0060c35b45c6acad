"""An editor of true text within a frame, for the forms of a card."""

from PySide6.QtCore import QRectF, Slot
from PySide6.QtGui import QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QWidget

from finetune_studio.ui.theme.current import color
from finetune_studio.ui.write.message_editor import MessageEditor


class FramedEditor(QWidget):
    """A frame around an editor that grows; the line is in the colour of what is wrong."""

    SIDES = 6

    def __init__(
        self,
        type: str = "mono",  # noqa: A002
        least: int = 46,
        parent: QWidget | None = None,
        padding: int = 6,
    ) -> None:
        super().__init__(parent)
        self._padding = padding
        self._least = least
        self.editor = MessageEditor(type, self)
        self._is_valid = True
        self.editor.focus_in.connect(self._on_focus_changed)
        self.editor.focus_out.connect(self._on_focus_changed)

    def set_valid(self, valid: bool) -> None:
        self._is_valid = valid
        self.update()

    def height_for(self, width: int) -> int:
        inner = width - 2 * self.SIDES
        height = max(self.editor.height_for(inner), self._least)
        whole = height + 2 * self._padding
        self.resize(width, whole)
        self.editor.setGeometry(self.SIDES, self._padding, inner, height)
        return whole

    @Slot()
    def _on_focus_changed(self) -> None:
        self.update()

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        focused = self.editor.hasFocus()
        token = "accent" if focused else "line" if self._is_valid else "error"
        painter.setPen(QPen(color(token), 2 if focused else 1))
        painter.setBrush(color("field"))
        inset = 1.0 if focused else 0.5
        painter.drawRoundedRect(QRectF(self.rect()).adjusted(inset, inset, -inset, -inset), 7, 7)
