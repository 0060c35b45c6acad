"""One of a few choices: side by side where there is room, else in a combo box."""

from collections.abc import Sequence

from PySide6.QtCore import QEvent, QSize, Qt, Signal, Slot
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QSizePolicy, QWidget

from finetune_studio.ui.widgets.numbers import ComboBox
from finetune_studio.ui.widgets.segmented import Segmented


class FittingChoice(QWidget):
    """`choices` are (key, text); `chosen(key)` comes when the person changes it."""

    chosen = Signal(str)

    def __init__(self, choices: Sequence[tuple[str, str]], name: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.segments = Segmented(choices, name, self)
        self.box = ComboBox(name, self)
        for key, text in choices:
            self.box.addItem(text, key)
        self.box.setMinimumContentsLength(max((len(text) for _, text in choices), default=0))
        self.box.hide()
        self.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Fixed)
        self.segments.chosen.connect(self._on_chosen)
        self.box.activated.connect(self._on_activated)

    def current(self) -> str:
        return self.segments.current()

    def set_current(self, key: str) -> None:
        """Choose without a signal."""
        self.segments.set_current(key)
        self.box.setCurrentIndex(self.box.findData(key))

    def sizeHint(self) -> QSize:
        return self.segments.sizeHint()

    def minimumSizeHint(self) -> QSize:
        wide, narrow = self.segments.sizeHint(), self.box.sizeHint()
        return QSize(min(wide.width(), narrow.width()), max(wide.height(), narrow.height()))

    def event(self, event: QEvent) -> bool:
        """Look again at the room when letters change their size."""
        if event.type() == QEvent.Type.LayoutRequest:
            self.updateGeometry()
            self._fit()
        return super().event(event)

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._fit()

    def _fit(self) -> None:
        fits = self.width() >= self.segments.sizeHint().width()
        shown, hidden = (self.segments, self.box) if fits else (self.box, self.segments)
        size = shown.sizeHint()
        top = (self.height() - size.height()) // 2
        shown.setGeometry(0, top, min(size.width(), self.width()), size.height())
        if shown.isHidden():
            had_focus = hidden.hasFocus() or hidden.isAncestorOf(self.focusWidget() or self)
            shown.show()
            hidden.hide()
            if had_focus:
                target = self.segments.button(self.current()) if shown is self.segments else self.box
                target.setFocus(Qt.FocusReason.OtherFocusReason)

    @Slot(str)
    def _on_chosen(self, key: str) -> None:
        self.set_current(key)
        self.chosen.emit(key)

    @Slot(int)
    def _on_activated(self, index: int) -> None:
        key = str(self.box.itemData(index))
        if key != self.current():
            self._on_chosen(key)
