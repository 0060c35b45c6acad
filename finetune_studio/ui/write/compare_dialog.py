"""Two texts for one place, side by side, and which of them is to stay."""

from PySide6.QtCore import Slot
from PySide6.QtWidgets import QDialog, QWidget

from finetune_studio.ui.widgets import Button, LineHeightLabel
from finetune_studio.ui.widgets.dialog_parts import button_row, dialog_column
from finetune_studio.ui.write.diff_column import DiffColumn
from finetune_studio.workspace.queries.versions import TextChange

_WORDS = "Red words are only in the other text, green ones only in yours. Either choice can be undone."


class CompareDialog(QDialog):
    """`choice` is "theirs", "mine", or "" when it was closed."""

    def __init__(self, place: str, theirs: str, mine: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setWindowTitle("Compare the texts")
        self.resize(820, 380)
        self.choice = ""
        self.differences = DiffColumn(("The other text", "Your text"))
        self.differences.show_changes([TextChange(place, theirs, mine)])
        self.close_button = Button("Decide later")
        self.theirs = Button("Take the other text")
        self.mine = Button("Keep mine", kind="primary")
        column = dialog_column(self, 12)
        column.addWidget(LineHeightLabel(_WORDS, type="secondary"))
        column.addWidget(self.differences, 1)
        column.addLayout(button_row(None, self.close_button, self.theirs, self.mine))
        self.close_button.clicked.connect(self.reject)
        self.theirs.clicked.connect(self._on_theirs_clicked)
        self.mine.clicked.connect(self._on_mine_clicked)
        self.mine.setDefault(True)
        self.mine.setFocus()

    @Slot()
    def _on_theirs_clicked(self) -> None:
        self.choice = "theirs"
        self.accept()

    @Slot()
    def _on_mine_clicked(self) -> None:
        self.choice = "mine"
        self.accept()
