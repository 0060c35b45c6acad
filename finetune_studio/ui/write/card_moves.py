"""Changes of the list of messages: shown at once, asked for by signals."""

from dataclasses import replace

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QWidget

from finetune_studio.domain.call_ids import new_ids
from finetune_studio.domain.edits import Edit, EditOp, pointer
from finetune_studio.domain.message import Message, Role
from finetune_studio.ui.write.call_summary import is_json
from finetune_studio.ui.write.card_focus import CardFocus
from finetune_studio.ui.write.message_rows import (
    INPUT,
    MESSAGES,
    NON_PREFERRED,
    PREFERRED,
    Row,
    answers_of,
    is_list_of_text,
    next_role,
    open_call_of,
    shape_of_message,
    with_ids,
)

LISTS = {
    MESSAGES: ("messages",),
    INPUT: ("input", "messages"),
    PREFERRED: ("preferred_output",),
    NON_PREFERRED: ("non_preferred_output",),
}


class CardMoves(CardFocus):
    """What a person may do to messages. Each method tells `commit_due` first, then asks with an index."""

    commit_due = Signal()
    role_change_requested = Signal(int, str)
    weight_change_requested = Signal(int, int)
    message_add_requested = Signal(int, str)
    delete_requested = Signal(int)
    move_requested = Signal(int, int)
    duplicate_requested = Signal(int)
    split_requested = Signal(int, int)
    merge_requested = Signal(int)
    edits_requested = Signal(object)
    command_requested = Signal(str)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._caret_editor: tuple[Row, int] | None = None

    # Changes

    def move_message(self, index: int, to_index: int) -> None:
        """Move a message so that it stands at `to_index`; nothing across the sides of a pair."""
        if index == to_index or not self._may_move(index, to_index):
            return
        self._begin()
        rows = self.rows()
        row = rows.pop(index)
        rows.insert(to_index, row)
        self._set_rows(rows, self._is_pair)
        card = self._bring(row)
        if card is not None:
            self._keep_in_sight(card, card.rect())
        self.move_requested.emit(index, to_index)

    def _may_move(self, index: int, to_index: int) -> bool:
        count = len(self._rows)
        inside = 0 <= index < count and 0 <= to_index < count
        return self._writable and inside and self._rows[index].side == self._rows[to_index].side

    def delete_message(self, index: int) -> None:
        """Take a message and the answers to its calls out; the focus goes to the one that follows."""
        if not self._has(index):
            return
        self._begin()
        had_focus = self._holds_focus()
        gone = {index, *answers_of(self._rows, index)}
        rows = [row for place, row in enumerate(self._rows) if place not in gone]
        if had_focus:
            self.setFocus()
        self._set_rows(rows, self._is_pair)
        if had_focus and rows:
            self.focus_message(min(index, len(rows) - 1))
        self.delete_requested.emit(index)

    def duplicate_message(self, index: int) -> None:
        """Put a copy after a message, with copies of the answers to its calls, and the caret into it."""
        if not self._has(index):
            return
        self._begin()
        answers = answers_of(self._rows, index)
        at = max(answers, default=index) + 1
        rows, shapes = self.rows(), [shape_of_message(row.message) for row in self._rows]
        known = list(dict.fromkeys(call_id for call_id in shapes[index].calls if call_id))
        names = dict(zip(known, new_ids(shapes, len(known)), strict=True))
        copies = [
            Row(with_ids(row.shown, names), row.side, tokens=row.tokens)
            for row in (rows[place] for place in (index, *answers))
        ]
        if copies[0].message.tool_call_id is not None:
            copies[0].message = replace(
                copies[0].message, tool_call_id=open_call_of(self._rows, at, rows[index].side)
            )
        rows[at:at] = copies
        self._set_rows(rows, self._is_pair)
        self.focus_message(at)
        self.duplicate_requested.emit(index)

    def change_role(self, index: int, role: str) -> None:
        if not self._has(index) or self._rows[index].message.role == role:
            return
        self._begin()
        row = self._rows[index]
        weight = row.message.weight if role == Role.ASSISTANT else None
        call_id = row.message.tool_call_id if role == Role.TOOL else None
        if role == Role.TOOL and call_id is None:
            call_id = open_call_of(self._rows, index, row.side)
        self._replace(row, role=role, weight=weight, tool_call_id=call_id)
        self.role_change_requested.emit(index, role)

    def toggle_weight(self, index: int) -> None:
        """Train on an assistant message, or not."""
        if not self._has(index) or self._rows[index].side != MESSAGES:
            return
        row = self._rows[index]
        if row.message.role != Role.ASSISTANT:
            return
        self._begin()
        weight = 1 if row.message.weight == 0 else 0
        self._replace(row, weight=weight)
        self.weight_change_requested.emit(index, weight)

    def add_message(self, index: int, role: str, side: str | None = None) -> None:
        """Put an empty message before the one at `index`, and the caret into it."""
        if not self._writable or not 0 <= index <= len(self._rows):
            return
        self._begin()
        side = side or self._side_at(index)
        is_alone = side != MESSAGES and all(row.side != side for row in self._rows)
        call_id = open_call_of(self._rows, index, side) if role == Role.TOOL else None
        self._insert(index, Row(Message(role, "", tool_call_id=call_id), side))
        if is_alone:
            value = {"role": role, "content": ""}
            self.edits_requested.emit([Edit(EditOp.ADD, pointer(*LISTS[side], "-"), value)])
        else:
            self.message_add_requested.emit(index, role)

    def add_next(self, index: int) -> None:
        """Add the turn that follows a message (-1: the first one)."""
        before = self._rows[index] if 0 <= index < len(self._rows) else None
        side = before.side if before is not None else None
        self.add_message(index + 1, next_role(before.message if before else None), side)

    def add_to_side(self, side: str, role: str) -> None:
        """Add a message at the end of a list of messages."""
        places = [n for n, row in enumerate(self._rows) if row.side == side]
        if places:
            index = places[-1] + 1
        else:
            order = (MESSAGES, INPUT, PREFERRED, NON_PREFERRED)
            index = sum(1 for row in self._rows if order.index(row.side) < order.index(side))
        self.add_message(index, role, side)

    def add_role(self, role: str) -> None:
        """Add a message of a role where it belongs: a system message first, others after the focused one."""
        if role in (Role.SYSTEM, Role.DEVELOPER):
            self.add_message(0, role, INPUT if self._is_pair else MESSAGES)
            return
        index = self.last_index()
        if 0 <= index < len(self._rows):
            self.add_message(index + 1, role, self._rows[index].side)
        else:
            self.add_to_side(INPUT if self._is_pair else MESSAGES, role)

    def split_message(self, index: int) -> None:
        """Cut a message in two where the caret is, or last was."""
        caret = self._caret_editor
        if not self._has(index) or caret is None or caret[0] is not self._rows[index]:
            return
        self._begin()
        row, at = self._rows[index], caret[1]
        text = row.text("/content")
        second = Message(row.message.role, text[at:].lstrip(), tool_calls=row.message.tool_calls)
        if row.message.tool_call_id is not None:
            second = replace(second, tool_call_id=open_call_of(self._rows, index + 1, row.side))
        self._replace(row, content=text[:at].rstrip(), tool_calls=())
        self._insert(index + 1, Row(second, row.side), at_end=False)
        self.split_requested.emit(index, at)

    def merge_message(self, index: int) -> None:
        """Append the next message's text to this one."""
        if not self._has(index) or not self._may_merge(index):
            return
        self._begin()
        row, following = self._rows[index], self._rows[index + 1]
        texts = [text for text in (row.text("/content"), following.text("/content")) if text]
        rows = self.rows()
        del rows[index + 1]
        calls = row.message.tool_calls + following.message.tool_calls
        self._replace(row, content="\n\n".join(texts), tool_calls=calls)
        self._set_rows(rows, self._is_pair)
        self.focus_message(index)
        self.merge_requested.emit(index)

    def _possible(self, index: int) -> dict[str, bool]:
        """Which of the actions of a card make sense for a message."""
        row = self._rows[index]
        is_text = isinstance(row.message.content, str)
        editor = self._caret_editor
        inside = editor is not None and 0 < editor[1] < len(row.text("/content")) and editor[0] is row
        can = {
            "move_up": self._may_move(index, index - 1),
            "move_down": self._may_move(index, index + 1),
            "split": is_text and inside,
            "merge": self._may_merge(index),
            "add_image": row.message.role == Role.USER,
            "plain": is_list_of_text(row.message.content),
            "pretty": row.message.role == Role.TOOL and is_json(row.text("/content")),
            "add_call": row.message.role == Role.ASSISTANT,
            "add_text": row.message.content is None and not row.shows_text and bool(row.message.tool_calls),
            **dict.fromkeys(("reword", "shorten"), is_text and bool(row.text("/content").strip())),
        }
        if not self._writable:
            can = {**can, **dict.fromkeys((*can, "delete", "duplicate", "role"), False)}
        return can

    def _may_merge(self, index: int) -> bool:
        """Two texts of one side; the answer of a tool would lose its call."""
        if not self._may_move(index, index + 1):
            return False
        both = [self._rows[place].message for place in (index, index + 1)]
        is_text = all(isinstance(each.content, str | None) for each in both)
        return is_text and not any(each.role in (Role.TOOL, Role.FUNCTION) for each in both)

    def _has(self, index: int) -> bool:
        return self._writable and 0 <= index < len(self._rows)

    def _begin(self) -> None:
        """What was typed goes first: the indices that follow count on it."""
        self.commit_due.emit()
        for row in self._rows:
            row.keep_drafts()

    def _insert(self, index: int, row: Row, at_end: bool = True) -> None:
        rows = self.rows()
        rows.insert(index, row)
        self._set_rows(rows, self._is_pair)
        self.focus_message(index, at_end)

    def _replace(self, row: Row, **fields: object) -> None:
        row.message = replace(row.message, **fields)  # type: ignore[arg-type]
        card = self._pool.card_of(row)
        if card is not None:
            self._fill(card, row)
            self._place()

    def _side_at(self, index: int) -> str:
        if self._rows:
            return self._rows[min(max(index - 1, 0), len(self._rows) - 1)].side
        return INPUT if self._is_pair else MESSAGES
