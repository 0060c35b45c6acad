"""Reading examples: ids for a list, rows for what is visible, one example for the editor, counts."""

from array import array
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from finetune_studio.domain.diagnostic import Severity
from finetune_studio.domain.example import Example, ExampleKind, ReviewState
from finetune_studio.domain.split import Split
from finetune_studio.formats.records import decode
from finetune_studio.storage import history_store
from finetune_studio.storage.rows import ExampleRow, KeptLineRow, StepRow
from finetune_studio.workspace.queries import large_order
from finetune_studio.workspace.queries.ordering import Order, Sort, by_checks, sql_order
from finetune_studio.workspace.queries.query_terms import ExampleQuery
from finetune_studio.workspace.queries.ranks import Ranks
from finetune_studio.workspace.queries.search import parse_query
from finetune_studio.workspace.queries.search_sql import where_of
from finetune_studio.workspace.queries.summaries import summary_of

if TYPE_CHECKING:
    from finetune_studio.workspace.lint_state import RowFacts
    from finetune_studio.workspace.workspace import Workspace


@dataclass(frozen=True, slots=True)
class ListRow:
    """One row of a list. `rank` counts from 0; `tokens` is None until the example was checked."""

    id: int
    rank: int
    title: str
    preview: str
    status: ReviewState
    split: Split | None
    tags: tuple[str, ...]
    kind: ExampleKind
    tokens: int | None
    n_findings: int
    worst: Severity | None
    is_edited: bool


@dataclass(frozen=True, slots=True)
class Counts:
    """Facts of the whole dataset; tokens are of the `checked` examples."""

    total: int = 0
    by_status: dict[ReviewState, int] = field(default_factory=dict)
    by_split: dict[Split | None, int] = field(default_factory=dict)
    by_kind: dict[ExampleKind, int] = field(default_factory=dict)
    unreadable: int = 0
    checked: int = 0
    tokens: int = 0
    loss_tokens: int = 0


def list_ids(
    workspace: "Workspace", query: ExampleQuery | str = "", order: Order | None = None
) -> "array[int]":
    """Ids of the examples that match, in order; raises QueryError for a text that cannot be understood."""
    order = order or Order()
    if isinstance(query, str):
        query = parse_query(query)
    where = where_of(query, workspace)
    is_large = large_order.is_for(order, len(workspace.ranks()))
    by = sql_order(Order() if is_large else order)
    if by == "position" and not where.sql and not where.joins:
        ids = workspace.ranks().ids()
    else:
        ids = array("q")
        for chunk in workspace.examples().ids(where.sql, where.params, by, where.joins):
            ids.extend(chunk)
    if is_large:
        return large_order.ordered(workspace, ids, order)
    return by_checks(workspace, ids, order) if order.sort in (Sort.TOKENS, Sort.FINDINGS) else ids


def rows(workspace: "Workspace", ids: Sequence[int]) -> list[ListRow]:
    """Rows for a list, in the order asked; examples that are gone are left out. For visible ids only."""
    found = workspace.examples().rows(ids)
    facts = workspace.lint.facts_of([row.id for row in found])
    ranks = workspace.ranks(wait=False)
    return [_list_row(row, _rank(workspace, ranks, row.id), facts) for row in found]


def get_example(workspace: "Workspace", example_id: int) -> Example:
    """One example, decoded; raises UsageError when it is not in the dataset."""
    row = workspace.examples().row(example_id)
    kind, record = decode(row.body)
    return Example(
        id=row.id,
        uid=row.uid,
        kind=kind,
        body=row.body,
        record=record,
        status=row.status,
        split=row.split,
        split_pinned=row.split_pinned,
        tags=row.tags,
        note=row.note,
        source_name=row.source_name,
        source_line=row.source_line,
        created_at=row.created_at,
        edited_at=row.edited_at,
    )


def counts(workspace: "Workspace") -> Counts:
    """Facts of the whole dataset; for the pool."""
    store = workspace.examples()
    by_status = store.count_by_status()
    totals = workspace.lint.totals()
    kinds = workspace.reader().execute(
        "SELECT b.kind, count(*) FROM example e JOIN body b ON b.id=e.body_id"
        " WHERE e.deleted_step IS NULL GROUP BY b.kind"
    )
    return Counts(
        total=sum(by_status.values()),
        by_status=by_status,
        by_split=store.count_by_split(),
        by_kind={ExampleKind(kind): count for kind, count in kinds},
        unreadable=len(store.unreadable_lines()),
        checked=totals.checked,
        tokens=totals.tokens,
        loss_tokens=totals.loss_tokens,
    )


def tag_counts(workspace: "Workspace") -> list[tuple[str, int]]:
    """Each tag in use with the number of its examples, by name."""
    return workspace.examples().tags()


def unreadable_lines(workspace: "Workspace", limit: int = 1000) -> list[KeptLineRow]:
    """Lines of imported files that are no examples, in order."""
    return workspace.examples().unreadable_lines(limit=limit)


def history_of(workspace: "Workspace", example_id: int) -> list[StepRow]:
    """The steps that touched an example, newest first; reads the whole history: for the pool."""
    return history_store.steps_of_example(workspace.reader(), example_id)


def recent_steps(workspace: "Workspace", limit: int = 200) -> list[StepRow]:
    """The newest steps of the dataset first, undone ones included."""
    return history_store.steps(workspace.reader(), limit)


def _rank(workspace: "Workspace", ranks: Ranks, example_id: int) -> int:
    rank = ranks.rank_of(example_id)
    return rank if rank is not None else workspace.examples().rank_of(example_id) or 0


def _list_row(row: ExampleRow, rank: int, facts: "dict[int, RowFacts]") -> ListRow:
    title, preview = summary_of(row.body)
    known = facts.get(row.id)
    return ListRow(
        id=row.id,
        rank=rank,
        title=title,
        preview=preview,
        status=row.status,
        split=row.split,
        tags=row.tags,
        kind=row.kind,
        tokens=known.tokens if known else None,
        n_findings=known.n_findings if known else 0,
        worst=known.worst if known else None,
        is_edited=row.body_id != row.original_body_id,
    )
