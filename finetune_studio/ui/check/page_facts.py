"""What page Check shows beside the chosen view, read in the pool. No Qt."""

from collections import Counter
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

from finetune_studio.domain.diagnostic import Applicability, Diagnostic, Severity
from finetune_studio.lint.registry import all_rules
from finetune_studio.storage.versions import VersionRow
from finetune_studio.ui.check.groups import PROMPTS, prompt_groups, without_gone
from finetune_studio.ui.check.option_trials import Trial
from finetune_studio.workspace.lint_config import suppressions_of
from finetune_studio.workspace.lint_session import LintSummary
from finetune_studio.workspace.lint_state import members_of
from finetune_studio.workspace.operations.options import RULES_OFF
from finetune_studio.workspace.queries.findings import FindingFilter, filtered_findings
from finetune_studio.workspace.queries.versions import list_versions
from finetune_studio.workspace.readiness import ReadinessReport, counted, readiness
from finetune_studio.workspace.task import TaskContext

if TYPE_CHECKING:
    from finetune_studio.workspace.workspace import Workspace

ALL_RULES = "*"
"""Stands for the findings of all rules together."""


@dataclass(frozen=True, slots=True)
class RuleRow:
    """A rule in the list, with the number of its findings."""

    code: str
    name: str
    severity: Severity
    count: int
    aside: int = 0
    is_off: bool = False
    """Switched off by the person."""


@dataclass(frozen=True, slots=True)
class AsideRow:
    """Something set aside. `example_id` None: everywhere; `is_used` False: it matches no finding now."""

    id: int
    code: str
    example_id: int | None
    rank: int | None
    reason: str
    is_used: bool
    is_everywhere: bool


@dataclass(frozen=True, slots=True)
class PageFacts:
    """One look at the checks."""

    summary: LintSummary
    report: ReadinessReport
    rules: tuple[RuleRow, ...] = ()
    aside: tuple[AsideRow, ...] = ()
    total: int = 0
    unreadable: int = 0
    passed: tuple[Diagnostic, ...] | None = None
    """The findings that the filter lets through, severities aside; None where there is no filter."""
    versions: tuple[VersionRow, ...] = ()

    @property
    def counts(self) -> dict[Severity, int]:
        """Findings by severity, as filtered."""
        found = Counter[Severity]()
        for row in self.rules:
            found[row.severity] += row.count
        return {severity: found[severity] for severity in Severity}

    def rule(self, code: str) -> RuleRow | None:
        return next((row for row in self.rules if row.code == code), None)

    def with_counts(self, code: str, counts: Mapping[Severity, int]) -> "PageFacts":
        """The same with other numbers of findings of a rule, at its place in the list."""
        at = next((n for n, row in enumerate(self.rules) if row.code == code), None)
        if at is None:
            return self
        row = self.rules[at]
        rows = [replace(row, severity=severity, count=count) for severity, count in counts.items() if count]
        others = (other for other in self.rules[at:] if other.code != code)
        return replace(self, rules=(*self.rules[:at], *(rows or [replace(row, count=0)]), *others))

    @property
    def unused(self) -> list[AsideRow]:
        """What was set aside and matches no finding any more."""
        return [row for row in self.aside if not row.is_used]

    def aside_of(self, code: str) -> list[AsideRow]:
        return [row for row in self.aside if code.startswith(row.code)]


def page_facts(
    workspace: "Workspace",
    wanted: FindingFilter | None = None,
    trial: Trial | None = None,
    context: TaskContext | None = None,
) -> PageFacts:
    """Read everything once; for the pool. `trial` is of the rule that is shown."""
    workspace.ranks()
    store = workspace.examples()
    wanted = wanted or FindingFilter()
    versions = tuple(list_versions(workspace))
    if wanted.since not in {row.id for row in versions}:
        wanted = replace(wanted, since=None)
    passed = None
    tried = None if wanted.since is not None else _tried(workspace, trial)
    if not wanted.is_empty:
        passed = tuple(filtered_findings(workspace, wanted, context, _with_tried(workspace, trial, tried)))
    facts = PageFacts(
        summary=workspace.lint.summary,
        report=readiness(workspace),
        rules=tuple(_rules(workspace, passed)),
        passed=passed,
        versions=versions,
        aside=tuple(_aside(workspace)),
        total=store.count(),
        unreadable=len(store.unreadable_lines()),
    )
    if trial is None or tried is None or passed is not None:
        return facts
    return facts.with_counts(trial.code, _by_severity(tried))


@dataclass(frozen=True, slots=True)
class RuleFindings:
    """Findings of a rule in the order of the examples, and what there is to say of all of them."""

    code: str
    found: list[Diagnostic]
    text: str
    fixable: int = 0
    has_text: bool = False
    is_groups: bool = False
    is_filtered: bool = False
    counts: Mapping[Severity, int] = field(default_factory=dict)
    """Findings by severity; of system prompts there are more than groups."""


