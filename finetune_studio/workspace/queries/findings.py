"""Findings as a person filters them: by severity, split, review state, and what is new since a version."""

from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from finetune_studio.domain.diagnostic import Diagnostic, Severity
from finetune_studio.domain.example import ReviewState
from finetune_studio.lint.registry import is_over_dataset
from finetune_studio.storage import versions
from finetune_studio.workspace.lint_state import members_of
from finetune_studio.workspace.queries.findings_then import FindingsThen, dataset_findings_then
from finetune_studio.workspace.queries.versions import ChangedExample, compare
from finetune_studio.workspace.task import TaskContext, silent_context

if TYPE_CHECKING:
    from finetune_studio.lint.facts import BatchFacts
    from finetune_studio.workspace.workspace import Workspace

NO_SPLIT = "none"
MOST_OLD_TEXTS = 5_000
"""Earlier texts that are checked again; of more changed examples than these every finding counts as new, and
of the dataset's those that name one."""
_PIECE = 200
_Key = tuple[str, str]


@dataclass(frozen=True, slots=True)
class FindingFilter:
    """Empty values let everything pass. `split` is a split's value or "none"; `since` a version's id."""

    severities: frozenset[Severity] = frozenset()
    split: str = ""
    status: ReviewState | None = None
    since: int | None = None

    @property
    def names_examples(self) -> bool:
        """Whether it asks for more than severities; a split or a state no finding about the whole passes."""
        return bool(self.split) or self.status is not None or self.since is not None

    @property
    def is_empty(self) -> bool:
        return not (self.severities or self.names_examples)


@dataclass(frozen=True, slots=True)
class _Since:
    """What came and what changed since a version, and what the checks say of the texts of then."""

    added: frozenset[int] = frozenset()
    changed: frozenset[int] = frozenset()
    before: dict[int, Counter[_Key]] = field(default_factory=dict)
    then: FindingsThen | None = None
    """What was said of the dataset; None where that would take too long to tell."""


def filtered_findings(
    workspace: "Workspace",
    wanted: FindingFilter,
    context: TaskContext | None = None,
    found: list[Diagnostic] | None = None,
) -> list[Diagnostic]:
    """Those of `found` that pass, without it of all findings; for the pool."""
    if found is None:
        found = workspace.lint.findings(limit=2**62)
    if wanted.is_empty:
        return found
    passes = _passes(workspace, wanted, context or silent_context())
    return list(_new_ones(passes, found))


def _passes(
    workspace: "Workspace", wanted: FindingFilter, context: TaskContext
) -> Callable[[Diagnostic, Counter[_Key]], bool]:
    ids = _ids(workspace, wanted)
    since = None if wanted.since is None else _since(workspace, wanted.since, context)

    def passes(one: Diagnostic, left: Counter[_Key]) -> bool:
        if wanted.severities and one.severity not in wanted.severities:
            return False
        if ids is not None and not any(each in ids for each in members_of(one)):
            return False
        return since is None or _is_new(one, since, left)

    return passes


def _new_ones(
    passes: Callable[[Diagnostic, Counter[_Key]], bool], found: Sequence[Diagnostic]
) -> Iterator[Diagnostic]:
    """Findings of one example come together: those it had before are counted off one by one."""
    left: Counter[_Key] = Counter()
    of: int | None = None
    for one in found:
        if one.location.example != of:
            left, of = Counter(), one.location.example
        if passes(one, left):
            yield one


def _is_new(one: Diagnostic, since: _Since, seen: Counter[_Key]) -> bool:
    """A finding of one example is new where that is, or where its earlier text had fewer of the same kind;
    one of the dataset where there was none like it."""
    if is_over_dataset(one.code):
        if since.then is not None:
            return not since.then.had(one)
        return any(each in since.added or each in since.changed for each in members_of(one))
    example_id = one.location.example
    if example_id is None or example_id in since.added:
        return example_id is not None
    if example_id not in since.changed:
        return False
    key = (one.code, one.message)
    seen[key] += 1
    before = since.before.get(example_id)
    return before is None or seen[key] > before[key]


def _since(workspace: "Workspace", version_id: int, context: TaskContext) -> _Since:
    found = compare(workspace, version_id)
    added = frozenset(one.example_id for one in found.added)
    changed = frozenset(one.example_id for one in found.changed)
    old = [*found.changed, *found.removed]
    if len(old) > MOST_OLD_TEXTS:
        return _Since(added, changed)
    earlier = _facts_of_old(workspace, old, context)
    before = {example_id: Counter[_Key]() for example_id in changed}
    for one in earlier.diagnostics if earlier is not None else ():
        if one.location.example in before:
            before[one.location.example][one.code, one.message] += 1
    if workspace.lint.facts is None:
        return _Since(added, changed, before)
    then = versions.read(workspace.reader(), version_id)
    findings = dataset_findings_then(workspace, then, sorted(added), earlier)
    context.check()
    return _Since(added, changed, before, FindingsThen(findings))


def _facts_of_old(
    workspace: "Workspace", old: Sequence[ChangedExample], context: TaskContext
) -> "BatchFacts | None":
    """What the checks measure and find now in the texts that the examples had."""
    from finetune_studio.workspace.lint_jobs import joined

    reader = workspace.reader()
    batches: list[BatchFacts] = []
    for start in range(0, len(old), _PIECE):
        context.check()
        bodies = []
        for one in old[start : start + _PIECE]:
            row = reader.execute("SELECT bytes FROM body WHERE id=?", (one.old,)).fetchone()
            if row is not None:
                bodies.append((one.example_id, bytes(row[0])))
        if bodies:
            batches.append(workspace.lint.facts_of_bodies(bodies))
    return joined(batches) if batches else None


def _ids(workspace: "Workspace", wanted: FindingFilter) -> set[int] | None:
    """The examples that the split and the state name; None when neither is asked for."""
    conditions, params = [], []
    if wanted.split:
        conditions.append("split IS ?")
        params.append(None if wanted.split == NO_SPLIT else wanted.split)
    if wanted.status is not None:
        conditions.append("status = ?")
        params.append(wanted.status.value)
    if not conditions:
        return None
    where = " AND ".join(["deleted_step IS NULL", *conditions])
    rows = workspace.reader().execute(f"SELECT id FROM example WHERE {where}", params)  # noqa: S608 (ours)
    return {example_id for (example_id,) in rows}
