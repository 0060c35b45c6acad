"""The language of the filter box.

words                    examples that hold every one of them, in any order
"a phrase"               these words, in this order
tag:greeting  tag:"two words"  tag:geo*
is:draft  is:to-review  is:approved  is:rejected  is:edited  is:pair  is:conversation
split:train  split:validation  split:test  split:none
rule:D202  rule:F  severity:error  has:finding  has:note  has:tag  has:tool  has:system
role:tool  note:word  source:name  job:suffix
label:positive  language:de  opening:"as an ai"  asks:"how do i"  prompt:"You are Marv."  calls:get_weather
people:women  is:refusal (as far as the examples were checked)
tokens:>500  tokens:100..200  loss:  answer:  messages:  turns:  findings:  line:
-term                    not
a OR b                   one or the other
"""

import re
from collections.abc import Callable
from dataclasses import dataclass
from difflib import get_close_matches

from finetune_studio.domain.diagnostic import Severity
from finetune_studio.domain.example import ExampleKind, ReviewState
from finetune_studio.domain.split import Split
from finetune_studio.workspace.queries.query_terms import (
    EditedTerm,
    ExampleQuery,
    Fact,
    FactTerm,
    HasTerm,
    Having,
    JobTerm,
    KindTerm,
    Leaf,
    Measure,
    NoteTerm,
    NumberTerm,
    QueryError,
    RoleTerm,
    RuleTerm,
    SeverityTerm,
    SourceTerm,
    SplitTerm,
    StatusTerm,
    TagTerm,
    Term,
    TextTerm,
)

__all__ = ["FILTER_NAMES", "ExampleQuery", "QueryError", "RawTerm", "parse_query", "quote_value", "raw_terms"]

MAX_QUERY_TERMS = 100
MAX_NUMBER = 2**62

