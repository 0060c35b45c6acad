"""What each chart of page Check shows, read in the pool. No Qt."""

import re
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from finetune_studio.workspace.queries import statistics
from finetune_studio.workspace.queries.query_terms import Measure
from finetune_studio.workspace.queries.statistics import Bar, Chart

if TYPE_CHECKING:
    import pandas as pd

    from finetune_studio.workspace.workspace import Workspace

MEASURES = (
    ("tokens", "Whole example", Measure.TOKENS),
    ("answer", "Last answer", Measure.ANSWER),
    ("loss", "Trained text", Measure.LOSS),
    ("messages", "Messages", Measure.MESSAGES),
)

EXPLAINED = {
    "length": "How long the examples are. Outliers cost tokens, and what goes beyond the limit of a model is "
    "cut. Look at both ends: the shortest are often unfinished, the longest pasted.",
    "turns": "How often a conversation goes back and forth. A model that only sees single questions gets "
    "worse at following up.",
    "roles": "Where the tokens are. You pay for all of them; only trained answers are learned.",
    "tags": "How many examples carry each tag. What is rare is learned less; what is missing, not at all.",
    "splits": "What trains, what is held out for validation, and what is kept for the last test. Examples in "
    "no split train.",
    "review": "How far the review is. Rejected examples are never sent.",
}

WITH_TABLE = ("length", "roles", "turns")
_NUMBERS = re.compile(r":(>=)?(\d+)(?:\.\.(\d+))?$")


@dataclass(frozen=True, slots=True)
class ChartData:
    """`chart` with the measure that it was asked for, and what to say beside it."""

    key: str
    measure: str
    chart: Chart
    facts: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True, slots=True)
class StatisticsTable:
    """Headers and rows of text."""

    key: str
    headers: list[str]
    rows: list[list[str]]


def chart_alone(workspace: "Workspace", key: str, measure: str = "tokens") -> ChartData:
    """One chart; for the pool."""
    chart = _chart(workspace, key, measure)
    return ChartData(key, measure, chart, _facts(chart))


def statistics_table(workspace: "Workspace", key: str) -> StatisticsTable:
    """The table below a chart, which takes longer than the chart; for the pool."""
    if workspace.lint.facts is None:
        return StatisticsTable(key, [], [])
    return _table(workspace, key)


def related_chart(code: str) -> tuple[str, str] | None:
    """(chart, measure) that shows what a rule about the whole dataset speaks of."""
    if code == "S708":
        return "review", ""
    if code.startswith("S7"):
        return "splits", ""
    return {"B402": ("length", "loss"), "B405": ("length", "answer"), "B412": ("length", "answer")}.get(code)


def overview_data(workspace: "Workspace", measure: str = "tokens") -> dict[str, ChartData]:
    """The charts of the overview; for the pool."""
    return {key: chart_alone(workspace, key, measure) for key in ("length", "turns", "roles")}


def write_statistics(workspace: "Workspace", path: str, key: str) -> str:
    """Write the table below a chart as .csv (or .html, .json); returns the path."""
    from finetune_studio.workspace.tables import write_table

    write_table(_frame(workspace, key), Path(path))
    return path


def mark_position(chart: Chart, value: float) -> float | None:
    """Where a value lies, in bars: 2.0 is the left edge of the third bar; None beyond the bars."""
    for number, bar in enumerate(chart.bars):
        edges = bar_edges(bar)
        if edges is None:
            return None
        low, after = edges
        if after is None or low <= value < after:
            return number + (0.5 if after is None else (value - low) / (after - low))
    return None


def bar_edges(bar: Bar) -> tuple[int, int | None] | None:
    """(first, one after the last) of a bar of numbers, read from its query."""
    match = _NUMBERS.search(bar.query)
    if match is None:
        return None
    at_least, low, high = match.groups()
    if at_least:
        return int(low), None
    return int(low), int(high if high is not None else low) + 1


def _chart(workspace: "Workspace", key: str, measure: str) -> Chart:
    if key == "length":
        chosen = next((one for name, _, one in MEASURES if name == measure), Measure.TOKENS)
        return statistics.length_chart(workspace, chosen)
    makers = {
        "turns": statistics.turns_chart,
        "roles": statistics.roles_chart,
        "tags": statistics.tags_chart,
        "splits": statistics.splits_chart,
        "review": statistics.status_chart,
    }
    return makers[key](workspace)


def _facts(chart: Chart) -> tuple[tuple[str, str], ...]:
    """Words beside the chart: how many, the middle, the ends."""
    facts = [("Examples", f"{chart.total:,}")]
    facts += [
        ("Half have at most" if label == "median" else f"{label} have at most", f"{value:,.0f}")
        for label, value in chart.marks
    ]
    if chart.marks:
        facts.append(("Most", f"{chart.high:,.0f}"))
    elif chart.bars:
        whole = sum(bar.count for bar in chart.bars)
        for bar in chart.bars[:8]:
            facts.append((bar.label.capitalize(), percent(bar.count / max(1, whole))))
    return tuple(facts)


def _frame(workspace: "Workspace", key: str) -> "pd.DataFrame":
    from finetune_studio.lint.facts import ROLES
    from finetune_studio.workspace.tables import quantile_table, role_table

    facts = workspace.lint.facts
    return role_table(facts, ROLES) if key == "roles" else quantile_table(facts)


def _table(workspace: "Workspace", key: str) -> StatisticsTable:
    frame = _frame(workspace, key)
    if key != "roles":
        frame = frame[["mean", "min", "5%", "50%", "95%", "max", "sum"]]
    names = [str(name).capitalize().replace("%", " %") for name in frame.columns]
    headers = ["Role" if key == "roles" else "Measure", *names]
    rows = []
    for name, values in zip(frame.index, frame.itertuples(index=False), strict=True):
        cells = [
            percent(value, 1) if column == "share" else number_text(float(value))
            for column, value in zip(frame.columns, values, strict=True)
        ]
        rows.append([str(name).capitalize(), *cells])
    return StatisticsTable(key, headers, rows)


def percent(share: float, decimals: int = 0) -> str:
    """`26 %`."""
    return f"{share * 100:.{decimals}f} %"


def number_text(value: float) -> str:
    """A whole number with separators; else one decimal."""
    return f"{value:,.0f}" if value == int(value) else f"{value:,.1f}"
