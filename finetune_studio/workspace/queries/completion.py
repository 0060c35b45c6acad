"""What can be typed next in the filter box."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from finetune_studio.domain.example import ReviewState
from finetune_studio.domain.split import Split
from finetune_studio.lint.registry import all_rules
from finetune_studio.workspace.queries.query_terms import Having, Measure
from finetune_studio.workspace.queries.query_text import term
from finetune_studio.workspace.queries.search import quote_value

if TYPE_CHECKING:
    from finetune_studio.workspace.workspace import Workspace

MAX_SUGGESTIONS = 60

FILTERS: tuple[tuple[str, str], ...] = (
    ("tag", "Examples with a tag"),
    ("is", "Draft, to review, approved, rejected, edited, pair"),
    ("split", "Train, validation, test or none"),
    ("rule", "Examples with a finding of a rule"),
    ("severity", "Error, warning or info"),
    ("has", "A note, a tag, findings, tools, a system prompt"),
    ("role", "Examples with a message of a role"),
    ("tokens", "By number of tokens"),
    ("turns", "By number of user messages"),
    ("messages", "By number of messages"),
    ("loss", "By number of trained tokens"),
    ("answer", "By tokens of the answers"),
    ("findings", "By number of findings"),
    ("source", "By the file it came from"),
    ("line", "By the line of that file"),
    ("note", "Words of the note"),
    ("label", "Answers that say just this"),
    ("language", "By the language of the answer"),
    ("opening", "Answers that begin with these words"),
    ("asks", "Questions that begin with these words"),
    ("prompt", "By the system prompt"),
    ("calls", "By the tool that is called"),
    ("people", "Answers that speak of people"),
    ("job", "What a job was trained on"),
)
_IS = (
    ("draft", ReviewState.DRAFT),
    ("to-review", ReviewState.TO_REVIEW),
    ("approved", ReviewState.APPROVED),
    ("rejected", ReviewState.REJECTED),
)
_IS_OTHERS = (
    ("edited", "Changed since it came"),
    ("pair", "Preference pairs"),
    ("conversation", "Conversations"),
    ("refusal", "Answers that decline to help"),
)
_HAS = {
    Having.SYSTEM: "A system message",
    Having.DATASET_PROMPT: "Follows the dataset prompt",
    Having.OWN_PROMPT: "A system prompt of its own",
}
_ROLES = ("system", "user", "assistant", "tool", "developer")
_NUMBERS = {
    Measure.TOKENS: (">500", ">2000", "<50", "100..500"),
    Measure.LOSS: ("0", ">500", "<20", "100..500"),
    Measure.ANSWER: (">500", "<20", "100..500"),
    Measure.MESSAGES: (">10", "2", "3..6"),
    Measure.TURNS: (">1", "1", "2..4"),
    Measure.FINDINGS: (">0", "0", ">3"),
    Measure.LINE: ("1..100", ">1000"),
}


@dataclass(frozen=True, slots=True)
class QueryFacts:
    """What the dataset has to offer: values with the number of their examples."""

    tags: tuple[tuple[str, int], ...] = ()
    statuses: dict[ReviewState, int] = field(default_factory=dict)
    splits: dict[Split | None, int] = field(default_factory=dict)
    rules: dict[str, int] = field(default_factory=dict)
    """Findings by the code of their rule."""
    sources: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Suggestion:
    """`text` takes the place of what is typed; `goes_on`: a value is still to come after it."""

    text: str
    detail: str = ""
    goes_on: bool = False


@dataclass(frozen=True, slots=True)
class Completion:
    """What fits between `start` and `end` of the query."""

    start: int
    end: int
    items: tuple[Suggestion, ...] = ()


def query_facts(workspace: "Workspace") -> QueryFacts:
    """Read what the dataset offers; for the pool."""
    store = workspace.examples()
    return QueryFacts(
        tags=tuple(sorted(store.tags(), key=lambda item: (-item[1], item[0]))),
        statuses=store.count_by_status(),
        splits=store.count_by_split(),
        rules={rule.code: rule.count for rule in workspace.lint.rule_counts()},
        sources=tuple(dict.fromkeys(source.name for source in store.sources())),
    )


def complete(text: str, cursor: int, facts: QueryFacts, *, asked: bool = False) -> Completion:
    """Suggestions for the term at the cursor; without one, all filters when they are `asked` for."""
    start, end = _term_at(text, cursor)
    typed = text[start:cursor]
    minus = "-" if typed.startswith("-") else ""
    name, colon, value = typed[len(minus) :].partition(":")
    if colon:
        items: Iterable[Suggestion] = _values(name.lower(), value.strip('"'), facts)
    elif typed or asked:
        items = _names(name.strip('"').lower(), facts) if not name.startswith('"') else ()
    else:
        items = ()
    found = tuple(
        Suggestion(minus + each.text, each.detail, each.goes_on)
        for each in items
        if minus + each.text != text[start:end]
    )
    return Completion(start, end, found[:MAX_SUGGESTIONS])


def accept(text: str, completion: Completion, chosen: Suggestion) -> tuple[str, int]:
    """The query with a suggestion taken, and where the cursor is then."""
    tail = text[completion.end :]
    space = "" if chosen.goes_on or tail.startswith(" ") else " "
    head = text[: completion.start] + chosen.text + space
    return head + tail, len(head) + (not space and not chosen.goes_on)


def _term_at(text: str, cursor: int) -> tuple[int, int]:
    """Where the term around the cursor begins and ends; blanks within quotation marks belong to it."""
    start = 0
    quoted = False
    for at, sign in enumerate(text[:cursor]):
        if sign == '"':
            quoted = not quoted
        elif sign.isspace() and not quoted:
            start = at + 1
    end = cursor
    while end < len(text) and (quoted or not text[end].isspace()):
        if text[end] == '"':
            quoted = not quoted
        end += 1
    return start, end


def _names(typed: str, facts: QueryFacts) -> Iterable[Suggestion]:
    for name, detail in FILTERS:
        if name.startswith(typed):
            yield Suggestion(f"{name}:", detail, goes_on=True)
    if not typed:
        yield Suggestion("-", "Not: everything without what follows", goes_on=True)
        yield Suggestion("OR", "One term or the other")
        return
    for state in _states(facts):
        if state.text.removeprefix("is:").startswith(typed):
            yield state
    for tag, count in facts.tags[:500]:
        if tag.lower().startswith(typed):
            yield Suggestion(term("tag", tag), f"{count:,}")


def _values(name: str, typed: str, facts: QueryFacts) -> Iterable[Suggestion]:
    low = typed.lower()
    if name == "tag":
        named = [(tag, count) for tag, count in facts.tags if low in tag.lower()]
        named.sort(key=lambda item: not item[0].lower().startswith(low))
        return [Suggestion(term("tag", tag), f"{count:,}") for tag, count in named]
    if name == "rule":
        return _rules(low, facts)
    if name == "source":
        return [Suggestion(term("source", each)) for each in facts.sources if low in each.lower()]
    return [each for each in _fixed(name, facts) if each.text.partition(":")[2].startswith(low)]


def _fixed(name: str, facts: QueryFacts) -> Iterable[Suggestion]:
    if name == "is":
        return [*_states(facts), *(Suggestion(f"is:{value}", detail) for value, detail in _IS_OTHERS)]
    if name == "split":
        return [
            Suggestion(f"split:{split.value if split else 'none'}", f"{facts.splits.get(split, 0):,}")
            for split in (*Split, None)
        ]
    if name == "severity":
        return [Suggestion(f"severity:{each}") for each in ("error", "warning", "info")]
    if name == "has":
        return [Suggestion(f"has:{each.value}", _HAS.get(each, "")) for each in Having]
    if name == "role":
        return [Suggestion(f"role:{each}") for each in _ROLES]
    measures = [measure for measure in Measure if measure.value == name]
    return [
        Suggestion(f"{name}:{example}", _told(example)) for each in measures for example in _NUMBERS[each]
    ]


def _states(facts: QueryFacts) -> list[Suggestion]:
    return [Suggestion(f"is:{word}", f"{facts.statuses.get(status, 0):,}") for word, status in _IS]


def _rules(typed: str, facts: QueryFacts) -> Iterable[Suggestion]:
    """Rules that found something come first, by code or by a word of their name."""
    known = {rule.code: rule.name for rule in all_rules()}
    ordered = sorted(known, key=lambda code: (not facts.rules.get(code, 0), code))
    for code in ordered:
        if code.lower().startswith(typed) or typed in known[code].lower():
            count = facts.rules.get(code, 0)
            yield Suggestion(
                f"rule:{quote_value(code)}", f"{known[code]} · {count:,}" if count else known[code]
            )


def _told(example: str) -> str:
    if ".." in example:
        low, _, high = example.partition("..")
        return f"{low} to {high}"
    words = {">": "more than", "<": "less than"}.get(example[0])
    return f"{words} {example[1:]}" if words else f"exactly {example}"
