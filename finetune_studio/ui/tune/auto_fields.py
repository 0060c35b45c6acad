"""Fields of hyperparameters: a number within its range, or Auto."""

from collections.abc import Sequence

from PySide6.QtCore import Qt, Signal, Slot
from PySide6.QtGui import QValidator
from PySide6.QtWidgets import QCheckBox, QGridLayout, QSizePolicy, QVBoxLayout, QWidget

from finetune_studio.domain.job import Hyperparameters
from finetune_studio.targets.facts import HyperparameterRange
from finetune_studio.ui.widgets import DecimalField, Label, NumberField, plain_tooltip

AUTO = "Auto"
_COLUMNS = 3
FIELD_HEIGHT = 32
_BOX_HEIGHT = 22
_NO_LIMIT = 1_000_000
_SHORT = {"learning_rate_multiplier": "Learning rate ×"}


class WholeField(NumberField):
    """A whole number; its least value, an empty field and the word stand for Auto."""

    def validate(self, text: str, position: int) -> tuple[QValidator.State, str, int]:
        if is_auto(text.removesuffix(self.suffix())):
            return QValidator.State.Acceptable, text, position
        found = super().validate(text, position)
        return found if isinstance(found, tuple) else (found, text, position)

    def valueFromText(self, text: str) -> int:
        if is_auto(text.removesuffix(self.suffix())):
            return self.minimum()
        return super().valueFromText(text)


class DecimalAutoField(DecimalField):
    """A number with decimals; its least value, an empty field and the word stand for Auto."""

    def validate(self, text: str, position: int) -> tuple[QValidator.State, str, int]:
        if is_auto(text):
            return QValidator.State.Acceptable, text, position
        found = super().validate(text, position)
        return found if isinstance(found, tuple) else (found, text, position)

    def valueFromText(self, text: str) -> float:
        return self.minimum() if is_auto(text) else super().valueFromText(text)

    def textFromValue(self, value: float) -> str:
        """Without zeros that say nothing, and without an exponent."""
        text = f"{value:.{self.decimals()}f}"
        return text.rstrip("0").rstrip(".") if "." in text else text


def is_auto(text: str) -> bool:
    """Whether a text means that the service chooses."""
    return not text.strip() or text.strip().lower().startswith(AUTO.lower()[: len(text.strip())])


