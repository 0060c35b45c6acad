"""A new example for a class that has few: with its tag, its label as the answer, or its system prompt."""

from typing import TYPE_CHECKING

from finetune_studio.domain.changes import Changes
from finetune_studio.domain.errors import StudioError
from finetune_studio.domain.example import Conversation
from finetune_studio.domain.message import Message, Role
from finetune_studio.formats.records import loads
from finetune_studio.lint.view import ExampleView
from finetune_studio.workspace.operations.examples import new_example
from finetune_studio.workspace.queries.examples import list_ids

if TYPE_CHECKING:
    from finetune_studio.workspace.workspace import Workspace


def new_example_like(workspace: "Workspace", query: str, tag: str = "", label: str = "") -> Changes:
    """Add an example after the first one that `query` finds: its system prompt, an empty question, and the
    label for an answer; raises StudioError where it finds none."""
    ids = list_ids(workspace, query)
    if not len(ids):
        raise StudioError("There is no such example any more.", "Look at the chart again.")
    row = workspace.store.row(ids[0])
    view = ExampleView(row.id, row.body, loads(row.body))
    first = view.messages[0] if view.messages else None
    prompt: tuple[Message, ...] = ()
    if first is not None and first.role in ("system", "developer"):
        prompt = (Message(Role(first.role), "\n".join(text for _, text in first.all_texts())),)
    record = Conversation((*prompt, Message(Role.USER, ""), Message(Role.ASSISTANT, label)))
    return new_example(workspace, record, row.id, (tag,) if tag else ())
