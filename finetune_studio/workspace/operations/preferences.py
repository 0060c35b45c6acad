"""Preference pairs: out of conversations, back into conversations, and with their answers swapped."""

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Any

from finetune_studio.domain.edits import Edit, EditOp, pointer
from finetune_studio.domain.example import ExampleKind
from finetune_studio.domain.id_set import IdSet
from finetune_studio.domain.message import Role
from finetune_studio.formats.records import kind_of_value
from finetune_studio.workspace.operations.rewriting import RewriteReport, rewrite
from finetune_studio.workspace.task import TaskContext

if TYPE_CHECKING:
    from finetune_studio.workspace.workspace import Workspace

_PREFERRED, _OTHER = "preferred_output", "non_preferred_output"
_SHARED = ("tools", "parallel_tool_calls")
"""What stands beside the messages of a conversation, and beside those of a pair's input."""


def make_pairs(
    workspace: "Workspace", ids: IdSet, copy: bool = False, context: TaskContext | None = None
) -> RewriteReport:
    """Make the last answer of each conversation the preferred one of a pair.

    The other answer is empty, or with `copy` the same to begin with. Examples that are no conversation,
    or do not end with an answer, stay as they are.
    """
    return _rewrite(workspace, ids, lambda value: _pair_edits(value, copy), "pair.make", context)


def keep_answer(
    workspace: "Workspace", ids: IdSet, preferred: bool = True, context: TaskContext | None = None
) -> RewriteReport:
    """Make a conversation of each pair: its input with one of the two answers."""
    code = "pair.keep_preferred" if preferred else "pair.keep_other"
    return _rewrite(workspace, ids, lambda value: _keep_edits(value, preferred), code, context)


def swap_answers(workspace: "Workspace", ids: IdSet, context: TaskContext | None = None) -> RewriteReport:
    """Make the preferred answer of each pair the non-preferred one, and the other way round."""
    return _rewrite(workspace, ids, _swap_edits, "pair.swap", context)


def _rewrite(
    workspace: "Workspace",
    ids: IdSet,
    edits: Callable[[Any], Sequence[Edit]],
    code: str,
    context: TaskContext | None,
) -> RewriteReport:
    return rewrite(workspace, ids, lambda _id, value: edits(value), code=code, context=context)


def _pair_edits(value: Any, copy: bool) -> list[Edit]:
    if kind_of_value(value) is not ExampleKind.CONVERSATION:
        return []
    messages = value["messages"]
    last = messages[-1] if messages else None
    taken = {"input", _PREFERRED, _OTHER}
    if not isinstance(last, dict) or last.get("role") != Role.ASSISTANT or not taken.isdisjoint(value):
        return []
    answer = {key: each for key, each in last.items() if key != "weight"}
    other = answer if copy else {"role": Role.ASSISTANT.value, "content": ""}
    edits = [
        Edit(EditOp.REPLACE, "/input", {}),
        Edit(EditOp.REPLACE, f"/{_PREFERRED}", []),
        Edit(EditOp.MOVE, f"/messages/{len(messages) - 1}", to=f"/{_PREFERRED}/0"),
        Edit(EditOp.MOVE, "/messages", to="/input/messages"),
        *(Edit(EditOp.MOVE, f"/{key}", to=f"/input/{key}") for key in _SHARED if key in value),
        Edit(EditOp.REPLACE, f"/{_OTHER}", [other]),
    ]
    if "weight" in last:
        edits.append(Edit(EditOp.REMOVE, f"/{_PREFERRED}/0/weight"))
    return edits


def _keep_edits(value: Any, preferred: bool) -> list[Edit]:
    if kind_of_value(value) is not ExampleKind.PREFERENCE:
        return []
    given = value.get("input", {})
    kept = _PREFERRED if preferred else _OTHER
    answers = value.get(kept, [])
    others = [key for key in given if key != "messages"]
    if not answers or any(key in value for key in ("messages", *others)):
        return []
    edits = [
        Edit(EditOp.MOVE, "/input/messages", to="/messages")
        if "messages" in given
        else Edit(EditOp.REPLACE, "/messages", [])
    ]
    edits += [Edit(EditOp.MOVE, f"/{kept}/0", to="/messages/-") for _ in answers]
    edits += [Edit(EditOp.MOVE, pointer("input", key), to=pointer(key)) for key in others]
    edits += [Edit(EditOp.REMOVE, f"/{key}") for key in ("input", _PREFERRED, _OTHER) if key in value]
    return edits


def _swap_edits(value: Any) -> list[Edit]:
    if kind_of_value(value) is not ExampleKind.PREFERENCE or not {_PREFERRED, _OTHER} <= value.keys():
        return []
    first, second = value[_PREFERRED], value[_OTHER]
    if first == second:
        return []
    moves = [Edit(EditOp.MOVE, f"/{_PREFERRED}/0", to=f"/{_OTHER}/-") for _ in first]
    return moves + [Edit(EditOp.MOVE, f"/{_OTHER}/0", to=f"/{_PREFERRED}/-") for _ in second]
