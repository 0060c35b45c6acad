"""The line over the list: how many examples there are, and how they are arranged."""

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QHBoxLayout, QSizePolicy, QWidget

from finetune_studio.ui.commands.listing import GROUPINGS, SORTS
from finetune_studio.ui.widgets import Button, IconButton, Label
from finetune_studio.ui.write.words import counted
from finetune_studio.workspace.queries.ordering import Order, Sort

_SORT_WORDS = dict(SORTS)
_GROUP_WORDS = dict(GROUPINGS)


class ListOrderBar(QWidget):
    """Its two buttons open menus that the page makes."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(2)
        self.count = Label(type="small")
        self.count.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Preferred)
        self.sort_button = Button("Position", kind="ghost", icon_name="arrow-up")
        self.sort_button.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.filters_button = IconButton("bookmark", "Saved filters")
        row.addWidget(self.count, 1)
        row.addWidget(self.sort_button)
        row.addWidget(self.filters_button)
        self._total = 0
        self._shown = 0
        self.show_order(Order())

    def show_order(self, order: Order) -> None:
        """Say how the list is arranged."""
        text = _SORT_WORDS.get(order.sort.value, order.sort.value.capitalize())
        if order.grouping is not None:
            text += f", by {_GROUP_WORDS[order.grouping.value].lower()}"
        is_up = not order.descending or order.sort is Sort.RANDOM
        self.sort_button.setText(text)
        self.sort_button.set_icon("arrow-up" if is_up else "arrow-down")
        direction = "" if order.sort is Sort.RANDOM else ", ascending" if is_up else ", descending"
        self.sort_button.setAccessibleName(f"Sort and group: {text}{direction}")
        self.sort_button.setToolTip("Sort and group the examples")

    def show_count(self, shown: int) -> None:
        """How many examples are in the list."""
        self._shown = shown
        self._show()

    def show_total(self, total: int) -> None:
        """How many there are in the dataset."""
        self._total = total
        self._show()

    def _show(self) -> None:
        if self._shown < self._total:
            text = f"{self._shown:,} of {self._total:,}"
        else:
            text = counted(self._shown, "example")
        self.count.setText(text)
