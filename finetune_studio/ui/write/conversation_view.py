"""The conversation editor: every message a card that can be edited in place, for 1 to 1,000 messages.

The view shows a change at once and asks for it by a signal; whoever owns the data confirms with
`update_example`. It knows nothing of the workspace (see conversation_controller.py).
"""

from collections.abc import Sequence

from PySide6.QtCore import QPoint, Qt, Signal, Slot
from PySide6.QtGui import QFocusEvent, QKeyEvent, QKeySequence
from PySide6.QtWidgets import QApplication, QWidget

from finetune_studio.domain.diagnostic import Diagnostic
from finetune_studio.domain.example import Conversation, Example, PreferencePair
from finetune_studio.domain.message import Message, Role
from finetune_studio.ui.widgets.text_edit import is_history_key
from finetune_studio.ui.write.add_row import AddRow
from finetune_studio.ui.write.card_looks import CardLooks
from finetune_studio.ui.write.card_menus import CardMenus
from finetune_studio.ui.write.message_body import is_preview
from finetune_studio.ui.write.message_card import MessageCard, card_action
from finetune_studio.ui.write.message_rows import Row, match_rows, sided_messages
from finetune_studio.ui.write.side_heading import SideHeading
from finetune_studio.workspace.operations.typed_text import TypedText

_ROLE_PREFIX = "role:"


