"""Which jobs an example went into, and what changed since a job was sent."""

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from finetune_studio.domain.example import ReviewState
from finetune_studio.domain.split import Split
from finetune_studio.workspace.queries.versions import ChangedExample
from finetune_studio.workspace.sent_examples import LOOKED_THROUGH, PARTS, TRAINING, is_of
from finetune_studio.workspace.submission_kept import all_submissions, find_sent, lines_sent
from finetune_studio.workspace.submission_records import Submission

if TYPE_CHECKING:
    from finetune_studio.workspace.workspace import Workspace

_NOW = (
    "SELECT e.id, b.sha256, e.body_id, e.status, e.split FROM example e JOIN body b ON b.id=e.body_id"
    " WHERE e.deleted_step IS NULL ORDER BY e.position"
)
_OLD = "SELECT max(id) FROM body WHERE example_id=? AND sha256=?"


@dataclass(frozen=True, slots=True)
class TrainedIn:
    """A job that an example went into, at this line of the sent file; `is_same`: its text is that of now."""

    submission: Submission
    part: str
    line: int
    is_same: bool


@dataclass(frozen=True, slots=True)
class SinceSent:
    """What differs between the examples of a job and those that would be sent now.

    `added`, `removed` (deleted, rejected or in another split now) and `changed` carry ids of bodies; an
    older body of None was taken out of the history since. `sent` and `same` are counts.
    """

    added: list[ChangedExample] = field(default_factory=list)
    removed: list[ChangedExample] = field(default_factory=list)
    changed: list[ChangedExample] = field(default_factory=list)
    sent: int = 0
    same: int = 0

    @property
    def all(self) -> list[ChangedExample]:
        """Changed ones first, then added, then removed."""
        return [*self.changed, *self.added, *self.removed]


def jobs_of_example(workspace: "Workspace", example_id: int) -> list[TrainedIn]:
    """The jobs that exist and that this example went into, the newest first; for the pool."""
    row = (
        workspace.reader()
        .execute("SELECT b.sha256 FROM example e JOIN body b ON b.id=e.body_id WHERE e.id=?", (example_id,))
        .fetchone()
    )
    now = bytes(row[0]) if row else b""
    found: list[TrainedIn] = []
    for submission in all_submissions(workspace, LOOKED_THROUGH):
        if submission.job is None or not is_of(workspace, submission):
            continue
        for part in PARTS:
            place = find_sent(workspace, submission.ref, part, example_id)
            if place is not None:
                line, sha256 = place
                found.append(TrainedIn(submission, part, line, sha256 == now))
                break
    return found


def changes_since(workspace: "Workspace", ref: str) -> SinceSent:
    """Compare what a submission sent with what would be sent now; for the pool."""
    before: dict[int, bytes] = {}
    for part in PARTS:
        lines = lines_sent(workspace, ref, part)
        before.update((number, sha) for number, sha in lines if number is not None)
    found = SinceSent(sent=len(before))
    same = 0
    reader = workspace.reader()
    for example_id, sha256, body_id, status, split in reader.execute(_NOW):
        old = before.get(example_id)
        if status == ReviewState.REJECTED or split == Split.TEST:
            continue  # what was sent stays in `before`, and is among the removed
        if old is None:
            found.added.append(ChangedExample(example_id, None, body_id))
            continue
        del before[example_id]
        if old == bytes(sha256):
            same += 1
        else:
            found.changed.append(ChangedExample(example_id, _body_of(workspace, example_id, old), body_id))
    for example_id, sha in before.items():
        found.removed.append(ChangedExample(example_id, _body_of(workspace, example_id, sha), None))
    return SinceSent(found.added, found.removed, found.changed, found.sent, same)


def _body_of(workspace: "Workspace", example_id: int, sha256: bytes) -> int | None:
    row = workspace.reader().execute(_OLD, (example_id, sha256)).fetchone()
    return int(row[0]) if row and row[0] is not None else None


@dataclass(frozen=True, slots=True)
class DataDifference:
    """Between the files of two jobs, by example where both are of one dataset, else by their lines."""

    only_first: int
    only_second: int
    both: int
    edited: int


def compare_data(workspace: "Workspace", first: Submission, second: Submission) -> DataDifference:
    """What differs between the training files of two submissions; for the pool."""
    one, other = (_lines_of(workspace, row) for row in (first, second))
    if first.plan.dataset_uid != second.plan.dataset_uid or not first.plan.dataset_uid:
        lines_one, lines_other = set(one.values()), set(other.values())
        both = lines_one & lines_other
        return DataDifference(len(lines_one - both), len(lines_other - both), len(both), 0)
    shared = one.keys() & other.keys()
    edited = sum(one[key] != other[key] for key in shared)
    return DataDifference(len(one) - len(shared), len(other) - len(shared), len(shared), edited)


def _lines_of(workspace: "Workspace", row: Submission) -> dict[int, bytes]:
    """Example (or, where it is none, line) to the hash of its text."""
    lines = lines_sent(workspace, row.ref, TRAINING)
    return {(-index if number is None else number): sha for index, (number, sha) in enumerate(lines, 1)}
