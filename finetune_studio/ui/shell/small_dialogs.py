"""About, and the list of all keys."""

import sys

from PySide6.QtCore import Qt, qVersion
from PySide6.QtGui import QPixmap
from PySide6.QtWidgets import QDialog, QGridLayout, QHBoxLayout, QLabel, QVBoxLayout, QWidget

from finetune_studio import __version__
from finetune_studio.resource_files import resource
from finetune_studio.ui.commands.registry import CommandRegistry
from finetune_studio.ui.widgets import Button, KeyHint, Label, LineHeightLabel, ScrollColumn, SectionLabel

_ABOUT = """\
Write, review and submit fine-tuning datasets.

MIT licence. With Inter and JetBrains Mono (SIL Open Font License), Lucide icons (ISC), and Qt for Python \
(LGPL). The licences are in the folder resources of the program."""


class AboutDialog(QDialog):
    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setWindowTitle("About Finetune Studio")
        layout = QHBoxLayout(self)
        layout.setContentsMargins(28, 28, 28, 24)
        layout.setSpacing(20)
        picture = QLabel()
        pixmap = QPixmap(str(resource("app", "finetune-studio-128.png")))
        pixmap.setDevicePixelRatio(2.0)
        picture.setPixmap(pixmap)
        picture.setAccessibleName("The icon of Finetune Studio")
        layout.addWidget(picture, 0, Qt.AlignmentFlag.AlignTop)
        column = QVBoxLayout()
        column.setSpacing(8)
        column.addWidget(Label("Finetune Studio", type="title"))
        python = ".".join(str(part) for part in sys.version_info[:3])
        versions = Label(f"Version {__version__} · Python {python} · Qt {qVersion()}", type="small")
        versions.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        column.addWidget(versions)
        text = LineHeightLabel(_ABOUT)
        text.setMinimumWidth(380)
        column.addWidget(text)
        close = Button("Close", kind="primary")
        close.clicked.connect(self.accept)
        column.addWidget(close, 0, Qt.AlignmentFlag.AlignRight)
        layout.addLayout(column)


class KeysDialog(QDialog):
    """Every command that has a key, by menu."""

    def __init__(self, commands: CommandRegistry, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setWindowTitle("All keys")
        self.resize(720, 620)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(8, 8, 8, 8)
        column = ScrollColumn(margin=16, spacing=6)
        column.set_reachable("Keys")
        layout.addWidget(column)
        groups: dict[str, list[tuple[str, str]]] = {}
        for spec in commands.specs():
            key = commands.shortcut_text(spec.id)
            if key:
                groups.setdefault(spec.category, []).append((key, spec.title.rstrip("…")))
        for category, rows in groups.items():
            column.body.addWidget(SectionLabel(category))
            grid = QGridLayout()
            grid.setHorizontalSpacing(24)
            for number, (key, title) in enumerate(rows):
                grid.addWidget(KeyHint(key, title), number // 2, number % 2, Qt.AlignmentFlag.AlignLeft)
            grid.setColumnStretch(0, 1)
            grid.setColumnStretch(1, 1)
            column.body.addLayout(grid)
            column.body.addSpacing(8)