class HyperparameterField(QWidget):
    """One hyperparameter under its name, with its range below."""

    changed = Signal()

    def __init__(self, facts: HyperparameterRange, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.facts = facts
        self.field = _field(facts, self)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(3)
        self.field.setFixedHeight(FIELD_HEIGHT)
        wide = QSizePolicy.Policy.Ignored  # the columns are alike, whatever a field would like
        self.setSizePolicy(wide, QSizePolicy.Policy.Preferred)
        title = Label(_SHORT.get(facts.name, facts.title), type="small", parent=self)
        title.setBuddy(self.field)
        self.range = Label(range_text(facts), type="small", tone="secondary", parent=self)
        column.addWidget(title)
        if isinstance(self.field, QCheckBox):  # lower than a field: its middle is on the line of the others
            self.field.setFixedHeight(_BOX_HEIGHT)
            column.addSpacing((FIELD_HEIGHT - _BOX_HEIGHT) // 2)
        column.addWidget(self.field)
        column.addWidget(self.range)
        self.range.setVisible(bool(self.range.text()))
        self.field.setAccessibleName(facts.title)
        self.field.setAccessibleDescription(f"{facts.help} {range_text(facts)}".strip())
        self.setToolTip(plain_tooltip(f"{facts.title}. {facts.help} {range_text(facts)}".strip()))
        if isinstance(self.field, QCheckBox):
            self.field.toggled.connect(self.changed)
        else:
            self.field.valueChanged.connect(self.changed)

    def value(self) -> float | int | None:
        """The chosen number (0 or 1 for a switch); None for what the service chooses."""
        field = self.field
        if isinstance(field, QCheckBox):
            return int(field.isChecked())
        if self.facts.auto and field.value() == field.minimum():
            return None
        return field.value()

    def set_value(self, value: float | int | str | None) -> None:
        """Show a number; None and "auto" show what is there without a choice."""
        field = self.field
        number = value if isinstance(value, int | float) else self.facts.default
        if isinstance(field, QCheckBox):
            field.setChecked(bool(number))
        elif isinstance(field, NumberField):
            field.setValue(field.minimum() if number is None else int(number))
        elif number is None:
            field.setValue(field.minimum())
        else:
            field.setValue(float(number))

    def set_expected(self, value: int | None) -> None:
        """Say what Auto is expected to become: Auto (3)."""
        if self.facts.auto and not isinstance(self.field, QCheckBox):
            self.field.setSpecialValueText(AUTO if value is None else f"{AUTO} ({value:,})")


def _field(facts: HyperparameterRange, parent: QWidget) -> NumberField | DecimalField | QCheckBox:
    if facts.kind == "flag":
        box = QCheckBox("On", parent)
        box.setChecked(bool(facts.default))
        return box
    special = AUTO if facts.auto else ""
    low = facts.minimum or 0
    high = _NO_LIMIT if facts.maximum is None else facts.maximum
    if facts.kind == "integer":
        least = int(low) - 1 if facts.auto else int(low)
        whole = WholeField(least, int(high), least, special, parent)
        if facts.default is not None:
            whole.setValue(int(facts.default))
        return whole
    lowest = low if facts.minimum_excluded else low - facts.auto
    decimal = DecimalAutoField(lowest, high, low, 6, special, parent)
    decimal.setSingleStep(0.1)
    if facts.name == "learning_rate":  # of the order of 0.0001, where a tenth would be a leap
        decimal.setStepType(DecimalField.StepType.AdaptiveDecimalStepType)
    decimal.setValue(decimal.minimum() if facts.default is None else facts.default)
    return decimal


def range_text(facts: HyperparameterRange) -> str:
    """What is taken: "1 to 50", "over 0", "over 0, up to 2"."""
    if facts.kind == "flag":
        return ""
    low, high = facts.minimum, facts.maximum
    if low is not None and facts.minimum_excluded:
        return f"over {low:g}" + (f", up to {high:,g}" if high is not None else "")
    if low is not None and high is not None:
        return f"{low:,g} to {high:,g}"
    return f"{low:,g} or more" if low is not None else f"up to {high:,g}" if high is not None else ""


class HyperparameterFields(QWidget):
    """Those of a method, three in a row; `changed` after each choice."""

    changed = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._grid = QGridLayout(self)
        self._grid.setContentsMargins(0, 0, 0, 0)
        self._grid.setHorizontalSpacing(8)
        self._grid.setVerticalSpacing(8)
        for column in range(_COLUMNS):
            self._grid.setColumnStretch(column, 1)
        self.fields: dict[str, HyperparameterField] = {}
        self._facts: tuple[HyperparameterRange, ...] = ()

    def set_facts(self, facts: Sequence[HyperparameterRange]) -> None:
        """Show these; what was chosen for one that stays is kept."""
        if tuple(facts) == self._facts:
            return
        kept = {
            name: field.value() for name, field in self.fields.items() if field.value() != field.facts.default
        }
        for field in self.fields.values():
            self._grid.removeWidget(field)
            field.hide()
            field.deleteLater()
        self._facts = tuple(facts)
        self.fields = {}
        for index, item in enumerate(self._facts):
            field = HyperparameterField(item, self)
            value = kept.get(item.name)
            if value is not None and item.problem_with(value) is None:
                field.set_value(value)
            field.changed.connect(self._on_field_changed)
            top = Qt.AlignmentFlag.AlignTop
            self._grid.addWidget(field, index // _COLUMNS, index % _COLUMNS, top)
            self.fields[item.name] = field

    def values(self) -> Hyperparameters:
        """What was chosen; what is left to the service is not named."""
        chosen = {name: field.value() for name, field in self.fields.items()}
        return Hyperparameters(tuple((name, value) for name, value in chosen.items() if value is not None))

    def set_values(self, values: Hyperparameters) -> None:
        known = values.as_dict()
        for name, field in self.fields.items():
            field.set_value(known.get(name))

    def problem(self) -> str:
        """What is wrong with a number, as a sentence; empty where nothing is."""
        for field in self.fields.values():
            problem = field.facts.problem_with(field.value())
            if problem:
                return problem
        return ""

    @Slot()
    def _on_field_changed(self) -> None:
        self.changed.emit()
