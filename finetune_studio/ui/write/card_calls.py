"""Tool calls of a conversation: added, removed and answered, shown at once and asked for by signals."""

from dataclasses import replace

from PySide6.QtCore import Signal

from finetune_studio.domain.call_ids import new_ids
from finetune_studio.domain.edits import Edit, EditOp, pointer
from finetune_studio.domain.errors import InputError
from finetune_studio.domain.message import Message, Role, ToolCall
from finetune_studio.formats.json_layout import one_line_text, pretty_text
from finetune_studio.ui.write.call_editor import skeleton_arguments
from finetune_studio.ui.write.card_moves import LISTS, CardMoves
from finetune_studio.ui.write.message_rows import INPUT, MESSAGES, Row, answers_of, shape_of_message


class CardCalls(CardMoves):
    """Keeps each call and its answer together; the operations do the same (workspace.operations.calls)."""

    text_edited = Signal(int, str, object)
    call_add_requested = Signal(int, str, str)
    call_remove_requested = Signal(int, int)
    answered_requested = Signal(int, str)

    def add_tool_call(self) -> None:
        """Add an assistant message that calls a tool, and the answer to it, at the end."""
        if not self._writable:
            return
        self._begin()
        side = INPUT if self._is_pair else MESSAGES
        call_id = new_ids([shape_of_message(row.message) for row in self._rows])[0]
        name, arguments = self._first_call()
        function = {"name": name, "arguments": arguments}
        call = {"id": call_id, "type": "function", "function": function}
        asking = Row(Message(Role.ASSISTANT, None, tool_calls=(ToolCall(call_id, name, arguments),)), side)
        asking.open_calls.add(0)
        answer = Row(Message(Role.TOOL, "", tool_call_id=call_id), side)
        places = [n for n, row in enumerate(self._rows) if row.side == side]
        index = places[-1] + 1 if places else 0
        rows = self.rows()
        rows[index:index] = [asking, answer]
        self._set_rows(rows, self._is_pair)
        self.focus_message(index)
        path = LISTS[side]
        self.edits_requested.emit(
            [
                Edit(
                    EditOp.ADD,
                    pointer(*path, "-"),
                    {"role": "assistant", "content": None, "tool_calls": [call]},
                ),
                Edit(
                    EditOp.ADD,
                    pointer(*path, "-"),
                    {"role": "tool", "tool_call_id": call_id, "content": ""},
                ),
            ]
        )

    def add_call(self, index: int) -> None:
        """Let an assistant message make one more call; an empty answer to it follows the others."""
        if not self._has(index) or self._rows[index].message.role != Role.ASSISTANT:
            return
        self._begin()
        row = self._rows[index]
        call_id = new_ids([shape_of_message(each.message) for each in self._rows])[0]
        name, arguments = self._first_call()
        after = max(answers_of(self._rows, index), default=index) + 1
        row.open_calls.add(len(row.message.tool_calls))
        row.message = replace(
            row.message, tool_calls=(*row.message.tool_calls, ToolCall(call_id, name, arguments))
        )
        row.is_measured = False
        rows = self.rows()
        rows.insert(after, Row(Message(Role.TOOL, "", tool_call_id=call_id), row.side))
        self._set_rows(rows, self._is_pair)
        card = self._bring(row)
        view = card.call_view(len(row.message.tool_calls) - 1) if card is not None else None
        if view is not None:
            view.focus_form()
        self.call_add_requested.emit(index, name, arguments)

    def remove_call(self, index: int, number: int) -> None:
        """Take a call out, and its answer."""
        if not self._has(index) or number >= len(self._rows[index].message.tool_calls):
            return
        self._begin()
        row = self._rows[index]
        call = row.message.tool_calls[number]
        gone = set(answers_of(self._rows, index, [call.id or ""]))
        calls = row.message.tool_calls[:number] + row.message.tool_calls[number + 1 :]
        row.open_calls = {n - (n > number) for n in row.open_calls if n != number}
        content = row.message.content
        row.message = replace(row.message, tool_calls=calls, content=content if calls else content or "")
        row.is_measured = False
        self.setFocus()
        self._set_rows([r for place, r in enumerate(self._rows) if place not in gone], self._is_pair)
        self.focus_message(self._index_of(row))
        self.call_remove_requested.emit(index, number)

    def choose_answered(self, index: int, call_id: str) -> None:
        """Say which call a tool message answers; an answer that had it takes the other one in turn."""
        if not self._has(index) or self._rows[index].message.tool_call_id == call_id:
            return
        self._begin()
        row = self._rows[index]
        old = row.message.tool_call_id
        for other in self._rows:
            if other.side == row.side and other.message.tool_call_id == call_id and old is not None:
                self._replace(other, tool_call_id=old)
        self._replace(row, tool_call_id=call_id)
        self.answered_requested.emit(index, call_id)

    def answerable(self, index: int) -> list[tuple[str, str, bool]]:
        """The calls that a tool message may answer: (id, name, whether another message answers it)."""
        row = self._rows[index]
        before = [each for each in self._rows[:index] if each.side == row.side]
        others = [each for each in self._rows if each.side == row.side and each is not row]
        answered = {each.message.tool_call_id for each in others}
        return [
            (call.id, call.name, call.id in answered)
            for each in before
            for call in each.message.tool_calls
            if call.id
        ]

    def lay_out_json(self, index: int, *, on_one_line: bool) -> None:
        """Write the JSON of a tool's answer on many lines or on one; other texts stay."""
        if not self._has(index):
            return
        self._begin()
        row = self._rows[index]
        try:
            text = (one_line_text if on_one_line else pretty_text)(row.text("/content"))
        except InputError:
            return
        row.set_text("/content", text)
        card = self._pool.card_of(row)
        if card is not None:
            self._fill(card, row)
            self._place()
        self.text_edited.emit(index, "/content", text)
        self.commit_due.emit()

    def _first_call(self) -> tuple[str, str]:
        """Name and empty arguments of the tool that a new call starts with."""
        tool = next(iter(self._tools), None)
        return (tool.name, skeleton_arguments(tool.parameters)) if tool is not None else ("", "{}")
