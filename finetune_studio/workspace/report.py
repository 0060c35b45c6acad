"""What a report of a dataset holds: its state for somebody who does not have it open. For the pool.

No personal data and no secrets: of every text of the data what the P rules find is left out, whatever rules
are on, and examples with such a finding are named by their number only.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from itertools import groupby
from typing import TYPE_CHECKING

from finetune_studio import __version__
from finetune_studio.domain.diagnostic import Diagnostic, Severity
from finetune_studio.lint.registry import all_rules
from finetune_studio.lint.settings_file import settings_text
from finetune_studio.workspace.queries.charts import EVENNESS, EXPLAINED, TITLES, facts_of, make_chart
from finetune_studio.workspace.queries.examples import rows
from finetune_studio.workspace.queries.statistics import Chart, SplitSummary, split_summaries
from finetune_studio.workspace.queries.versions import list_versions
from finetune_studio.workspace.readiness import ReadinessReport, readiness
from finetune_studio.workspace.report_privacy import Privacy
from finetune_studio.workspace.task import TaskContext, silent_context

if TYPE_CHECKING:
    from finetune_studio.storage.versions import VersionRow
    from finetune_studio.workspace.workspace import Workspace

PLACES = 5
"""Places of a rule that are named."""


@dataclass(frozen=True, slots=True)
class Place:
    """`example` is its number in the order now, from 1; None for the whole dataset."""

    example: int | None
    about: str
    message: str


@dataclass(frozen=True, slots=True)
class RuleSection:
    code: str
    name: str
    severity: Severity
    count: int
    places: tuple[Place, ...]


@dataclass(frozen=True, slots=True)
class ChartSection:
    key: str
    title: str
    text: str
    chart: Chart
    facts: tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True)
class AsideSection:
    """A rule's set-asides with their reasons, the most frequent first."""

    code: str
    name: str
    count: int
    reasons: tuple[tuple[str, int], ...]


@dataclass(frozen=True, slots=True)
class Report:
    name: str
    at: datetime
    app_version: str
    target: str
    readiness: ReadinessReport
    counts: tuple[tuple[str, str], ...]
    rules: tuple[RuleSection, ...] = ()
    aside: tuple[AsideSection, ...] = ()
    charts: tuple[ChartSection, ...] = ()
    splits: tuple[SplitSummary, ...] = ()
    settings: str = ""
    versions: "tuple[VersionRow, ...]" = field(default=())


def make_report(
    workspace: "Workspace", at: datetime | None = None, context: TaskContext | None = None
) -> Report:
    """Gather everything from the checks as they are now; `at` is the time that the report tells."""
    context = context or silent_context()
    privacy = Privacy(workspace)
    target = workspace.lint.target
    context.progress(0, 3, "Findings")
    sections = tuple(_rules(workspace, privacy))
    context.progress(1, 3, "Charts")
    charts = tuple(_charts(workspace, privacy, context))
    context.progress(2, 3, "Splits")
    return Report(
        name=privacy.masked(workspace.name),
        at=at or datetime.now(UTC),
        app_version=__version__,
        target=target.title if target is not None else "OpenAI chat format, any provider",
        readiness=readiness(workspace),
        counts=tuple(_counts(workspace)),
        rules=sections,
        aside=tuple(_aside(workspace, privacy)),
        charts=charts,
        splits=tuple(split_summaries(workspace)),
        settings=settings_text(privacy.public(workspace.lint.config)),
        versions=tuple(list_versions(workspace)),
    )


def _counts(workspace: "Workspace") -> list[tuple[str, str]]:
    summary, totals = workspace.lint.summary, workspace.lint.totals()
    store = workspace.examples()
    by_status = store.count_by_status()
    found = [
        ("Examples", f"{store.count():,}"),
        ("Tokens", f"{totals.tokens:,}"),
        ("Trained tokens", f"{totals.loss_tokens:,}"),
        ("Errors", f"{summary.errors:,}"),
        ("Warnings", f"{summary.warnings:,}"),
        ("Infos", f"{summary.infos:,}"),
        ("Set aside", f"{len(workspace.lint.set_aside()):,}"),
        ("Lines that could not be read", f"{len(store.unreadable_lines()):,}"),
    ]
    for status, count in by_status.items():
        found.append((status.value.replace("_", " ").capitalize(), f"{count:,}"))
    return found


def _rules(workspace: "Workspace", privacy: Privacy) -> "list[RuleSection]":
    order = {row.code: number for number, row in enumerate(workspace.lint.rule_counts())}
    names = {rule.code: rule.name for rule in all_rules()}
    found = sorted(workspace.lint.findings(limit=2**62), key=lambda one: order.get(one.code, 0))
    sections = []
    for code, own in groupby(found, key=lambda one: one.code):
        every = list(own)
        places = tuple(_places(workspace, privacy, every[:PLACES]))
        sections.append(RuleSection(code, names.get(code, code), every[0].severity, len(every), places))
    return sections


def _places(workspace: "Workspace", privacy: Privacy, found: Sequence[Diagnostic]) -> list[Place]:
    ids = sorted({one.location.example for one in found if one.location.example is not None})
    known = {row.id: row for row in rows(workspace, ids)}
    places = []
    for one in found:
        row = known.get(one.location.example) if one.location.example is not None else None
        about = "" if row is None or privacy.names(row.id) else privacy.masked(row.title or row.preview)
        number = None if row is None else row.rank + 1
        places.append(Place(number, about, privacy.masked(one.message)))
    return places


def _aside(workspace: "Workspace", privacy: Privacy) -> list[AsideSection]:
    names = {rule.code: rule.name for rule in all_rules()}
    by_code: dict[str, dict[str, int]] = {}
    for row in workspace.examples().suppressions():
        reasons = by_code.setdefault(row.code, {})
        reason = privacy.masked(row.reason)
        reasons[reason] = reasons.get(reason, 0) + 1
    return [
        AsideSection(
            code,
            names.get(code, ""),
            sum(reasons.values()),
            tuple(sorted(reasons.items(), key=lambda item: -item[1])[:PLACES]),
        )
        for code, reasons in sorted(by_code.items())
    ]


def _charts(workspace: "Workspace", privacy: Privacy, context: TaskContext) -> list[ChartSection]:
    sections = []
    for key, title in TITLES:
        context.check()
        chart = privacy.chart(key, make_chart(workspace, key))
        if chart.bars:
            text = f"{EXPLAINED[key]} {EVENNESS}" if chart.evenness is not None else EXPLAINED[key]
            sections.append(ChartSection(key, title, text, chart, facts_of(chart)))
    return sections
