"""Findings and token counts of the example that is shown, with what was typed and not kept yet."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from finetune_studio.domain.diagnostic import Diagnostic
from finetune_studio.domain.edits import Edit, EditOp
from finetune_studio.domain.errors import StudioError
from finetune_studio.formats.patch import apply_edits
from finetune_studio.formats.records import loads
from finetune_studio.workspace.operations.editing import locate_message

if TYPE_CHECKING:
    from finetune_studio.workspace.workspace import Workspace

Draft = tuple[int, str, str]
"""(message index, field, text)"""


@dataclass(frozen=True, slots=True)
class ExampleFacts:
    """What a check of the shown example gave; `by_message` in reading order."""

    example_id: int
    findings: tuple[Diagnostic, ...] = ()
    by_message: tuple[int, ...] = ()
    tokens: int = 0
    trained: int = 0
    about: bool = False


def with_drafts(body: bytes, drafts: Sequence[Draft]) -> bytes:
    """The body as it will be when what was typed is kept."""
    if not drafts:
        return body
    value = loads(body)
    edits = [
        Edit(EditOp.REPLACE, locate_message(value, index)[0] + field, text) for index, field, text in drafts
    ]
    return apply_edits(body, edits)


def check_example(workspace: "Workspace", example_id: int, drafts: Sequence[Draft]) -> ExampleFacts:
    """Check and count an example with its drafts, for the pool; groups come from the last whole check."""
    from finetune_studio.lint.registry import rule_by_code
    from finetune_studio.lint.rule import DatasetRule

    body = with_drafts(workspace.examples().row(example_id).body, drafts)
    own, counted = workspace.lint.check_and_count(example_id, body)
    groups = []
    for found in workspace.lint.findings_of(example_id):
        try:
            is_group = issubclass(rule_by_code(found.code), DatasetRule)
        except (KeyError, StudioError):
            is_group = False
        if is_group:
            groups.append(found)
    all_found = (*own, *groups)
    if counted is None:
        return ExampleFacts(example_id, all_found)
    return ExampleFacts(example_id, all_found, counted.by_message, counted.total, counted.loss, counted.about)