_IS: dict[str, Leaf] = {
    "draft": StatusTerm(ReviewState.DRAFT),
    "to-review": StatusTerm(ReviewState.TO_REVIEW),
    "to_review": StatusTerm(ReviewState.TO_REVIEW),
    "approved": StatusTerm(ReviewState.APPROVED),
    "rejected": StatusTerm(ReviewState.REJECTED),
    "edited": EditedTerm(),
    "refusal": FactTerm(Fact.REFUSAL, ""),
    "pair": KindTerm(ExampleKind.PREFERENCE),
    "preference": KindTerm(ExampleKind.PREFERENCE),
    "conversation": KindTerm(ExampleKind.CONVERSATION),
    "other": KindTerm(ExampleKind.OTHER),
}
_SPLITS: dict[str, Leaf] = {
    "train": SplitTerm(Split.TRAIN),
    "validation": SplitTerm(Split.VALIDATION),
    "val": SplitTerm(Split.VALIDATION),
    "valid": SplitTerm(Split.VALIDATION),
    "test": SplitTerm(Split.TEST),
    "none": SplitTerm(None),
}
_SEVERITIES: dict[str, Leaf] = {severity.value: SeverityTerm(severity) for severity in Severity}
_HAVING: dict[str, Leaf] = {
    name: HasTerm(having) for having in Having for name in (having.value, having.value + "s")
}
_NUMBER = re.compile(r"(<=|>=|<|>|=)?([0-9]+)(k)?", re.ASCII | re.IGNORECASE)
_RANGE = re.compile(r"([0-9]+)(k)?\.\.([0-9]+)(k)?", re.ASCII | re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class RawTerm:
    """One piece of the query: an optional filter name, a value, and where they stand."""

    name: str
    value: str
    quoted: bool
    negated: bool
    start: int
    value_start: int
    end: int

    @property
    def is_or(self) -> bool:
        """The word that joins two terms."""
        return self.value == "OR" and not (self.name or self.quoted or self.negated)


def parse_query(text: str) -> ExampleQuery:
    """Read a query; raises QueryError, with the place, and nothing else."""
    groups: list[list[Term]] = []
    joining = False
    or_place = (0, 0)
    n_terms = 0
    for token in raw_terms(text):
        if token.is_or:
            if not groups or joining:
                raise QueryError("OR needs a term before it.", token.start, token.end)
            joining, or_place = True, (token.start, token.end)
            continue
        n_terms += 1
        if n_terms > MAX_QUERY_TERMS:
            raise QueryError(f"A query takes at most {MAX_QUERY_TERMS} terms.", token.start, token.end)
        term = Term(_leaf(token), token.negated)
        if joining:
            groups[-1].append(term)
            joining = False
        else:
            groups.append([term])
    if joining:
        raise QueryError("OR needs a term after it.", *or_place)
    return ExampleQuery(tuple(tuple(group) for group in groups))


def quote_value(value: str) -> str:
    """Write a value so that parse_query reads it back whole: `f"tag:{quote_value(tag)}"`."""
    if value and re.fullmatch(r"[^\s\"]+", value):
        return value
    return '"' + value.replace('"', "") + '"'


def raw_terms(text: str) -> list[RawTerm]:
    """The terms as they are typed, whether they make sense or not."""
    tokens: list[RawTerm] = []
    at = 0
    while at < len(text):
        if text[at].isspace():
            at += 1
            continue
        token = _token_at(text, at)
        if token.value or token.name or token.quoted:
            tokens.append(token)
        at = token.end
    return tokens


def _token_at(text: str, start: int) -> RawTerm:
    at = start
    negated = text[at] == "-" and at + 1 < len(text) and not text[at + 1].isspace()
    at += negated
    name = ""
    match = re.compile(r"([A-Za-z]+):(?!//)").match(text, at)
    if match:
        name = match[1].lower()
        at = match.end()
    if text[at : at + 1] == '"':
        close = text.find('"', at + 1)
        if close < 0:
            raise QueryError("The closing quotation mark is missing.", at, len(text))
        return RawTerm(name, text[at + 1 : close], True, negated, start, at, close + 1)
    end = at
    while end < len(text) and not text[end].isspace() and text[end] != '"':
        end += 1
    return RawTerm(name, text[at:end], False, negated, start, at, end)


def _leaf(token: RawTerm) -> Leaf:
    if not token.name:
        if not token.value.strip():
            raise QueryError("There is nothing between the quotation marks.", token.start, token.end)
        return TextTerm(token.value)
    read = _FILTERS.get(token.name)
    if read is None:
        raise QueryError(
            f"There is no filter “{token.name}:”.",
            token.start,
            token.end,
            _meant(token.name) or "Put it in quotation marks to search for it as text.",
        )
    if not token.value.strip():
        raise QueryError(f"“{token.name}:” needs a value after it.", token.start, token.end)
    return read(token)


def _meant(name: str) -> str:
    """A filter of nearly that name."""
    near = get_close_matches(name, FILTER_NAMES, 1)
    return f"Did you mean “{near[0]}:”?" if near else ""


def _choice(choices: dict[str, Leaf]) -> Callable[[RawTerm], Leaf]:
    def read(token: RawTerm) -> Leaf:
        leaf = choices.get(token.value.strip().lower())
        if leaf is None:
            names = ", ".join(name for name in choices if "_" not in name)
            raise QueryError(
                f"“{token.name}:” does not know “{token.value}”.",
                token.value_start,
                token.end,
                f"It takes {names}.",
            )
        return leaf

    return read


def _fact(fact: Fact) -> Callable[[RawTerm], Leaf]:
    return lambda token: FactTerm(fact, token.value.strip())


def _number(measure: Measure) -> Callable[[RawTerm], Leaf]:
    def read(token: RawTerm) -> Leaf:
        value = token.value.strip()
        if match := _RANGE.fullmatch(value):
            return NumberTerm(measure, _amount(match[1], match[2]), _amount(match[3], match[4]))
        match = _NUMBER.fullmatch(value)
        if not match:
            raise QueryError(
                f"“{token.name}:” needs a number, not “{token.value}”.",
                token.value_start,
                token.end,
                f"For example {token.name}:>500 or {token.name}:100..200.",
            )
        amount = _amount(match[2], match[3])
        low: int | None = amount
        high: int | None = amount
        if match[1] in (">", ">="):
            low, high = amount + (match[1] == ">"), None
        elif match[1] in ("<", "<="):
            low, high = None, amount - (match[1] == "<")
        return NumberTerm(measure, low, high)

    return read


def _amount(digits: str, kilo: str | None) -> int:
    number = int(digits) if len(digits) < 19 else MAX_NUMBER
    return min(number * (1000 if kilo else 1), MAX_NUMBER)


_FILTERS: dict[str, Callable[[RawTerm], Leaf]] = {
    "tag": lambda token: TagTerm(token.value.strip()),
    "is": _choice(_IS),
    "split": _choice(_SPLITS),
    "rule": lambda token: RuleTerm(token.value.strip().upper().rstrip("*")),
    "severity": _choice(_SEVERITIES),
    "role": lambda token: RoleTerm(token.value.strip().lower()),
    "note": lambda token: NoteTerm(token.value),
    "source": lambda token: SourceTerm(token.value),
    "job": lambda token: JobTerm(token.value),
    "has": _choice(_HAVING),
    **{fact.value: _fact(fact) for fact in Fact if fact is not Fact.REFUSAL},
    **{measure.value: _number(measure) for measure in Measure},
}

FILTER_NAMES: tuple[str, ...] = tuple(_FILTERS)
"""For completion in the filter box."""
