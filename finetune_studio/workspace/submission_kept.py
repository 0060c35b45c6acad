"""The dataset's own record of what was sent from it: it stays where the app's data folder does not.

The journal goes before it. Where the journal does not know a submission (another computer, a new data
folder), the record is shown, and nothing is asked for it.
"""

import dataclasses
import json
from collections.abc import Iterator
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from finetune_studio.domain.job import JobEvent, Metrics
from finetune_studio.storage.submission_copies import (
    SubmissionCopy,
    document_of,
    lines_of,
    pack_lines,
    put_copies,
    stamps_of,
)
from finetune_studio.workspace.job_watch import JobUpdate, last_update, update_of
from finetune_studio.workspace.submission_files import RECORD_SIZE, find_in_records, read_records
from finetune_studio.workspace.submission_records import (
    SentLine,
    Submission,
    SubmissionState,
    dump,
    load_checkpoint,
    load_file,
    load_job,
    load_plan,
    load_time,
)

if TYPE_CHECKING:
    from finetune_studio.workspace.workspace import Workspace

_PARTS = ("training", "validation")
_LOOKED_THROUGH = 1_000
_KEPT_EVENTS = 200
_BEFORE_ALL = datetime.min.replace(tzinfo=UTC)

# Writing


def stale_copies(workspace: "Workspace") -> list[SubmissionCopy]:
    """What the journal knows of this dataset's submissions and the dataset does not; for the pool."""
    if workspace.read_only:
        return []
    kept = stamps_of(workspace.reader())
    return [
        _copy_of(workspace, row, with_lines=row.ref not in kept)
        for row in workspace.sending.journal.all(_LOOKED_THROUGH)
        if row.plan.dataset_uid == workspace.uid and kept.get(row.ref) != _stamp(row)
    ]


def keep_copies(workspace: "Workspace", copies: list[SubmissionCopy]) -> None:
    """Write records into the dataset file; no step of the history: what was sent cannot be undone."""
    if copies:
        put_copies(workspace.database, copies)


def _copy_of(workspace: "Workspace", row: Submission, *, with_lines: bool) -> SubmissionCopy:
    journal = workspace.sending.journal
    source = row.plan.source.replace("\\", "/").rpartition("/")[2]
    document: dict[str, Any] = json.loads(
        dump(dataclasses.replace(row, plan=dataclasses.replace(row.plan, source=source)))
    )
    document["updated_at"] = _stamp(row)
    document["events"] = [json.loads(dump(event)) for event in journal.events(row.ref)[-_KEPT_EVENTS:]]
    document["metrics"] = [dataclasses.asdict(point) for point in journal.metrics(row.ref)]
    document["checkpoints"] = [dataclasses.asdict(item) for item in journal.checkpoints(row.ref)]
    lines = None
    if with_lines:
        lines = pack_lines(b"".join(journal.files.records(row.ref, part) for part in _PARTS))
    at = round((row.created_at or datetime.now(UTC)).timestamp() * 1000)
    text = json.dumps(document, ensure_ascii=False)
    return SubmissionCopy(row.ref, at, row.plan.profile_id, text, lines)


def _stamp(row: Submission) -> str:
    return row.updated_at.isoformat() if row.updated_at is not None else ""


# Reading


def all_submissions(workspace: "Workspace", limit: int) -> list[Submission]:
    """Those of the journal and, beside them, those that only the dataset knows; the newest first.

    Whatever the dataset has a record of is of this dataset, also in a copy of it.
    """
    journal = workspace.sending.journal
    kept = stamps_of(workspace.reader())
    rows = [_as_of(workspace, row) if row.ref in kept else row for row in journal.all(limit)]
    unknown = kept.keys() - journal.refs()
    if not unknown:
        return rows
    records = [record for ref in unknown if (record := _record(workspace, ref)) is not None]
    rows.extend(records)
    return sorted(rows, key=lambda row: row.created_at or _BEFORE_ALL, reverse=True)[:limit]


