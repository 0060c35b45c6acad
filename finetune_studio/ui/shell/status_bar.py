"""The bottom of the window: numbers at the left; work, checks, saving and forecast at the right."""

from PySide6.QtCore import Qt, Signal, Slot
from PySide6.QtWidgets import QFrame, QHBoxLayout, QProgressBar, QPushButton, QWidget

from finetune_studio.ui.shell.status_facts import StatusFacts
from finetune_studio.ui.widgets import IconButton, Label, plain_tooltip, set_style_property


class StatusButton(QPushButton):
    """A word of the status bar that leads somewhere."""

    def __init__(self, tone: str = "", parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setProperty("kind", "status")
        self.setProperty("tone", tone)
        self.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.setCursor(Qt.CursorShape.PointingHandCursor)

    def say(self, text: str) -> None:
        """Show the text; an empty one hides the button."""
        self.setText(text)
        self.setAccessibleName(text)
        self.setVisible(bool(text))


class StatusBar(QFrame):
    """`findings_requested(severity)` from the counts, `page_requested(key)` from the forecast."""

    findings_requested = Signal(str)
    page_requested = Signal(str)
    cancel_requested = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setProperty("panel", "status")
        self.setFixedHeight(30)
        self.examples = Label(type="small")
        self.tokens = Label(type="small")
        self.errors = StatusButton("error")
        self.warnings = StatusButton("warning")
        self.unreadable = StatusButton("warning")
        self.task_text = Label(type="small")
        self.task_bar = QProgressBar()
        self.task_bar.setFixedWidth(110)
        self.task_bar.setTextVisible(False)
        self.task_cancel = IconButton("x", "Cancel this work")
        self.checked = Label(type="small")
        self.saved = Label(type="small", tone="success")
        self.forecast = StatusButton()
        self._lay_out()
        self.errors.clicked.connect(self._on_errors_clicked)
        self.warnings.clicked.connect(self._on_warnings_clicked)
        self.unreadable.clicked.connect(self._on_unreadable_clicked)
        self.forecast.clicked.connect(self._on_forecast_clicked)
        self.task_cancel.clicked.connect(self.cancel_requested)
        self.clear()

    def _lay_out(self) -> None:
        layout = QHBoxLayout(self)
        layout.setContentsMargins(16, 0, 16, 0)
        layout.setSpacing(18)
        numbers = (self.examples, self.tokens, self.errors, self.warnings, self.unreadable)
        for number in numbers:
            layout.addWidget(number)
        layout.addStretch(1)
        task = QHBoxLayout()
        task.setSpacing(8)
        for part in (self.task_text, self.task_bar, self.task_cancel):
            task.addWidget(part)
        layout.addLayout(task)
        for fact in (self.checked, self.saved, self.forecast):
            layout.addWidget(fact)

    def clear(self) -> None:
        """No dataset is open."""
        for label in (self.examples, self.tokens, self.checked, self.saved):
            label.setText("")
        for button in (self.errors, self.warnings, self.unreadable, self.forecast):
            button.say("")
        self.show_task("", 0, None, 0)

    def show_facts(self, facts: StatusFacts) -> None:
        self.examples.setText(_count(facts.examples, "example"))
        tokens = f"{_count(facts.tokens, 'token')} · {facts.trained:,} trained"
        self.tokens.setText(tokens if facts.checked else "")
        self.errors.say(_count(facts.errors, "error") if facts.errors else "")
        self.warnings.say(_count(facts.warnings, "warning") if facts.warnings else "")
        self.unreadable.say(_count(facts.unreadable, "unreadable line") if facts.unreadable else "")
        if facts.seconds is not None:
            time = (
                f" in {_seconds(facts.seconds)}" if facts.seconds else ""
            )  # 0: kept from an earlier session
            self.checked.setText(f"Checked {facts.checked:,} / {facts.examples:,}{time}")
        else:
            self.checked.setText("Checking…" if facts.is_checking else "")
        self.forecast.say(facts.forecast)
        self.forecast.setToolTip(plain_tooltip(facts.forecast_help) if facts.forecast_help else "")

    def show_saved(self, pending: int, read_only: bool) -> None:
        """Say that every change is on disk, or that some are on their way."""
        if read_only:
            self.saved.setText("Read only")
        else:
            self.saved.setText("Saving…" if pending else "All changes saved")
        set_style_property(self.saved, "tone", "secondary" if pending or read_only else "success")

    def show_task(self, text: str, done: int, total: int | None, others: int) -> None:
        """The work that is shown; an empty text hides it. `others` counts those behind it."""
        for part in (self.task_text, self.task_bar, self.task_cancel):
            part.setVisible(bool(text))
        self.task_text.setText(f"{text}, {others} more" if others and text else text)
        self.task_bar.setAccessibleName(text)
        self.task_bar.setRange(0, 1000 if total else 0)
        if total:
            self.task_bar.setValue(min(1000, done * 1000 // total))

    @Slot()
    def _on_errors_clicked(self) -> None:
        self.findings_requested.emit("error")

    @Slot()
    def _on_warnings_clicked(self) -> None:
        self.findings_requested.emit("warning")

    @Slot()
    def _on_unreadable_clicked(self) -> None:
        self.findings_requested.emit("unreadable")

    @Slot()
    def _on_forecast_clicked(self) -> None:
        self.page_requested.emit("tune")


def _count(number: int, word: str) -> str:
    return f"1 {word}" if number == 1 else f"{number:,} {word}s"


def _seconds(seconds: float) -> str:
    if seconds < 0.1:
        return "under 0.1 s"
    return f"{seconds:.1f} s" if seconds < 60 else f"{seconds / 60:.0f} min"
