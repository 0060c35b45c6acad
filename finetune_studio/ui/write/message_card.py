"""One message as a card: header and body on a rounded surface. Pooled: `show_row` fills it anew."""

from collections.abc import Sequence

from PySide6.QtCore import QEvent, QObject, QPoint, QRectF, Qt, Signal, Slot
from PySide6.QtGui import QDragEnterEvent, QDropEvent, QKeyEvent, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QApplication, QWidget

from finetune_studio.domain.diagnostic import Diagnostic
from finetune_studio.domain.message import Role
from finetune_studio.ui.theme.current import color
from finetune_studio.ui.widgets.text_edit import is_history_key
from finetune_studio.ui.write.card_header import HEIGHT, INSET, CardHeader
from finetune_studio.ui.write.findings_marks import has_span
from finetune_studio.ui.write.image_files import images_in
from finetune_studio.ui.write.message_body import MessageBody
from finetune_studio.ui.write.message_editor import MessageEditor
from finetune_studio.ui.write.message_rows import MESSAGES, Row
from finetune_studio.ui.write.tool_call_view import ToolCallView

_BOTTOM = 12
_WATCHED = "studio_watched"
_RADIUS = 10
_STRIP = 3
"""Width of the line at the left of a card whose text is trained."""
_CONTROL = Qt.KeyboardModifier.ControlModifier
_SHIFT = Qt.KeyboardModifier.ShiftModifier
_ALT = Qt.KeyboardModifier.AltModifier
_KEYS = {
    (_ALT, Qt.Key.Key_Up): "move_up",
    (_ALT, Qt.Key.Key_Down): "move_down",
    (_CONTROL, Qt.Key.Key_Return): "add_next",
    (_CONTROL, Qt.Key.Key_Enter): "add_next",
    (_CONTROL | _SHIFT, Qt.Key.Key_Backspace): "delete",
    (_CONTROL | _SHIFT, Qt.Key.Key_Delete): "delete",
    (_CONTROL | _SHIFT, Qt.Key.Key_W): "toggle_weight",
    (_CONTROL, Qt.Key.Key_PageUp): "go_up",
    (_CONTROL, Qt.Key.Key_PageDown): "go_down",
    (Qt.KeyboardModifier.NoModifier, Qt.Key.Key_Escape): "leave",
}


def card_action(event: QKeyEvent) -> str:
    """What a key means in a conversation, or an empty text."""
    modifiers = event.modifiers() & ~Qt.KeyboardModifier.KeypadModifier
    return _KEYS.get((modifiers, Qt.Key(event.key())), "")


