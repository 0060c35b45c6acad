"""Bulk changes of what examples say to the model: the system prompt, what is trained, roles."""

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from finetune_studio.domain.edits import Edit, EditOp
from finetune_studio.domain.id_set import IdSet
from finetune_studio.domain.message import Role
from finetune_studio.workspace.operations.editing import message_lists
from finetune_studio.workspace.operations.rewriting import RewriteReport, count_to_change, rewrite
from finetune_studio.workspace.queries.prompts import (
    PROMPT,
    PROMPT_ROLES,
    all_ids,
    dataset_prompt,
    first_prompt,
    prompt_list,
)
from finetune_studio.workspace.task import TaskContext

if TYPE_CHECKING:
    from finetune_studio.workspace.workspace import Workspace


def set_system_prompt(
    workspace: "Workspace",
    ids: IdSet,
    text: str,
    append: bool = False,
    context: TaskContext | None = None,
) -> RewriteReport:
    """Write the first system (or developer) message of every example, or add one where there is none.

    With `append` the text goes behind what is there, after an empty line. An empty text
    takes the message out.
    """
    code = "prompt.append" if append else "prompt.set"
    return rewrite(
        workspace, ids, lambda _id, value: _prompt_edits(value, text, append), code=code, context=context
    )


def count_prompt_changes(
    workspace: "Workspace",
    ids: IdSet,
    text: str,
    append: bool = False,
    context: TaskContext | None = None,
) -> int:
    """How many examples `set_system_prompt` would change; for the pool."""
    return count_to_change(workspace, ids, lambda _id, value: _prompt_edits(value, text, append), context)


def set_dataset_prompt(
    workspace: "Workspace",
    text: str,
    *,
    following: bool = True,
    without: bool = False,
    other: bool = False,
    context: TaskContext | None = None,
) -> RewriteReport:
    """Give the dataset its system prompt and, in the same step, those examples that are to have it.

    `following` are the examples that have the old text, `without` those that have no system message,
    `other` those with a text of their own. An empty text takes the prompt (and the messages) out.
    """
    old = dataset_prompt(workspace)

    def edits(_id: int, value: Any) -> Sequence[Edit]:
        found = prompt_list(value)
        prompt = first_prompt(found[1]) if found is not None else None
        if prompt is None:
            wanted = without
        else:
            wanted = following if old and prompt == old else other
        return _prompt_edits(value, text, append=False) if wanted else ()

    ids = all_ids(workspace)
    options = {PROMPT: text or None}
    return rewrite(workspace, ids, edits, code="prompt.dataset", context=context, options=options)


def follow_dataset_prompt(
    workspace: "Workspace", ids: IdSet, context: TaskContext | None = None
) -> RewriteReport:
    """Give examples the dataset's system prompt; nothing where it has none."""
    text = dataset_prompt(workspace)
    return rewrite(
        workspace,
        ids,
        lambda _id, value: _prompt_edits(value, text, append=False) if text else (),
        code="prompt.follow",
        context=context,
    )


def train_last_answer(
    workspace: "Workspace", ids: IdSet, context: TaskContext | None = None
) -> RewriteReport:
    """Give every assistant message of conversations but the last a weight of 0."""
    return rewrite(workspace, ids, lambda _id, value: _last_only(value), code="weight.last", context=context)


def train_all_answers(
    workspace: "Workspace", ids: IdSet, context: TaskContext | None = None
) -> RewriteReport:
    """Take the weights out: what has none is trained."""
    return rewrite(workspace, ids, lambda _id, value: _no_weights(value), code="weight.all", context=context)


def retype_role(
    workspace: "Workspace", ids: IdSet, role: str, to: str, context: TaskContext | None = None
) -> RewriteReport:
    """Give every message of one role another; a weight goes where it is no longer the assistant's."""

    def edits(_id: int, value: Any) -> list[Edit]:
        wanted: list[Edit] = []
        for path, message in _messages(value):
            if message.get("role") == role and role != to:
                wanted.append(Edit(EditOp.REPLACE, f"{path}/role", to))
                if to != Role.ASSISTANT and "weight" in message:
                    wanted.append(Edit(EditOp.REMOVE, f"{path}/weight"))
        return wanted

    return rewrite(workspace, ids, edits, code="role.retype", context=context, role=role, to=to)


def _messages(value: Any) -> list[tuple[str, dict[str, Any]]]:
    return [
        (f"{path}/{position}", message)
        for path, messages in message_lists(value)
        for position, message in enumerate(messages)
        if isinstance(message, dict)
    ]


def _prompt_edits(value: Any, text: str, append: bool) -> Sequence[Edit]:
    found = prompt_list(value)
    if found is None:
        return ()
    path, messages = found
    first = messages[0] if messages else None
    if not isinstance(first, dict) or first.get("role") not in PROMPT_ROLES:
        return [Edit(EditOp.ADD, f"{path}/0", {"role": "system", "content": text})] if text else ()
    old = first.get("content")
    if append:
        if not text or not isinstance(old, str):
            return ()
        new = f"{old}\n\n{text}" if old else text
        return [Edit(EditOp.SPLICE, f"{path}/0/content", new[len(old) :], start=len(old), end=len(old))]
    if not text:
        return [Edit(EditOp.REMOVE, f"{path}/0")]
    return [Edit(EditOp.REPLACE, f"{path}/0/content", text)] if old != text else ()


def _last_only(value: Any) -> Sequence[Edit]:
    if not isinstance(value, dict) or not isinstance(value.get("messages"), list):
        return ()
    answers = [pair for pair in _messages(value) if pair[1].get("role") == Role.ASSISTANT]
    edits = [
        Edit(EditOp.REPLACE, f"{path}/weight", 0)
        for path, message in answers[:-1]
        if message.get("weight") != 0
    ]
    if answers and answers[-1][1].get("weight") not in (None, 1):
        edits.append(Edit(EditOp.REPLACE, f"{answers[-1][0]}/weight", 1))
    return edits


def _no_weights(value: Any) -> Sequence[Edit]:
    return [
        Edit(EditOp.REMOVE, f"{path}/weight") for path, message in _messages(value) if "weight" in message
    ]