def findings_of_rule(
    workspace: "Workspace",
    code: str,
    passed: Sequence[Diagnostic] | None = None,
    severities: Collection[Severity] = (),
    trial: Trial | None = None,
) -> RuleFindings:
    """Findings of one rule, or of ALL_RULES with these severities, in order; for the pool, as there may be a
    hundred thousand. `passed` are those that a filter lets through, with those of the trial."""
    if passed is not None:
        found = [one for one in passed if code in (ALL_RULES, one.code)]
    elif (tried := _tried(workspace, trial)) is not None:
        found = tried
    else:
        found = workspace.lint.findings(code=None if code == ALL_RULES else code, limit=2**62)
    if severities:
        found = [one for one in found if one.severity in severities]
    is_filtered = passed is not None or (code == ALL_RULES and bool(severities))
    return _shown(workspace, code, found, is_filtered)


def tried_findings(workspace: "Workspace", trial: Trial, wanted: FindingFilter) -> RuleFindings:
    """What a rule would find with other options, as findings_of_rule; for the pool."""
    found = workspace.lint.try_options(trial.code, trial.options)
    if not wanted.is_empty:
        found = filtered_findings(workspace, wanted, found=found)
    return _shown(workspace, trial.code, found, not wanted.is_empty)


def _tried(workspace: "Workspace", trial: Trial | None) -> list[Diagnostic] | None:
    """What the rule that is shown finds, where the findings of the dataset are those of other options."""
    if trial is None or not (trial.options or workspace.lint.lags(trial.code)):
        return None
    return workspace.lint.try_options(trial.code, trial.options)


def _with_tried(
    workspace: "Workspace", trial: Trial | None, tried: list[Diagnostic] | None
) -> list[Diagnostic] | None:
    if trial is None or tried is None:
        return None
    return tried + [one for one in workspace.lint.findings(limit=2**62) if one.code != trial.code]


def _shown(workspace: "Workspace", code: str, found: list[Diagnostic], is_filtered: bool) -> RuleFindings:
    counts = _by_severity(found)
    found = _in_order(workspace, found)
    if code == PROMPTS:
        found = prompt_groups(found)
    is_groups = code != ALL_RULES and any(one.related for one in found)
    if is_groups:
        ranks = workspace.ranks()
        found = without_gone(found, lambda example_id: ranks.rank_of(example_id) is not None)
    fixes = [one.fix for one in found if can_fix(one)]
    return RuleFindings(
        code,
        found,
        _groups_text(found) if is_groups else _findings_text(found),
        len(fixes),
        any(one.location.start is not None for one in found),
        is_groups,
        is_filtered,
        counts,
    )


def _by_severity(found: Sequence[Diagnostic]) -> Mapping[Severity, int]:
    return Counter(one.severity for one in found)


def can_fix(finding: Diagnostic) -> bool:
    """Whether there is a fix that can be applied."""
    fix = finding.fix
    return fix is not None and bool(fix.edits) and fix.applicability is not Applicability.DISPLAY_ONLY


def _findings_text(found: list[Diagnostic]) -> str:
    """`5 findings in 4 examples`."""
    examples = {one.location.example for one in found} - {None}
    text = counted(len(found), "finding")
    return f"{text} in {counted(len(examples), 'example')}" if examples else text


def _groups_text(found: list[Diagnostic]) -> str:
    """`3 groups, 7 examples`."""
    members = {example for one in found for example in members_of(one)}
    return f"{counted(len(found), 'group')}, {counted(len(members), 'example')}"


def _in_order(workspace: "Workspace", found: list[Diagnostic]) -> list[Diagnostic]:
    ranks = workspace.ranks()
    last = 2**62

    def place(one: Diagnostic) -> tuple[int, int, int]:
        where = one.location
        rank = None if where.example is None else ranks.rank_of(where.example)
        return (last if rank is None else rank, where.message_index or 0, where.start or 0)

    return sorted(found, key=place)


def _rules(workspace: "Workspace", passed: Sequence[Diagnostic] | None) -> list[RuleRow]:
    rules = {rule.code: rule for rule in all_rules()}
    aside = Counter(found.code for found, _ in workspace.lint.set_aside())
    off = workspace.options().get(RULES_OFF) or ()
    rows = []
    seen = set()
    left = None if passed is None else Counter((one.code, one.severity) for one in passed)
    for count in workspace.lint.rule_counts():
        number = count.count if left is None else left[count.code, count.severity]
        seen.add(count.code)
        if number:
            rows.append(RuleRow(count.code, count.name, count.severity, number, aside[count.code]))
    for code, rule in rules.items():
        is_off = any(code.startswith(prefix) for prefix in off)
        if code not in seen:
            rows.append(RuleRow(code, rule.name, rule.severity, 0, aside[code], is_off))
    return rows


def _aside(workspace: "Workspace") -> list[AsideRow]:
    """What is set aside; before the first check, and of a rule that is off, nothing is known to be unused."""
    store = workspace.examples()
    off = workspace.options().get(RULES_OFF) or ()
    is_known = workspace.lint.facts is not None
    used = {suppression for _, suppression in workspace.lint.set_aside()}
    ranks = workspace.ranks()
    rows = []
    for row in store.suppressions():
        example_id = None if row.example_uid is None else store.id_of_uid(row.example_uid)
        rank = None if example_id is None else ranks.rank_of(example_id)
        is_used = (
            not is_known
            or any(row.code.startswith(prefix) for prefix in off)
            or suppressions_of([row])[0] in used
        )
        rows.append(
            AsideRow(row.id, row.code, example_id, rank, row.reason, is_used, row.example_uid is None)
        )
    return rows
