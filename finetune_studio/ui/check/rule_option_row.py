"""One option of a rule: a share as a slider, a choice as buttons, a list as lines, else a number field."""

from collections.abc import Sequence

from PySide6.QtCore import Qt, QTimer, Signal, Slot
from PySide6.QtWidgets import QHBoxLayout, QRadioButton, QSlider, QVBoxLayout, QWidget

from finetune_studio.lint.rule import ListOption, RuleOption
from finetune_studio.ui.widgets import (
    Button,
    DecimalField,
    Label,
    LineHeightLabel,
    NumberField,
    SectionLabel,
    StudioTextEdit,
)

QUIET = 350
"""Milliseconds without a change after which a value is written: one undo step for one drag."""
LIST_QUIET = 1500
"""The same for a list that is being typed."""


class NumberRow(QWidget):
    """`value_chosen(key, value)`; None means the rule's own default. `value_moved(key, value)` comes at once,
    before a value is settled."""

    value_chosen = Signal(str, object)
    value_moved = Signal(str, object)

    def __init__(self, option: RuleOption, value: float, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.option = option
        self._timer = QTimer(self)
        self._timer.setSingleShot(True)
        self._timer.setInterval(QUIET)
        self._timer.timeout.connect(self._on_quiet)
        self._slider: QSlider | None = None
        self._number: NumberField | DecimalField | None = None
        self._word = Label(type="small")
        self.reset = Button("Default", kind="link")
        self.reset.setAccessibleName(f"{option.title}: use the default")
        self.reset.clicked.connect(self._on_reset)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(6)
        layout.addWidget(SectionLabel(option.title))
        field = self._field()
        field.setAccessibleName(option.title)
        layout.addWidget(field)
        foot = QHBoxLayout()
        foot.setSpacing(8)
        help_text = LineHeightLabel(option.help, type="small")
        help_text.setVisible(bool(option.help) and not self.is_share)
        foot.addWidget(self._word if self.is_share else help_text, 1)
        foot.addWidget(self.reset, 0, Qt.AlignmentFlag.AlignTop)
        layout.addLayout(foot)
        self.set_value(value)

    @property
    def is_share(self) -> bool:
        return self.option.maximum <= 1.0

    @property
    def is_waiting(self) -> bool:
        """Whether a value was chosen that is not written yet."""
        return self._timer.isActive()

    def value(self) -> float:
        if self._slider is not None:
            return self._slider.value() / 100
        return float(self._number.value()) if self._number is not None else self.option.default

    def set_value(self, value: float) -> None:
        """Show a value without a signal."""
        field = self._slider or self._number
        assert field is not None
        field.blockSignals(True)
        if self._slider is not None:
            self._slider.setValue(round(value * 100))
        elif isinstance(self._number, NumberField):
            self._number.setValue(round(value))
        elif self._number is not None:
            self._number.setValue(value)
        field.blockSignals(False)
        self._show_word()

    def flush(self) -> None:
        """Write a value that waits."""
        if self._timer.isActive():
            self._timer.stop()
            self._on_quiet()

    def _field(self) -> QWidget:
        option = self.option
        if self.is_share:
            self._slider = QSlider(Qt.Orientation.Horizontal)
            self._slider.setRange(round(option.minimum * 100), round(option.maximum * 100))
            self._slider.setPageStep(5)
            self._slider.valueChanged.connect(self._on_changed)
            return self._slider
        top = min(option.maximum, 1_000_000_000)
        if isinstance(option.default, int):
            self._number = NumberField(round(option.minimum), round(top))
            self._number.valueChanged.connect(self._on_changed)
            return self._number
        self._number = DecimalField(option.minimum, top, decimals=1)
        self._number.setSingleStep(0.5)
        self._number.valueChanged.connect(self._on_changed)
        return self._number

    def _show_word(self) -> None:
        self._word.setText(f"{self.value() * 100:.0f} % (default {self.option.default * 100:.0f} %)")
        self.reset.setEnabled(abs(self.value() - self.option.default) > 1e-9)

    @Slot()
    def _on_changed(self) -> None:
        self._show_word()
        self._timer.start()
        self.value_moved.emit(self.option.key, self.value())

    @Slot()
    def _on_quiet(self) -> None:
        value = self.value()
        if abs(value - self.option.default) < 1e-9:
            self.value_chosen.emit(self.option.key, None)
        else:
            number = round(value) if isinstance(self.option.default, int) else value
            self.value_chosen.emit(self.option.key, number)

    @Slot()
    def _on_reset(self) -> None:
        self._timer.stop()
        self.set_value(self.option.default)
        self.value_moved.emit(self.option.key, self.value())
        self.value_chosen.emit(self.option.key, None)


class ChoiceRow(QWidget):
    """A few things to choose between, all in sight; the signals are those of NumberRow."""

    value_chosen = Signal(str, object)
    value_moved = Signal(str, object)

    def __init__(self, option: RuleOption, value: float, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.option = option
        self.buttons = [QRadioButton(text) for text in option.choices]
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(6)
        layout.addWidget(SectionLabel(option.title))
        for button in self.buttons:
            button.setAccessibleName(f"{option.title}: {button.text()}")
            button.clicked.connect(self._on_clicked)
            layout.addWidget(button)
        self.set_value(value)

    @property
    def is_waiting(self) -> bool:
        return False

    def value(self) -> int:
        return next((n for n, button in enumerate(self.buttons) if button.isChecked()), 0)

    def set_value(self, value: float) -> None:
        """Show a value without a signal."""
        self.buttons[min(max(round(value), 0), len(self.buttons) - 1)].setChecked(True)

    def flush(self) -> None:
        """A choice is written when it is made."""

    @Slot()
    def _on_clicked(self) -> None:
        value = self.value()
        self.value_moved.emit(self.option.key, value)
        self.value_chosen.emit(self.option.key, None if value == self.option.default else value)


class ListRow(QWidget):
    """Texts, one a line; written when the focus leaves, or after a while without a key."""

    value_chosen = Signal(str, object)
    value_moved = Signal(str, object)

    def __init__(self, option: ListOption, value: Sequence[str], parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.option = option
        self._timer = QTimer(self)
        self._timer.setSingleShot(True)
        self._timer.setInterval(LIST_QUIET)
        self._timer.timeout.connect(self._on_quiet)
        self.editor = StudioTextEdit("One a line", grows=True, max_lines=8)
        self.editor.setAccessibleName(option.title)
        self.reset = Button("Default", kind="link")
        self.reset.setAccessibleName(f"{option.title}: use the default")
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(6)
        layout.addWidget(SectionLabel(option.title))
        layout.addWidget(self.editor)
        foot = QHBoxLayout()
        foot.setSpacing(8)
        foot.addWidget(LineHeightLabel(option.help, type="small"), 1)
        foot.addWidget(self.reset, 0, Qt.AlignmentFlag.AlignTop)
        layout.addLayout(foot)
        self.set_value(value)
        self.editor.textChanged.connect(self._on_changed)
        self.editor.focus_out.connect(self.flush)
        self.reset.clicked.connect(self._on_reset)

    @property
    def is_waiting(self) -> bool:
        """Whether something was typed that is not written yet."""
        return self._timer.isActive()

    def value(self) -> list[str]:
        lines = (line.strip() for line in self.editor.toPlainText().splitlines())
        return list(dict.fromkeys(line for line in lines if line))

    def set_value(self, value: Sequence[str]) -> None:
        """Show a list without a signal; what is being typed stays."""
        if list(value) != self.value() and not self.editor.hasFocus():
            self.editor.blockSignals(True)
            self.editor.setPlainText("\n".join(value))
            self.editor.blockSignals(False)
        self.reset.setEnabled(tuple(self.value()) != self.option.default)

    @Slot()
    def flush(self) -> None:
        """Write what waits."""
        if self._timer.isActive():
            self._timer.stop()
            self._on_quiet()

    @Slot()
    def _on_changed(self) -> None:
        self.reset.setEnabled(tuple(self.value()) != self.option.default)
        self._timer.start()

    @Slot()
    def _on_quiet(self) -> None:
        value = self.value()
        self.value_chosen.emit(self.option.key, None if tuple(value) == self.option.default else value)

    @Slot()
    def _on_reset(self) -> None:
        self.editor.setPlainText("\n".join(self.option.default))
        self._timer.stop()
        self.reset.setEnabled(False)
        self.value_chosen.emit(self.option.key, None)


OptionRow = NumberRow | ChoiceRow | ListRow


def option_row(option: RuleOption | ListOption, value: object) -> OptionRow:
    """The row that suits an option."""
    if isinstance(option, ListOption):
        return ListRow(option, value if isinstance(value, tuple) else option.default)
    number = value if isinstance(value, (int, float)) else option.default
    return ChoiceRow(option, number) if option.choices else NumberRow(option, number)
