"""The whole example as JSON: what it is, what is wrong with it as one types, Apply and Take back."""

from dataclasses import dataclass

from PySide6.QtCore import QEvent, Qt, QTimer, Signal, Slot
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from finetune_studio.domain.errors import InputError
from finetune_studio.domain.example import Example, ExampleKind
from finetune_studio.formats.json_errors import JsonSyntaxError
from finetune_studio.formats.json_merge import lay_out
from finetune_studio.formats.json_node import Node, NodeKind
from finetune_studio.formats.json_reader import parse, position_of
from finetune_studio.ui.widgets import Banner, Button, LineHeightLabel, set_style_property
from finetune_studio.ui.write.conflict_bar import ConflictBar
from finetune_studio.ui.write.json_editor import JsonEditor

SHOWN_LIMIT = 200_000
"""Bytes of an example up to which it can be edited here; of a longer one the beginning is shown."""
_JUDGE_AFTER = 150
_CHANGED = "This example was changed while you edited its JSON. Your text is not applied."
_CHOICES = (("compare", "Compare"), ("theirs", "Take the other text"), ("mine", "Keep mine"))
_CONTROL = Qt.KeyboardModifier.ControlModifier


@dataclass(frozen=True, slots=True)
class Draft:
    """A text that could not be applied yet, with the bytes that it is an edit of."""

    base: bytes
    text: str


def what_is_wrong(body: bytes) -> str:
    """One sentence: why this line is not shown as a conversation."""
    try:
        root = parse(body)
    except JsonSyntaxError as error:
        return f"This line is not valid JSON. {error.text}"
    if root.kind is not NodeKind.OBJECT:
        return "This line is not a JSON object, so it is no example."
    messages: Node | None = root.get("messages")
    if messages is not None:
        return "“messages” is not a list, so this is not shown as a conversation."
    outputs = [key for key in ("preferred_output", "non_preferred_output") if root.get(key) is not None]
    if outputs:
        return f"“{outputs[0]}” or its “input” is not what a preference pair has there."
    return "This line has no “messages” and no preferred answers, so it is neither a conversation nor a pair."


