"""The tiles and rows of the welcome page."""

from datetime import datetime
from pathlib import Path

from PySide6.QtCore import QSize, Qt, Signal, Slot
from PySide6.QtWidgets import QHBoxLayout, QPushButton, QSizePolicy, QVBoxLayout, QWidget

from finetune_studio.ui.widgets import ElidedLabel, IconButton, IconDisc, Label, LineHeightLabel


class Tile(QPushButton):
    """A big button: icon, title, a sentence. Its layout decides its height, not its text."""

    def __init__(
        self,
        icon_name: str,
        title: str,
        sentence: str,
        tone: str = "accent",
        disc: int = 36,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self.setProperty("kind", "choice")
        self.setAccessibleName(title)
        self.setAccessibleDescription(sentence)
        policy = QSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Preferred)
        policy.setHeightForWidth(True)
        self.setSizePolicy(policy)
        layout = QHBoxLayout(self)
        layout.setContentsMargins(14, 13, 14, 13)
        layout.setSpacing(12)
        texts = QVBoxLayout()
        texts.setSpacing(1)
        texts.addWidget(Label(title, type="strong"))
        texts.addWidget(LineHeightLabel(sentence, type="small", line_height=1.3))
        texts.addStretch(1)
        layout.addWidget(IconDisc(icon_name, disc, tone), 0, Qt.AlignmentFlag.AlignTop)
        layout.addLayout(texts, 1)
        for child in self.findChildren(QWidget):
            child.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)

    def sizeHint(self) -> QSize:
        layout = self.layout()
        return layout.sizeHint() if layout is not None else super().sizeHint()

    def minimumSizeHint(self) -> QSize:
        layout = self.layout()
        return layout.minimumSize() if layout is not None else super().minimumSizeHint()

    def hasHeightForWidth(self) -> bool:
        return True

    def heightForWidth(self, width: int) -> int:
        layout = self.layout()
        return layout.heightForWidth(width) if layout is not None else super().heightForWidth(width)


class RecentRow(QWidget):
    """One recent dataset: `opened(path)` and `forgotten(path)`."""

    opened = Signal(object)
    forgotten = Signal(object)

    def __init__(self, path: Path, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._path = path
        there = path.is_file()
        layout = QHBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(2)
        self.button = QPushButton()
        self.button.setProperty("kind", "row")
        self.button.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)
        self.setFixedHeight(50)
        self.button.setAccessibleName(f"Open {path.name}" if there else f"{path.name} is gone")
        self.button.clicked.connect(self._on_clicked)
        inner = QHBoxLayout(self.button)
        inner.setContentsMargins(10, 4, 10, 4)
        inner.setSpacing(12)
        names = QVBoxLayout()
        names.setSpacing(0)
        names.addWidget(ElidedLabel(path.stem, type="strong"))
        names.addWidget(ElidedLabel(_folder_text(path), type="small", mode=Qt.TextElideMode.ElideMiddle))
        inner.addLayout(names, 1)
        inner.addWidget(Label(_age_text(path) if there else "not there any more", type="small"))
        for child in self.button.findChildren(QWidget):
            child.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)
        self.forget = IconButton("x", f"Forget {path.name}")
        self.forget.clicked.connect(self._on_forget_clicked)
        layout.addWidget(self.button, 1)
        layout.addWidget(self.forget)

    @Slot()
    def _on_clicked(self) -> None:
        self.opened.emit(self._path)

    @Slot()
    def _on_forget_clicked(self) -> None:
        self.forgotten.emit(self._path)


def _folder_text(path: Path) -> str:
    """The folder, with the home folder as ~."""
    try:
        return f"~/{path.parent.relative_to(Path.home())}".removesuffix("/.")
    except ValueError:
        return str(path.parent)


def _age_text(path: Path) -> str:
    """When it was changed last: today, yesterday, 12 days ago, or the date."""
    try:
        changed = datetime.fromtimestamp(path.stat().st_mtime).astimezone()
    except OSError:
        return ""
    days = (datetime.now().astimezone().date() - changed.date()).days
    if days <= 0:
        return f"today {changed:%H:%M}"
    if days == 1:
        return "yesterday"
    return f"{days} days ago" if days < 30 else f"{changed:%d %b %Y}".lstrip("0")
