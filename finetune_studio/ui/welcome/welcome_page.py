"""What is shown while no dataset is open: the sample, a template, a file, the recent ones."""

from collections.abc import Sequence
from pathlib import Path

from PySide6.QtCore import Qt, Signal, Slot
from PySide6.QtGui import QPixmap
from PySide6.QtWidgets import QFrame, QGridLayout, QHBoxLayout, QLabel, QVBoxLayout, QWidget

from finetune_studio.resource_files import resource
from finetune_studio.ui.commands.registry import CommandRegistry
from finetune_studio.ui.welcome.templates import DatasetTemplate, load_templates
from finetune_studio.ui.welcome.tiles import RecentRow, Tile
from finetune_studio.ui.widgets import (
    Button,
    IconDisc,
    Label,
    LineHeightLabel,
    ScrollColumn,
    SectionLabel,
    set_style_property,
)

SHOWN_RECENT = 6
_WIDTH = 940
_TILE_HEIGHT = 74


class WelcomePage(ScrollColumn):
    """`open_requested(Path)`, `template_requested(DatasetTemplate)`, `forget_requested(Path)`; the rest are
    commands."""

    open_requested = Signal(object)
    template_requested = Signal(object)
    forget_requested = Signal(object)

    def __init__(self, commands: CommandRegistry, parent: QWidget | None = None) -> None:
        super().__init__(parent=parent)
        self.setProperty("panel", "clear")
        self.setAccessibleName("Start")
        self._commands = commands
        self._templates = {template.id: template for template in load_templates()}
        self._column = QWidget()
        self._column.setMaximumWidth(_WIDTH)
        self._layout = QVBoxLayout(self._column)
        self._layout.setContentsMargins(24, 44, 24, 32)
        self._layout.setSpacing(12)
        self._recent_box = QVBoxLayout()
        self._recent_box.setSpacing(2)
        self._build()
        row = QHBoxLayout()
        row.addStretch(1)
        row.addWidget(self._column, 20)
        row.addStretch(1)
        self.body.addLayout(row)
        self.set_recent([])

    def _build(self) -> None:
        title = QHBoxLayout()
        title.setSpacing(14)
        title.addWidget(_logo())
        title.addWidget(Label("Finetune Studio", type="hero"), 1)
        self._layout.addLayout(title)
        self._layout.addWidget(
            LineHeightLabel(
                "Write and review the conversations that a model learns from, see what is wrong with them, "
                "and send them off to be trained.",
                type="message",
                tone="secondary",
            )
        )
        self._layout.addSpacing(12)
        self._layout.addLayout(self._make_starts())
        self._layout.addSpacing(14)
        self._recent_title = SectionLabel("Recent datasets")
        self._layout.addWidget(self._recent_title)
        self._layout.addLayout(self._recent_box)
        self._recent_gap = QWidget()
        self._recent_gap.setFixedHeight(14)
        self._layout.addWidget(self._recent_gap)
        self._layout.addWidget(SectionLabel("Start from a template"))
        self._layout.addLayout(self._make_templates())
        self._layout.addStretch(1)

    def _make_starts(self) -> QGridLayout:
        grid = QGridLayout()
        grid.setSpacing(12)
        self.sample = Tile(
            "drama",
            "Try the sample",
            "Marv, a factual chatbot that is also sarcastic. A few flaws are in it for the checks to find.",
            disc=44,
        )
        self.new = Tile(
            "file-plus",
            "New dataset",
            "Start empty and write the first conversation.",
            disc=44,
        )
        for number, (tile, command) in enumerate(((self.sample, "file.sample"), (self.new, "file.new"))):
            tile.setProperty("command", command)
            tile.clicked.connect(self._on_tile_clicked)
            grid.addWidget(tile, 0, number)
        self._drop = self._make_drop_target()
        grid.addWidget(self._drop, 0, 2)
        for column in range(3):
            grid.setColumnStretch(column, 1)
        return grid

    def _make_drop_target(self) -> QFrame:
        frame = QFrame()
        frame.setProperty("panel", "drop")
        layout = QVBoxLayout(frame)
        layout.setContentsMargins(14, 12, 14, 12)
        layout.setSpacing(6)
        top = QHBoxLayout()
        top.setSpacing(12)
        top.addWidget(IconDisc("folder-open", 44), 0, Qt.AlignmentFlag.AlignTop)
        texts = QVBoxLayout()
        texts.setSpacing(1)
        texts.addWidget(Label("Open a file", type="strong"))
        texts.addWidget(
            LineHeightLabel("Drop a .jsonl or .ftset file anywhere here, or", type="small", line_height=1.3)
        )
        self.open_button = Button("choose a file…", kind="link")
        self.open_button.clicked.connect(self._on_open_clicked)
        texts.addWidget(self.open_button, 0, Qt.AlignmentFlag.AlignLeft)
        texts.addStretch(1)
        top.addLayout(texts, 1)
        layout.addLayout(top)
        return frame

    def _make_templates(self) -> QGridLayout:
        grid = QGridLayout()
        grid.setSpacing(10)
        for number, template in enumerate(self._templates.values()):
            tile = Tile(template.icon, template.title, template.description)
            tile.setProperty("template", template.id)
            tile.clicked.connect(self._on_template_clicked)
            grid.addWidget(tile, number // 2, number % 2)
            grid.setRowMinimumHeight(number // 2, _TILE_HEIGHT)
        grid.setColumnStretch(0, 1)
        grid.setColumnStretch(1, 1)
        return grid

    def set_recent(self, paths: Sequence[Path]) -> None:
        """Show the recent datasets, the latest first; none hides the section."""
        while (item := self._recent_box.takeAt(0)) is not None:
            row = item.widget()
            if row is not None:
                row.hide()
                row.deleteLater()
        for path in paths[:SHOWN_RECENT]:
            row = RecentRow(path)
            row.opened.connect(self.open_requested)
            row.forgotten.connect(self.forget_requested)
            self._recent_box.addWidget(row)
        self._recent_title.setVisible(bool(paths))
        self._recent_gap.setVisible(bool(paths))

    def set_drop_active(self, active: bool) -> None:
        """Light the target up while a file is over the window."""
        set_style_property(self._drop, "active", active)

    def template(self, template_id: str) -> DatasetTemplate:
        return self._templates[template_id]

    @Slot()
    def _on_tile_clicked(self) -> None:
        self._commands.invoke(str(self.sender().property("command")))

    @Slot()
    def _on_open_clicked(self) -> None:
        self._commands.invoke("file.open")

    @Slot()
    def _on_template_clicked(self) -> None:
        self.template_requested.emit(self._templates[str(self.sender().property("template"))])


def _logo() -> QLabel:
    """The icon of the app, 44 px."""
    label = QLabel()
    pixmap = QPixmap(str(resource("app", "finetune-studio-128.png")))
    pixmap.setDevicePixelRatio(128 / 44)
    label.setPixmap(pixmap)
    label.setAccessibleName("Finetune Studio")
    return label
