"""Tags as chips that can be taken off, and a field with completion that adds one."""

from collections.abc import Sequence

from PySide6.QtCore import QPointF, QRectF, QSize, QStringListModel, Qt, Signal, Slot
from PySide6.QtGui import QFocusEvent, QKeyEvent, QPainter, QPaintEvent
from PySide6.QtWidgets import QAbstractButton, QCompleter, QSizePolicy, QWidget

from finetune_studio.ui.theme.current import color
from finetune_studio.ui.theme.icons import icon_pixmap
from finetune_studio.ui.widgets import Button, FlowLayout, StudioLineEdit, plain_tooltip
from finetune_studio.ui.widgets.badge import badge_font, badge_size, paint_badge

_CHIP = 22
_CROSS = 12
_MAX_WIDTH = 200


class TagChip(QAbstractButton):
    """A tag; clicking its cross, or Delete while it has the focus, asks for its removal."""

    def __init__(self, tag: str, removable: bool, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.tag = tag
        self._removable = removable
        self.setEnabled(removable)
        self.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)
        self.setFocusPolicy(Qt.FocusPolicy.TabFocus if removable else Qt.FocusPolicy.NoFocus)
        self.setAccessibleName(f"Tag {tag}" + (", remove" if removable else ""))
        self.setToolTip(plain_tooltip(f"Remove the tag {tag}" if removable else tag))

    def sizeHint(self) -> QSize:
        size = badge_size(self.tag, _CHIP)
        extra = _CROSS + 2 if self._removable else 0
        return QSize(min(size.width() + extra, _MAX_WIDTH), _CHIP)

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        outline = "accent" if self.hasFocus() else "accent_line" if self.underMouse() else ""
        paint_badge(painter, QRectF(self.rect()), "", "accent", outline)
        painter.setFont(badge_font())
        painter.setPen(color("accent"))
        room = self.width() - 20 - (_CROSS + 2 if self._removable else 0)
        text = painter.fontMetrics().elidedText(self.tag, Qt.TextElideMode.ElideRight, room + 1)
        painter.drawText(QRectF(10, 0, room + 2, self.height()), Qt.AlignmentFlag.AlignVCenter, text)
        if self._removable:
            pixmap = icon_pixmap("x", "accent", _CROSS, self.devicePixelRatioF())
            painter.drawPixmap(QPointF(self.width() - _CROSS - 7, (self.height() - _CROSS) / 2), pixmap)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() in (Qt.Key.Key_Delete, Qt.Key.Key_Backspace, Qt.Key.Key_Return):
            self.click()
        else:
            super().keyPressEvent(event)

    def enterEvent(self, event: object) -> None:
        self.update()

    def leaveEvent(self, event: object) -> None:
        self.update()


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
        self.add_button.setMinimumHeight(_CHIP)
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
