"""Groups of like examples, with what differs, read in the pool. No Qt."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from finetune_studio.domain.diagnostic import Diagnostic
from finetune_studio.domain.errors import InputError
from finetune_studio.domain.example import ReviewState
from finetune_studio.domain.split import Split
from finetune_studio.formats.records import loads
from finetune_studio.lint.view import ExampleView
from finetune_studio.ui.check.word_diff import Span, different_spans
from finetune_studio.workspace.lint_state import members_of
from finetune_studio.workspace.readiness import counted

if TYPE_CHECKING:
    from finetune_studio.storage.rows import ExampleRow
    from finetune_studio.workspace.workspace import Workspace

SHOWN_MEMBERS = 6
"""Cards side by side; the rest is counted."""
ALWAYS_SHOWN = 3
"""Messages at the beginning that are shown even where they are the same."""
MAX_MESSAGES = 16
COMPARED = 20_000
"""Characters of a message that are compared."""
SAME_SHOWN = 320
"""Characters of a message that is the same everywhere: enough to know it again."""
AROUND = 140
DIFFERENT_SHOWN = 1800
"""Characters around and of the differences; the whole example opens in Write."""


@dataclass(frozen=True, slots=True)
class GroupMessage:
    """Without a role it is a note about messages that are left out."""

    role: str
    text: str
    spans: tuple[Span, ...] = ()


@dataclass(frozen=True, slots=True)
class GroupMember:
    """`similarity` is to the first member, 0 to 1; None for the first itself."""

    example_id: int
    rank: int
    status: ReviewState
    split: Split | None
    tags: tuple[str, ...]
    source: str
    messages: tuple[GroupMessage, ...]
    similarity: float | None


@dataclass(frozen=True, slots=True)
class Group:
    """`ids` are all members; `members` those that are shown."""

    finding: Diagnostic
    ids: tuple[int, ...]
    members: tuple[GroupMember, ...]


def group_of(workspace: "Workspace", finding: Diagnostic) -> Group:
    """The members of a finding in order, those that are gone left out; for the pool."""
    ids = list(members_of(finding))
    rows = {row.id: row for row in workspace.examples().rows(ids[:SHOWN_MEMBERS])}
    ranks = workspace.ranks()
    alike = {other.example: other.similarity for other in finding.related}
    members: list[GroupMember] = []
    base: Sequence[tuple[str, str]] = ()
    for example_id in ids[:SHOWN_MEMBERS]:
        row = rows.get(example_id)
        if row is None:
            continue
        texts = _texts(row.body)
        other = base if members else _next_texts(rows, ids, example_id)
        shown = _shown(texts, other, is_marked=bool(members))
        rank = ranks.rank_of(example_id)
        members.append(
            GroupMember(
                example_id,
                0 if rank is None else rank,
                row.status,
                row.split,
                row.tags,
                row.source_name,
                shown,
                alike.get(example_id) if members else None,
            )
        )
        base = base or texts
    return Group(finding, tuple(ids), tuple(members))


def newest_kept(findings: Sequence[Diagnostic]) -> list[int]:
    """The examples to delete so that the one added last stays of every group."""
    keep: set[int] = set()
    others: set[int] = set()
    for finding in findings:
        ids = list(members_of(finding))
        keep.add(max(ids))
        others.update(ids)
    return sorted(others - keep)


def _next_texts(rows: "dict[int, ExampleRow]", ids: Sequence[int], first: int) -> list[tuple[str, str]]:
    """The second member: where the first one differs from it is where both are shown."""
    second = next((rows[other] for other in ids if other != first and other in rows), None)
    return [] if second is None else _texts(second.body)


def _shown(
    texts: Sequence[tuple[str, str]], other: Sequence[tuple[str, str]], *, is_marked: bool
) -> tuple[GroupMessage, ...]:
    """The first messages, and of the rest those that differ; what is left out is counted."""
    shown: list[GroupMessage] = []
    same = 0
    for number, (role, text) in enumerate(texts):
        base = other[number][1] if number < len(other) else ""
        if len(shown) >= MAX_MESSAGES:
            shown.append(GroupMessage("", counted(len(texts) - number + same, "more message")))
            return tuple(shown)
        if number >= ALWAYS_SHOWN and text == base and len(texts) > ALWAYS_SHOWN + 1:
            same += 1
            continue
        if same:
            shown.append(_same_note(same))
            same = 0
        shown.append(_message(role, text, base, is_marked))
    if same:
        shown.append(_same_note(same))
    return tuple(shown)


def _same_note(count: int) -> GroupMessage:
    return GroupMessage("", counted(count, "message that is the same", "messages that are the same"))


def _message(role: str, text: str, other: str, is_marked: bool) -> GroupMessage:
    """The part of a message that tells it from the other one; marked in all members but the first."""
    shown = text[:COMPARED]
    spans = different_spans(other[:COMPARED], shown)
    start = max(0, spans[0][0] - AROUND) if spans and len(shown) > SAME_SHOWN else 0
    if start and (space := shown.find(" ", start, spans[0][0])) >= 0:
        start = space + 1
    wanted = min(spans[-1][1] + AROUND - start, DIFFERENT_SHOWN) if spans else SAME_SHOWN
    end = min(len(shown), start + max(wanted, SAME_SHOWN))
    head, tail = "…" if start else "", "…" if end < len(text) else ""
    moved = [(max(a, start), min(b, end)) for a, b in spans if a < end] if is_marked else []
    by = len(head) - start
    return GroupMessage(role, head + shown[start:end] + tail, tuple((a + by, b + by) for a, b in moved))


def _texts(body: bytes) -> list[tuple[str, str]]:
    """(role, text) of every message; tool calls are shown as name(arguments)."""
    try:
        view = ExampleView(0, body, loads(body))
    except InputError:
        return [("", body.decode("utf-8", "replace"))]
    found = []
    for message in view.messages:
        texts = [text for _, text in message.all_texts()]
        found.append((message.role or "message", "\n".join(texts)))
    return found
