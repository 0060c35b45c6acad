"""Findings in the derived store: written after checks, read by example, rule and severity."""

import json
import sqlite3
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from finetune_studio.domain.diagnostic import Applicability, Diagnostic, Fix, Location, Related, Severity
from finetune_studio.domain.edits import Edit, EditOp
from finetune_studio.storage.connection import guarded
from finetune_studio.storage.derived import DerivedStore

_SEVERITIES = {severity.rank: severity for severity in Severity}
_INSERT = "INSERT INTO finding(example_id, of_dataset, code, severity, document) VALUES (?, ?, ?, ?, ?)"


@dataclass(frozen=True, slots=True)
class RuleTotal:
    """How many findings a rule has, at the greatest of their severities, and in how many examples."""

    code: str
    severity: Severity
    count: int
    examples: int


class FindingStore:
    """Writes through a DerivedStore. `location.example` of a diagnostic is the example's id."""

    def __init__(self, derived: DerivedStore) -> None:
        self._derived = derived

    def replace(self, checked: Iterable[tuple[int, int]], diagnostics: Iterable[Diagnostic]) -> None:
        """Put the findings of single examples in place of what they had; `checked`: (example id, body id)."""
        pairs = list(checked)
        with self._derived.writing() as connection:
            connection.executemany(
                "DELETE FROM finding WHERE example_id=? AND of_dataset=0", ((pair[0],) for pair in pairs)
            )
            connection.executemany("INSERT OR REPLACE INTO checked(example_id, body_id) VALUES (?, ?)", pairs)
            connection.executemany(_INSERT, (_row(diagnostic, of_dataset=0) for diagnostic in diagnostics))

    def replace_of_dataset(self, diagnostics: Iterable[Diagnostic]) -> None:
        """Put the findings that depend on the whole dataset in place of the earlier ones."""
        with self._derived.writing() as connection:
            connection.execute("DELETE FROM finding WHERE of_dataset=1")
            connection.executemany(_INSERT, (_row(diagnostic, of_dataset=1) for diagnostic in diagnostics))

    def clear(self) -> None:
        """Forget all findings, as when the target changes; facts stay."""
        with self._derived.writing() as connection:
            connection.execute("DELETE FROM finding")
            connection.execute("DELETE FROM checked")


# Readers: `connection` is a reader that the store is attached to.


@guarded
def unchecked(connection: sqlite3.Connection, limit: int = -1) -> list[tuple[int, int]]:
    """Examples whose text now was not checked, in order: (example id, body id)."""
    return connection.execute(
        "SELECT e.id, e.body_id FROM example e LEFT JOIN derived.checked c ON c.example_id=e.id"
        " WHERE e.deleted_step IS NULL AND c.body_id IS NOT e.body_id ORDER BY e.position LIMIT ?",
        (limit,),
    ).fetchall()


@guarded
def without_facts(connection: sqlite3.Connection, limit: int = -1) -> list[tuple[int, int]]:
    """Examples whose body has no facts yet, in order: (example id, body id)."""
    return connection.execute(
        "SELECT e.id, e.body_id FROM example e LEFT JOIN derived.fact f ON f.body_id=e.body_id"
        " WHERE e.deleted_step IS NULL AND f.body_id IS NULL ORDER BY e.position LIMIT ?",
        (limit,),
    ).fetchall()


@guarded
def findings_of(connection: sqlite3.Connection, example_id: int) -> list[Diagnostic]:
    """Findings of one example, the worst first."""
    rows = connection.execute(
        "SELECT example_id, code, severity, document FROM derived.finding WHERE example_id=?"
        " ORDER BY severity DESC, code, id",
        (example_id,),
    )
    return [_diagnostic(row) for row in rows]


