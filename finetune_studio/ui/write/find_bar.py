"""The line over the cards that finds in the open example."""

from PySide6.QtCore import QEvent, QObject, Qt, Signal, Slot
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from finetune_studio.ui.widgets import IconButton, Label, LineHeightLabel, SearchField
from finetune_studio.workspace.queries.find import FindOptions

_SHIFT = Qt.KeyboardModifier.ShiftModifier


class FindBar(QWidget):
    """`changed` when something else is looked for; `step_requested(1 or -1)`; `closed` by cross or Escape."""

    changed = Signal()
    step_requested = Signal(int)
    closed = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.field = SearchField("Find in this example")
        self.match_case = IconButton("case-sensitive", "Match case", checkable=True)
        self.whole_word = IconButton("whole-word", "Whole words", checkable=True)
        self.is_regex = IconButton("regex", "Regular expression", checkable=True)
        self.count = Label(type="secondary")
        self.previous = IconButton("arrow-up", "Previous hit", shortcut_hint="Shift+F3")
        self.next = IconButton("arrow-down", "Next hit", shortcut_hint="F3")
        self.close_button = IconButton("x", "Close", shortcut_hint="Esc")
        self.problem = LineHeightLabel(type="small", tone="error")
        self.problem.hide()
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(4)
        row = QHBoxLayout()
        column.addLayout(row)
        column.addWidget(self.problem)
        row.setSpacing(4)
        row.addWidget(self.field, 1)
        row.addSpacing(4)
        for toggle in (self.match_case, self.whole_word, self.is_regex):
            row.addWidget(toggle)
            toggle.toggled.connect(self.changed)
        row.addSpacing(8)
        row.addWidget(self.count)
        row.addSpacing(8)
        for button in (self.previous, self.next, self.close_button):
            row.addWidget(button)
        self.field.installEventFilter(self)
        self.field.search_changed.connect(self.changed)
        self.previous.clicked.connect(self._on_previous_clicked)
        self.next.clicked.connect(self._on_next_clicked)
        self.close_button.clicked.connect(self.closed)
        self.show_count(0, 0)

    def options(self) -> FindOptions:
        """What is looked for."""
        return FindOptions(
            self.field.text(),
            is_regex=self.is_regex.isChecked(),
            whole_word=self.whole_word.isChecked(),
            match_case=self.match_case.isChecked(),
        )

    def start(self, text: str = "") -> None:
        """Take the focus, perhaps with another text to look for."""
        self.show()
        if text:
            self.field.setText(text)
        self.field.setFocus(Qt.FocusReason.ShortcutFocusReason)
        self.field.selectAll()

    def show_count(self, current: int, total: int) -> None:
        """The hit that is shown, from 1, and how many there are."""
        self.field.set_error("")
        self.problem.hide()
        text = f"{current:,} of {total:,}" if total else "Nothing found" if self.field.text() else ""
        self.count.setText(text)
        for button in (self.previous, self.next):
            button.setEnabled(total > 0)

    def show_problem(self, text: str) -> None:
        """Why the search cannot be done."""
        self.show_count(0, 0)
        self.field.set_error(text)
        self.count.setText("")
        self.problem.setText(text)
        self.problem.show()

    @Slot()
    def _on_previous_clicked(self) -> None:
        self.step_requested.emit(-1)

    @Slot()
    def _on_next_clicked(self) -> None:
        self.step_requested.emit(1)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if event.type() == QEvent.Type.KeyPress and isinstance(event, QKeyEvent):
            if event.key() == Qt.Key.Key_Escape:
                self.closed.emit()
                return True
            if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
                self.step_requested.emit(-1 if event.modifiers() & _SHIFT else 1)
                return True
        return False