class MessageCard(QWidget):
    """Every signal carries the card first. `action` is the name of what a key or a button asks for."""

    edited = Signal(object, str, object)
    action = Signal(object, str)
    history_key_pressed = Signal()
    height_changed = Signal(object)
    focus_entered = Signal(object)
    focus_left = Signal(object)
    caret_moved = Signal(object)
    pasted = Signal(object, object)
    images_given = Signal(object, object)
    menu_requested = Signal(object, str, int, QPoint)
    drag_moved = Signal(object, QPoint)
    drag_ended = Signal(object, QPoint)
    drag_cancelled = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.row: Row | None = None
        self.index = -1
        self.state: tuple[object, ...] = ()
        """What it was filled with last, to tell whether it has to be filled again."""
        self._has_focus = False
        self._is_dragged = False
        self._is_trained = False
        self._findings: list[Diagnostic] = []
        self.setAcceptDrops(True)
        self.header = CardHeader(self)
        self.body = MessageBody(self)
        self._connect()

    def _connect(self) -> None:
        header, body = self.header, self.body
        header.role.clicked.connect(self._on_role_clicked)
        header.more.clicked.connect(self._on_more_clicked)
        header.weight_toggled.connect(self._on_weight_toggled)
        header.finding_pressed.connect(self._on_finding_pressed)
        header.prompt.clicked.connect(self._on_prompt_clicked)
        header.answers.clicked.connect(self._on_answers_clicked)
        header.handle.drag_moved.connect(self._on_handle_drag_moved)
        header.handle.drag_ended.connect(self._on_handle_drag_ended)
        header.handle.drag_cancelled.connect(self.drag_cancelled)
        header.handle.step_requested.connect(self._on_handle_step_requested)
        body.edited.connect(self._on_body_edited)
        body.open_changed.connect(self._on_body_open_changed)
        body.parts_changed.connect(self._watch)
        body.call_remove_requested.connect(self._on_body_call_remove_requested)
        body.height_changed.connect(self._on_body_height_changed)
        body.pasted.connect(self._on_body_pasted)
        body.part_requested.connect(self._on_body_part_requested)
        body.images_given.connect(self._on_body_images_given)
        body.menu_requested.connect(self._on_body_menu_requested)
        body.edit_requested.connect(self._on_body_edit_requested)
        body.left_up.connect(self._on_body_left_up)
        body.left_down.connect(self._on_body_left_down)

    # Contents

    def show_row(
        self, row: Row, index: int, findings: Sequence[Diagnostic], writable: bool, called_name: str = ""
    ) -> None:
        """Show a message; `findings` are those of this message, `called_name` the function it answers."""
        is_other = row is not self.row
        self.row, self.index = row, index
        self._findings = list(findings)
        role = row.message.role
        self._is_trained = row.side == MESSAGES and row.message.is_trained
        dim = role == Role.ASSISTANT and row.side == MESSAGES and not row.message.is_trained
        self.setAccessibleName(f"Message {index + 1}, {role or 'no role'}")
        self.body.show_row(row, writable, dim, f"Text of message {index + 1}, {role or 'no role'}")
        self.header.show_row(row, self._loose_findings(), writable, called_name)
        self.body.show_marks(row, findings)
        self.setAccessibleDescription(self.header.words())
        self._watch()
        self.update()
        if is_other:
            self._update_focus(QApplication.focusWidget())

    def show_facts(self, row: Row, findings: Sequence[Diagnostic]) -> None:
        """New tokens and findings, the same message."""
        self.state = ()
        self._findings = list(findings)
        self.header.set_tokens(row.tokens)
        self.header.show_findings(self._loose_findings())
        self.setAccessibleDescription(self.header.words())
        self.body.show_marks(row, findings)

    def _loose_findings(self) -> list[Diagnostic]:
        """Findings that no open editor can underline."""
        return [
            found
            for found in self._findings
            if not has_span(found) or self.body.editor_of(found.location.field) is None
        ]

    def measure(self, width: int) -> int:
        """Take a width, lay everything out, return the height."""
        self.header.setGeometry(0, 0, width, HEIGHT)
        bottom = self.body.place(INSET, HEIGHT, width - 2 * INSET) + _BOTTOM
        self.resize(width, bottom)
        return bottom

    def focus_widgets(self) -> list[QWidget]:
        """In the order of Tab."""
        widgets = [*self.header.buttons(), *self.body.focus_widgets()]
        return [widget for widget in widgets if widget.isEnabled()]

    def focus_text(self, at_end: bool = True) -> None:
        """The caret into the text, or the focus to what stands in its place."""
        editors = self.body.editors
        if editors:
            editors[-1 if at_end else 0].setFocus()
            editors[-1 if at_end else 0].put_caret(at_end)
            return
        calls = self.body.calls
        if calls and calls[0].is_open:
            calls[0].focus_form()
            return
        widgets = self.body.focus_widgets() or self.header.buttons()
        if widgets:
            widgets[0].setFocus()

    def holds_focus(self) -> bool:
        widget = QApplication.focusWidget()
        return widget is not None and self.isAncestorOf(widget)

    def focused_editor(self) -> MessageEditor | None:
        widget = QApplication.focusWidget()
        return widget if isinstance(widget, MessageEditor) and self.isAncestorOf(widget) else None

    def set_dragged(self, dragged: bool) -> None:
        self._is_dragged = dragged
        self.update()

    def refresh_colors(self) -> None:
        self.body.refresh_colors()
        self.update()

    # Focus and keys

    @Slot()
    def _watch(self) -> None:
        for widget in [*self.header.buttons(), *self.body.focus_widgets()]:
            if not widget.property(_WATCHED):
                widget.setProperty(_WATCHED, True)
                widget.installEventFilter(self)
                if isinstance(widget, MessageEditor):
                    widget.cursorPositionChanged.connect(self._on_caret_moved)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        kind = event.type()
        if kind == QEvent.Type.FocusIn:
            self._update_focus(QApplication.focusWidget())
            self._name_character()
            self.focus_entered.emit(self)
        elif kind == QEvent.Type.FocusOut:
            self._update_focus(None)
            self.header.set_note("")
            self.focus_left.emit(self)
        elif isinstance(event, QKeyEvent) and kind == QEvent.Type.ShortcutOverride:
            if is_history_key(event):
                self.history_key_pressed.emit()
            elif card_action(event) not in ("", "leave"):
                event.accept()
                return True
        elif isinstance(event, QKeyEvent) and kind == QEvent.Type.KeyPress:
            name = card_action(event)
            if name and not (name == "leave" and self._is_dragged):
                self.action.emit(self, name)
                return True
        return False

    def dragEnterEvent(self, event: QDragEnterEvent) -> None:
        """Images can be dropped anywhere on a message."""
        if images_in(event.mimeData()) is not None:
            event.acceptProposedAction()
        else:
            event.ignore()

    def dropEvent(self, event: QDropEvent) -> None:
        given = images_in(event.mimeData())
        if given is not None:
            event.acceptProposedAction()
            self.images_given.emit(self, given)

    def _name_character(self) -> None:
        """Say what stands at the caret where that cannot be seen."""
        editor = self.focused_editor()
        self.header.set_note(editor.named_at_caret() if editor is not None else "")

    def _update_focus(self, widget: QWidget | None) -> None:
        has_focus = widget is not None and self.isAncestorOf(widget)
        if has_focus != self._has_focus:
            self._has_focus = has_focus
            self.update()

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        marked = self._has_focus or self._is_dragged
        painter.setPen(QPen(color("accent" if marked else "line"), 2 if marked else 1))
        painter.setBrush(color("raised"))
        inset = 1.0 if marked else 0.5
        area = QRectF(self.rect()).adjusted(inset, inset, -inset, -inset)
        painter.drawRoundedRect(area, _RADIUS, _RADIUS)
        if self._is_trained:
            painter.setClipRect(QRectF(0, 0, _STRIP + inset, self.height()))
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(color("success"))
            painter.drawRoundedRect(area, _RADIUS, _RADIUS)

    # What the parts say

    @Slot()
    def _on_role_clicked(self) -> None:
        self.action.emit(self, "role_menu")

    @Slot()
    def _on_more_clicked(self) -> None:
        self.action.emit(self, "more_menu")

    @Slot()
    def _on_weight_toggled(self) -> None:
        self.action.emit(self, "toggle_weight")

    @Slot()
    def _on_answers_clicked(self) -> None:
        self.action.emit(self, "answer_menu")

    @Slot()
    def _on_prompt_clicked(self) -> None:
        self.action.emit(self, "prompt_menu")

    @Slot()
    def _on_finding_pressed(self) -> None:
        self.action.emit(self, "finding")

    @Slot(int)
    def _on_handle_step_requested(self, step: int) -> None:
        self.action.emit(self, "move_up" if step < 0 else "move_down")

    @Slot(QPoint)
    def _on_handle_drag_moved(self, place: QPoint) -> None:
        self.drag_moved.emit(self, place)

    @Slot(QPoint)
    def _on_handle_drag_ended(self, place: QPoint) -> None:
        self.drag_ended.emit(self, place)

    @Slot(str, object)
    def _on_body_edited(self, path: str, text: str) -> None:
        self.state = ()
        self._name_character()
        self.edited.emit(self, path, text)

    @Slot()
    def _on_body_edit_requested(self) -> None:
        self.action.emit(self, "edit_text")

    @Slot(int, str)
    def _on_body_part_requested(self, number: int, name: str) -> None:
        self.action.emit(self, f"part:{number}:{name}")

    @Slot(object)
    def _on_body_images_given(self, given: object) -> None:
        self.images_given.emit(self, given)

    @Slot(str, int, QPoint)
    def _on_body_menu_requested(self, path: str, position: int, place: QPoint) -> None:
        self.menu_requested.emit(self, path, position, place)

    @Slot(object)
    def _on_body_pasted(self, text: str) -> None:
        self.pasted.emit(self, text)

    @Slot(int, bool)
    def _on_body_open_changed(self, number: int, is_open: bool) -> None:
        self.state = ()
        if self.row is not None:
            (self.row.open_calls.add if is_open else self.row.open_calls.discard)(number)
            self.body.show_call(self.row, number, is_open)
        self._watch()
        self.height_changed.emit(self)

    @Slot(int)
    def _on_body_call_remove_requested(self, number: int) -> None:
        self.action.emit(self, f"remove_call:{number}")

    @Slot()
    def _on_body_height_changed(self) -> None:
        self.height_changed.emit(self)

    @Slot()
    def _on_body_left_up(self) -> None:
        self.action.emit(self, "leave_up")

    @Slot()
    def _on_body_left_down(self) -> None:
        self.action.emit(self, "leave_down")

    @Slot()
    def _on_caret_moved(self) -> None:
        self._name_character()
        self.caret_moved.emit(self)

    def call_view(self, number: int) -> ToolCallView | None:
        calls = self.body.calls
        return calls[number] if number < len(calls) else None
