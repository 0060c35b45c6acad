"""One tool call of an assistant message: readable lines, or the form that they open."""

from collections.abc import Sequence

from PySide6.QtCore import Signal, Slot
from PySide6.QtWidgets import QWidget

from finetune_studio.domain.message import Tool, ToolCall
from finetune_studio.ui.write.call_editor import CallEditor
from finetune_studio.ui.write.call_summary import CallSummary


class ToolCallView(QWidget):
    """`edited(part, text)`: part is "name" or "arguments". `open_changed(bool)` asks for the form or its end.

    `parts_changed` when fields of the form came or went, `remove_requested` for the call and its answer.
    """

    edited = Signal(str, object)
    open_changed = Signal(bool)
    height_changed = Signal()
    parts_changed = Signal()
    remove_requested = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._writable = True
        self._is_open = False
        self._editor: CallEditor | None = None
        self.summary = CallSummary(self)
        self.summary.clicked.connect(self._on_summary_clicked)

    @property
    def is_open(self) -> bool:
        return self._is_open

    @property
    def editor(self) -> CallEditor:
        """The form; it is made when it is first opened, since most calls are only read."""
        if self._editor is None:
            self._editor = made = CallEditor(self)
            made.hide()
            made.edited.connect(self.edited)
            made.height_changed.connect(self.height_changed)
            made.parts_changed.connect(self.parts_changed)
            made.remove_requested.connect(self.remove_requested)
            made.done.clicked.connect(self._on_done_clicked)
        return self._editor

    @property
    def shows_json(self) -> bool:
        """Whether the arguments are shown as JSON that can be edited."""
        return self._is_open and self.editor.shows_json

    def show_call(self, call: ToolCall, is_open: bool, writable: bool, tools: Sequence[Tool] = ()) -> None:
        """Show a call; `tools` are those that the example defines."""
        self._writable = writable
        if is_open and writable and not self._is_open:
            self.editor.start()
        self._is_open = is_open and writable
        self.summary.show_call(call)
        self.summary.setEnabled(writable)
        self.summary.setVisible(not self._is_open)
        if self._is_open:
            self.editor.show_call(call, writable, tools)
        if self._editor is not None:
            self._editor.setVisible(self._is_open)

    def focus_widgets(self) -> list[QWidget]:
        """In the order of Tab."""
        return self.editor.focus_widgets() if self._is_open else [self.summary]

    def focus_form(self) -> None:
        """The caret to what is missing: the name, else the first argument."""
        self.editor.focus_form()

    def refresh_colors(self) -> None:
        """After a switch of the theme."""
        if self._editor is not None:
            self._editor.refresh_colors()

    def height_for(self, width: int) -> int:
        if self._is_open:
            height = self.editor.height_for(width)
            self.editor.setGeometry(0, 0, width, height)
        else:
            height = self.summary.wanted_height()
            self.summary.setGeometry(0, 0, width, height)
        return height

    @Slot()
    def _on_summary_clicked(self) -> None:
        if self._writable:
            self.open_changed.emit(True)
            self.focus_form()

    @Slot()
    def _on_done_clicked(self) -> None:
        self.open_changed.emit(False)
        self.summary.setFocus()
