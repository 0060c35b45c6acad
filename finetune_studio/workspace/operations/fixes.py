"""Applying what the checks offer."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from finetune_studio.domain.changes import Changes
from finetune_studio.domain.diagnostic import Diagnostic
from finetune_studio.domain.edits import Edit, EditOp
from finetune_studio.domain.errors import InputError, StudioError
from finetune_studio.formats.patch import apply_edits
from finetune_studio.workspace.operations.editing import edit_example
from finetune_studio.workspace.task import TaskContext, silent_context

if TYPE_CHECKING:
    from finetune_studio.storage.rows import ExampleRow
    from finetune_studio.workspace.workspace import Workspace

_CHUNK = 200
_FUNCTIONS = "F017"


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


def turn_functions_into_tools(workspace: "Workspace", example_id: int) -> Changes:
    """Rewrite the deprecated `functions` and their calls, as rule F017 offers; one step."""
    found = workspace.lint.check_now(example_id, workspace.store.row(example_id).body)
    old = next((each for each in found if each.code == _FUNCTIONS and each.fix is not None), None)
    if old is None:
        raise StudioError(
            "These functions cannot be rewritten by themselves: their calls and answers do not pair up, "
            f"there are tools too, or rule {_FUNCTIONS} is off.",
            "Rewrite them in the JSON.",
        )
    return apply_fix(workspace, example_id, old)


def _is_of_dataset(diagnostic: Diagnostic) -> bool:
    """Whether the finding is of a rule that looks at all examples: one alone does not tell it."""
    from finetune_studio.lint.registry import rule_by_code
    from finetune_studio.lint.rule import DatasetRule

    return issubclass(rule_by_code(diagnostic.code), DatasetRule)


def apply_each(
    workspace: "Workspace", diagnostics: Sequence[Diagnostic], context: TaskContext | None = None
) -> FixReport:
    """Apply the fixes of these findings and of no other ones, as one step.

    A finding that is gone meanwhile is left out, and one whose place another fix has changed.
    """
    context = context or silent_context()
    by_example: dict[int, list[Diagnostic]] = {}
    for one in diagnostics:
        if one.location.example is not None and one.fix is not None:
            by_example.setdefault(one.location.example, []).append(one)
    fixed: Counter[str] = Counter()
    bodies: list[tuple[int, bytes]] = []
    ids = list(by_example)
    for start in range(0, len(ids), _CHUNK):
        for row in workspace.store.rows(ids[start : start + _CHUNK]):
            body, codes = with_fixes(row.body, _still_found(workspace, row, by_example[row.id]))
            if body != row.body:
                bodies.append((row.id, body))
                fixed.update(codes)
        context.progress(min(start + _CHUNK, len(ids)), len(ids), "Fixing")
    if not bodies:
        return FixReport(Changes(), 0, {})
    rules = ", ".join(sorted(fixed))
    with workspace.step("fix.all", {"count": len(bodies), "rule": rules}) as step:
        step.set_bodies(bodies)
    return FixReport(step.changes, len(bodies), dict(fixed))


def _still_found(workspace: "Workspace", row: "ExampleRow", wanted: Sequence[Diagnostic]) -> list[Diagnostic]:
    """Those that the checks find now, with the fixes of now."""
    now = workspace.lint.check_now(row.id, row.body)
    if any(_is_of_dataset(one) for one in wanted):
        now += [one for one in workspace.lint.findings_of(row.id) if _is_of_dataset(one)]
    places = Counter((one.code, one.location) for one in wanted)
    kept = []
    for one in now:
        if places[one.code, one.location] > 0:
            places[one.code, one.location] -= 1
            kept.append(one)
    return kept


def with_fixes(body: bytes, found: Sequence[Diagnostic]) -> tuple[bytes, list[str]]:
    """The last place first, so that the others stay where they are; what overlaps is left."""
    codes: list[str] = []
    touched: dict[str, int] = {}
    for one in sorted(found, key=_place, reverse=True):
        fix = one.fix
        if fix is None or not all(_is_free(edit, touched) for edit in fix.edits):
            continue
        try:
            body = apply_edits(body, fix.edits)
        except InputError:
            continue  # the place is gone: another fix took it
        codes.append(one.code)
        for edit in fix.edits:
            touched[edit.path] = edit.start or 0
    return body, codes


def _place(one: Diagnostic) -> tuple[int, str, int]:
    location = one.location
    index = -1 if location.message_index is None else location.message_index
    return index, location.field, location.start or 0


def _is_free(edit: Edit, touched: Mapping[str, int]) -> bool:
    """Whether no fix before has changed what this one changes: of one text, places further on may have."""
    if edit.op is EditOp.SPLICE and edit.path in touched:
        return edit.end is not None and edit.end <= touched[edit.path]
    return edit.path not in touched


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
