"""What each chart of page Check shows, read in the pool. No Qt."""

import re
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from finetune_studio.workspace.queries import balance
from finetune_studio.workspace.queries.charts import EVENNESS, EXPLAINED, facts_of, make_chart, percent
from finetune_studio.workspace.queries.statistics import Bar, Chart

if TYPE_CHECKING:
    import pandas as pd

    from finetune_studio.workspace.workspace import Workspace

NOTHING = {
    "tags": ("tags", "No tags yet", "Tag examples in Write, and their balance shows up here.", "Go to Write"),
    "labels": (
        "tags",
        "The answers are not labels",
        "Labels are counted where nearly all answers are from a small set of short texts.",
        "",
    ),
    "prompts": ("message-square", "No system prompts", "No example has a system prompt.", ""),
    "questions": ("message-square", "Nothing to compare", "No question has more than a few words.", ""),
    "openings": ("message-square", "Nothing to compare", "No answer has more than a few words.", ""),
    "languages": ("message-square", "No answers yet", "Their languages show up here.", ""),
    "refusals": ("message-square", "No answers yet", "Those that decline to help are counted here.", ""),
    "tools": ("wrench", "No tools", "No example defines or calls a tool.", ""),
    "people": (
        "scale",
        "Nothing is counted",
        "Rule B410 looks for words for groups of people. It is in preview: switch it on to see the counts.",
        "Show rule B410",
    ),
    "people on": ("scale", "Nothing is counted", "No example has a word for a group of people.", ""),
}
"""What to say where a chart has no bars: icon, title, sentence, button."""
ROWS = frozenset({"tags", *balance.CHARTS})
"""Charts of classes, whose bars lie."""

_SHORT = {
    "tokens per example": "Tokens",
    "trained tokens per example": "Trained tokens",
    "tokens of the answers": "Answer tokens",
    "messages per example": "Messages",
    "turns per example": "Turns",
}
"""Names of measures where the columns beside them need the room."""
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
    chart = make_chart(workspace, key, measure)
    return ChartData(key, measure, chart, facts_of(chart))


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


def explained(data: ChartData) -> str:
    """What a chart shows and why it matters, with its measure."""
    text = EXPLAINED[data.key]
    return f"{text}\n\n{EVENNESS}" if data.chart.evenness is not None else text


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
        rows.append([_SHORT.get(str(name), str(name).capitalize()), *cells])
    return StatisticsTable(key, headers, rows)


def number_text(value: float) -> str:
    """A whole number with separators; else one decimal."""
    return f"{value:,.0f}" if value == int(value) else f"{value:,.1f}"
