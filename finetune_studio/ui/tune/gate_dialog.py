"""The gate: what stops, the way to mend it, and the way past it with a reason that is recorded."""

from collections.abc import Sequence

from PySide6.QtCore import Signal, Slot
from PySide6.QtWidgets import QDialog, QHBoxLayout, QWidget

from finetune_studio.ui.tune.words import count_text
from finetune_studio.ui.widgets import (
    Button,
    CodeBadge,
    ElidedLabel,
    FormRow,
    Label,
    LineHeightLabel,
    StudioLineEdit,
)
from finetune_studio.ui.widgets.dialog_parts import button_row, dialog_column

SHOWN = 6
MINIMUM_REASON = 3


class GateDialog(QDialog):
    """Accepted: send in spite of the errors, for `reason`. `findings_requested`: look at them instead."""

    findings_requested = Signal()

    def __init__(
        self, service: str, errors: int, findings: Sequence[tuple[str, str]], parent: QWidget | None = None
    ) -> None:
        """`findings` are (code, message) of the first errors."""
        super().__init__(parent)
        self.setWindowTitle("The checks stop this")
        self.resize(520, 10)
        self.reason_field = StudioLineEdit(placeholder="Why it is right to send them all the same")
        self.anyway = Button("Send in spite of them")
        self.look = Button("Look at the errors", kind="primary")
        self.cancel = Button("Cancel")
        column = dialog_column(self, 12)
        word = "stops" if errors == 1 else "stop"
        column.addWidget(Label(f"{count_text(errors, 'error')} {word} the submit", type="title"))
        text = (
            f"{service} would refuse the file, or the model would learn what it should not. Nothing was sent."
        )
        column.addWidget(LineHeightLabel(text, type="secondary"))
        shown = findings[:SHOWN]
        for code, message in shown:
            column.addLayout(_finding(code, message))
        if errors > len(shown):
            column.addWidget(Label(f"and {errors - len(shown):,} more", type="small"))
        help_text = "The reason is kept with the job."
        column.addWidget(FormRow("To send them all the same, give a reason", self.reason_field, help_text))
        buttons = button_row(self.anyway, None, self.cancel, self.look, spacing=8)
        column.addLayout(buttons)
        self.reason_field.textChanged.connect(self._on_reason_changed)
        self.anyway.clicked.connect(self.accept)
        self.cancel.clicked.connect(self.reject)
        self.look.clicked.connect(self._on_look_clicked)
        self.look.setDefault(True)
        self._on_reason_changed()

    @property
    def reason(self) -> str:
        return " ".join(self.reason_field.text().split())

    @Slot()
    def _on_reason_changed(self) -> None:
        self.anyway.setEnabled(len(self.reason) >= MINIMUM_REASON)

    @Slot()
    def _on_look_clicked(self) -> None:
        self.reject()
        self.findings_requested.emit()


def _finding(code: str, message: str) -> QHBoxLayout:
    row = QHBoxLayout()
    row.setSpacing(8)
    if code:
        row.addWidget(CodeBadge(code, "error"))
    row.addWidget(ElidedLabel(message), 1)
    return row
