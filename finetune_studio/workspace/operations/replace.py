"""Find and replace over the dataset: the hits that a person ticked, as one step."""

from collections.abc import Sequence
from dataclasses import dataclass
from operator import attrgetter
from typing import TYPE_CHECKING, Any

from finetune_studio.domain.changes import Changes
from finetune_studio.domain.edits import Edit, EditOp, pointer_parts
from finetune_studio.domain.id_set import IdSet
from finetune_studio.workspace.operations.rewriting import rewrite
from finetune_studio.workspace.queries.find import Hit
from finetune_studio.workspace.task import TaskContext

if TYPE_CHECKING:
    from finetune_studio.workspace.workspace import Workspace

_START = attrgetter("start")
_LABEL = 40
"""Characters of the text sought that the step's label shows."""


@dataclass(frozen=True, slots=True)
class ReplaceReport:
    """`replaced` hits in `n_examples`; `stale` ones were left: their text has changed since the search."""

    changes: Changes
    n_examples: int
    replaced: int
    stale: int


def replace_hits(
    workspace: "Workspace", hits: Sequence[Hit], text: str, context: TaskContext | None = None
) -> ReplaceReport:
    """Put each hit's replacement in its place; `text` is what was sought, for the label.

    Only the characters of the hits are written anew. A hit without a replacement is left alone.
    """
    by_example: dict[int, list[Hit]] = {}
    for hit in hits:
        if hit.replacement is not None:
            by_example.setdefault(hit.example_id, []).append(hit)
    replaced = 0

    def edits(example_id: int, value: Any) -> list[Edit]:
        nonlocal replaced
        wanted = _edits_of(by_example[example_id], value)
        replaced += len(wanted)
        return wanted

    shown = text if len(text) <= _LABEL else text[:_LABEL] + "…"
    report = rewrite(workspace, IdSet.of(by_example), edits, code="replace.text", context=context, text=shown)
    total = sum(map(len, by_example.values()))
    return ReplaceReport(report.changes, report.n_examples, replaced, total - replaced)


def _edits_of(hits: Sequence[Hit], value: Any) -> list[Edit]:
    """Splices from the last hit of each text to the first, so that places stay right."""
    by_path: dict[str, list[Hit]] = {}
    for hit in hits:
        by_path.setdefault(hit.path, []).append(hit)
    edits = []
    for path, found in by_path.items():
        text = _at(value, path)
        if not isinstance(text, str):
            continue
        for hit in sorted(found, key=_START, reverse=True):
            start, end = hit.start, hit.end
            if text[start:end] == hit.found:
                edits.append(Edit(EditOp.SPLICE, path, hit.replacement, "", start, end))
    return edits


def _at(value: Any, path: str) -> object:
    for part in pointer_parts(path):
        try:
            value = value[int(part)] if isinstance(value, list) else value[part]
        except (KeyError, IndexError, ValueError, TypeError):
            return None
    found: object = value
    return found
