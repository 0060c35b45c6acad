"""A draft while it is written and until it is taken: below the conversation, not yet a part of it."""

from PySide6.QtCore import QEvent, Qt, QTimer, Signal, Slot
from PySide6.QtGui import QFocusEvent, QKeyEvent, QResizeEvent
from PySide6.QtWidgets import QHBoxLayout, QSizePolicy, QWidget

from finetune_studio.ui.widgets import (
    Badge,
    Button,
    Card,
    ElidedLabel,
    Label,
    LineHeightLabel,
    ScrollColumn,
    set_style_property,
)

_TALLEST = 300
_SHORTEST = 24
_GAP = 4
_SHOW_AFTER = 60
"""Milliseconds in which pieces gather."""
_BY_TAB = (Qt.FocusReason.TabFocusReason, Qt.FocusReason.BacktabFocusReason)


class DraftCard(Card):
    """Keys while it has the focus: Tab takes, E takes and edits, Escape drops (or stops what is coming).

    Whoever came here by Tab goes on by Tab: then Tab takes nothing.
    """

    take_requested = Signal()
    edit_requested = Signal()
    drop_requested = Signal()
    stop_requested = Signal()
    again_requested = Signal()
    model_requested = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(spacing=8, parent=parent)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setAccessibleName("Draft")
        self._text = ""
        self._is_busy = False
        self._came_by_tab = False
        self._timer = QTimer(self)
        self._timer.setSingleShot(True)
        self._timer.setInterval(_SHOW_AFTER)
        self._timer.timeout.connect(self._show_text)
        self._build_head()
        self.column = ScrollColumn(spacing=_GAP)
        self._shown = LineHeightLabel(type="message")
        self._hint = LineHeightLabel(type="secondary")
        for label in (self._shown, self._hint):
            policy = label.sizePolicy()
            policy.setVerticalPolicy(QSizePolicy.Policy.Preferred)  # no taller than its width needs
            label.setSizePolicy(policy)
            self.column.body.addWidget(label)
        self.body.addWidget(self.column)
        self._build_foot()
        self.hide()

    def _build_head(self) -> None:
        head = QHBoxLayout()
        head.setSpacing(10)
        self._role = Label("ASSISTANT")
        self._role.setProperty("role", "assistant")
        self._kind = Badge("draft", "accent")
        self._where = ElidedLabel(type="secondary")
        self.change_model = Button("Another model…", kind="link")
        head.addWidget(self._role)
        head.addWidget(self._kind)
        head.addWidget(self._where, 1)
        head.addWidget(self.change_model)
        self.body.addLayout(head)
        self.change_model.clicked.connect(self.model_requested)

    def _build_foot(self) -> None:
        foot = QHBoxLayout()
        foot.setSpacing(8)
        self.take = Button("Take", kind="primary", tooltip="Take (Tab)")
        self.edit = Button("Edit", icon_name="pencil", tooltip="Take and edit (E)")
        self.drop = Button("Drop", icon_name="x", tooltip="Drop (Escape)")
        self.again = Button("Ask again", icon_name="refresh-cw")
        self.stop = Button("Stop", icon_name="square", tooltip="Stop (Escape)")
        self._keys = Label(type="secondary")
        for button, signal in (
            (self.take, self.take_requested),
            (self.edit, self.edit_requested),
            (self.drop, self.drop_requested),
            (self.again, self.again_requested),
            (self.stop, self.stop_requested),
        ):
            button.clicked.connect(signal)
            foot.addWidget(button)
        foot.addStretch(1)
        foot.addWidget(self._keys)
        self.body.addLayout(foot)

    # What is shown

    @property
    def text(self) -> str:
        """The draft as far as it has come."""
        return self._text

    @property
    def is_busy(self) -> bool:
        return self._is_busy

    def begin(self, role: str, kind: str, where: str) -> None:
        """A draft was asked for: whose message, what kind of draft, of which model and where."""
        self._timer.stop()
        self._text = ""
        self._shown.setText("")
        self._role.setText(role.upper())
        self._role.setAccessibleName(role)
        set_style_property(self._role, "role", role)
        self._kind.set_text(kind)
        self._where.setText(where)
        self._say("Waiting for the first words…")
        self._set_busy(True)
        self.show()
        self._fit()

    def add_piece(self, piece: str) -> None:
        """More of it came."""
        self._text += piece
        if not self._timer.isActive():
            self._timer.start()

    @Slot()
    def _show_text(self) -> None:
        """Lay out what came: a few times a second, since it is all of it each time."""
        self._timer.stop()
        self._hint.hide()
        self._shown.show()
        self._shown.setText(self._text)
        self._fit()
        bar = self.column.verticalScrollBar()
        bar.setValue(bar.maximum())

    def finish(self, text: str) -> None:
        """It is whole."""
        self._timer.stop()
        self._text = text
        self._shown.setText(text)
        self._shown.setVisible(bool(text))
        self._hint.hide()
        if not text.strip():
            self._say("The model answered with nothing.")
        self._set_busy(False)
        self._fit()

    def fail(self, text: str, tone: str = "error") -> None:
        """It did not come, or not as a whole; what came can be taken."""
        if self._timer.isActive():
            self._show_text()
        self._say(text, tone)
        self._set_busy(False)
        self._fit()

    def hint(self) -> str:
        """What is said in place of a text, or below it."""
        return self._hint.text() if not self._hint.isHidden() else ""

    def _say(self, text: str, tone: str = "") -> None:
        self._hint.setText(text)
        self._hint.set_tone(tone)
        self._hint.show()
        self._shown.setVisible(bool(self._text))

    def _set_busy(self, busy: bool) -> None:
        self._is_busy = busy
        usable = not busy and bool(self._text.strip())
        for button in (self.take, self.edit):
            button.setVisible(usable)
        self.drop.setVisible(not busy)
        self.again.setVisible(not busy)
        self.change_model.setVisible(not busy)
        self.stop.setVisible(busy)
        self._keys.setText(
            "Esc stops" if busy else "Tab take · E edit · Esc drop" if usable else "Esc closes"
        )

    def _fit(self) -> None:
        """As tall as the text, up to a limit; then it scrolls."""
        width = max(self.column.viewport().width(), 200)
        shown = [label for label in (self._shown, self._hint) if not label.isHidden()]
        wanted = sum(label.heightForWidth(width) for label in shown) + _GAP * len(shown)
        self.column.setFixedHeight(max(_SHORTEST, min(_TALLEST, wanted + _GAP)))

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._fit()

    # Keys and focus

    def event(self, event: QEvent) -> bool:
        kind = event.type()
        if isinstance(event, QFocusEvent):
            set_style_property(self, "focused", event.gotFocus())
            self._came_by_tab = event.gotFocus() and event.reason() in _BY_TAB
        if isinstance(event, QKeyEvent) and kind in (QEvent.Type.ShortcutOverride, QEvent.Type.KeyPress):
            wish = self._wish(event)
            if wish is not None:
                event.accept()
                if kind == QEvent.Type.KeyPress:
                    wish.emit()  # type: ignore[attr-defined]
                return True
        return super().event(event)

    def _wish(self, event: QKeyEvent) -> object | None:
        """The signal of a key, where it has one now."""
        if event.modifiers() & ~Qt.KeyboardModifier.KeypadModifier:
            return None
        if event.key() == Qt.Key.Key_Escape:
            return self.stop_requested if self._is_busy else self.drop_requested
        usable = not self.take.isHidden()
        if event.key() == Qt.Key.Key_Tab and usable and self.hasFocus() and not self._came_by_tab:
            return self.take_requested
        if event.key() == Qt.Key.Key_E and usable:
            return self.edit_requested
        return None
