"""What a method of a service takes, as fields: how many examples, and the range of each hyperparameter."""

from dataclasses import replace
from typing import Any

from PySide6.QtWidgets import QCheckBox, QGridLayout, QHBoxLayout, QVBoxLayout, QWidget

from finetune_studio.targets.facts import HyperparameterRange, MethodFacts
from finetune_studio.ui.tune.auto_fields import DecimalAutoField, WholeField
from finetune_studio.ui.widgets import Label, NumberField, SectionLabel

NOT_KNOWN = "Not known"
_MOST = 2_000_000_000
_NONE = -1.0
_COLUMNS = ("Least", "Most", "Default", "Takes auto")


class MethodFields(QWidget):
    """An empty field stands for not known; `changes` says what differs, in the words of profiles/*.toml."""

    def __init__(self, method: MethodFacts, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._method = method
        self.fewest = NumberField(1, _MOST, method.min_examples)
        self.most = WholeField(0, _MOST, method.max_examples or 0, NOT_KNOWN)
        self.ranges = {facts.name: RangeFields(facts) for facts in method.hyperparameters}
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(8)
        column.addWidget(SectionLabel(method.title))
        counts = QHBoxLayout()
        counts.setSpacing(8)
        for title, field in (("Fewest examples", self.fewest), ("Most examples", self.most)):
            label = Label(title, type="small")
            label.setBuddy(field)
            field.setAccessibleName(f"{title}, {method.title}")
            counts.addWidget(label)
            counts.addWidget(field, 1)
        column.addLayout(counts)
        if self.ranges:
            column.addLayout(self._grid())

    def _grid(self) -> QGridLayout:
        grid = QGridLayout()
        grid.setHorizontalSpacing(8)
        grid.setVerticalSpacing(6)
        grid.setColumnStretch(0, 1)
        for index, title in enumerate(_COLUMNS):
            grid.addWidget(Label(title, type="small"), 0, index + 1)
        for row, fields in enumerate(self.ranges.values(), start=1):
            grid.addWidget(Label(fields.facts.title), row, 0)
            for index, field in enumerate(fields.parts):
                grid.addWidget(field, row, index + 1)
        return grid

    def changes(self) -> dict[str, Any] | None:
        """None where nothing differs from the profile."""
        found: dict[str, Any] = {}
        if self.fewest.value() != self._method.min_examples:
            found["min_examples"] = self.fewest.value()
        if self.most.value() != (self._method.max_examples or 0):
            put(found, "max_examples", self.most.value() or None)
        ranges = [changed for fields in self.ranges.values() if (changed := fields.changes())]
        if ranges:
            found["hyperparameters"] = ranges
        return {"id": self._method.id, **found} if found else None

    def problem(self) -> str:
        """What cannot be kept, as a sentence; empty where all can."""
        if self.most.value() and self.most.value() < self.fewest.value():
            return f"{self._method.title}: the most examples are fewer than the fewest."
        return next((text for fields in self.ranges.values() if (text := fields.problem())), "")


class RangeFields:
    """The fields of one hyperparameter; a switch has its default alone."""

    def __init__(self, facts: HyperparameterRange) -> None:
        self.facts = facts
        self.is_on = QCheckBox("On")
        self.is_on.setChecked(bool(facts.default))
        self.least = _number(facts, facts.minimum, "No limit")
        self.most = _number(facts, facts.maximum, "No limit")
        self.default = _number(facts, facts.default, "None")
        self.auto = QCheckBox()
        self.auto.setChecked(facts.auto)
        names = (self.least, "least"), (self.most, "most"), (self.default, "default"), (self.is_on, "default")
        for field, word in (*names, (self.auto, "takes auto")):
            field.setAccessibleName(f"{facts.title}, {word}")
        if facts.minimum_excluded:
            self.least.setToolTip("The number itself is too small: more than it is taken")
        self._shown = self._values()

    @property
    def parts(self) -> tuple[QWidget, ...]:
        """One for each column."""
        if self.facts.kind == "flag":
            return (QWidget(), QWidget(), self.is_on)
        return (self.least, self.most, self.default, self.auto)

    def _values(self) -> dict[str, float | None]:
        if self.facts.kind == "flag":
            return {"default": float(self.is_on.isChecked())}
        fields = {"minimum": self.least, "maximum": self.most, "default": self.default}
        return {name: None if field.value() < 0 else field.value() for name, field in fields.items()}

    def changes(self) -> dict[str, Any] | None:
        found: dict[str, Any] = {}
        for name, value in self._values().items():
            if value != self._shown[name]:
                whole = value is not None and self.facts.kind != "number"
                put(found, name, int(value) if whole and value is not None else value)
        if self.facts.kind != "flag" and self.auto.isChecked() != self.facts.auto:
            found["auto"] = self.auto.isChecked()
        return {"name": self.facts.name, **found} if found else None

    def problem(self) -> str:
        if self.facts.kind == "flag":
            return ""
        values = self._values()
        low, high, default = values["minimum"], values["maximum"], values["default"]
        if low is not None and high is not None and high < low:
            return f"{self.facts.title}: the most is less than the least."
        if default is None:
            return ""
        entered = replace(self.facts, minimum=low, maximum=high, auto=self.auto.isChecked(), default=None)
        problem = entered.problem_with(default)
        return f"The default does not fit. {problem}" if problem else ""


def _number(facts: HyperparameterRange, value: float | None, special: str) -> DecimalAutoField:
    decimals = 0 if facts.kind == "integer" else 6
    field = DecimalAutoField(_NONE, float(_MOST), _NONE if value is None else value, decimals, special)
    field.setFixedWidth(104)
    return field


def put(table: dict[str, Any], key: str, value: Any) -> None:
    """Set a key of a profile's table, or say that what the app ships for it does not hold."""
    if value is None:
        table.setdefault("unset", []).append(key)
    else:
        table[key] = value
