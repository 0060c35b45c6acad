"""A parsed query as SQL over the examples (`e`) of the dataset and the facts derived from them."""

import json
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from finetune_studio.domain.diagnostic import Severity
from finetune_studio.storage.full_text import match_query
from finetune_studio.workspace.queries.fact_terms import ids_of_fact
from finetune_studio.workspace.queries.prompts import dataset_prompt
from finetune_studio.workspace.queries.query_terms import (
    EditedTerm,
    ExampleQuery,
    FactTerm,
    HasTerm,
    Having,
    JobTerm,
    KindTerm,
    Leaf,
    Measure,
    NoteTerm,
    NumberTerm,
    RoleTerm,
    RuleTerm,
    SeverityTerm,
    SourceTerm,
    SplitTerm,
    StatusTerm,
    TagTerm,
    TextTerm,
)
from finetune_studio.workspace.sent_examples import ids_sent

if TYPE_CHECKING:
    from finetune_studio.workspace.workspace import Workspace


@dataclass(slots=True)
class Where:
    """A condition on `e` with its parameters, and the joins that it needs."""

    sql: str = ""
    params: list[Any] = field(default_factory=list)
    joins: str = ""


_Part = tuple[str, list[Any]]


def where_of(query: ExampleQuery, workspace: "Workspace") -> Where:
    """The condition that a query means; an empty one for every example."""
    conditions: list[str] = []
    params: list[Any] = []
    for group in query.groups:
        alternatives: list[str] = []
        for term in group:
            sql, values = _part(term.leaf, workspace)
            alternatives.append(f"NOT ({sql})" if term.negated else f"({sql})")
            params.extend(values)
        conditions.append("(" + " OR ".join(alternatives) + ")")
    return Where(" AND ".join(conditions), params)


def _part(leaf: Leaf, workspace: "Workspace") -> _Part:
    return _PARTS[type(leaf)](leaf, workspace)


def _like(text: str) -> str:
    """A LIKE pattern (escaped by a backslash) that finds a text anywhere."""
    for special in ("\\", "%", "_"):
        text = text.replace(special, "\\" + special)
    return f"%{text}%"


def _text(leaf: TextTerm, workspace: "Workspace") -> _Part:
    """By the full text as far as it reaches; the bytes of the other bodies are read."""
    upto = workspace.text_index.upto
    match = match_query(leaf.text) if upto else None
    if match is None:
        return _in_bytes(leaf.text)
    sql, params = _in_bytes(leaf.text)
    indexed = "e.body_id IN (SELECT t.rowid FROM derived.full_text t WHERE t.full_text MATCH ?)"
    return f"{indexed} OR (e.body_id > ? AND {sql})", [match, upto, *params]


def _in_bytes(text: str) -> _Part:
    """The bytes hold the text as JSON spells it: as it is, or with every non-ASCII character escaped."""
    patterns = {_like(json.dumps(text, ensure_ascii=ascii_only)[1:-1]) for ascii_only in (False, True)}
    either = " OR ".join(["CAST(b.bytes AS TEXT) LIKE ? ESCAPE '\\'"] * len(patterns))
    return f"EXISTS (SELECT 1 FROM body b WHERE b.id=e.body_id AND ({either}))", sorted(patterns)  # noqa: S608 (ours)


def _tag(leaf: TagTerm, workspace: "Workspace") -> _Part:
    pattern = _like(leaf.tag.rstrip("*"))[1:] if leaf.tag.endswith("*") else _like(leaf.tag)[1:-1]
    return (
        "EXISTS (SELECT 1 FROM tag t JOIN example_tag x ON x.tag_id=t.id AND x.example_id=e.id"
        " WHERE t.name LIKE ? ESCAPE '\\')",
        [pattern],
    )


def _split(leaf: SplitTerm, workspace: "Workspace") -> _Part:
    return ("e.split IS ?", [leaf.split.value if leaf.split else None])


def _kind(leaf: KindTerm, workspace: "Workspace") -> _Part:
    return "EXISTS (SELECT 1 FROM body b WHERE b.id=e.body_id AND b.kind=?)", [leaf.kind.value]


def _source(leaf: SourceTerm, workspace: "Workspace") -> _Part:
    return (
        "EXISTS (SELECT 1 FROM source s WHERE s.id=e.source_id AND s.name LIKE ? ESCAPE '\\')",
        [_like(leaf.name)],
    )


def _job(leaf: JobTerm, workspace: "Workspace") -> _Part:
    return _in_ids(ids_sent(workspace, leaf.name))


