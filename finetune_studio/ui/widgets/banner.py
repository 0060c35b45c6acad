"""Messages that do not stop the work: Banner stays in the page, Toast floats and goes."""

from collections.abc import Callable

from PySide6.QtCore import QEvent, QObject, QRect, Qt, QTimer, Signal, Slot
from PySide6.QtWidgets import QAbstractButton, QComboBox, QFrame, QHBoxLayout, QSizePolicy, QWidget

from finetune_studio.ui.widgets.badge import SeverityIcon
from finetune_studio.ui.widgets.buttons import Button, IconButton
from finetune_studio.ui.widgets.labels import Label, LineHeightLabel
from finetune_studio.ui.widgets.style import set_style_property


class Banner(QFrame):
    """A line of text at the top of a page; `tone` is info, warning, error or success."""

    action_requested = Signal()
    closed = Signal()

    def __init__(
        self,
        text: str = "",
        tone: str = "info",
        action_text: str = "",
        closable: bool = True,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self.setProperty("panel", "banner")
        self.setProperty("tone", tone)
        layout = QHBoxLayout(self)
        layout.setContentsMargins(12, 8, 8, 8)
        layout.setSpacing(10)
        self.mark = SeverityIcon(tone)
        self.label = LineHeightLabel(text)
        self.action = Button(action_text, kind="link")
        self.action.clicked.connect(self.action_requested)
        self.close_button = IconButton("x", "Close this message")
        self.close_button.clicked.connect(self._on_close_clicked)
        layout.addWidget(self.mark, 0, Qt.AlignmentFlag.AlignVCenter)
        layout.addWidget(self.label, 1)
        layout.addWidget(self.action)
        layout.addWidget(self.close_button)
        self.action.setVisible(bool(action_text))
        self.close_button.setVisible(closable)

    def show_message(self, text: str, tone: str = "info", action_text: str = "") -> None:
        set_style_property(self, "tone", tone)
        self.mark.set_severity(tone)
        self.label.setText(text)
        self.label.style().polish(self.label)
        self.action.setText(action_text)
        self.action.setVisible(bool(action_text))
        self.show()

    @Slot()
    def _on_close_clicked(self) -> None:
        self.hide()
        self.closed.emit()


_ABOVE = 36
"""Pixels below a toast: the status bar and a little."""
_STEP = 4
_CLEAR = 6
"""Pixels between a toast and a control."""
_SETTLING = 250
"""Milliseconds in which what is below a toast takes its new place."""


class Toast(QFrame):
    """A message over the lower edge of `host`; one at a time, gone after `seconds` unless hovered.

    It stands as low as it can without covering a control.

    `show_message("Example deleted", "Undo", self._undo)`: the action is a bound method.
    """

    def __init__(self, host: QWidget, seconds: float = 6.0) -> None:
        super().__init__(host)
        self._host = host
        self.setProperty("panel", "toast")
        self.setSizePolicy(QSizePolicy.Policy.Maximum, QSizePolicy.Policy.Maximum)
        layout = QHBoxLayout(self)
        layout.setContentsMargins(16, 9, 10, 9)
        layout.setSpacing(10)
        self.label = Label()
        self.action = Button("", tooltip="")
        self.action.clicked.connect(self._on_action_clicked)
        layout.addWidget(self.label)
        layout.addWidget(self.action)
        self._callback: Callable[[], object] | None = None
        self._timer = QTimer(self)
        self._timer.setSingleShot(True)
        self._timer.setInterval(round(seconds * 1000))
        self._timer.timeout.connect(self.hide)
        self._settled = QTimer(self)
        self._settled.setSingleShot(True)
        self._settled.setInterval(_SETTLING)
        self._settled.timeout.connect(self._on_settled)
        host.installEventFilter(self)
        self.hide()

    def show_message(
        self, text: str, action_text: str = "", action: Callable[[], object] | None = None
    ) -> None:
        self.label.setText(text)
        self.setAccessibleName(text)
        self.action.setText(action_text)
        self.action.setVisible(bool(action_text))
        self._callback = action
        self.adjustSize()
        self._place()
        self.show()
        self.raise_()
        self._timer.start()
        self._settled.start()

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if event.type() == QEvent.Type.Resize and self.isVisible():
            self._place()
        return super().eventFilter(watched, event)

    def enterEvent(self, event: object) -> None:
        self._timer.stop()

    def leaveEvent(self, event: object) -> None:
        self._timer.start()

    def _place(self) -> None:
        lowest = self._host.height() - self.height() - _ABOVE
        place = QRect((self._host.width() - self.width()) // 2, lowest, self.width(), self.height())
        taken = [
            area for area in self._controls() if area.left() <= place.right() and area.right() >= place.x()
        ]
        while place.top() > self._host.height() // 2 and any(area.intersects(place) for area in taken):
            place.translate(0, -_STEP)
        if place.top() <= self._host.height() // 2:
            place.moveTop(lowest)
        self.move(place.topLeft())

    def _controls(self) -> list[QRect]:
        """The areas of what can be pressed or chosen in the host, with some air around."""
        controls = [*self._host.findChildren(QAbstractButton), *self._host.findChildren(QComboBox)]
        areas = (_seen(each, self._host) for each in controls if each is not self.action and each.isVisible())
        return [area.adjusted(-_CLEAR, -_CLEAR, _CLEAR, _CLEAR) for area in areas if not area.isEmpty()]

    @Slot()
    def _on_settled(self) -> None:
        if self.isVisible():
            self._place()

    @Slot()
    def _on_action_clicked(self) -> None:
        self.hide()
        if self._callback is not None:
            self._callback()


def _seen(widget: QWidget, host: QWidget) -> QRect:
    """Where a widget is in the host, as far as no parent cuts it off."""
    area, inner = widget.rect(), widget
    while inner is not host and (outer := inner.parentWidget()) is not None:
        area = area.translated(inner.pos()).intersected(outer.rect())
        inner = outer
    return area
