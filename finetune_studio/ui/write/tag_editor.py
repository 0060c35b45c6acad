"""Tags as chips that can be taken off, and a field with completion that adds one."""

from collections.abc import Sequence

from PySide6.QtCore import QStringListModel, Qt, Signal, Slot
from PySide6.QtGui import QFocusEvent, QKeyEvent
from PySide6.QtWidgets import QCompleter, QWidget

from finetune_studio.ui.widgets import Button, FlowLayout, StudioLineEdit, plain_tooltip
from finetune_studio.ui.widgets.cross_chip import CHIP_HEIGHT, CrossChip

_WIDEST = 200


class TagChip(CrossChip):
    """A tag; clicking its cross, or Delete while it has the focus, asks for its removal."""

    def __init__(self, tag: str, removable: bool, parent: QWidget | None = None) -> None:
        super().__init__(tag, "accent", "accent_line", _WIDEST, removable, parent)
        self.tag = tag
        self.setEnabled(removable)
        self.setFocusPolicy(Qt.FocusPolicy.TabFocus if removable else Qt.FocusPolicy.NoFocus)
        self.setAccessibleName(f"Tag {tag}" + (", remove" if removable else ""))
        self.setToolTip(plain_tooltip(f"Remove the tag {tag}" if removable else tag))

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() in (Qt.Key.Key_Delete, Qt.Key.Key_Backspace, Qt.Key.Key_Return):
            self.click()
        else:
            super().keyPressEvent(event)


class TagField(StudioLineEdit):
    """`entered(text)` on Return; `left` on Escape or when the focus goes."""

    entered = Signal(object)
    left = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(placeholder="New tag", parent=parent)
        self.setAccessibleName("New tag")
        self.setFixedWidth(120)
        self._names = QStringListModel(self)
        completer = QCompleter(self._names, self)
        completer.setCaseSensitivity(Qt.CaseSensitivity.CaseInsensitive)
        completer.setFilterMode(Qt.MatchFlag.MatchContains)
        self.setCompleter(completer)
        self.returnPressed.connect(self._on_return_pressed)

    def set_names(self, names: Sequence[str]) -> None:
        self._names.setStringList(list(names))

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() == Qt.Key.Key_Escape:
            self.left.emit()
        else:
            super().keyPressEvent(event)

    def focusOutEvent(self, event: QFocusEvent) -> None:
        super().focusOutEvent(event)
        popup = event.reason() == Qt.FocusReason.PopupFocusReason
        if not popup and not self.text():
            self.left.emit()

    @Slot()
    def _on_return_pressed(self) -> None:
        text = self.text().strip()
        self.clear()
        if text:
            self.entered.emit(text)
        else:
            self.left.emit()


class TagEditor(QWidget):
    """`add_requested(tag)`, `remove_requested(tag)`; `left` when the person is done adding."""

    add_requested = Signal(object)
    remove_requested = Signal(object)
    names_wanted = Signal()
    left = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._flow = FlowLayout(self, spacing=6, line_spacing=6)
        self._tags: tuple[str, ...] | None = None
        self._writable = True
        self.chips: list[TagChip] = []
        self.add_button = Button("Add a tag", kind="link", icon_name="plus", tooltip="Add a tag (T)")
        self.add_button.setMinimumHeight(CHIP_HEIGHT)
        self._flow.setContentsMargins(0, 1, 0, 1)
        self.field = TagField(self)
        self.field.hide()
        self.add_button.clicked.connect(self.start_adding)
        self.field.entered.connect(self._on_field_entered)
        self.field.left.connect(self._on_field_left)
        for part in (self.add_button, self.field):
            self._flow.addWidget(part)

    def show_tags(self, tags: Sequence[str], writable: bool) -> None:
        """Show the tags of an example."""
        if self._tags == tuple(tags) and self._writable == writable:
            return
        self._tags, self._writable = tuple(tags), writable
        while self._flow.count():
            self._flow.takeAt(0)
        for chip in self.chips:
            chip.hide()
            chip.deleteLater()
        self.chips = [TagChip(tag, writable, self) for tag in tags]
        for chip in self.chips:
            chip.clicked.connect(self._on_chip_clicked)
            chip.show()
        for part in (*self.chips, self.add_button, self.field):
            self._flow.addWidget(part)
        self.add_button.setVisible(writable and self.field.isHidden())
        self.add_button.setText("" if tags else "Add a tag")
        self.add_button.setAccessibleName("Add a tag")
        self._flow.invalidate()
        self.updateGeometry()

    @Slot()
    def start_adding(self) -> None:
        """Open the field."""
        if self._writable:
            self.names_wanted.emit()
            self.add_button.hide()
            self.field.show()
            self.field.setFocus()

    @Slot(object)
    def _on_field_entered(self, tag: str) -> None:
        self.add_requested.emit(tag)

    @Slot()
    def _on_field_left(self) -> None:
        if not self.field.isHidden():
            had_focus = self.field.hasFocus()
            self.field.clear()
            self.field.hide()
            self.add_button.setVisible(self._writable)
            if had_focus:
                self.left.emit()

    @Slot()
    def _on_chip_clicked(self) -> None:
        chip = self.sender()
        if isinstance(chip, TagChip):
            self.remove_requested.emit(chip.tag)