def _role(leaf: RoleTerm, workspace: "Workspace") -> _Part:
    """By the checks' facts where they know every example; else the bytes are read."""
    known = workspace.lint.ids_with_role(leaf.role)
    if known is not None:
        return _in_ids(known)
    quoted = json.dumps(leaf.role, ensure_ascii=False)
    return (
        "EXISTS (SELECT 1 FROM body b WHERE b.id=e.body_id AND (instr(b.bytes, CAST(? AS BLOB))"
        " OR instr(b.bytes, CAST(? AS BLOB))))",
        [f'"role": {quoted}', f'"role":{quoted}'],
    )


def _in_ids(ids: list[int]) -> _Part:
    return "e.id IN (SELECT value FROM json_each(?))", [json.dumps(ids)]


def _rule(leaf: RuleTerm, workspace: "Workspace") -> _Part:
    return _in_ids(workspace.lint.ids_with(lambda found: found.code.startswith(leaf.prefix)))


def _severity(leaf: SeverityTerm, workspace: "Workspace") -> _Part:
    return _in_ids(workspace.lint.ids_with(lambda found: found.severity is leaf.severity))


def _number(leaf: NumberTerm, workspace: "Workspace") -> _Part:
    if leaf.measure is Measure.LINE:
        return _between("e.source_line", leaf)
    return _in_ids(workspace.lint.ids_measured(leaf.measure, leaf.low, leaf.high))


def _fact(leaf: FactTerm, workspace: "Workspace") -> _Part:
    return _in_ids(ids_of_fact(workspace.lint.facts, leaf.fact, leaf.text))


def _between(column: str, leaf: NumberTerm) -> _Part:
    if leaf.low is None:
        return f"coalesce({column} <= ?, 0)", [leaf.high]
    if leaf.high is None:
        return f"coalesce({column} >= ?, 0)", [leaf.low]
    return f"coalesce({column} BETWEEN ? AND ?, 0)", [leaf.low, leaf.high]


def _having(leaf: HasTerm, workspace: "Workspace") -> _Part:
    having = leaf.having
    if having is Having.NOTE:
        return "e.note <> ''", []
    if having is Having.TAG:
        return "EXISTS (SELECT 1 FROM example_tag x WHERE x.example_id=e.id)", []
    if having is Having.SPLIT:
        return "e.split IS NOT NULL", []
    if having in (Having.DATASET_PROMPT, Having.OWN_PROMPT):
        return _prompt(having, dataset_prompt(workspace))
    if having is Having.SYSTEM:
        return _role(RoleTerm("system"), workspace)
    if having is Having.TOOL:
        return "EXISTS (SELECT 1 FROM body b WHERE b.id=e.body_id AND instr(b.bytes, CAST(? AS BLOB)))", [
            '"tool_calls"'
        ]
    if having is Having.FIX:
        return _in_ids(workspace.lint.ids_with(lambda found: found.fix is not None))
    severity = {Having.ERROR: Severity.ERROR, Having.WARNING: Severity.WARNING}.get(having)
    return _in_ids(workspace.lint.ids_with(lambda found: severity in (None, found.severity)))


def _prompt(having: Having, prompt: str) -> _Part:
    """By the first message of a conversation, or of a pair's input."""
    if not prompt and having is Having.DATASET_PROMPT:
        return "0", []
    compared = "IS" if having is Having.DATASET_PROMPT else "IS NOT"
    return (
        "EXISTS (SELECT 1 FROM body b, json_each(CASE WHEN json_valid(CAST(b.bytes AS TEXT)) THEN"  # noqa: S608 (ours)
        " json_array(coalesce(json_extract(CAST(b.bytes AS TEXT), '$.messages[0]'),"
        " json_extract(CAST(b.bytes AS TEXT), '$.input.messages[0]'))) ELSE '[]' END) first"
        " WHERE b.id=e.body_id AND json_valid(first.value)"
        " AND json_extract(first.value, '$.role') IN ('system', 'developer')"
        f" AND coalesce(json_extract(first.value, '$.content'), '') {compared} ?)",
        [prompt],
    )


_PARTS: dict[type, Callable[[Any, "Workspace"], _Part]] = {
    TextTerm: _text,
    TagTerm: _tag,
    StatusTerm: lambda leaf, _: ("e.status=?", [leaf.status.value]),
    EditedTerm: lambda _leaf, _: ("e.body_id <> e.original_body_id", []),
    KindTerm: _kind,
    SplitTerm: _split,
    RuleTerm: _rule,
    SeverityTerm: _severity,
    RoleTerm: _role,
    NoteTerm: lambda leaf, _: ("e.note LIKE ? ESCAPE '\\'", [_like(leaf.text)]),
    SourceTerm: _source,
    JobTerm: _job,
    HasTerm: _having,
    NumberTerm: _number,
    FactTerm: _fact,
}
