"""The two plain questions, in the look of the other dialogs: yes or no, and one line of text."""

from PySide6.QtCore import Qt
from PySide6.QtGui import QShowEvent
from PySide6.QtWidgets import QDialog, QGridLayout, QMessageBox, QWidget

from finetune_studio.ui.widgets.buttons import Button
from finetune_studio.ui.widgets.containers import FormRow
from finetune_studio.ui.widgets.dialog_parts import button_row, dialog_column
from finetune_studio.ui.widgets.labels import Label
from finetune_studio.ui.widgets.text_edit import StudioLineEdit

_WIDTH = 420
_MARGINS = (9, 22, 24, 18)
"""Those of a dialog; a message box keeps some room for an icon at the left."""


class QuestionBox(QMessageBox):
    """A message box with the margins of a dialog; what it says is plain text."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setTextFormat(Qt.TextFormat.PlainText)

    def showEvent(self, event: QShowEvent) -> None:
        layout = self.layout()
        if isinstance(layout, QGridLayout):
            layout.setContentsMargins(*_MARGINS)
            layout.setHorizontalSpacing(0)
            layout.setVerticalSpacing(12)
        super().showEvent(event)


class TextQuestion(QDialog):
    """Accepted: `field` holds a text."""

    def __init__(self, title: str, label: str, text: str = "", parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setWindowTitle(title)
        self.resize(_WIDTH, 10)
        self.field = StudioLineEdit(text)
        self.field.selectAll()
        self.accept_button = Button("OK", kind="primary")
        self.accept_button.setDefault(True)
        self.cancel_button = Button("Cancel")
        column = dialog_column(self, 16)
        column.addWidget(Label(title, type="title"))
        column.addWidget(FormRow(label, self.field))
        column.addLayout(button_row(None, self.cancel_button, self.accept_button))
        self.accept_button.clicked.connect(self.accept)
        self.cancel_button.clicked.connect(self.reject)


def ask_text(parent: QWidget | None, title: str, label: str, text: str = "") -> tuple[str, bool]:
    """Ask for one line; the text, and whether the person said OK."""
    question = TextQuestion(title, label, text, parent)
    is_accepted = question.exec() == QDialog.DialogCode.Accepted
    question.deleteLater()
    return question.field.text(), is_accepted