@guarded
def findings(
    connection: sqlite3.Connection,
    code: str | None = None,
    severity: Severity | None = None,
    limit: int = 200,
    offset: int = 0,
) -> list[Diagnostic]:
    """Findings of examples in the dataset and of the dataset itself, the worst first, by rule and example."""
    rows = connection.execute(
        "SELECT f.example_id, f.code, f.severity, f.document FROM derived.finding f"
        " LEFT JOIN example e ON e.id=f.example_id"
        " WHERE (f.example_id IS NULL OR (e.id IS NOT NULL AND e.deleted_step IS NULL))"
        " AND (?1 IS NULL OR f.code=?1) AND (?2 IS NULL OR f.severity=?2)"
        " ORDER BY f.severity DESC, f.code, e.position, f.id LIMIT ?3 OFFSET ?4",
        (code, None if severity is None else severity.rank, limit, offset),
    )
    return [_diagnostic(row) for row in rows]


@guarded
def rule_totals(connection: sqlite3.Connection) -> list[RuleTotal]:
    """Findings by rule, the worst and most frequent first; those of removed examples are not counted."""
    rows = connection.execute(
        "SELECT f.code, max(f.severity), count(*), count(DISTINCT f.example_id) FROM derived.finding f"
        " LEFT JOIN example e ON e.id=f.example_id"
        " WHERE f.example_id IS NULL OR (e.id IS NOT NULL AND e.deleted_step IS NULL)"
        " GROUP BY f.code ORDER BY 2 DESC, 3 DESC, 1"
    )
    return [RuleTotal(code, _SEVERITIES[rank], count, examples) for code, rank, count, examples in rows]


@guarded
def severity_totals(connection: sqlite3.Connection) -> dict[Severity, int]:
    rows = connection.execute(
        "SELECT f.severity, count(*) FROM derived.finding f LEFT JOIN example e ON e.id=f.example_id"
        " WHERE f.example_id IS NULL OR (e.id IS NOT NULL AND e.deleted_step IS NULL) GROUP BY f.severity"
    )
    found = {_SEVERITIES[rank]: int(count) for rank, count in rows}
    return {severity: found.get(severity, 0) for severity in Severity}


@guarded
def finding_marks(connection: sqlite3.Connection, ids: Iterable[int]) -> dict[int, tuple[int, Severity]]:
    """For a list's rows: how many findings each example has, and the worst."""
    rows = connection.execute(
        "SELECT example_id, count(*), max(severity) FROM derived.finding"
        " WHERE example_id IN (SELECT value FROM json_each(?)) GROUP BY example_id",
        (json.dumps(list(ids)),),
    )
    return {example_id: (count, _SEVERITIES[rank]) for example_id, count, rank in rows}


def _row(diagnostic: Diagnostic, *, of_dataset: int) -> tuple[int | None, int, str, int, str]:
    document = json.dumps(_document(diagnostic), separators=(",", ":"))
    return diagnostic.location.example, of_dataset, diagnostic.code, diagnostic.severity.rank, document


def _document(diagnostic: Diagnostic) -> dict[str, Any]:
    location = diagnostic.location
    place = (location.message_index, location.field, location.start, location.end)
    document: dict[str, Any] = {"message": diagnostic.message, "at": place}
    if diagnostic.fix is not None:
        document["fix"] = [
            diagnostic.fix.title,
            diagnostic.fix.applicability.value,
            [[e.op.value, e.path, e.value, e.to, e.start, e.end] for e in diagnostic.fix.edits],
        ]
    if diagnostic.related:
        document["related"] = [[other.example, other.similarity] for other in diagnostic.related]
    if diagnostic.arguments:
        document["arguments"] = diagnostic.arguments
    return document


def _diagnostic(row: tuple[Any, ...]) -> Diagnostic:
    example_id, code, rank, text = row
    document = json.loads(text)
    fix = document.get("fix")
    return Diagnostic(
        code=code,
        severity=_SEVERITIES[rank],
        message=document["message"],
        location=Location(example_id, *document["at"]),
        fix=None if fix is None else Fix(fix[0], Applicability(fix[1]), tuple(_edit(e) for e in fix[2])),
        related=tuple(Related(*other) for other in document.get("related", ())),
        arguments=document.get("arguments", {}),
    )


def _edit(parts: list[Any]) -> Edit:
    return Edit(EditOp(parts[0]), *parts[1:])
