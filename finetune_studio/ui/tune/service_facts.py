"""The facts of a service as fields: its limits, and its models with their prices."""

from collections.abc import Sequence
from datetime import date, datetime
from typing import Any

from PySide6.QtCore import Qt, Signal, Slot
from PySide6.QtWidgets import QGridLayout, QHBoxLayout, QVBoxLayout, QWidget

from finetune_studio.targets.facts import MethodFacts, ModelFacts, UploadFacts
from finetune_studio.targets.profile import Profile
from finetune_studio.ui.widgets import Button, DecimalField, IconButton, Label, NumberField, StudioLineEdit

MEGABYTE = 1_048_576
_NOT_KNOWN = "Not known"
_MOST = 2_000_000_000


class LimitFields(QWidget):
    """Fewest and most examples, and the largest file; the least value of a field stands for not known."""

    def __init__(self, method: MethodFacts, upload: UploadFacts, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._method, self._upload = method, upload
        size = upload.max_parts_bytes or upload.max_file_bytes or 0
        self.fewest = NumberField(1, _MOST, method.min_examples)
        self.most = NumberField(0, _MOST, method.max_examples or 0, special=_NOT_KNOWN)
        self.largest = NumberField(0, 1_000_000, size // MEGABYTE, special=_NOT_KNOWN)
        self.largest.setSuffix(" MB")
        grid = QGridLayout(self)
        grid.setContentsMargins(0, 0, 0, 0)
        grid.setHorizontalSpacing(8)
        grid.setVerticalSpacing(3)
        for column, (title, field) in enumerate(
            (("Fewest examples", self.fewest), ("Most examples", self.most), ("Largest file", self.largest))
        ):
            label = Label(title, type="small")
            label.setBuddy(field)
            field.setAccessibleName(title)
            grid.addWidget(label, 0, column)
            grid.addWidget(field, 1, column)
            grid.setColumnStretch(column, 1)

    def changes(self) -> dict[str, Any]:
        """What differs from the profile, in its words."""
        method: dict[str, Any] = {}
        if self.fewest.value() != self._method.min_examples:
            method["min_examples"] = self.fewest.value()
        if self.most.value() and self.most.value() != self._method.max_examples:
            method["max_examples"] = self.most.value()
        found: dict[str, Any] = {"methods": [{"id": self._method.id, **method}]} if method else {}
        size = self._upload.max_parts_bytes or self._upload.max_file_bytes or 0
        if self.largest.value() and self.largest.value() != size // MEGABYTE:
            key = "max_parts_bytes" if self._upload.max_parts_bytes else "max_file_bytes"
            found["upload"] = {key: self.largest.value() * MEGABYTE}
        return found

    def problem(self) -> str:
        if self.most.value() and self.most.value() < self.fewest.value():
            return "The most examples are fewer than the fewest."
        return ""


class ModelRow(QWidget):
    """One model: its name, the price of a million training tokens, and the tokens an example may have."""

    remove_requested = Signal(object)

    def __init__(self, model: ModelFacts | None, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.model = model
        self.name = StudioLineEdit(model.id if model else "", placeholder="Name at the service")
        self.name.setAccessibleName("Model")
        self.name.setReadOnly(model is not None)
        price = model.price.per_million if model and model.price else -1.0
        self.price = DecimalField(-1.0, 100_000.0, price, 2, special=_NOT_KNOWN)
        self.price.setAccessibleName("Price of a million training tokens")
        tokens = model.max_tokens if model and model.max_tokens else 0
        self.tokens = NumberField(0, 100_000_000, tokens, special=_NOT_KNOWN)
        self.tokens.setAccessibleName("Most tokens an example may have")
        self.remove = IconButton("x", "Take this model out")
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(8)
        row.addWidget(self.name, 1)
        self.price.setFixedWidth(118)
        self.tokens.setFixedWidth(118)
        for part in (self.price, self.tokens, self.remove):
            row.addWidget(part)
        self.remove.clicked.connect(self._on_remove_clicked)

    def changes(self, currency: str, day: date) -> dict[str, Any] | None:
        """What differs from the profile; None where nothing does."""
        name = self.name.text().strip()
        if not name:
            return None
        found: dict[str, Any] = {}
        known = self.model.price if self.model else None
        value = self.price.value()
        if value >= 0 and (
            known is None or (known.per_million, known.currency, known.at) != (value, currency, day)
        ):
            found["price"] = {
                "per_million": value,
                "currency": currency,
                "at": day,
                "source": "entered by hand",
            }
        if self.tokens.value() and (self.model is None or self.tokens.value() != self.model.max_tokens):
            found["max_tokens"] = self.tokens.value()
        if self.model is None:
            found = {"encoding_exact": False, **found}
        return {"id": name, **found} if found else None

    @Slot()
    def _on_remove_clicked(self) -> None:
        self.remove_requested.emit(self)


class ModelFields(QWidget):
    """The models of a service, one a line, and the day and currency of the prices that are entered."""

    def __init__(self, profile: Profile, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        prices = [model.price for model in profile.models if model.price is not None]
        latest = max((price.at for price in prices), default=datetime.now().astimezone().date())
        self._removed: list[str] = []
        self.rows: list[ModelRow] = []
        self.currency = StudioLineEdit(prices[0].currency if prices else "USD")
        self.currency.setMaxLength(3)
        self.currency.setFixedWidth(64)
        self.currency.setAccessibleName("Currency of the prices")
        self.day = StudioLineEdit(latest.isoformat(), placeholder="2026-11-29")
        self.day.setFixedWidth(118)
        self.day.setAccessibleName("Day of the prices")
        self.add_button = Button("Add a model", kind="link", icon_name="plus")
        self._column = QVBoxLayout()
        self._column.setSpacing(6)
        self._lay_out()
        for model in profile.models:
            self.add_row(model)
        self.add_button.clicked.connect(self._on_add_clicked)

    def _lay_out(self) -> None:
        outer = QVBoxLayout(self)
        outer.setContentsMargins(0, 0, 0, 0)
        outer.setSpacing(6)
        head = QHBoxLayout()
        head.setSpacing(8)
        head.addWidget(Label("Name", type="small"), 1)
        for title, width in (("Price per million", 118), ("Tokens an example", 118), ("", 26)):
            label = Label(title, type="small")
            label.setFixedWidth(width)
            head.addWidget(label)
        outer.addLayout(head)
        outer.addLayout(self._column)
        below = QHBoxLayout()
        below.setSpacing(8)
        below.addWidget(self.add_button)
        below.addStretch(1)
        for title, field in (("Prices in", self.currency), ("as of", self.day)):
            below.addWidget(Label(title, type="small"), 0, Qt.AlignmentFlag.AlignVCenter)
            below.addWidget(field)
        outer.addLayout(below)

    def add_row(self, model: ModelFacts | None) -> ModelRow:
        row = ModelRow(model)
        row.remove_requested.connect(self._on_remove_requested)
        self.rows.append(row)
        self._column.addWidget(row)
        return row

    def changes(self) -> list[dict[str, Any]]:
        """What differs from the profile; `problem` says whether it can be read."""
        currency, day = self.currency.text().strip().upper(), date.fromisoformat(self.day.text().strip())
        changed = [row.changes(currency, day) for row in self.rows]
        return [item for item in changed if item] + [{"id": name, "removed": True} for name in self._removed]

    def problem(self) -> str:
        """What cannot be kept, as a sentence; empty where all can."""
        try:
            date.fromisoformat(self.day.text().strip())
        except ValueError:
            return "The day of the prices is not a date such as 2026-11-29."
        if not self.currency.text().strip().isalpha():
            return "The currency is not a code such as USD."
        names = [row.name.text().strip() for row in self.rows if row.name.text().strip()]
        return _twice(names)

    @Slot()
    def _on_add_clicked(self) -> None:
        self.add_row(None).name.setFocus()

    @Slot(object)
    def _on_remove_requested(self, row: ModelRow) -> None:
        self.rows.remove(row)
        if row.model is not None:
            self._removed.append(row.model.id)
        self._column.removeWidget(row)
        row.hide()
        row.deleteLater()


def _twice(names: Sequence[str]) -> str:
    found = next((name for name in names if names.count(name) > 1), "")
    return f"The model {found} is there twice." if found else ""
