"""The charts of a dataset by name, with what to say of each: for page Check and for reports."""

import math
from typing import TYPE_CHECKING

from finetune_studio.workspace.queries import balance, statistics
from finetune_studio.workspace.queries.query_terms import Measure
from finetune_studio.workspace.queries.statistics import Chart

if TYPE_CHECKING:
    from finetune_studio.workspace.workspace import Workspace

TITLES = (
    ("length", "Length"),
    ("turns", "Turns"),
    ("roles", "Roles"),
    ("tags", "Tags"),
    ("labels", "Labels"),
    ("prompts", "System prompts"),
    ("questions", "Openings of questions"),
    ("openings", "Openings of answers"),
    ("languages", "Languages"),
    ("refusals", "Refusals"),
    ("tools", "Tools"),
    ("people", "Groups of people"),
    ("splits", "Splits"),
    ("review", "Review state"),
)
"""In the order shown."""
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
    "labels": "The answers, where they are from a small set of short texts, as in classification. A model "
    "leans to the label that it saw most.",
    "prompts": "The system prompts. What a rare one asks for is hardly learned; two that differ in little "
    "were probably meant to be one.",
    "questions": "The first three words of the first question. Where most begin alike, the model may not "
    "know what to do with others.",
    "openings": "The first three words of the last answer, where it has five or more. The model picks such "
    "habits up quickly.",
    "languages": "The language of the last answer, as far as it can be told from the text.",
    "refusals": "Answers that decline to help. Too many, and the model refuses what it should not; what is "
    "right is for you to judge.",
    "tools": "How many examples call each tool. A tool that is always called when it is offered teaches that "
    "it always has to be.",
    "people": "Examples that speak of groups of people, and how many of them have a good or a bad word in "
    "the same sentence. These are counts of words from short English lists: they show where to look, and "
    "draw no conclusion.",
    "review": "How far the review is. Rejected examples are never sent.",
}

EVENNESS = (
    "The effective number says how many equally frequent classes would be as even as these: e to the power "
    "of the entropy. Near the number of classes is even; near 1, one class has nearly everything."
)


def make_chart(workspace: "Workspace", key: str, measure: str = "tokens") -> Chart:
    """One chart; `measure` is what the chart of lengths counts."""
    if key == "length":
        chosen = next((one for name, _, one in MEASURES if name == measure), Measure.TOKENS)
        return statistics.length_chart(workspace, chosen)
    makers = {
        "turns": statistics.turns_chart,
        "roles": statistics.roles_chart,
        "tags": statistics.tags_chart,
        "splits": statistics.splits_chart,
        "review": statistics.status_chart,
        **balance.CHARTS,
    }
    return makers[key](workspace)


def facts_of(chart: Chart) -> tuple[tuple[str, str], ...]:
    """Words beside a chart: how many, the middle and the ends, or how even its classes are."""
    facts = [("Examples", f"{chart.total:,}")]
    facts += [
        ("Half have at most" if label == "median" else f"{label} have at most", f"{value:,.0f}")
        for label, value in chart.marks
    ]
    if chart.marks:
        facts.append(("Most", f"{chart.high:,.0f}"))
    elif chart.evenness is not None:
        even = chart.evenness
        facts += [
            ("Classes", f"{even.classes:,}"),
            ("Share of the largest", percent(even.share)),
            ("Entropy", f"{even.entropy:.2f} of {math.log2(even.classes):.2f} bits"),
            ("Effective number", f"{even.effective:,.1f} of {even.classes:,}"),
        ]
    elif chart.bars:
        whole = sum(bar.count for bar in chart.bars)
        for bar in chart.bars[:8]:
            facts.append((bar.label.capitalize(), percent(bar.count / max(1, whole))))
    return tuple(facts)


def percent(share: float, decimals: int = 0) -> str:
    """`26 %`."""
    return f"{share * 100:.{decimals}f} %"
