"""The facts of a service as fields: its limits, and its models with their prices."""

from collections.abc import Sequence
from datetime import date, datetime
from typing import Any

from PySide6.QtCore import Qt, Signal, Slot
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from finetune_studio.targets.facts import ModelFacts
from finetune_studio.targets.profile import Profile
from finetune_studio.ui.tune.auto_fields import DecimalAutoField, WholeField
from finetune_studio.ui.tune.method_fields import NOT_KNOWN, MethodFields, put
from finetune_studio.ui.widgets import Button, IconButton, Label, StudioLineEdit

MEGABYTE = 1_048_576


class LimitFields(QWidget):
    """What each method takes, and the largest file; an empty field stands for not known."""

    def __init__(self, profile: Profile, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._upload = profile.upload
        self.methods = [MethodFields(method) for method in profile.methods]
        least = 1 if self._upload.max_parts_bytes else 0  # without it a file would not go in parts
        self.largest = WholeField(least, 1_000_000, self._size, "" if least else NOT_KNOWN)
        self.largest.setSuffix(" MB")
        self.largest.setAccessibleName("Largest file")
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(14)
        row = QHBoxLayout()
        row.setSpacing(8)
        label = Label("Largest file", type="small")
        label.setBuddy(self.largest)
        row.addWidget(label)
        row.addWidget(self.largest, 1)
        for method in self.methods:
            column.addWidget(method)
        column.addLayout(row)

    @property
    def _size(self) -> int:
        return (self._upload.max_parts_bytes or self._upload.max_file_bytes or 0) // MEGABYTE

    def changes(self) -> dict[str, Any]:
        """What differs from the profile, in its words."""
        methods = [changed for method in self.methods if (changed := method.changes())]
        found: dict[str, Any] = {"methods": methods} if methods else {}
        if self.largest.value() != self._size:
            upload: dict[str, Any] = {}
            key = "max_parts_bytes" if self._upload.max_parts_bytes else "max_file_bytes"
            put(upload, key, self.largest.value() * MEGABYTE or None)
            found["upload"] = upload
        return found

    def problem(self) -> str:
        return next((text for method in self.methods if (text := method.problem())), "")


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
        self.price = DecimalAutoField(-1.0, 100_000.0, price, 2, NOT_KNOWN)
        self.price.setAccessibleName("Price of a million training tokens")
        tokens = model.max_tokens if model and model.max_tokens else 0
        self.tokens = WholeField(0, 100_000_000, tokens, NOT_KNOWN)
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
        if value < 0 and known is not None:
            put(found, "price", None)
        elif value >= 0 and (
            known is None or (known.per_million, known.currency, known.at) != (value, currency, day)
        ):
            found["price"] = {
                "per_million": value,
                "currency": currency,
                "at": day,
                "source": "entered by hand",
            }
        tokens = self.model.max_tokens if self.model is not None else None
        if self.tokens.value() != (tokens or 0):
            put(found, "max_tokens", self.tokens.value() or None)
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
