"""Changing the texts of many examples: one pass over their bytes, one step of the history."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from finetune_studio.domain.changes import Changes
from finetune_studio.domain.edits import Edit
from finetune_studio.domain.errors import StudioError
from finetune_studio.domain.id_set import IdSet
from finetune_studio.formats.quick_patch import QuickPatcher
from finetune_studio.formats.records import loads
from finetune_studio.workspace.queries.bodies import chunks_of
from finetune_studio.workspace.task import TaskContext, silent_context

if TYPE_CHECKING:
    from finetune_studio.workspace.workspace import Workspace

MakeEdits = Callable[[int, Any], Sequence[Edit]]
"""(example id, parsed value) -> the edits that it needs."""
Quickly = Callable[[int, bytes], bytes | None]
"""(example id, bytes) -> the new bytes at once; None where it takes the edits."""


@dataclass(frozen=True, slots=True)
class RewriteReport:
    """`n_examples` were changed of `seen`."""

    changes: Changes
    n_examples: int
    seen: int


def rewrite(
    workspace: "Workspace",
    ids: IdSet,
    make_edits: MakeEdits,
    *,
    code: str,
    context: TaskContext | None = None,
    options: Mapping[str, Any] | None = None,
    quickly: Quickly | None = None,
    **arguments: Any,
) -> RewriteReport:
    """Give every example of `ids` the edits that it needs, as one step; a cancel takes all of it back.

    `options` are settings of the dataset that change in the same step.
    """
    context = context or silent_context()
    connection = workspace.database.writer
    seen = 0

    def changed() -> Iterator[tuple[int, bytes]]:
        nonlocal seen
        patcher = QuickPatcher()
        for chunk in chunks_of(connection, ids):
            for example_id, body in chunk:
                new = None if quickly is None else quickly(example_id, body)
                if new is None:
                    new = patcher.apply(body, _edits_for(make_edits, example_id, body))
                if new != body:
                    yield example_id, new
            seen += len(chunk)
            context.progress(seen, len(ids), "Changing")

    with workspace.step(code, {"count": len(ids), **arguments}) as step:
        for key, option in (options or {}).items():
            step.set_option(key, option)
        touched = step.set_bodies(changed())
        step.set_argument("count", len(touched))
    return RewriteReport(step.changes, len(touched), seen)


def count_to_change(
    workspace: "Workspace", ids: IdSet, make_edits: MakeEdits, context: TaskContext | None = None
) -> int:
    """How many examples `rewrite` would change; for the pool."""
    context = context or silent_context()
    number = seen = 0
    for chunk in chunks_of(workspace.reader(), ids):
        number += sum(bool(_edits_for(make_edits, example_id, body)) for example_id, body in chunk)
        seen += len(chunk)
        context.progress(seen, len(ids), "Counting")
    return number


def _edits_for(make_edits: MakeEdits, example_id: int, body: bytes) -> Sequence[Edit]:
    try:
        value = loads(body)
    except StudioError:
        return ()
    return make_edits(example_id, value)