def last_known(workspace: "Workspace", row: Submission) -> JobUpdate | None:
    """What is known of a job without asking anybody; None before there is one."""
    if not row.is_record:
        return last_update(workspace.sending.journal, row.ref)
    document = _document(workspace, row.ref)
    if row.job is None or document is None:
        return None
    try:
        events = [JobEvent(**{**raw, "at": load_time(raw["at"])}) for raw in document["events"]]
        metrics = [Metrics(**raw) for raw in document["metrics"]]
        checkpoints = [load_checkpoint(raw) for raw in document["checkpoints"]]
    except (KeyError, TypeError, ValueError):
        return None
    return update_of(row.ref, row.job, events, metrics, checkpoints)


def lines_sent(workspace: "Workspace", ref: str, part: str) -> Iterator[tuple[int | None, bytes]]:
    """(Example or None, hash of its body) of every line of what was sent, in order."""
    files = workspace.sending.journal.files
    if files.has_map(ref, part):
        return files.lines(ref, part)
    return read_records(_kept_records(workspace, ref, part))


def find_sent(workspace: "Workspace", ref: str, part: str, example_id: int) -> tuple[int, bytes] | None:
    """The first line (1-based) that came from an example, and the hash of its body then."""
    files = workspace.sending.journal.files
    if files.has_map(ref, part):
        return files.find_example(ref, part, example_id)
    return find_in_records(_kept_records(workspace, ref, part), example_id)


def example_sent(workspace: "Workspace", ref: str, line: int, part: str = "training") -> SentLine | None:
    """Where a line (1-based) of what was sent came from; None when there is no such line."""
    files = workspace.sending.journal.files
    if files.has_map(ref, part):
        return files.line(ref, part, line)
    start = (line - 1) * RECORD_SIZE
    records = _kept_records(workspace, ref, part)[max(0, start) : start + RECORD_SIZE]
    found = next(read_records(records), None)
    return SentLine(*found) if found is not None and line > 0 else None


def _kept_records(workspace: "Workspace", ref: str, part: str) -> bytes:
    document = _document(workspace, ref)
    if document is None:
        return b""
    records = lines_of(workspace.reader(), ref)
    size = document["training"]["examples"] * RECORD_SIZE
    return records[:size] if part == "training" else records[size:]


def _document(workspace: "Workspace", ref: str) -> dict[str, Any] | None:
    text = document_of(workspace.reader(), ref)
    try:
        found = json.loads(text) if text else None
    except ValueError:
        return None
    return found if isinstance(found, dict) else None


def _record(workspace: "Workspace", ref: str) -> Submission | None:
    """None where the document is not understood: a purge went through it, or a newer app wrote it."""
    document = _document(workspace, ref)
    try:
        return _as_of(workspace, _submission(document)) if document is not None else None
    except (KeyError, TypeError, ValueError):
        return None


def _submission(raw: dict[str, Any]) -> Submission:
    training = load_file(json.dumps(raw["training"]))
    if training is None:
        raise ValueError("a record without a training file")
    return Submission(
        ref=raw["ref"],
        state=SubmissionState(raw["state"]),
        plan=load_plan(json.dumps(raw["plan"])),
        training=training,
        validation=load_file(json.dumps(raw["validation"])) if raw["validation"] else None,
        training_file_id=raw["training_file_id"],
        validation_file_id=raw["validation_file_id"],
        job=load_job(json.dumps(raw["job"])) if raw["job"] else None,
        error=raw["error"],
        advice=raw["advice"],
        error_code=raw["error_code"],
        created_at=load_time(raw["created_at"]),
        updated_at=load_time(raw["updated_at"]),
        is_record=True,
    )


def _as_of(workspace: "Workspace", row: Submission) -> Submission:
    return dataclasses.replace(row, plan=dataclasses.replace(row.plan, dataset_uid=workspace.uid))
