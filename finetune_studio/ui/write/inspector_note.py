"""The note of the open example, kept by itself a moment after typing."""

from datetime import datetime

from PySide6.QtCore import Qt, QTimer, Signal, Slot
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QVBoxLayout, QWidget

from finetune_studio.ui.widgets import Button, SectionLabel, StudioTextEdit, plain_tooltip
from finetune_studio.ui.write.words import age

SAVE_AFTER = 400
"""Milliseconds of quiet after which a note is written."""


class NoteField(StudioTextEdit):
    """Escape leaves."""

    left = Signal()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() == Qt.Key.Key_Escape:
            self.left.emit()
        else:
            super().keyPressEvent(event)


class NoteSection(QWidget):
    """`written(example id, text)` when a note is to be kept; `author_requested` to write another name."""

    written = Signal(int, object)
    author_requested = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(8)
        column.addWidget(SectionLabel("Note"))
        self.field = NoteField(
            "Why this example? Visible to reviewers, never exported.", grows=True, max_lines=10
        )
        self.field.setMinimumHeight(64)
        self.field.setAccessibleName("Note")
        column.addWidget(self.field)
        self.author = Button(kind="link")
        self.author.hide()
        self.author.clicked.connect(self.author_requested)
        column.addWidget(self.author, 0, Qt.AlignmentFlag.AlignLeft)
        self._example_id: int | None = None
        self._known = ""
        self._shown = ""
        self._quiet = False
        self._timer = QTimer(self)
        self._timer.setSingleShot(True)
        self._timer.setInterval(SAVE_AFTER)
        self._timer.timeout.connect(self.flush)
        self.field.textChanged.connect(self._on_field_text_changed)
        self.field.focus_out.connect(self.flush)

    def show_note(self, example_id: int, note: str, writable: bool) -> None:
        """Show the note of an example; what is being typed in the same one is left alone."""
        if example_id != self._example_id:
            self.flush()
        elif note == self._known or self._timer.isActive() or self.field.toPlainText() == note:
            self._known = note
            self.field.setReadOnly(not writable)
            return
        self._example_id, self._known = example_id, note
        self._quiet = True
        self.field.set_text(note)
        self._quiet = False
        self._shown = self.field.toPlainText()
        self.field.setReadOnly(not writable)

    def show_author(self, author: str, at: datetime | None) -> None:
        """Who wrote the note and when; nothing where neither is known."""
        said = ", ".join(part for part in (author, age(at)) if part)
        self.author.setVisible(bool(said) and bool(self.field.toPlainText()))
        self.author.setText(said)
        self.author.setAccessibleName(f"Note by {said}. Change your name")
        self.author.setToolTip(plain_tooltip("Change your name"))

    @Slot()
    def flush(self) -> None:
        """Write what was typed now."""
        self._timer.stop()
        text = self.field.toPlainText()
        if self._example_id is not None and text != self._shown:
            self._shown = self._known = text
            self.written.emit(self._example_id, text)

    @Slot()
    def _on_field_text_changed(self) -> None:
        if not self._quiet:
            self._timer.start()
