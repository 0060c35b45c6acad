"""The card that says whether the dataset is ready to train; each line leads to what it speaks of."""

from PySide6.QtCore import QPointF, QRect, QRectF, QSize, Qt, Signal, Slot
from PySide6.QtGui import QFont, QFontMetrics, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QAbstractButton, QSizePolicy, QVBoxLayout, QWidget

from finetune_studio.ui.theme.current import color
from finetune_studio.ui.theme.fonts import ui_font
from finetune_studio.ui.theme.icons import icon_pixmap
from finetune_studio.ui.widgets import Card, Label, ProgressRow
from finetune_studio.ui.widgets.badge import SEVERITY_ICONS
from finetune_studio.workspace.readiness import Readiness, ReadinessLine, ReadinessReport

_ICON = 15
_TEXT_AT = 24
_PAD = 6
_WRAPPED = Qt.TextFlag.TextWordWrap | Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignTop


class LineButton(QAbstractButton):
    """One line: a mark of the severity and a sentence that wraps."""

    def __init__(self, line: ReadinessLine, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.line = line
        self._font = ui_font("body")
        self._heights: dict[int, int] = {}
        """By width: layouts ask again and again."""
        self.setText(line.text)
        self.setAccessibleName(f"{line.text}, {line.severity}")
        self.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.setCursor(Qt.CursorShape.PointingHandCursor)
        self.setAttribute(Qt.WidgetAttribute.WA_Hover)
        policy = QSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Minimum)
        policy.setHeightForWidth(True)
        self.setSizePolicy(policy)

    def hasHeightForWidth(self) -> bool:
        return True

    def heightForWidth(self, width: int) -> int:
        height = self._heights.get(width)
        if height is None:
            room = QRect(0, 0, max(40, width - _TEXT_AT), 10_000)
            text = QFontMetrics(self._font).boundingRect(room, _WRAPPED, self.text())
            height = self._heights[width] = text.height() + 2 * _PAD - 2
        return height

    def sizeHint(self) -> QSize:
        return QSize(240, self.heightForWidth(280))

    def minimumSizeHint(self) -> QSize:
        return QSize(80, QFontMetrics(self._font).height() + 2 * _PAD - 2)

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        around = QRectF(self.rect()).adjusted(0.5, 0.5, -0.5, -0.5)
        if self.hasFocus():
            painter.setPen(QPen(color("accent"), 2))
            painter.drawRoundedRect(around.adjusted(0.5, 0.5, -0.5, -0.5), 5, 5)
        name, token = SEVERITY_ICONS[self.line.severity]
        ratio = self.devicePixelRatioF()
        painter.drawPixmap(QPointF(1, _PAD), icon_pixmap(name, token, _ICON, ratio, "raised"))
        font = self._font
        font.setUnderline(self.underMouse())
        painter.setFont(font)
        painter.setPen(color("text"))
        place = QRect(_TEXT_AT, _PAD - 1, self.width() - _TEXT_AT, self.height() - _PAD)
        painter.drawText(place, _WRAPPED, self.text())


class ReadinessCard(Card):
    """`line_chosen(ReadinessLine)`; `cancel_requested` stops the check that runs."""

    line_chosen = Signal(object)
    cancel_requested = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(spacing=6, margin=16, parent=parent)
        self.title = Label(type="message")
        self.title.setFont(ui_font("message", QFont.Weight.DemiBold))
        self.progress = ProgressRow("Checking")
        self.progress.cancel.setToolTip("Stop checking")
        self.progress.cancel_requested.connect(self.cancel_requested)
        self._note = Label("Write or import an example first.", type="secondary")
        self._lines = QVBoxLayout()
        self._lines.setSpacing(0)
        self._shown: tuple[ReadinessLine, ...] | None = None
        for part in (self.title, self.progress, self._note):
            self.body.addWidget(part)
        self.body.addLayout(self._lines)
        self.progress.hide()
        self._note.hide()

    def lines(self) -> list[LineButton]:
        return self.findChildren(LineButton)

    def set_report(self, report: ReadinessReport) -> None:
        """Show another verdict; lines that stay the same keep the focus."""
        is_checking = report.state is Readiness.CHECKING
        self.title.setText(report.title)
        self.title.setVisible(not is_checking)
        self.progress.setVisible(is_checking)
        self._note.setVisible(report.state is Readiness.EMPTY)
        if report.lines == self._shown:
            return
        self._shown = report.lines
        for button in self.lines():
            button.hide()
            button.setParent(None)
            button.deleteLater()
        before: QWidget = self.progress.cancel
        for line in report.lines:
            button = LineButton(line, self)
            button.clicked.connect(self._on_line_clicked)
            self._lines.addWidget(button)
            QWidget.setTabOrder(before, button)
            before = button

    def set_progress(self, done: int, total: int) -> None:
        self.progress.set_progress(done, total)

    @Slot()
    def _on_line_clicked(self) -> None:
        button = self.sender()
        if isinstance(button, LineButton):
            self.line_chosen.emit(button.line)
