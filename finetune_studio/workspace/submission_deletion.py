"""Deleting what was uploaded for a submission, once nothing needs it there."""

from finetune_studio.domain.errors import UsageError
from finetune_studio.providers.base import Provider
from finetune_studio.workspace.submission_journal import SubmissionJournal
from finetune_studio.workspace.submission_records import Submission


def delete_sent_files(journal: SubmissionJournal, provider: Provider, ref: str) -> tuple[str, ...]:
    """Delete the training and the validation file at the service; the ids of those that are gone now.

    A file that another open submission uses stays. The frozen bytes on this computer stay too. Raises
    UsageError while the job may still read them, ProviderError where the service refuses.
    """
    row = journal.get(ref)
    if row.job is not None and not row.job.state.is_final:
        raise UsageError("The job has not ended; it may still read its files.", "Cancel it first.")
    if row.job is None and not row.state.is_settled:
        raise UsageError("The submission is not settled; its file is needed.", "Wait for it, or cancel it.")
    needed = _needed_by_others(journal, row)
    deleted: list[str] = []
    for column, file_id in (
        ("training_file_id", row.training_file_id),
        ("validation_file_id", row.validation_file_id),
    ):
        if file_id and file_id not in needed:
            provider.delete_file(file_id)
            journal.update(ref, **{column: ""})
            deleted.append(file_id)
    return tuple(deleted)


def _needed_by_others(journal: SubmissionJournal, row: Submission) -> set[str]:
    """Files of open submissions to the same address."""
    open_rows = [
        other
        for other in journal.all(limit=10_000)
        if other.ref != row.ref
        and other.plan.base_url == row.plan.base_url
        and (not other.state.is_settled or (other.job is not None and not other.job.state.is_final))
    ]
    return {file_id for other in open_rows for file_id in (other.training_file_id, other.validation_file_id)}
