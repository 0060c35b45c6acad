"""Tags of examples."""

import unicodedata
from typing import TYPE_CHECKING

from finetune_studio.domain.changes import Changes
from finetune_studio.domain.errors import UsageError
from finetune_studio.domain.id_set import IdSet
from finetune_studio.workspace.operations.parts import in_parts
from finetune_studio.workspace.task import TaskContext

if TYPE_CHECKING:
    from finetune_studio.workspace.workspace import Workspace

MAX_TAG_LENGTH = 100


def clean_tag(tag: str) -> str:
    """A tag as it is kept: NFC, single spaces, no quotes or commas; UsageError when empty or too long."""
    text = " ".join(unicodedata.normalize("NFC", tag).replace('"', " ").replace(",", " ").split())
    if not text or not text.isprintable():
        raise UsageError("A tag needs at least one visible character.")
    if len(text) > MAX_TAG_LENGTH:
        raise UsageError(f"A tag has at most {MAX_TAG_LENGTH} characters.")
    return text


def add_tag(workspace: "Workspace", ids: IdSet, tag: str, context: TaskContext | None = None) -> Changes:
    """Give examples a tag; those that have it keep it."""
    name = clean_tag(tag)
    if not ids:
        return Changes()
    with workspace.step("tag.add", {"tag": name, "count": len(ids)}) as step:
        for part in in_parts(ids, context):
            step.add_tag(part, name)
    return step.changes


def remove_tag(workspace: "Workspace", ids: IdSet, tag: str, context: TaskContext | None = None) -> Changes:
    """Take a tag from examples."""
    if not ids:
        return Changes()
    with workspace.step("tag.remove", {"tag": tag, "count": len(ids)}) as step:
        for part in in_parts(ids, context):
            step.remove_tag(part, tag)
    return step.changes