class ConversationView(CardLooks):
    """Shows one example and lets a person change it.

    `text_edited(index, field, true text)` at each key; the texts wait in `take_drafts` until
    `commit_due`, or until the owner's own timer. The `_requested` signals come after `commit_due`, with
    indices as the view shows them now. `focus_message_changed(index)` is -1 when no message has the focus.
    `text_menu_requested(index, field, code point, place)` when a menu of a text is wanted.
    `text_pasted(index, text)` comes after a paste into a text. `leave_requested`: Escape in a text.
    `finding_pressed(index)`: the badge of a card. `undo_requested` and `redo_requested` come where no
    command of the window takes those keys.
    """

    text_pasted = Signal(int, object)
    text_menu_requested = Signal(int, str, int, QPoint)
    focus_message_changed = Signal(int)
    leave_requested = Signal()
    finding_pressed = Signal(int)
    draft_requested = Signal(str, int)
    undo_requested = Signal()
    redo_requested = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._example_id: int | None = None
        self._focus_index = -1
        self._menus = CardMenus(self)
        self._menus.chosen.connect(self._on_menus_chosen)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setAccessibleName("Conversation")

    # What is shown

    def set_example(
        self,
        example: Example | None,
        tokens_by_message: Sequence[int] | None = None,
        findings: Sequence[Diagnostic] = (),
    ) -> None:
        """Show another example from its top; drafts of the one before must have been taken."""
        focus = QApplication.focusWidget()
        if focus is not None and self.viewport().isAncestorOf(focus):
            self.setFocus()
        self._pool.forget(())
        self._slots, self._rows = [], []
        if self._focus_index != -1:
            self._focus_index = -1
            self.focus_message_changed.emit(-1)
        self.verticalScrollBar().setValue(0)
        self._example_id = example.id if example is not None else None
        rows = [Row(message, side) for side, message in sided_messages(example.record if example else None)]
        self._show(example, rows, tokens_by_message, findings)
        self._tell_focus()

    def update_example(
        self,
        example: Example,
        tokens_by_message: Sequence[int] | None = None,
        findings: Sequence[Diagnostic] | None = None,
    ) -> None:
        """The same example, changed: focus, caret and scroll stay."""
        if example.id != self._example_id:
            self.set_example(example, tokens_by_message, findings or ())
            return
        index = self.focused_index()
        rows = match_rows(self._rows, sided_messages(example.record))
        is_gone = index >= 0 and all(row is not self._rows[index] for row in rows)
        if is_gone:
            self.setFocus()
        self._show(example, rows, tokens_by_message, findings)
        if is_gone:
            self.focus_message(min(index, len(rows) - 1))
        self._tell_focus()

    def show_facts(self, tokens_by_message: Sequence[int] | None, findings: Sequence[Diagnostic]) -> None:
        """New token counts and findings of what is shown; counts that do not fit the messages are ignored."""
        self._take_tokens(self._rows, tokens_by_message)
        self._set_findings(self._rows, findings)
        for card in self.cards():
            if card.row is not None:
                card.show_facts(card.row, self._by_row.get(card.row.key, ()))

    def _show(
        self,
        example: Example | None,
        rows: list[Row],
        tokens: Sequence[int] | None,
        findings: Sequence[Diagnostic] | None,
    ) -> None:
        record = example.record if example is not None else None
        conversation = record.input if isinstance(record, PreferencePair) else record
        self._tools = conversation.tools if isinstance(conversation, Conversation) else ()
        self._take_tokens(rows, tokens)
        if findings is not None:
            self._set_findings(rows, findings)
        self._has_record = record is not None
        self._set_rows(rows, isinstance(record, PreferencePair))

    def _take_tokens(self, rows: Sequence[Row], tokens: Sequence[int] | None) -> None:
        if tokens is not None and len(tokens) == len(rows):
            for row, number in zip(rows, tokens, strict=True):
                row.tokens = number

    def set_writable(self, writable: bool) -> None:
        """A dataset that is open for reading only shows its texts and takes no change."""
        self._writable = writable
        self._set_rows(self._rows, self._is_pair)

    @property
    def is_writable(self) -> bool:
        return self._writable

    @property
    def example_id(self) -> int | None:
        return self._example_id

    def messages(self) -> list[Message]:
        """The messages as they are shown now, drafts included."""
        return [row.shown for row in self._rows]

    def caret(self) -> tuple[Row, int] | None:
        """The row in whose text the caret is, or was last, and the code point."""
        return self._caret_editor

    def is_empty(self) -> bool:
        """Whether no message says or calls anything."""
        return not any(message.text or message.tool_calls for message in self.messages())

    @property
    def shows_messages(self) -> bool:
        """Whether the example is a conversation or a pair."""
        return self._has_record

    # Drafts

    def has_drafts(self) -> bool:
        return any(row.drafts for row in self._rows)

    def take_drafts(self) -> list[TypedText]:
        """What was typed and not taken yet; it counts as kept now."""
        return [
            TypedText(n, path, text, base, row.message.role)
            for n, row in enumerate(self._rows)
            for path, text, base in row.keep_drafts()
        ]

    def drafts(self) -> list[tuple[int, str, str]]:
        """(message index, field, true text) of the same, without taking it."""
        return [(n, path, text) for n, row in enumerate(self._rows) for path, text in row.drafts.items()]

    # Showing a place

    def reveal(
        self,
        message_index: int,
        start: int | None = None,
        end: int | None = None,
        field: str = "/content",
    ) -> None:
        """Scroll to a message, focus it, and select code points `start` to `end` of a text of it."""
        if not 0 <= message_index < len(self._rows):
            return
        row = self._rows[message_index]
        parts = field.split("/")
        if len(parts) > 2 and parts[1] == "tool_calls" and parts[2].isdecimal():
            row.open_calls.add(int(parts[2]))
        if start is not None:
            self._unfold(row)
        card = self._bring(row)
        if card is None:
            return
        self._fill(card, row)
        self._place()
        editor = card.body.editor_of(field) if start is not None else None
        if editor is None:
            card.focus_text(at_end=False)
        else:
            editor.setFocus()
            editor.select(start or 0, (start or 0) if end is None else end)
        self._keep_caret_in_sight(card)

    def focused_index(self) -> int:
        """The message that has the focus, or -1."""
        return next((card.index for card in self.cards() if card.holds_focus()), -1)

    def last_index(self) -> int:
        """The message that has or last had the focus, or -1."""
        return self._focus_index if self._focus_index < len(self._rows) else -1

    def focus_first(self) -> None:
        """The caret to the message that had it last, else to one that waits to be written, or the first."""
        index = self.last_index()
        if index < 0:
            waits = (n for n, row in enumerate(self._rows) if row.is_blank)
            index = next(waits, 0)
        self.focus_message(index)

    # Keys and buttons of cards

    def _connect_card(self, card: MessageCard) -> None:
        card.edited.connect(self._on_card_edited)
        card.action.connect(self._on_card_action)
        card.history_key_pressed.connect(self.commit_due)
        card.height_changed.connect(self._on_card_height_changed)
        card.focus_entered.connect(self._on_card_focus_entered)
        card.focus_left.connect(self._on_card_focus_left)
        card.images_given.connect(self._on_card_images_given)
        card.caret_moved.connect(self._on_card_caret_moved)
        card.pasted.connect(self._on_card_pasted)
        card.menu_requested.connect(self._on_card_menu_requested)
        card.drag_moved.connect(self._on_card_drag_moved)
        card.drag_ended.connect(self._on_card_drag_ended)
        card.drag_cancelled.connect(self._on_card_drag_cancelled)

    def _connect_heading(self, heading: SideHeading) -> None:
        heading.command_requested.connect(self.command_requested)

    def _connect_add_row(self, row: AddRow) -> None:
        row.add_requested.connect(self._on_add_row_add_requested)
        row.draft_requested.connect(self._on_add_row_draft_requested)

    @Slot(object, str, object)
    def _on_card_edited(self, card: MessageCard, path: str, text: str) -> None:
        if card.row is not None:
            card.row.set_text(path, text)
            self._mark_prompt(card)
            self.text_edited.emit(card.index, path, text)

    @Slot(object, str, int, QPoint)
    def _on_card_menu_requested(self, card: MessageCard, path: str, position: int, place: QPoint) -> None:
        self.text_menu_requested.emit(card.index, path, position, place)

    @Slot(object, object)
    def _on_card_pasted(self, card: MessageCard, text: str) -> None:
        self.text_pasted.emit(card.index, text)

    @Slot(object, str)
    def _on_card_action(self, card: MessageCard, name: str) -> None:
        if card.row is not None:
            self._do(card.row, name)

    @Slot(object, str)
    def _on_menus_chosen(self, row: Row, name: str) -> None:
        if self._index_of(row) >= 0:
            self._do(row, name)

    def _do(self, row: Row, name: str) -> None:
        """Carry out what a key, a button or a menu asks for."""
        index = self._index_of(row)
        card = self._pool.card_of(row)
        if name.startswith(_ROLE_PREFIX):
            self.change_role(index, name.removeprefix(_ROLE_PREFIX))
        elif name in ("leave_up", "go_up", "leave_down", "go_down"):
            self._step(index, up=name.endswith("up"), moves_caret=name.startswith("leave"))
        elif name == "leave":
            self.commit_due.emit()
            self.leave_requested.emit()
        elif name == "preview":
            self.toggle_preview(index)
        elif name == "edit_text":
            self.edit_text(index)
        elif name == "collapse":
            self.toggle_collapsed(index)
        elif name == "finding":
            self.finding_pressed.emit(index)
        elif name == "copy":
            QApplication.clipboard().setText(row.shown.text.encode("utf-8", "replace").decode())
        elif name == "role_menu" and card is not None:
            self._menus.open_roles(row, card.header.role)
        elif name == "answer_menu" and card is not None:
            self._menus.open_answers(row, card.header.answers, self.answerable(index))
        elif name in ("reword", "shorten"):
            self.draft_requested.emit(name, index)
        elif name == "prompt_menu" and card is not None:
            self.open_prompt_menu(row, card.header.prompt)
        elif name == "more_menu" and card is not None:
            shows_preview = is_preview(row, self._look)
            self._menus.open_more(row, card.header.more, self._possible(index), shows_preview)
        elif self._writable:
            self._change(index, name)

    def _change(self, index: int, name: str) -> None:
        changes = {
            "add_next": self.add_next,
            "delete": self.delete_message,
            "duplicate": self.duplicate_message,
            "toggle_weight": self.toggle_weight,
            "split": self.split_message,
            "merge": self.merge_message,
        }
        if self._do_with_parts(index, name):
            return
        if name in ("move_up", "move_down"):
            self.move_message(index, index + (1 if name == "move_down" else -1))
        elif name == "add_text":
            self._show_text_field(index)
        elif name in changes:
            changes[name](index)

    # Focus

    @Slot(object)
    def _on_card_focus_entered(self, card: MessageCard) -> None:
        self._tell_focus()
        if card.focused_editor() is None:
            self._keep_in_sight(card, card.rect())

    @Slot(object)
    def _on_card_focus_left(self, card: MessageCard) -> None:
        self.commit_due.emit()

    def _tell_focus(self) -> None:
        index = self.focused_index()
        if index >= 0 and index != self._focus_index:
            self._focus_index = index
            self.focus_message_changed.emit(index)
        elif not self._rows and self._focus_index != -1:
            self._focus_index = -1
            self.focus_message_changed.emit(-1)

    @Slot(object)
    def _on_card_caret_moved(self, card: MessageCard) -> None:
        editor = card.focused_editor()
        if editor is not None and card.row is not None:
            self._caret_editor = (card.row, editor.position())
            self._keep_caret_in_sight(card)

    @Slot(object)
    def _on_card_height_changed(self, card: MessageCard) -> None:
        if card.row is not None:
            card.row.is_measured = False
            self._place()
            self._keep_caret_in_sight(card)

    def focusInEvent(self, event: QFocusEvent) -> None:
        super().focusInEvent(event)
        if event.reason() == Qt.FocusReason.TabFocusReason:
            self._focus_edge(first=True)
        elif event.reason() == Qt.FocusReason.BacktabFocusReason:
            self._focus_edge(first=False)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        name = card_action(event)
        index = self.last_index()
        if is_history_key(event):
            is_undo = event.matches(QKeySequence.StandardKey.Undo)
            (self.undo_requested if is_undo else self.redo_requested).emit()
        elif name == "leave":
            self.leave_requested.emit()
        elif name == "add_next" and self._writable:
            self.add_next(index if index >= 0 else len(self._rows) - 1)
        elif name and index >= 0:
            self._do(self._rows[index], name)
        else:
            super().keyPressEvent(event)

    # Adding

    @Slot()
    def _on_add_row_draft_requested(self) -> None:
        self.draft_requested.emit("reply", -1)

    @Slot(str, str)
    def _on_add_row_add_requested(self, side: str, role: str) -> None:
        if role == Role.TOOL:
            self.add_tool_call()
        else:
            self.add_to_side(side, role)
