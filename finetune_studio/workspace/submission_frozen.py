"""Deleting frozen bytes on this computer once no submission needs them; the record of what was sent stays."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

from finetune_studio.domain.errors import StorageFullError, UsageError
from finetune_studio.workspace.submission_journal import SubmissionJournal
from finetune_studio.workspace.submission_records import FrozenFile, Submission, SubmissionState

_OVER = frozenset((SubmissionState.DONE, SubmissionState.REFUSED, SubmissionState.CANCELLED))
_LOOKED_THROUGH = 10_000
_CHUNK = 1 << 20


@dataclass(frozen=True, slots=True)
class FrozenHere:
    """Frozen files that lie on this computer; `size` in bytes."""

    paths: tuple[Path, ...] = ()
    size: int = 0


def is_over(row: Submission) -> bool:
    """Whether a submission reads its frozen bytes no more."""
    return row.state in _OVER and not row.is_record


def frozen_here(journal: SubmissionJournal, row: Submission) -> FrozenHere:
    """The frozen files of a submission as far as they are still there."""
    paths = [journal.frozen_path(frozen) for frozen in _files(row)]
    there = tuple(dict.fromkeys(path for path in paths if path.is_file()))
    return FrozenHere(there, sum(path.stat().st_size for path in there))


def delete_frozen(journal: SubmissionJournal, ref: str) -> FrozenHere:
    """Delete the frozen bytes of a submission that is over; what is gone now.

    Bytes that another submission still needs stay, and so do the maps from lines to examples. Raises
    UsageError while this one needs them, StorageFullError where the folder refuses.
    """
    row = journal.get(ref)
    if not is_over(row):
        raise UsageError("This job still needs its frozen file.", "Wait until it has ended, or cancel it.")
    needed = _needed(journal)
    return _delete(path for path in frozen_here(journal, row).paths if path not in needed)


def holding(journal: SubmissionJournal, dataset_uid: str, spellings: Sequence[bytes]) -> tuple[Path, ...]:
    """The frozen files of a dataset that hold any of some texts."""
    paths: dict[Path, None] = {}
    for row in journal.all(_LOOKED_THROUGH):
        if row.plan.dataset_uid == dataset_uid:
            paths.update(dict.fromkeys(frozen_here(journal, row).paths))
    return tuple(path for path in paths if _holds(path, spellings))


def delete_unneeded(journal: SubmissionJournal, paths: Iterable[Path]) -> FrozenHere:
    """Delete those of some frozen files that no submission needs any more."""
    needed = _needed(journal)
    return _delete(path for path in paths if path not in needed)


def _delete(paths: Iterable[Path]) -> FrozenHere:
    gone: list[Path] = []
    size = 0
    for path in paths:
        try:
            size += path.stat().st_size
            path.unlink()
            for note in path.parent.glob(f"{path.stem}.*.parts"):
                note.unlink(missing_ok=True)
        except OSError as error:
            raise StorageFullError(f"{path} cannot be deleted ({error.strerror or error}).") from error
        gone.append(path)
    return FrozenHere(tuple(gone), size)


def _needed(journal: SubmissionJournal) -> set[Path]:
    rows = [row for row in journal.all(_LOOKED_THROUGH) if not is_over(row)]
    return {journal.frozen_path(frozen) for row in rows for frozen in _files(row)}


def _files(row: Submission) -> list[FrozenFile]:
    return [file for file in (row.training, row.validation) if file is not None and file.is_kept]


def _holds(path: Path, spellings: Sequence[bytes]) -> bool:
    overlap = max(len(spelled) for spelled in spellings)
    before = b""
    try:
        with path.open("rb") as stream:
            while data := stream.read(_CHUNK):
                piece = before + data
                if any(spelled in piece for spelled in spellings):
                    return True
                before = piece[-overlap:]
    except OSError:
        return False
    return False
