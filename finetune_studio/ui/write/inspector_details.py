"""Tags, split, source and dates of the open example."""

from PySide6.QtCore import Qt, Signal, Slot
from PySide6.QtGui import QAction
from PySide6.QtWidgets import QGridLayout, QMenu, QVBoxLayout, QWidget

from finetune_studio.domain.example import Example
from finetune_studio.domain.split import Split
from finetune_studio.ui.widgets import Button, ElidedLabel, Label, SectionLabel
from finetune_studio.ui.write.tag_editor import TagEditor
from finetune_studio.ui.write.words import age

_SPLIT_CHOICES: tuple[tuple[Split | None, str], ...] = (
    (Split.TRAIN, "Train"),
    (Split.VALIDATION, "Validation"),
    (Split.TEST, "Test"),
    (None, "No split"),
)


_ROW = 24


class SplitMenu(QMenu):
    """`chosen(split or None, pinned)`."""

    chosen = Signal(object, bool)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._actions: dict[Split | None, QAction] = {}
        for split, text in _SPLIT_CHOICES:
            action = self.addAction(text)
            action.setCheckable(True)
            action.triggered.connect(self._on_split_triggered)
            self._actions[split] = action
        self.addSeparator()
        self.pin = self.addAction("Keep it there when splits are assigned")
        self.pin.setCheckable(True)
        self.pin.triggered.connect(self._on_pin_triggered)

    def show_split(self, split: Split | None, pinned: bool) -> None:
        for each, action in self._actions.items():
            action.setChecked(each == split)
        self.pin.setChecked(pinned)
        self.pin.setEnabled(split is not None)

    def _current(self) -> Split | None:
        return next((split for split, action in self._actions.items() if action.isChecked()), None)

    @Slot()
    def _on_split_triggered(self) -> None:
        split = next(split for split, action in self._actions.items() if action is self.sender())
        self.chosen.emit(split, split is not None)

    @Slot()
    def _on_pin_triggered(self) -> None:
        self.chosen.emit(self._current(), self.pin.isChecked())


class DetailsSection(QWidget):
    """`split_chosen(split or None, pinned)`; tags have their own widget, `tags`."""

    split_chosen = Signal(object, bool)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(8)
        column.addWidget(SectionLabel("Details"))
        self._grid = QGridLayout()
        self._grid.setHorizontalSpacing(12)
        self._grid.setVerticalSpacing(2)
        self._grid.setColumnStretch(1, 1)
        self._grid.setColumnMinimumWidth(0, 44)
        column.addLayout(self._grid)
        self.tags = TagEditor()
        self.split = Button(kind="link")
        self.split.setAccessibleDescription("Choose the split of this example")
        self._menu = SplitMenu(self)
        self.split.clicked.connect(self._on_split_clicked)
        self._menu.chosen.connect(self.split_chosen)
        self.source = ElidedLabel(mode=Qt.TextElideMode.ElideMiddle)
        self.created = Label()
        self.edited = Label()
        for row, (name, field) in enumerate(
            (
                ("Tags", self.tags),
                ("Split", self.split),
                ("Source", self.source),
                ("Created", self.created),
                ("Edited", self.edited),
            )
        ):
            label = Label(name, type="secondary")
            label.setFixedHeight(_ROW)
            self._grid.setRowMinimumHeight(row, _ROW)
            self._grid.addWidget(label, row, 0, Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignTop)
            if field is self.split:
                self._grid.addWidget(
                    field, row, 1, Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter
                )
            else:
                self._grid.addWidget(field, row, 1)

    def show_example(self, example: Example, writable: bool) -> None:
        self.tags.show_tags(example.tags, writable)
        text = example.split.value if example.split else "none"
        self.split.setText(f"{text} (pinned)" if example.split and example.split_pinned else text)
        self.split.setAccessibleName(f"Split: {self.split.text()}")
        self.split.setEnabled(writable)
        self._menu.show_split(example.split, example.split_pinned)
        self.source.setText(_source_of(example))
        self.show_ages(example)

    def show_ages(self, example: Example) -> None:
        """Ages go on while the example stays open."""
        self.created.setText(age(example.created_at))
        is_edited = example.edited_at is not None and example.edited_at != example.created_at
        self.edited.setText(age(example.edited_at) if is_edited else "not yet")

    @Slot()
    def _on_split_clicked(self) -> None:
        self._menu.popup(self.split.mapToGlobal(self.split.rect().bottomLeft()))


def _source_of(example: Example) -> str:
    if not example.source_name:
        return "written by hand"
    line = f":{example.source_line:,}" if example.source_line else ""
    return f"{example.source_name}{line}"
