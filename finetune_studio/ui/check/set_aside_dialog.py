"""Setting a finding aside asks for a reason: the next reader wants to know."""

from dataclasses import replace

from PySide6.QtCore import Slot
from PySide6.QtWidgets import QDialog, QHBoxLayout, QRadioButton, QVBoxLayout, QWidget

from finetune_studio.domain.diagnostic import Diagnostic, Location
from finetune_studio.ui.widgets import Button, FormRow, Label, LineHeightLabel, StudioLineEdit


class SetAsideDialog(QDialog):
    """Read `finding()`, `whole_example()` and `reason()` after it was accepted. `for_group`: the finding is
    a group; `count`: it stands for so many."""

    def __init__(
        self,
        finding: Diagnostic,
        rule_name: str,
        place: str,
        parent: QWidget | None = None,
        for_group: bool = False,
        count: int = 1,
    ) -> None:
        super().__init__(parent)
        self._finding = finding
        self.setWindowTitle("Set aside")
        self.setMinimumWidth(440)
        self.reason_field = StudioLineEdit(placeholder="Why this is meant (optional)")
        names_example = finding.location.example is not None
        self.here = QRadioButton("Only at this place")
        self.example = QRadioButton(f"This rule in {place[:1].lower()}{place[1:].partition(',')[0]}")
        self.everywhere = QRadioButton("This rule in the whole dataset")
        has_place = names_example and finding.location.message_index is not None
        offered = {
            self.here: count > 1 or (has_place and not for_group),
            self.example: names_example,
            self.everywhere: count == 1,
        }
        for button, is_offered in offered.items():
            if not is_offered:
                button.hide()
        if count > 1:
            self.here.setText("Only these findings")
            self.example.setText("Their rules in their examples")
        elif for_group:
            self.example.setText("This group")
        next(button for button, is_offered in offered.items() if is_offered).setChecked(True)
        self.accept_button = Button("Set aside", kind="primary")
        self.accept_button.setDefault(True)
        cancel = Button("Cancel")
        layout = QVBoxLayout(self)
        layout.setContentsMargins(24, 20, 24, 20)
        layout.setSpacing(10)
        title, about = f"{finding.code} {rule_name}", finding.message
        if count > 1:
            title, about = f"{count:,} findings", "They are set aside together, in one step."
        layout.addWidget(Label(title, type="title"))
        layout.addWidget(LineHeightLabel(about, type="secondary"))
        layout.addSpacing(4)
        for button in (self.here, self.example, self.everywhere):
            layout.addWidget(button)
        layout.addSpacing(4)
        layout.addWidget(FormRow("Reason", self.reason_field, "Kept in the dataset, beside the finding."))
        layout.addSpacing(8)
        foot = QHBoxLayout()
        foot.addStretch(1)
        foot.addWidget(cancel)
        foot.addWidget(self.accept_button)
        layout.addLayout(foot)
        self.accept_button.clicked.connect(self._on_accept)
        cancel.clicked.connect(self.reject)
        self.reason_field.setFocus()

    def finding(self) -> Diagnostic:
        """The finding; without a place when it is set aside in the whole dataset."""
        return replace(self._finding, location=Location()) if self.everywhere.isChecked() else self._finding

    def whole_example(self) -> bool:
        return not self.here.isChecked()

    def reason(self) -> str:
        return self.reason_field.text().strip()

    @Slot()
    def _on_accept(self) -> None:
        self.accept()