class JsonView(QWidget):
    """`apply_requested(text, base)` when the text is valid and wanted; `leave_requested`: Escape.

    A text that is not valid JSON is kept by example until it is applied or taken back.
    """

    apply_requested = Signal(object, object)
    leave_requested = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._example_id: int | None = None
        self._base = b""
        self._newer: bytes | None = None
        self._sent: str | None = None
        self._drafts: dict[int, Draft] = {}
        self._error: JsonSyntaxError | None = None
        self._writable = True
        self._can_edit = True
        self.banner = Banner("", "warning", closable=False)
        self.conflict = ConflictBar()
        self.editor = JsonEditor()
        self.problem = LineHeightLabel(type="small")
        self.place = Button("Go there", kind="link")
        self.revert = Button("Take back")
        self.apply = Button("Apply", kind="primary", tooltip="Apply (Ctrl+Enter)")
        self._lay_out()
        self._timer = QTimer(self)
        self._timer.setSingleShot(True)
        self._timer.setInterval(_JUDGE_AFTER)
        self._timer.timeout.connect(self.judge)
        self.editor.textChanged.connect(self._timer.start)
        self.editor.installEventFilter(self)
        self.place.clicked.connect(self._on_place_clicked)
        self.revert.clicked.connect(self.take_back)
        self.apply.clicked.connect(self.commit)
        self.conflict.chosen.connect(self._on_conflict_chosen)

    def _lay_out(self) -> None:
        column = QVBoxLayout(self)
        column.setContentsMargins(28, 2, 28, 8)
        column.setSpacing(10)
        column.addWidget(self.conflict)
        column.addWidget(self.banner)
        self._bars = QVBoxLayout()
        column.addLayout(self._bars)
        column.addWidget(self.editor, 1)
        foot = QHBoxLayout()
        foot.setSpacing(10)
        foot.addWidget(self.problem, 1)
        foot.addWidget(self.place)
        foot.addWidget(self.revert)
        foot.addWidget(self.apply)
        column.addLayout(foot)

    # What is shown

    @property
    def example_id(self) -> int | None:
        return self._example_id

    @property
    def words(self) -> str:
        """What the banner says, empty where there is none."""
        return "" if self.banner.isHidden() else self.banner.label.text()

    def add_bar(self, bar: QWidget) -> None:
        """Put a line of controls over the text."""
        self._bars.addWidget(bar)

    def set_zoom(self, zoom: int) -> None:
        """The size of the text, in percent."""
        if zoom != 100 or self.editor.property("zoom"):
            set_style_property(self.editor, "zoom", str(zoom))

    def set_writable(self, writable: bool) -> None:
        self._writable = writable
        self._show_state()

    def show_example(self, example: Example | None) -> None:
        """Show an example as it is now; an edit of the same one stays, and so does one that was kept."""
        if example is not None and example.id == self._example_id:
            if self.editor.is_edited or example.body == self._base:
                self._meet(example.body)
                self._show_banner(example)
                return
        else:
            self.keep()
        self._newer = None
        self._example_id = example.id if example is not None else None
        self._base = example.body if example is not None else b""
        self._load(example)
        self.judge()

    def _load(self, example: Example | None) -> None:
        self._can_edit = len(self._base) <= SHOWN_LIMIT
        shown = self._base[:SHOWN_LIMIT].decode("utf-8", "replace").rstrip("\r\n")
        if self._can_edit and example is not None:
            try:
                shown = lay_out(self._base)
            except InputError:
                self._can_edit = self._can_edit and "\ufffd" not in shown
        draft = self._drafts.pop(example.id, None) if example is not None else None
        if draft is not None and self._can_edit:
            now, self._base = self._base, draft.base
            self.editor.load(self._original(), draft.text)
            self._meet(now)
        else:
            self.editor.load(shown)
            self._show_conflict()
        if example is not None:
            self._show_banner(example)

    def _show_banner(self, example: Example) -> None:
        is_other = example.record is None or example.kind is ExampleKind.OTHER
        words = what_is_wrong(example.body) if is_other else ""
        if not self._can_edit:
            more = f"It is too long to be edited here; its first {SHOWN_LIMIT:,} bytes are shown."
            words = f"{words} {more}".strip()
        elif is_other:
            words = f"{words} It is kept as it is until you change it."
        self.banner.setVisible(bool(words))
        if words:
            self.banner.show_message(words, "warning")

    def reveal(self, path: str) -> None:
        """The caret to the value that a JSON Pointer names, in the text as it is now."""
        try:
            place = position_of(parse(self.editor.true_text.encode("utf-8", "surrogatepass")), path)
        except (InputError, ValueError):
            return
        if place is not None:
            self.editor.go_to(place.line, place.column)
            self.editor.select_line()

    # Editing

    @property
    def is_edited(self) -> bool:
        return self.editor.is_edited

    @property
    def is_valid(self) -> bool:
        self.judge()
        return self._error is None

    @Slot()
    def commit(self) -> bool:
        """Ask for the text to be applied when it is edited and valid; says whether it did."""
        if self._example_id is None or not self.is_edited or not self._may_write() or not self.is_valid:
            return False
        if self._newer is not None:
            return False
        self._sent = text = self.editor.true_text
        base = self._base
        self.apply_requested.emit(text, base)
        return True

    def settle(self, body: bytes, applied: str) -> None:
        """`applied` was applied and `body` is the example now; what was typed since stays an edit."""
        self._base, self._newer, self._sent = body, None, None
        self._show_conflict()
        shown = lay_out(body)
        place = self.editor.textCursor().position()
        if self.editor.true_text == applied != shown:
            self.editor.load(shown)
            self.editor.put_caret(place)
        else:
            self.editor.rebase(shown)
        self.judge()

    def keep(self) -> None:
        """Put an edit that was not applied by, for when its example is shown again."""
        if self._example_id is not None and self.is_edited and self._may_write():
            self._drafts[self._example_id] = Draft(self._base, self.editor.true_text)

    def keep_draft(self, example_id: int, text: str, base: bytes) -> None:
        """A text could not be applied; it is put by when its example is not shown any more."""
        self._sent = None
        if example_id != self._example_id:
            self._drafts[example_id] = Draft(base, text)

    @property
    def unapplied(self) -> int:
        """Examples whose JSON was edited and is not applied."""
        is_here = self.is_edited and self._may_write() and self.editor.true_text != self._sent
        return len(self._drafts.keys() - {self._example_id}) + is_here

    # Somebody else changed the example

    def _meet(self, body: bytes) -> None:
        """The example is `body` now, whatever the edit was begun with."""
        self._newer = body if body != self._base and self.is_edited else None
        self._show_conflict()

    def _show_conflict(self) -> None:
        if self._newer is None:
            self.conflict.hide()
        else:
            self.conflict.ask(_CHANGED, _CHOICES)
        self._show_state()

    @Slot(str)
    def _on_conflict_chosen(self, name: str) -> None:
        if name == "compare":
            name = self._compare()
        if name == "theirs":
            self._rebase()
            self.take_back()
        elif name == "mine":
            self._rebase()
            self.commit()

    def _compare(self) -> str:
        from finetune_studio.ui.write.compare_dialog import CompareDialog

        mine, base = self.editor.true_text, self._base
        self._base = self._newer or base
        theirs, self._base = self._original(), base
        dialog = CompareDialog("The example as JSON", theirs, mine, self.window())
        dialog.exec()
        dialog.deleteLater()
        return dialog.choice

    def _rebase(self) -> None:
        """Make the text an edit of what the example is now."""
        if self._newer is not None:
            self._base, self._newer = self._newer, None
            self.editor.rebase(self._original())
        self._show_conflict()

    @Slot()
    def take_back(self) -> None:
        """Forget the edit."""
        if self._can_edit:
            self._rebase()
            self.editor.load(self._original())
            self.judge()
            self.editor.setFocus()

    def _original(self) -> str:
        try:
            return lay_out(self._base)
        except InputError:
            return self._base.decode("utf-8", "replace").rstrip("\r\n")

    def _may_write(self) -> bool:
        return self._writable and self._can_edit

    @Slot()
    def judge(self) -> None:
        """Say what is wrong with the text, and where."""
        self._timer.stop()
        self._error = None
        if self._may_write():
            try:
                parse(self.editor.true_text.encode("utf-8", "surrogatepass"))
            except JsonSyntaxError as error:
                self._error = error
        self.editor.mark_wrong(None if self._error is None else (self._error.line, self._error.column))
        self._show_state()

    def _show_state(self) -> None:
        edited = self.is_edited
        self.editor.setReadOnly(not self._may_write())
        self.place.setVisible(self._error is not None)
        is_clear = self._error is None and self._newer is None
        self.apply.setEnabled(edited and is_clear and self._may_write())
        self.revert.setEnabled(edited and self._may_write())
        for button in (self.apply, self.revert):
            button.setVisible(self._may_write())
        if self._error is not None:
            self.problem.set_tone("error")
            self.problem.setText(self._error.text)
        else:
            self.problem.set_tone("secondary")
            self.problem.setText("Not applied yet." if edited else "")

    @Slot()
    def _on_place_clicked(self) -> None:
        if self._error is not None:
            self.editor.go_to(self._error.line, self._error.column)

    def eventFilter(self, watched: object, event: QEvent) -> bool:
        if not isinstance(event, QKeyEvent):
            return False
        is_apply = event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter) and event.modifiers() == _CONTROL
        if event.type() == QEvent.Type.ShortcutOverride and is_apply:
            event.accept()
            return True
        if event.type() == QEvent.Type.KeyPress and is_apply:
            self.commit()
            return True
        if event.type() == QEvent.Type.KeyPress and event.key() == Qt.Key.Key_Escape:
            self.leave_requested.emit()
            return True
        return False
