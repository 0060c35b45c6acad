"""A column whose scroll bar takes its room from the margin, so that nothing moves when it comes."""

from PySide6.QtCore import Slot
from PySide6.QtWidgets import QVBoxLayout, QWidget

from finetune_studio.ui.check.sizes import SCROLL_BAR
from finetune_studio.ui.widgets import ScrollColumn


class SteadyColumn(ScrollColumn):
    """`right` is the margin at the right without a scroll bar: at least the width of one. With `fills` the
    body is as tall as the column."""

    def __init__(
        self,
        margin: int = 0,
        right: int = SCROLL_BAR,
        spacing: int = 8,
        fills: bool = False,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(0, spacing, parent)
        inner = self.widget()
        outer = inner.layout() if inner is not None else None
        if fills and isinstance(outer, QVBoxLayout):
            outer.setStretch(0, 1)
            outer.setStretch(1, 0)
        self._margin, self._right = margin, right
        self._set_right(right)
        self.verticalScrollBar().rangeChanged.connect(self._on_range_changed)

    def _set_right(self, right: int) -> None:
        self.body.setContentsMargins(self._margin, self._margin, right, self._margin)

    @Slot(int, int)
    def _on_range_changed(self, _low: int, high: int) -> None:
        self._set_right(self._right - SCROLL_BAR if high else self._right)
