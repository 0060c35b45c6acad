"""What page Check shows beside the chosen view, read in the pool. No Qt."""

from collections import Counter
from dataclasses import dataclass
from typing import TYPE_CHECKING

from finetune_studio.domain.diagnostic import Applicability, Diagnostic, Severity
from finetune_studio.lint.registry import all_rules
from finetune_studio.ui.check.groups import PROMPTS, prompt_groups, without_gone
from finetune_studio.workspace.lint_config import suppressions_of
from finetune_studio.workspace.lint_session import LintSummary
from finetune_studio.workspace.lint_state import members_of
from finetune_studio.workspace.operations.options import RULES_OFF
from finetune_studio.workspace.readiness import ReadinessReport, counted, readiness

if TYPE_CHECKING:
    from finetune_studio.workspace.workspace import Workspace


@dataclass(frozen=True, slots=True)
class RuleRow:
    """A rule in the list: `count` findings; a rule without any is there because it is off or set aside."""

    code: str
    name: str
    severity: Severity
    count: int
    aside: int = 0
    is_off: bool = False


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

    def rule(self, code: str) -> RuleRow | None:
        return next((row for row in self.rules if row.code == code), None)

    def aside_of(self, code: str) -> list[AsideRow]:
        return [row for row in self.aside if code.startswith(row.code)]


def page_facts(workspace: "Workspace") -> PageFacts:
    """Read everything once; for the pool."""
    workspace.ranks()
    store = workspace.examples()
    return PageFacts(
        summary=workspace.lint.summary,
        report=readiness(workspace),
        rules=tuple(_rules(workspace)),
        aside=tuple(_aside(workspace)),
        total=store.count(),
        unreadable=len(store.unreadable_lines()),
    )


@dataclass(frozen=True, slots=True)
class RuleFindings:
    """Findings of a rule in the order of the examples, and what there is to say of all of them."""

    code: str
    found: list[Diagnostic]
    text: str
    fixable: int = 0
    has_unsafe: bool = False
    has_text: bool = False
    is_groups: bool = False


def findings_of_rule(workspace: "Workspace", code: str) -> RuleFindings:
    """All findings of one rule; counted in the pool, as there may be a hundred thousand."""
    found = _sorted_findings(workspace, code)
    if code == PROMPTS:
        found = prompt_groups(found)
    is_groups = bool(found) and any(one.related for one in found)
    if is_groups:
        ranks = workspace.ranks()
        found = without_gone(found, lambda example_id: ranks.rank_of(example_id) is not None)
    fixes = [one.fix for one in found if can_fix(one)]
    return RuleFindings(
        code,
        found,
        _groups_text(found) if is_groups else _findings_text(found),
        len(fixes),
        any(fix is not None and fix.applicability is Applicability.UNSAFE for fix in fixes),
        any(one.location.start is not None for one in found),
        is_groups,
    )


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


def _sorted_findings(workspace: "Workspace", code: str) -> list[Diagnostic]:
    found = workspace.lint.findings(code=code, limit=2**62)
    ranks = workspace.ranks()
    last = 2**62

    def place(one: Diagnostic) -> tuple[int, int, int]:
        where = one.location
        rank = None if where.example is None else ranks.rank_of(where.example)
        return (last if rank is None else rank, where.message_index or 0, where.start or 0)

    return sorted(found, key=place)


def _rules(workspace: "Workspace") -> list[RuleRow]:
    rules = {rule.code: rule for rule in all_rules()}
    aside = Counter(found.code for found, _ in workspace.lint.set_aside())
    off = workspace.options().get(RULES_OFF) or ()
    rows = []
    seen = set()
    for count in workspace.lint.rule_counts():
        rows.append(RuleRow(count.code, count.name, count.severity, count.count, aside[count.code]))
        seen.add(count.code)
    for code, rule in rules.items():
        is_off = any(code.startswith(prefix) for prefix in off)
        if code not in seen and (aside[code] or is_off):
            rows.append(RuleRow(code, rule.name, rule.severity, 0, aside[code], is_off))
    return rows


def _aside(workspace: "Workspace") -> list[AsideRow]:
    store = workspace.examples()
    used = {suppression for _, suppression in workspace.lint.set_aside()}
    ranks = workspace.ranks()
    rows = []
    for row in store.suppressions():
        example_id = None if row.example_uid is None else store.id_of_uid(row.example_uid)
        rank = None if example_id is None else ranks.rank_of(example_id)
        is_used = suppressions_of([row])[0] in used
        rows.append(
            AsideRow(row.id, row.code, example_id, rank, row.reason, is_used, row.example_uid is None)
        )
    return rows
