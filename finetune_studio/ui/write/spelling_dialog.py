"""The language of a dataset's texts, and the words it adds to the list."""

from collections.abc import Sequence

from PySide6.QtWidgets import QDialog, QWidget

from finetune_studio.lint.spelling import LANGUAGES
from finetune_studio.ui.widgets import Button, ComboBox, FormRow, StudioTextEdit
from finetune_studio.ui.widgets.dialog_parts import button_row, dialog_column


class SpellingDialog(QDialog):
    """Accepted: `language` (a code, or "" for that of each text) and `words`."""

    def __init__(self, language: str, words: Sequence[str], parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setWindowTitle("Spelling")
        self.resize(420, 460)
        self.choice = ComboBox("Language")
        self.choice.addItem("That of each text", "")
        for code, name in sorted(LANGUAGES.items(), key=lambda item: item[1]):
            self.choice.addItem(name, code)
        self.choice.setCurrentIndex(max(0, self.choice.findData(language)))
        self.editor = StudioTextEdit("One word a line")
        self.editor.set_text("\n".join(words))
        self.save = Button("Save", kind="primary")
        self.cancel = Button("Cancel")
        outer = dialog_column(self, 14)
        outer.addWidget(FormRow("Language", self.choice, "Kept in the dataset, for everybody who opens it."))
        outer.addWidget(FormRow("Words of this dataset", self.editor, "One a line. They count as right."), 1)
        foot = button_row(None, self.cancel, self.save)
        outer.addLayout(foot)
        self.save.clicked.connect(self.accept)
        self.cancel.clicked.connect(self.reject)

    @property
    def language(self) -> str:
        return str(self.choice.currentData())

    @property
    def words(self) -> list[str]:
        return [line.strip() for line in self.editor.toPlainText().split("\n") if line.strip()]
