"""What is shown where there is nothing yet: it says what to do first."""

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QPainter, QPaintEvent
from PySide6.QtWidgets import QVBoxLayout, QWidget

from finetune_studio.ui.theme.current import color
from finetune_studio.ui.theme.icons import icon_pixmap
from finetune_studio.ui.widgets.buttons import Button
from finetune_studio.ui.widgets.labels import Label, LineHeightLabel


class IconDisc(QWidget):
    """An icon on a soft round ground."""

    def __init__(
        self, icon_name: str, size: int = 56, tone: str = "accent", parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self._name = icon_name
        self._tone = tone
        self.setFixedSize(size, size)

    def set_icon(self, icon_name: str) -> None:
        self._name = icon_name
        self.update()

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(color(f"{self._tone}_soft"))
        painter.drawEllipse(self.rect())
        side = round(self.width() * 0.43)
        pixmap = icon_pixmap(self._name, self._tone, side, self.devicePixelRatioF())
        at = (self.width() - side) // 2
        painter.drawPixmap(at, at, pixmap)


class EmptyState(QWidget):
    """Icon, title, a sentence, and a button that does the first step (`action_requested`)."""

    action_requested = Signal()

    def __init__(
        self,
        icon_name: str,
        title: str,
        sentence: str,
        button_text: str = "",
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        layout = QVBoxLayout(self)
        layout.setSpacing(10)
        layout.addStretch(2)
        self.disc = IconDisc(icon_name)
        layout.addWidget(self.disc, 0, Qt.AlignmentFlag.AlignHCenter)
        self.title = Label(title, type="title")
        self.sentence = LineHeightLabel(sentence, type="secondary", align=Qt.AlignmentFlag.AlignHCenter)
        self.sentence.setMaximumWidth(420)
        self.title.setAlignment(Qt.AlignmentFlag.AlignCenter)
        layout.addWidget(self.title)
        layout.addWidget(self.sentence, 0, Qt.AlignmentFlag.AlignHCenter)
        self.button = Button(button_text, kind="primary")
        self.button.clicked.connect(self.action_requested)
        layout.addSpacing(6)
        layout.addWidget(self.button, 0, Qt.AlignmentFlag.AlignHCenter)
        self.button.setVisible(bool(button_text))
        layout.addStretch(3)

    def set_texts(self, title: str, sentence: str, button_text: str = "") -> None:
        """Say something else: a filter without hits is not an empty dataset."""
        self.title.setText(title)
        self.sentence.setText(sentence)
        self.button.setText(button_text)
        self.button.setVisible(bool(button_text))
