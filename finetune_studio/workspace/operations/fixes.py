"""Applying what the checks offer."""

from dataclasses import dataclass
from typing import TYPE_CHECKING

from finetune_studio.domain.changes import Changes
from finetune_studio.domain.diagnostic import Diagnostic
from finetune_studio.domain.errors import StudioError
from finetune_studio.workspace.operations.editing import edit_example
from finetune_studio.workspace.task import TaskContext, silent_context

if TYPE_CHECKING:
    from finetune_studio.workspace.workspace import Workspace

_CHUNK = 200


@dataclass(frozen=True, slots=True)
class FixReport:
    """What fix_all did; `fixed` counts fixes by rule."""

    changes: Changes
    n_examples: int
    fixed: dict[str, int]


def apply_fix(workspace: "Workspace", example_id: int, diagnostic: Diagnostic) -> Changes:
    """Apply one finding's fix; raises StudioError when the example has changed and the finding is gone."""
    if _is_of_dataset(diagnostic):
        current = workspace.lint.findings_of(example_id)
    else:
        current = workspace.lint.check_now(example_id, workspace.store.row(example_id).body)
    same = next(
        (
            found
            for found in current
            if (found.code, found.location) == (diagnostic.code, diagnostic.location)
        ),
        None,
    )
    fix = same.fix if same is not None else None
    if fix is None or not fix.edits:
        raise StudioError(
            "This finding is out of date.", "The example has changed; look at its findings again."
        )
    return edit_example(
        workspace, example_id, lambda _value: fix.edits, code="fix.apply", rule=diagnostic.code
    )


def _is_of_dataset(diagnostic: Diagnostic) -> bool:
    """Whether the finding is of a rule that looks at all examples: one alone does not tell it."""
    from finetune_studio.lint.registry import rule_by_code
    from finetune_studio.lint.rule import DatasetRule

    return issubclass(rule_by_code(diagnostic.code), DatasetRule)


def fix_all(
    workspace: "Workspace",
    code: str | None = None,
    unsafe: bool = False,
    context: TaskContext | None = None,
) -> FixReport:
    """Apply every safe fix (with `unsafe`, those that need a look too), of one rule or of all, as one step.

    Goes through the examples that have a finding with a fix; each is checked again until nothing is left.
    """
    context = context or silent_context()
    ids = workspace.lint.ids_with(
        lambda found: found.fix is not None and (code is None or found.code == code)
    )
    codes = None if code is None else frozenset({code})
    fixed: dict[str, int] = {}
    bodies: list[tuple[int, bytes]] = []
    for start in range(0, len(ids), _CHUNK):
        rows = workspace.store.rows(ids[start : start + _CHUNK])
        outcomes = workspace.lint.fix_bodies([row.body for row in rows], codes, unsafe)
        for row, outcome in zip(rows, outcomes, strict=True):
            if outcome.body != row.body:
                bodies.append((row.id, outcome.body))
                for rule, count in outcome.fixed.items():
                    fixed[rule] = fixed.get(rule, 0) + count
        context.progress(min(start + _CHUNK, len(ids)), len(ids), "Fixing")
    if not bodies:
        return FixReport(Changes(), 0, {})
    if unsafe:
        workspace.backups.make_before("fix_all")
    with workspace.step("fix.all", {"count": len(bodies), "rule": code or ""}) as step:
        step.set_bodies(bodies)
    return FixReport(step.changes, len(bodies), fixed)
