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

if TYPE_CHECKING:
    from finetune_studio.workspace.workspace import Workspace

SHOWN_MEMBERS = 12
SHOWN_MESSAGES = 30
SHOWN_CHARACTERS = 3000
"""What a card shows at most; the whole example opens in Write."""


@dataclass(frozen=True, slots=True)
class GroupMessage:
    role: str
    text: str
    spans: tuple[Span, ...] = ()
    is_cut: bool = False


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
    more_messages: int
    similarity: float | None


@dataclass(frozen=True, slots=True)
class Group:
    """`ids` are all members; `members` those that are shown."""

    finding: Diagnostic
    ids: tuple[int, ...]
    members: tuple[GroupMember, ...]


def is_group(finding: Diagnostic) -> bool:
    return bool(finding.related)


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
        shown = [
            _message(role, text, base[number][1] if number < len(base) else "", bool(members))
            for number, (role, text) in enumerate(texts[:SHOWN_MESSAGES])
        ]
        rank = ranks.rank_of(example_id)
        members.append(
            GroupMember(
                example_id,
                0 if rank is None else rank,
                row.status,
                row.split,
                row.tags,
                row.source_name,
                tuple(shown),
                max(0, len(texts) - SHOWN_MESSAGES),
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


def _message(role: str, text: str, base: str, compare: bool) -> GroupMessage:
    shown = text[:SHOWN_CHARACTERS]
    spans = different_spans(base[:SHOWN_CHARACTERS], shown) if compare else []
    return GroupMessage(role, shown, tuple(spans), len(text) > len(shown))


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
