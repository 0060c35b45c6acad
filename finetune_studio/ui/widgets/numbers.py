"""Number fields: thousands separators, and no change by a wheel that only scrolls past."""

from typing import TYPE_CHECKING

from PySide6.QtCore import Qt
from PySide6.QtGui import QWheelEvent
from PySide6.QtWidgets import QComboBox, QDoubleSpinBox, QSpinBox, QWidget

if TYPE_CHECKING:
    _Field = QWidget
else:
    _Field = object  # Qt takes one widget class as a base; what is mixed in is plain Python


class _NoPassingWheel(_Field):
    """Mixed into a field: the wheel changes it only while it has the focus, which a wheel does not give."""

    def wheelEvent(self, event: QWheelEvent) -> None:
        if self.hasFocus():
            super().wheelEvent(event)
        else:
            event.ignore()


class NumberField(_NoPassingWheel, QSpinBox):
    """A whole number; `special` is shown in place of the least value ("Auto")."""

    def __init__(
        self,
        minimum: int = 0,
        maximum: int = 1_000_000,
        value: int = 0,
        special: str = "",
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self.setRange(minimum, maximum)
        self.setValue(value)
        self.setSpecialValueText(special)
        self.setGroupSeparatorShown(True)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.lineEdit().setTextMargins(8, 0, 0, 0)


class DecimalField(_NoPassingWheel, QDoubleSpinBox):
    """A number with decimals; `special` is shown in place of the least value."""

    def __init__(
        self,
        minimum: float = 0.0,
        maximum: float = 1_000_000.0,
        value: float = 0.0,
        decimals: int = 2,
        special: str = "",
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self.setDecimals(decimals)
        self.setRange(minimum, maximum)
        self.setValue(value)
        self.setSpecialValueText(special)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.lineEdit().setTextMargins(8, 0, 0, 0)


class ComboBox(_NoPassingWheel, QComboBox):
    """A combo box that the wheel changes only while it has the focus, and that may be narrow."""

    def __init__(self, name: str = "", parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setSizeAdjustPolicy(QComboBox.SizeAdjustPolicy.AdjustToMinimumContentsLengthWithIcon)
        self.setMinimumContentsLength(6)
        if name:
            self.setAccessibleName(name)
