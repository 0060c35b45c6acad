"""Card, Divider, FormRow, Panel: the frames that things sit in."""

from PySide6.QtCore import QRectF, Qt
from PySide6.QtGui import QFocusEvent, QPainter, QPaintEvent, QPen, QResizeEvent
from PySide6.QtWidgets import QFrame, QHBoxLayout, QScrollArea, QSizePolicy, QVBoxLayout, QWidget

from finetune_studio.ui.theme.current import color
from finetune_studio.ui.widgets.labels import Label, LineHeightLabel


class Card(QFrame):
    """A rounded surface with a vertical layout in `body`."""

    def __init__(self, spacing: int = 8, margin: int = 16, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setProperty("panel", "card")
        self.body = QVBoxLayout(self)
        self.body.setContentsMargins(margin, margin - 2, margin, margin - 2)
        self.body.setSpacing(spacing)


class SidePanel(QFrame):
    """A side column: surface ground and one line at its `edge` ("right", "left" or ""); layout in `body`."""

    def __init__(self, edge: str = "right", parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setProperty("panel", "side")
        self.setProperty("edge", edge)
        self.body = QVBoxLayout(self)
        self.body.setContentsMargins(16, 14, 16, 14)
        self.body.setSpacing(8)


class Divider(QFrame):
    """A 1 px line."""

    def __init__(self, vertical: bool = False, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setProperty("divider", "vertical" if vertical else "horizontal")


class FormRow(QWidget):
    """A label, its field below, and a line of help; the label names the field for screen readers."""

    def __init__(
        self, label: str, field: QWidget, help_text: str = "", parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self._layout = QVBoxLayout(self)
        self._layout.setContentsMargins(0, 0, 0, 0)
        self._layout.setSpacing(5)
        self.label = Label(label, type="label", parent=self)
        self.label.setBuddy(field)
        self.field = field
        self._help: LineHeightLabel | None = None
        self._layout.addWidget(self.label)
        self._layout.addWidget(field)
        self.set_help(help_text)
        if not field.accessibleName():
            field.setAccessibleName(label)

    def set_help(self, text: str, tone: str = "") -> None:
        """Show, change or (empty) hide the line of help; `tone` "error" for what is wrong."""
        if not text and self._help is None:
            return
        self.help.setText(text)
        self.help.set_tone(tone)
        self.help.setVisible(bool(text))

    @property
    def help(self) -> LineHeightLabel:
        """Made when there is something to say."""
        if self._help is None:
            self._help = LineHeightLabel(type="small", parent=self)
            self._help.hide()
            self._layout.addWidget(self._help)
        return self._help


class ScrollColumn(QScrollArea):
    """A column that scrolls up and down only; add widgets to `body`, which keeps them at the top.

    Tab passes over it, to what is in it. One that holds text alone is made a stop by `set_reachable`.
    """

    def __init__(self, margin: int = 0, spacing: int = 8, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._frame: _FocusFrame | None = None
        self.setWidgetResizable(True)
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        inner = QWidget(self.viewport())
        inner.setProperty("panel", "clear")
        outer = QVBoxLayout(inner)
        outer.setContentsMargins(margin, margin, margin, margin)
        outer.setSpacing(0)
        self.body = QVBoxLayout()
        self.body.setSpacing(spacing)
        outer.addLayout(self.body)
        outer.addStretch(1)  # An alignment in its place would cut wrapped labels to their size hints.
        self.setWidget(inner)
        self.viewport().setAutoFillBackground(False)
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)

    def set_reachable(self, name: str, flush: bool = False) -> None:
        """Let Tab stop here, for the keys that scroll; `name` is what a screen reader says.

        With `flush` the frame of the focus takes no room of the column, and lies over it.
        """
        self.setAccessibleName(name)
        self.setProperty("stop", True)
        self.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        if flush:
            self.setProperty("flush", True)
            self._frame = _FocusFrame(self)

    def focusInEvent(self, event: QFocusEvent) -> None:
        super().focusInEvent(event)
        self._place_frame()

    def focusOutEvent(self, event: QFocusEvent) -> None:
        super().focusOutEvent(event)
        self._place_frame()

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._place_frame()

    def _place_frame(self) -> None:
        if self._frame is not None:
            self._frame.setGeometry(self.rect())
            self._frame.setVisible(self.hasFocus())
            self._frame.raise_()


class _FocusFrame(QWidget):
    """Lies over a column that has the focus."""

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)
        self.hide()

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(QPen(color("accent"), 2))
        painter.drawRoundedRect(QRectF(self.rect()).adjusted(1, 1, -1, -1), 7, 7)


class KeyValueRow(QWidget):
    """A word and its value on one line: Training ... 108 examples."""

    def __init__(self, key: str, value: str = "", spread: bool = True, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        layout = QHBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(12)
        self.key = Label(key, type="secondary", parent=self)
        self.value = Label(value, type="strong" if spread else "", parent=self)
        self.value.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Preferred)
        self.value.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        layout.addWidget(self.key)
        if spread:
            layout.addStretch(1)
        layout.addWidget(self.value, 0 if spread else 1)

    def set_value(self, value: str) -> None:
        self.value.setText(value)
