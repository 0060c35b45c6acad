"""Work in the background, shown."""

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QHBoxLayout, QProgressBar, QVBoxLayout, QWidget

from finetune_studio.ui.widgets.buttons import IconButton
from finetune_studio.ui.widgets.labels import ElidedLabel, Label


class ProgressRow(QWidget):
    """Title, bar, a few words, and a cancel button (`cancel_requested`)."""

    cancel_requested = Signal()

    def __init__(self, title: str, cancellable: bool = True, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        outer = QVBoxLayout(self)
        outer.setContentsMargins(0, 0, 0, 0)
        outer.setSpacing(4)
        top = QHBoxLayout()
        top.setSpacing(8)
        self.title = ElidedLabel(title, type="strong")
        self.text = Label(type="small")
        self.cancel = IconButton("x", f"Cancel {title[:1].lower()}{title[1:]}")
        self.cancel.clicked.connect(self.cancel_requested)
        top.addWidget(self.title, 1)
        top.addWidget(self.text)
        top.addWidget(self.cancel)
        self.bar = QProgressBar()
        self.bar.setTextVisible(False)
        self.bar.setAccessibleName(title)
        outer.addLayout(top)
        self.cancel.setVisible(cancellable)
        outer.addWidget(self.bar)
        self.set_progress(0, 0)

    def set_progress(self, done: int, total: int, text: str = "") -> None:
        """`total` 0 means that the end is not known."""
        self.bar.setRange(0, 1000 if total else 0)
        if total:
            self.bar.setValue(min(1000, done * 1000 // total))
        self.text.setText(text or (f"{done:,} of {total:,}" if total else ""))
