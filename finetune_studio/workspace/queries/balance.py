"""How examples are spread over classes: labels, prompts, openings, languages, refusals, tools, people.

Every chart says how even it is, in numbers that are explained; see `Evenness`.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

from finetune_studio.workspace.queries.fact_terms import UNKNOWN, fact_value, prompt_names
from finetune_studio.workspace.queries.query_terms import Fact
from finetune_studio.workspace.queries.search import quote_value
from finetune_studio.workspace.queries.statistics import Bar, Chart, evenness_of
from finetune_studio.workspace.queries.told_apart import told_apart, whole_prompts
from finetune_studio.workspace.readiness import counted

if TYPE_CHECKING:
    from finetune_studio.lint.facts import Array, DatasetFacts
    from finetune_studio.workspace.workspace import Workspace

MAX_BARS = 20
"""The most frequent classes that are shown; the rest is one bar."""
MOST_LABELS = 50
_PROMPTED = ("example", "examples", "with a system prompt")
_LONG = "of several words"
_LANGUAGES = {
    "ar": "Arabic",
    "cs": "Czech",
    "da": "Danish",
    "de": "German",
    "el": "Greek",
    "en": "English",
    "es": "Spanish",
    "fa": "Persian",
    "fi": "Finnish",
    "fr": "French",
    "he": "Hebrew",
    "hi": "Hindi",
    "hu": "Hungarian",
    "id": "Indonesian",
    "it": "Italian",
    "ja": "Japanese",
    "ko": "Korean",
    "nl": "Dutch",
    "no": "Norwegian",
    "pl": "Polish",
    "pt": "Portuguese",
    "ro": "Romanian",
    "ru": "Russian",
    "sv": "Swedish",
    "th": "Thai",
    "tr": "Turkish",
    "uk": "Ukrainian",
    "vi": "Vietnamese",
    "zh": "Chinese",
}


def labels_chart(workspace: "Workspace") -> Chart:
    """Answers, where they are from a small set of short texts."""
    facts = workspace.lint.facts
    if facts is None:
        return Chart("Labels", (), 0)
    from finetune_studio.lint.hashing import hash64
    from finetune_studio.lint.labels import labels_of

    labels = labels_of(facts, MOST_LABELS)
    bars = [
        Bar(label, count, _query(Fact.LABEL, label, hash64(label), facts.answers), more="label")
        for label, count in labels.items()
    ]
    return _chart("Labels", bars, list(labels.values()), len(facts))


def prompts_chart(workspace: "Workspace") -> Chart:
    """System prompts."""
    return _texts_chart(workspace, "System prompts", Fact.PROMPT, _PROMPTED, more="prompt")


def openings_chart(workspace: "Workspace") -> Chart:
    """The first words of the last answers."""
    return _texts_chart(workspace, "How answers begin", Fact.OPENING, ("answer", "answers", _LONG))


def questions_chart(workspace: "Workspace") -> Chart:
    """The first words of the first questions."""
    return _texts_chart(workspace, "How questions begin", Fact.ASKS, ("question", "questions", _LONG))


def languages_chart(workspace: "Workspace") -> Chart:
    """Languages of the last answers."""
    facts = workspace.lint.facts
    if facts is None:
        return Chart("Languages of the answers", (), 0)
    from finetune_studio.lint.answer_languages import language_named

    codes = facts.columns.language[facts.columns.answer_hash != 0]
    counts = _counts(codes, with_zero=True)
    bars = []
    for code, count in counts:
        name = language_named(code) if code else UNKNOWN
        label = _LANGUAGES.get(name, name) if code else "Not told (too short, or not clear)"
        bars.append(Bar(label, count, f"language:{name}"))
    told = [count for code, count in counts if code]
    return _chart("Languages of the answers", bars, told, len(facts))


def refusals_chart(workspace: "Workspace") -> Chart:
    """Answers that decline to help, and the others."""
    facts = workspace.lint.facts
    if facts is None:
        return Chart("Refusals", (), 0)
    answered = int(facts.columns.has_answer.sum())
    declined = int(facts.columns.refuses.sum())
    bars = [Bar("Answers", answered - declined, "-is:refusal"), Bar("Refusals", declined, "is:refusal")]
    return _chart("Refusals", bars if answered else [], [answered - declined, declined], len(facts))


def tools_chart(workspace: "Workspace") -> Chart:
    """Examples that call each tool, and that have tools and call none."""
    facts = workspace.lint.facts
    if facts is None or not len(facts.tools):
        return Chart("Tools", (), 0 if facts is None else len(facts))
    import numpy as np

    tools = facts.tools
    called = tools.calls > 0
    names, places = np.unique(tools.name, return_inverse=True)
    counts = np.bincount(places, weights=called, minlength=len(names)).astype(int).tolist()
    uses = dict(zip(names.tolist(), counts, strict=True))
    order = sorted(uses, key=lambda name: (-uses[name], facts.texts.get(name, "")))
    bars = [
        Bar(
            facts.texts.get(name, "?"),
            uses[name],
            _query(Fact.CALLS, facts.texts.get(name, ""), name, facts.texts),
        )
        for name in order[:MAX_BARS]
    ]
    every, calling = np.unique(tools.key), np.unique(tools.key[called])
    bars.append(Bar("Offered, none called", len(every) - len(calling), ""))
    return _chart("Examples that call a tool", bars, [n for n in uses.values() if n], len(facts))


def people_chart(workspace: "Workspace") -> Chart:
    """Examples that speak of groups of people, and with which words: the bias matrix of B410."""
    facts = workspace.lint.facts
    title = "Groups of people beside good and bad words"
    if facts is None:
        return Chart(title, (), 0)
    from finetune_studio.lint.terms import GROUPS, bias_matrix

    rows = zip(GROUPS, bias_matrix(facts.columns.terms).tolist(), strict=True)
    found = [(name, *counts) for (name, _), counts in rows if counts[0]]
    found.sort(key=lambda row: -row[1])
    bars = [
        Bar(name, count, f"people:{quote_value(name)}", parts=(("good", good), ("bad", bad)))
        for name, count, good, bad in found
    ]
    return _chart(title, bars, [count for _, count, _, _ in found], len(facts))


def _texts_chart(
    workspace: "Workspace", title: str, fact: Fact, unit: tuple[str, str, str], more: str = ""
) -> Chart:
    facts = workspace.lint.facts
    if facts is None:
        return Chart(title, (), 0)
    names, values = _columns(facts, fact)
    counts = _counts(values)
    distinct = {value for value, _ in counts}
    known = {number: text for number, text in names.items() if number in distinct}
    shown = [pair for pair in counts if pair[0] in known][:MAX_BARS]
    rarest = counts[-1] if more and len(counts) > 1 else None
    named = [*shown, *([rarest] if rarest and rarest not in shown else [])]
    bars = _bars(workspace, fact, named, known, more)
    thin = None
    if rarest is not None:
        fewest = sum(count == rarest[1] for _, count in counts)
        thin = bars[named.index(rarest)], fewest
    bars = bars[: len(shown)]
    if rest := len(counts) - len(shown):
        others = sum(count for _, count in counts) - sum(count for _, count in shown)
        bars.append(Bar("1 other" if rest == 1 else f"{rest:,} others", others))
    chart = _chart(title, bars, [count for _, count in counts], len(facts))
    return replace(chart, of=f"{counted(sum(count for _, count in counts), *unit[:2])} {unit[2]}", thin=thin)


def _bars(
    workspace: "Workspace", fact: Fact, named: Sequence[tuple[int, int]], known: Mapping[int, str], more: str
) -> list[Bar]:
    """A bar for each (hash, count); system prompts by what tells them apart."""
    whole = whole_prompts(workspace, [value for value, _ in named]) if fact is Fact.PROMPT else {}
    texts = [whole.get(value) or known.get(value, "") for value, _ in named]
    labels = told_apart(texts) if whole else texts
    return [
        Bar(label, count, _query(fact, known.get(value, ""), value, known), more=more, whole=text)
        for label, text, (value, count) in zip(labels, texts, named, strict=True)
    ]


def _columns(facts: "DatasetFacts", fact: Fact) -> "tuple[Mapping[int, str], Array]":
    columns = facts.columns
    if fact is Fact.OPENING:
        return facts.openings, columns.opening_hash
    if fact is Fact.PROMPT:
        return prompt_names(facts), columns.system_hash
    return facts.texts, columns.question_opening_hash


def _counts(values: "Array", *, with_zero: bool = False) -> list[tuple[int, int]]:
    """(value, count), the most frequent first."""
    import numpy as np

    distinct, counts = np.unique(values if with_zero else values[values != 0], return_counts=True)
    order = np.argsort(-counts, kind="stable")
    return list(zip(distinct[order].tolist(), counts[order].tolist(), strict=True))


def _query(fact: Fact, text: str, number: int, known: Mapping[int, str]) -> str:
    return f"{fact.value}:{quote_value(fact_value(text, number, known))}"


def _chart(title: str, bars: Sequence[Bar], counts: Sequence[int], total: int) -> Chart:
    return Chart(title, tuple(bars), total, evenness=evenness_of(counts))


CHARTS: dict[str, Callable[["Workspace"], Chart]] = {
    "labels": labels_chart,
    "prompts": prompts_chart,
    "questions": questions_chart,
    "openings": openings_chart,
    "languages": languages_chart,
    "refusals": refusals_chart,
    "tools": tools_chart,
    "people": people_chart,
}
"""By the name that pages and reports use."""
