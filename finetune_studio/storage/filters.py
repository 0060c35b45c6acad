"""Conditions on examples as pieces of SQL; the example is `e`, derived data is attached as `derived`."""

import json
import re
import sqlite3
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from finetune_studio.domain.diagnostic import Severity
from finetune_studio.domain.errors import UsageError
from finetune_studio.domain.example import ExampleKind, ReviewState
from finetune_studio.domain.id_set import IdSet
from finetune_studio.domain.split import Split

_COMPARISONS = frozenset(("<", "<=", ">", ">=", "=", "<>"))
_FACTS = {"tokens": "tokens", "loss_tokens": "loss_tokens", "messages": "n_messages"}


@dataclass(frozen=True, slots=True)
class Filter:
    """`sql` is a condition for ExampleStore.ids and count; everything from outside is in `params`."""

    sql: str
    params: tuple[Any, ...] = ()

    def __and__(self, other: "Filter") -> "Filter":
        return Filter(f"({self.sql}) AND ({other.sql})", self.params + other.params)

    def __or__(self, other: "Filter") -> "Filter":
        return Filter(f"({self.sql}) OR ({other.sql})", self.params + other.params)

    def __invert__(self) -> "Filter":
        return Filter(f"({self.sql}) IS NOT TRUE", self.params)


EVERYTHING = Filter("1")


def all_of(filters: Iterable[Filter]) -> Filter:
    """Everything when there is none."""
    result: Filter | None = None
    for part in filters:
        result = part if result is None else result & part
    return EVERYTHING if result is None else result


def by_status(*states: ReviewState) -> Filter:
    marks = ", ".join("?" for _ in states)
    return Filter(f"e.status IN ({marks})", tuple(state.value for state in states))


def by_split(split: Split | None) -> Filter:
    return Filter("e.split IS ?", (split.value if split else None,))


def by_tag(name: str) -> Filter:
    """Upper and lower case letters of ASCII are alike."""
    return Filter(
        "e.id IN (SELECT x.example_id FROM example_tag x WHERE x.tag_id IN"
        " (SELECT t.id FROM tag t WHERE t.name=? COLLATE NOCASE))",
        (name,),
    )


def with_any_tag() -> Filter:
    return Filter("e.id IN (SELECT x.example_id FROM example_tag x)")


def by_kind(kind: ExampleKind) -> Filter:
    return Filter("(SELECT b.kind FROM body b WHERE b.id=e.body_id)=?", (kind.value,))


def by_ids(ids: IdSet) -> Filter:
    """For selections; small ones become ids, large ones ranges."""
    ranges = [list(pair) for pair in ids.ranges]
    if len(ids) <= 10_000:
        return Filter("e.id IN (SELECT value FROM json_each(?))", (json.dumps(list(ids)),))
    return Filter(
        "EXISTS (SELECT 1 FROM json_each(?) r"
        " WHERE e.id BETWEEN json_extract(r.value, '$[0]') AND json_extract(r.value, '$[1]'))",
        (json.dumps(ranges),),
    )


def by_source(source_id: int) -> Filter:
    return Filter("e.source_id=?", (source_id,))


def edited() -> Filter:
    return Filter("e.body_id<>e.original_body_id")


def with_note() -> Filter:
    return Filter("e.note<>''")


def pinned() -> Filter:
    return Filter("e.split_pinned=1")


def by_rule(code: str) -> Filter:
    """Examples with a finding of a rule, or of all rules whose code begins so."""
    return Filter(
        "e.id IN (SELECT f.example_id FROM derived.finding f WHERE f.code>=? AND f.code<?)",
        (code.upper(), code.upper() + "\U0010ffff"),
    )


def by_severity(severity: Severity) -> Filter:
    return Filter("e.id IN (SELECT f.example_id FROM derived.finding f WHERE f.severity=?)", (severity.rank,))


def with_findings() -> Filter:
    return Filter("e.id IN (SELECT f.example_id FROM derived.finding f)")


def by_fact(name: str, comparison: str, value: int) -> Filter:
    """`name` is tokens, loss_tokens or messages; examples without facts yet are left out."""
    if name not in _FACTS or comparison not in _COMPARISONS:
        raise UsageError(f"There is no filter {name}{comparison}.")
    return Filter(
        f"e.body_id IN (SELECT f.body_id FROM derived.fact f WHERE f.{_FACTS[name]}{comparison}?)",  # noqa: S608
        (value,),
    )


def by_role(role: str) -> Filter:
    return Filter(
        "e.body_id IN (SELECT f.body_id FROM derived.fact f WHERE f.roles LIKE ? ESCAPE '\\')",
        (f"% {_like(role)} %",),
    )


def by_text(text: str, *, full_text: bool) -> Filter:
    """Examples that hold a text: its words in a row, the last one perhaps only begun.

    Without `full_text` (not built yet), and for scripts that put no spaces between words, the bodies
    themselves are read.
    """
    query = match_query(text)
    if full_text and query is not None:
        return Filter(
            "e.body_id IN (SELECT t.rowid FROM derived.full_text t WHERE t.full_text MATCH ?)", (query,)
        )
    literal = json.dumps(text, ensure_ascii=False).encode("utf-8", "replace").decode()[1:-1]
    escaped = json.dumps(text)[1:-1]
    patterns = list(dict.fromkeys(f"%{_like(spelling)}%" for spelling in (literal, escaped)))
    one = "(SELECT CAST(b.bytes AS TEXT) FROM body b WHERE b.id=e.body_id) LIKE ? ESCAPE '\\'"
    return Filter(" OR ".join(one for _ in patterns), tuple(patterns))


def match_query(text: str) -> str | None:
    """The text as a query of FTS5, or None where only reading the bodies finds it."""
    words = re.findall(r"\w+", text)
    if not words or any(_has_no_spaces(word) for word in words):
        return None
    begun = re.search(r"\w\w$", text) is not None
    return '"' + " ".join(words) + '"' + ("*" if begun else "")


def first_hits(connection: sqlite3.Connection, text: str, limit: int = 100) -> list[int]:
    """Ids of the first hits that the full text gives, unordered: quick while a person types.

    Empty where the full text cannot tell (see match_query).
    """
    query = match_query(text)
    if query is None:
        return []
    rows = connection.execute(
        "SELECT e.id FROM derived.full_text t JOIN body b ON b.id=t.rowid JOIN example e ON e.id=b.example_id"
        " AND e.body_id=b.id AND e.deleted_step IS NULL WHERE t.full_text MATCH ? LIMIT ?",
        (query, limit),
    )
    return [row[0] for row in rows]


def _has_no_spaces(word: str) -> bool:
    """Whether a word has letters of Chinese, Japanese, Thai or the like, which FTS5 does not part."""
    return any("\u0e00" <= c <= "\u0eff" or "\u3040" <= c <= "\u9fff" or c >= "\U00020000" for c in word)


def _like(text: str) -> str:
    return text.replace("\\", "\\\\").replace("%", "\\%").replace("_", "\\_")
