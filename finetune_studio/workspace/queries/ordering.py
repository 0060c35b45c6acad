"""The order of a list of examples, and the groups that it is shown in."""

from array import array
from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING

from finetune_studio.domain.split import Split

if TYPE_CHECKING:
    from finetune_studio.workspace.workspace import Workspace


class Sort(StrEnum):
    """How a list can be ordered."""

    POSITION = "position"
    TOKENS = "tokens"
    FINDINGS = "findings"
    STATUS = "status"
    EDITED = "edited"
    CREATED = "created"
    RANDOM = "random"
    """The same for the same seed: an example keeps its place among the others as some come and go."""


class Grouping(StrEnum):
    """What the examples of a group have in common."""

    TAG = "tag"
    """The first tag by name: an example stands in one group."""
    PROMPT = "prompt"
    SPLIT = "split"


@dataclass(frozen=True, slots=True)
class Order:
    """How a list is arranged; `seed` is for the random order."""

    sort: Sort = Sort.POSITION
    descending: bool = False
    seed: int = 1
    grouping: Grouping | None = None


@dataclass(frozen=True, slots=True)
class Group:
    """`key` tells groups of a list apart; "" is the group of those that have none."""

    key: str
    label: str
    ids: "array[int]"


MODULUS = 2_147_483_647
"""A prime below 2**31: its square fits into SQLite's integers."""

_SQL = {
    Sort.STATUS: "e.status",
    Sort.CREATED: "e.created_at",
    Sort.EDITED: "iif(e.body_id=e.original_body_id, NULL, (SELECT b.at FROM body b WHERE b.id=e.body_id))",
}


def sql_order(order: Order) -> str:
    """What stands behind ORDER BY; TOKENS and FINDINGS are ordered by what the checks found."""
    if order.sort is Sort.RANDOM:
        place = f"((e.id + {order.seed % MODULUS} * 7919) % {MODULUS} * 1103515245 % {MODULUS})"
        return f"({place} * {place} % {MODULUS} * 48271 + {place}) % {MODULUS}, e.id"
    if order.sort in _SQL:
        return f"{_SQL[order.sort]} {'DESC' if order.descending else 'ASC'}, e.position"
    return "-e.position" if order.descending and order.sort is Sort.POSITION else "position"


def by_checks(workspace: "Workspace", ids: "array[int]", order: Order) -> "array[int]":
    """Order by what the checks found; examples not checked yet come last."""
    if workspace.lint.facts is None or not ids:
        return ids
    import numpy as np

    wanted = np.frombuffer(ids, dtype=np.int64)
    if order.sort is Sort.TOKENS:
        values = workspace.lint.column_of(ids, "tokens", -1)
    else:
        counts = workspace.lint.counts_by_example()
        values = np.fromiter((counts.get(each, 0) for each in ids), dtype=np.int64, count=len(ids))
    ranked = -values if order.descending else np.where(values < 0, np.iinfo(np.int64).max, values)
    return array("q", wanted[np.argsort(ranked, kind="stable")].tobytes())


def groups_of(workspace: "Workspace", ids: "array[int]", grouping: Grouping) -> list[Group]:
    """The examples in groups, in their order within each; for the pool."""
    import numpy as np

    codes: dict[str, int] = {"": 0}
    having, of_each = array("q"), array("q")
    cursor = workspace.reader().execute(_KEYS[grouping])
    while page := cursor.fetchmany(4096):
        having.extend([row[0] for row in page])
        of_each.extend([codes.setdefault(row[1] or "", len(codes)) for row in page])
    numbers = np.frombuffer(ids, dtype=np.int64) if ids else np.zeros(0, dtype=np.int64)
    code = np.zeros(len(numbers), dtype=np.int64)
    if having:
        known, values = np.frombuffer(having, dtype=np.int64), np.frombuffer(of_each, dtype=np.int64)
        places = np.minimum(np.searchsorted(known, numbers), len(known) - 1)
        code = np.where(known[places] == numbers, values[places], 0)
    rows_by_code = np.argsort(code, kind="stable")
    ends = np.cumsum(np.bincount(code, minlength=len(codes)))
    by_key: dict[str, array[int]] = {}
    for key, number in codes.items():
        rows = rows_by_code[ends[number - 1] if number else 0 : ends[number]]
        if len(rows):
            by_key[key] = array("q", numbers[rows].tobytes())
    return [Group(key, _label(key, grouping), by_key[key]) for key in _ordered(by_key, grouping)]


_FIRST_MESSAGE = (
    "CASE WHEN json_extract(t, '{0}[0].role') IN ('system', 'developer')"
    " THEN json_extract(t, '{0}[0].content') END"
)
_KEYS = {
    Grouping.SPLIT: (
        "SELECT id, split FROM example WHERE deleted_step IS NULL AND split IS NOT NULL ORDER BY id"
    ),
    Grouping.TAG: (
        "SELECT x.example_id, min(t.name) FROM example_tag x JOIN tag t ON t.id=x.tag_id"
        " GROUP BY 1 ORDER BY 1"
    ),
    Grouping.PROMPT: (
        "SELECT id, coalesce("  # noqa: S608 (ours)
        + ", ".join(_FIRST_MESSAGE.format(path) for path in ("$.messages", "$.input.messages"))
        + ") FROM (SELECT e.id AS id, CAST(b.bytes AS TEXT) AS t FROM example e JOIN body b ON b.id=e.body_id"
        " WHERE e.deleted_step IS NULL AND (instr(b.bytes, CAST('\"system\"' AS BLOB))"
        " OR instr(b.bytes, CAST('\"developer\"' AS BLOB)))) WHERE json_valid(t) ORDER BY id"
    ),
}
"""SQL of (id, key) for every example that has one, by id."""
_NONE = {
    Grouping.TAG: "No tag",
    Grouping.PROMPT: "No system prompt",
    Grouping.SPLIT: "In no split",
}


def _label(key: str, grouping: Grouping) -> str:
    if not key:
        return _NONE[grouping]
    return key.capitalize() if grouping is Grouping.SPLIT else " ".join(key[:400].split())


def _ordered(by_key: "dict[str, array[int]]", grouping: Grouping) -> list[str]:
    """Splits as they are used, tags by name, prompts by how many have them; those without come last."""
    if grouping is Grouping.SPLIT:
        return [key for key in (*(split.value for split in Split), "") if key in by_key]
    if grouping is Grouping.TAG:
        return sorted(by_key, key=lambda key: (not key, key.lower(), key))
    return sorted(by_key, key=lambda key: (not key, -len(by_key[key]), key))
