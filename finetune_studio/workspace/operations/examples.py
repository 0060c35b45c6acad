"""Making, copying, deleting and moving whole examples."""

from collections.abc import Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

from finetune_studio.domain.changes import Changes
from finetune_studio.domain.example import Conversation, ExampleKind, PreferencePair, Record, ReviewState
from finetune_studio.domain.id_set import IdSet
from finetune_studio.domain.message import Message, Role
from finetune_studio.domain.split import Split
from finetune_studio.formats.records import encode
from finetune_studio.storage.rows import NewExample
from finetune_studio.workspace.operations.parts import in_parts
from finetune_studio.workspace.operations.splits import split_for_new_example
from finetune_studio.workspace.operations.tags import clean_tag
from finetune_studio.workspace.queries.prompts import dataset_prompt
from finetune_studio.workspace.task import TaskContext

if TYPE_CHECKING:
    from finetune_studio.workspace.workspace import Workspace

EMPTY_CONVERSATION = Conversation((Message(Role.USER, ""), Message(Role.ASSISTANT, "")))
EMPTY_PAIR = PreferencePair(
    Conversation((Message(Role.USER, ""),)), (Message(Role.ASSISTANT, ""),), (Message(Role.ASSISTANT, ""),)
)


def new_example(
    workspace: "Workspace",
    record: Record | None = None,
    after_id: int | None = None,
    tags: Sequence[str] = (),
    status: ReviewState = ReviewState.DRAFT,
) -> Changes:
    """Add one example, after another or at the end; without a record, an empty question and answer.

    The new id is the only one in the Changes. Empty ones start with the dataset's system prompt.
    """
    record = record or EMPTY_CONVERSATION
    if record in (EMPTY_CONVERSATION, EMPTY_PAIR):
        record = with_prompt(record, dataset_prompt(workspace))
    kind = ExampleKind.PREFERENCE if isinstance(record, PreferencePair) else ExampleKind.CONVERSATION
    return _insert(workspace, "example.new", encode(record), kind, after_id, tags, status)


def with_prompt(record: Record, text: str) -> Record:
    """The record with a system message before the others; as it is when the text is empty."""
    if not text:
        return record
    if isinstance(record, PreferencePair):
        return replace(record, input=replace(record.input, messages=_led(record.input.messages, text)))
    return replace(record, messages=_led(record.messages, text))


def _led(messages: tuple[Message, ...], text: str) -> tuple[Message, ...]:
    return (Message(Role.SYSTEM, text), *messages)


def duplicate_example(workspace: "Workspace", example_id: int) -> Changes:
    """Put a copy, as a draft with the same tags and in the same split, after an example."""
    row = workspace.store.row(example_id)
    return _insert(
        workspace, "example.duplicate", row.body, row.kind, example_id, row.tags, ReviewState.DRAFT, row.split
    )


def delete_examples(workspace: "Workspace", ids: IdSet, context: TaskContext | None = None) -> Changes:
    """Take examples out of the dataset; undo brings them back."""
    if not ids:
        return Changes()
    workspace.backups.make_before("bulk_delete", len(ids))
    with workspace.step("example.delete", {"count": len(ids)}) as step:
        for part in in_parts(ids, context):
            step.delete_examples(part)
    return step.changes


def move_example(workspace: "Workspace", example_id: int, before_id: int | None) -> Changes:
    """Put an example before another one, or at the end."""
    if example_id == before_id:
        return Changes()
    with workspace.step("example.move", {"example": example_id}) as step:
        step.move_example(example_id, before_id)
    return step.changes


def _insert(
    workspace: "Workspace",
    code: str,
    body: bytes,
    kind: ExampleKind,
    after_id: int | None,
    tags: Sequence[str],
    status: ReviewState,
    split: Split | None = None,
) -> Changes:
    if not body.endswith(b"\n"):
        body += b"\n"
    uid = workspace.new_uid()
    split = split or split_for_new_example(workspace, uid)
    example = NewExample(body=body, kind=kind, status=status, split=split, uid=uid)
    with workspace.step(code, {}) as step:
        ids = step.insert_examples([example], after_id=after_id)
        for tag in tags:
            step.add_tag(ids, clean_tag(tag))
    return step.changes
