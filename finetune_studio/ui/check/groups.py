"""Groups of like examples, with what differs, read in the pool. No Qt."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from finetune_studio.domain.diagnostic import Diagnostic, Location, Related
from finetune_studio.domain.errors import InputError
from finetune_studio.domain.example import ReviewState
from finetune_studio.domain.split import Split
from finetune_studio.formats.records import loads
from finetune_studio.lint.view import ExampleView
from finetune_studio.ui.check.word_diff import Span, different_spans
from finetune_studio.workspace.lint_state import members_of
from finetune_studio.workspace.queries.likeness import likeness
from finetune_studio.workspace.readiness import counted

if TYPE_CHECKING:
    from finetune_studio.workspace.workspace import Workspace

MAX_CHOICES = 200
"""Members that can be chosen to be shown; the rest is counted."""
PROMPTS = "D204"
"""Its groups are system prompts: a frequent one and a variant of it."""
LEAKS = "S704"
"""Its groups are in two splits."""
CONTRADICTIONS = "D203"
ANSWERS = "D205"
"""Its groups are different questions: which one is the newest says nothing."""
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
    """`similarity` is to the one shown at the left, 0 to 1; None for that one itself. `new_tags` are those
    that the other one shown does not have."""

    example_id: int
    rank: int
    status: ReviewState
    split: Split | None
    tags: tuple[str, ...]
    source: str
    messages: tuple[GroupMessage, ...]
    similarity: float | None
    new_tags: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class Choice:
    """A member that can be shown; `similarity` is to the one at the left, None for that one itself."""

    example_id: int
    rank: int
    similarity: float | None


@dataclass(frozen=True, slots=True)
class Group:
    """`ids` are all members that are still there; `members` the one or two that are shown, the left one
    first; `choices` those that could be. Of two system prompts `counts` says how many examples have each."""

    finding: Diagnostic
    ids: tuple[int, ...]
    members: tuple[GroupMember, ...]
    choices: tuple[Choice, ...] = ()
    counts: tuple[int, ...] = ()

    @property
    def left(self) -> int | None:
        return self.members[0].example_id if self.members else None

    @property
    def right(self) -> int | None:
        return self.members[1].example_id if len(self.members) > 1 else None


def group_of(
    workspace: "Workspace", finding: Diagnostic, left: int | None = None, right: int | None = None
) -> Group:
    """The members of a finding in order, those that are gone left out; for the pool.

    `left` and `right` are the two to show; without them, or when they are gone, the first two.
    """
    ranks = workspace.ranks()
    places = [(each, ranks.rank_of(each)) for each in members_of(finding)]
    there = [(each, rank) for each, rank in places if rank is not None]
    there[1:] = sorted(there[1:], key=lambda place: place[1])
    ids = [each for each, _ in there]
    shown = _chosen(ids, left, right)
    alike = _alike(workspace, finding, shown, ids)
    choices = tuple(Choice(each, rank, alike.get(each)) for each, rank in there[:MAX_CHOICES])
    rows = {row.id: row for row in workspace.examples().rows(shown)}
    texts = {each: _texts(row.body, finding.code) for each, row in rows.items()}
    tags = {each: frozenset(row.tags) for each, row in rows.items()}
    members = []
    for each in shown:
        if (row := rows.get(each)) is None:
            continue
        other = next((one for one in shown if one != each and one in rows), None)
        rank = ranks.rank_of(each)
        members.append(
            GroupMember(
                each,
                0 if rank is None else rank,
                row.status,
                row.split,
                row.tags,
                row.source_name,
                _shown(texts[each], texts.get(other, ()) if other is not None else ()),
                alike.get(each),
                tags[each] - tags[other] if other is not None else frozenset(),
            )
        )
    counts = tuple(finding.arguments.get(name, 0) for name in ("count", "own"))
    is_prompts = finding.code == PROMPTS
    return Group(
        finding,
        tuple(ids),
        tuple(members),
        () if is_prompts else choices,
        counts if is_prompts else (),
    )


def _alike(
    workspace: "Workspace", finding: Diagnostic, shown: Sequence[int], ids: Sequence[int]
) -> dict[int, float]:
    """How alike the others that are shown, or can be, are to the one at the left."""
    if finding.code in (CONTRADICTIONS, ANSWERS, PROMPTS) or not shown:
        return {}
    others = [each for each in dict.fromkeys([*shown[1:], *ids[:MAX_CHOICES]]) if each != shown[0]]
    return likeness(workspace, finding.code, shown[0], others)


def _chosen(ids: Sequence[int], left: int | None, right: int | None) -> list[int]:
    """The two to show: those wished for, else the first ones that are not shown already."""
    shown: list[int] = []
    for wish in (left, right):
        if wish is not None and wish in ids and wish not in shown:
            shown.append(wish)
        else:
            rest = (each for each in ids if each not in shown and each not in (left, right))
            shown.extend([each] if (each := next(rest, None)) is not None else ())
    return shown


def prompt_groups(found: Sequence[Diagnostic]) -> list[Diagnostic]:
    """Findings of near-same system prompts, one for each variant: the frequent prompt's first example, and
    all that have the variant."""
    variants: dict[tuple[int, int], list[Diagnostic]] = {}
    for one in found:
        key = (one.arguments.get("like", 0), one.arguments.get("variant", 0))
        variants.setdefault(key, []).append(one)
    return [
        replace(
            own[0],
            location=Location(like),
            fix=None,
            related=tuple(Related(one.location.example, 0.0) for one in own if one.location.example),
        )
        for (like, _), own in variants.items()
    ]


def without_gone(found: Sequence[Diagnostic], is_there: Callable[[int], bool]) -> list[Diagnostic]:
    """Groups without the examples that were deleted meanwhile; what has no other member left is no group."""
    kept = []
    for one in found:
        ids = list(members_of(one))
        if all(map(is_there, ids)):
            kept.append(one)
            continue
        left = [each for each in ids if is_there(each)]
        if len(left) > 1:
            alike = {other.example: other.similarity for other in one.related}
            related = tuple(Related(each, alike.get(each, 0.0)) for each in left[1:])
            kept.append(replace(one, location=replace(one.location, example=left[0]), related=related))
    return kept


def newest_kept(findings: Sequence[Diagnostic]) -> list[int]:
    """The examples to delete so that the one added last stays of every group."""
    keep: set[int] = set()
    others: set[int] = set()
    for finding in findings:
        ids = list(members_of(finding))
        keep.add(max(ids))
        others.update(ids)
    return sorted(others - keep)


def _shown(texts: Sequence[tuple[str, str]], other: Sequence[tuple[str, str]]) -> tuple[GroupMessage, ...]:
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
        shown.append(_message(role, text, base))
    if same:
        shown.append(_same_note(same))
    return tuple(shown)


def _same_note(count: int) -> GroupMessage:
    return GroupMessage("", counted(count, "message that is the same", "messages that are the same"))


def _message(role: str, text: str, other: str) -> GroupMessage:
    """The part of a message that tells it from the other one, with the words marked that the other lacks."""
    shown = text[:COMPARED]
    spans = different_spans(other[:COMPARED], shown)
    start = max(0, spans[0][0] - AROUND) if spans and len(shown) > SAME_SHOWN else 0
    if start and (space := shown.find(" ", start, spans[0][0])) >= 0:
        start = space + 1
    wanted = min(spans[-1][1] + AROUND - start, DIFFERENT_SHOWN) if spans else SAME_SHOWN
    end = min(len(shown), start + max(wanted, SAME_SHOWN))
    head, tail = "…" if start else "", "…" if end < len(text) else ""
    moved = [(max(a, start), min(b, end)) for a, b in spans if a < end]
    by = len(head) - start
    return GroupMessage(role, head + shown[start:end] + tail, tuple((a + by, b + by) for a, b in moved))


def _texts(body: bytes, code: str) -> list[tuple[str, str]]:
    """(role, text) of every message, of groups of system prompts only of these; tool calls are shown as
    name(arguments)."""
    try:
        view = ExampleView(0, body, loads(body))
    except InputError:
        return [("", body.decode("utf-8", "replace"))]
    found = []
    for message in view.messages:
        if code == PROMPTS and message.role not in ("system", "developer"):
            continue
        texts = [text for _, text in message.all_texts()]
        found.append((message.role or "message", "\n".join(texts)))
    return found
