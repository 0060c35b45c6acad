"""Looking at versions: which there are, and what differs between two of them or between one and now."""

from dataclasses import dataclass, field
from datetime import datetime
from typing import TYPE_CHECKING

from finetune_studio.domain.edits import pointer_parts
from finetune_studio.domain.errors import StudioError
from finetune_studio.formats.records import loads
from finetune_studio.storage import versions
from finetune_studio.storage.rows import from_millis
from finetune_studio.storage.versions import Snapshot, VersionRow
from finetune_studio.workspace.queries.find import text_places
from finetune_studio.workspace.queries.summaries import summary_of

if TYPE_CHECKING:
    from finetune_studio.workspace.workspace import Workspace


@dataclass(frozen=True, slots=True)
class ChangedExample:
    """One example that differs; `old` or `new` is None where it is not in that version (body ids)."""

    example_id: int
    old: int | None
    new: int | None

    @property
    def kind(self) -> str:
        """added, removed or changed."""
        return "added" if self.old is None else "removed" if self.new is None else "changed"


@dataclass(frozen=True, slots=True)
class Comparison:
    """From an older to a newer version. `others` differ only in state, split or tags."""

    added: list[ChangedExample] = field(default_factory=list)
    removed: list[ChangedExample] = field(default_factory=list)
    changed: list[ChangedExample] = field(default_factory=list)
    others: int = 0

    @property
    def all(self) -> list[ChangedExample]:
        """Changed ones first, then added, then removed."""
        return [*self.changed, *self.added, *self.removed]


@dataclass(frozen=True, slots=True)
class TextChange:
    """One text that differs; "" where there is none on that side."""

    place: str
    old: str
    new: str


@dataclass(frozen=True, slots=True)
class EarlierText:
    """A text that an example has or had; `at` is None for the one that it came with."""

    body_id: int
    at: datetime | None
    is_now: bool


def texts_of_example(workspace: "Workspace", example_id: int) -> list[EarlierText]:
    """The texts of an example that are kept, the newest first."""
    rows = (
        workspace.reader()
        .execute(
            "SELECT b.id, b.at, b.id=e.body_id, b.id=e.original_body_id FROM body b"
            " JOIN example e ON e.id=b.example_id WHERE e.id=? ORDER BY b.id DESC",
            (example_id,),
        )
        .fetchall()
    )
    return [
        EarlierText(body_id, None if original or at is None else from_millis(at), bool(is_now))
        for body_id, at, is_now, original in rows
    ]


def list_versions(workspace: "Workspace") -> list[VersionRow]:
    """The newest first."""
    return versions.rows(workspace.reader())


def compare(workspace: "Workspace", old_id: int, new_id: int | None = None) -> Comparison:
    """What came, went and changed between two versions, or between one and now; for the pool."""
    reader = workspace.reader()
    old = versions.read(reader, old_id)
    new = versions.snapshot_now(reader) if new_id is None else versions.read(reader, new_id)
    both = old.bodies.keys() & new.bodies.keys()
    changed = [number for number in sorted(both) if old.bodies[number] != new.bodies[number]]
    return Comparison(
        [ChangedExample(n, None, new.bodies[n]) for n in sorted(new.bodies.keys() - old.bodies.keys())],
        [ChangedExample(n, old.bodies[n], None) for n in sorted(old.bodies.keys() - new.bodies.keys())],
        [ChangedExample(number, old.bodies[number], new.bodies[number]) for number in changed],
        len(_otherwise(old, new) & both - set(changed)),
    )


def _otherwise(old: Snapshot, new: Snapshot) -> set[int]:
    """Examples whose state, split or tags differ."""
    found: set[int] = set()
    for before, after in (
        (old.statuses, new.statuses),
        (old.splits, new.splits),
        (old.tags, new.tags),
    ):
        for name in before.keys() | after.keys():
            one, other = before.get(name), after.get(name)
            if one != other:
                found |= set(one or ()) ^ set(other or ())
    return found


def text_changes(workspace: "Workspace", old_body: int | None, new_body: int | None) -> list[TextChange]:
    """The texts that differ between two bodies; the whole lines where no text of a message does."""
    old, new = _body(workspace, old_body), _body(workspace, new_body)
    before, after = _texts(old), _texts(new)
    found = [
        TextChange(_place(path), before.get(path, ""), after.get(path, ""))
        for path in [*before, *(path for path in after if path not in before)]
        if before.get(path) != after.get(path)
    ]
    if not found and old != new:
        return [TextChange("The whole line", _shown(old), _shown(new))]
    return found


def title_of_body(workspace: "Workspace", body_id: int) -> str:
    """What a list shows of an example's text."""
    return summary_of(_body(workspace, body_id))[0]


def _body(workspace: "Workspace", body_id: int | None) -> bytes:
    row = workspace.reader().execute("SELECT bytes FROM body WHERE id=?", (body_id,)).fetchone()
    return bytes(row[0]) if row else b""


def _texts(body: bytes) -> dict[str, str]:
    try:
        value = loads(body) if body else None
    except StudioError:
        return {}
    return {f"{place.path} {place.role}": place.text for place in text_places(value)}


def _place(path: str) -> str:
    pointer, _, role = path.rpartition(" ")
    numbers = [part for part in pointer_parts(pointer) if part.isdigit()]
    number = int(numbers[0]) + 1 if numbers else 1
    side = (
        "Non-preferred, " if "/non_preferred" in pointer else "Preferred, " if "/preferred" in pointer else ""
    )
    text = f"{side}{role or 'message'} {number:,}"
    return text[:1].upper() + text[1:]


def _shown(body: bytes) -> str:
    return body.decode("utf-8", "replace").strip()
