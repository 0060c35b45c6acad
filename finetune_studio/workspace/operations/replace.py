"""Find and replace over the dataset: the hits that a person ticked, as one step."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from finetune_studio.domain.changes import Changes
from finetune_studio.domain.edits import Edit, EditOp, pointer_parts
from finetune_studio.domain.id_set import IdSet
from finetune_studio.formats.quick_patch import with_texts
from finetune_studio.workspace.operations.rewriting import rewrite
from finetune_studio.workspace.queries.hits import Hits, HitText
from finetune_studio.workspace.task import TaskContext

if TYPE_CHECKING:
    from finetune_studio.workspace.workspace import Workspace

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
    workspace: "Workspace", hits: Hits, text: str, context: TaskContext | None = None
) -> ReplaceReport:
    """Put each hit's replacement in its place; `text` is what was sought, for the label.

    Only the characters of the hits are written anew. A hit without a replacement is left alone.
    """
    by_example: dict[int, list[HitText]] = {}
    for each in hits.texts:
        if each.replacements is not None:
            by_example.setdefault(each.example_id, []).append(each)
    replaced = 0

    def quickly(example_id: int, body: bytes) -> bytes | None:
        nonlocal replaced
        own = by_example[example_id]
        changed = with_texts(body, [(each.path, each.text, each.replaced()) for each in own])
        if changed is not None:
            replaced += sum(len(each.starts) for each in own)
        return changed

    def edits(example_id: int, value: Any) -> list[Edit]:
        nonlocal replaced
        wanted = _edits_of(by_example[example_id], value)
        replaced += len(wanted)
        return wanted

    shown = text if len(text) <= _LABEL else text[:_LABEL] + "…"
    report = rewrite(
        workspace,
        IdSet.of(by_example),
        edits,
        code="replace.text",
        context=context,
        quickly=quickly,
        text=shown,
    )
    total = sum(len(each.starts) for own in by_example.values() for each in own)
    return ReplaceReport(report.changes, report.n_examples, replaced, total - replaced)


def _edits_of(texts: Sequence[HitText], value: Any) -> list[Edit]:
    """Splices from the last hit of each text to the first, so that places stay right."""
    edits = []
    for each in texts:
        text = _at(value, each.path)
        if not isinstance(text, str):
            continue
        for number in range(len(each.starts) - 1, -1, -1):
            hit = each.hit(number)
            if text[hit.start : hit.end] == hit.found:
                edits.append(Edit(EditOp.SPLICE, each.path, hit.replacement, "", hit.start, hit.end))
    return edits


def _at(value: Any, path: str) -> object:
    for part in pointer_parts(path):
        try:
            value = value[int(part)] if isinstance(value, list) else value[part]
        except (KeyError, IndexError, ValueError, TypeError):
            return None
    found: object = value
    return found
