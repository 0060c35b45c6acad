"""At start: find out about every submission that is not settled. Looks; never starts a job."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta

from finetune_studio.domain.errors import ProviderError
from finetune_studio.providers.base import Provider
from finetune_studio.workspace.job_watch import look_once
from finetune_studio.workspace.submission_context import WorkContext
from finetune_studio.workspace.submission_create import find_job, request_of
from finetune_studio.workspace.submission_journal import SubmissionJournal
from finetune_studio.workspace.submission_lock import BusyError
from finetune_studio.workspace.submission_records import Submission, SubmissionState

STILL_POSSIBLE = timedelta(minutes=10)
"""So long a service may take to show a job whose creation gave no clear answer."""

ProviderOf = Callable[[Submission], Provider | None]
"""The provider of a submission; None when it cannot be asked now (no key, no profile)."""


def reconcile(journal: SubmissionJournal, provider_of: ProviderOf, context: WorkContext) -> list[Submission]:
    """Bring every open row up to date as far as the services can be asked; those that changed."""
    changed: list[Submission] = []
    for row in journal.unsettled():
        context.check()
        try:
            with journal.lock(row.ref):
                after = _settle(journal, provider_of, journal.get(row.ref))
        except BusyError:
            continue
        if (after.state, after.job) != (row.state, row.job):
            changed.append(after)
    return changed


def _settle(journal: SubmissionJournal, provider_of: ProviderOf, row: Submission) -> Submission:
    if row.state.is_settled:
        return row
    if row.state not in (SubmissionState.CREATING, SubmissionState.UNKNOWN, SubmissionState.SUBMITTED):
        return journal.update(
            row.ref,
            state=SubmissionState.INTERRUPTED,
            error="The app ended before the job was asked for; nothing was started.",
            advice="Submit again to continue.",
        )
    provider = provider_of(row)
    if provider is None:
        return row
    try:
        if row.job is not None:
            look_once(journal, provider, row.ref)
            return journal.get(row.ref)
        return _look_for_job(journal, provider, row)
    except ProviderError as error:
        return journal.update(
            row.ref, state=row.state, error=error.text, advice=error.advice, error_code=error.code
        )


def _look_for_job(journal: SubmissionJournal, provider: Provider, row: Submission) -> Submission:
    job = find_job(journal, provider, row, request_of(row))
    if job is not None:
        row = journal.set_job(row.ref, job)
        if row.cancel_requested and not job.state.is_final:
            row = journal.set_job(row.ref, provider.cancel_job(job.id))
        return row
    begun = row.create_started_at
    if begun is not None and datetime.now(UTC) - begun < STILL_POSSIBLE:
        return journal.update(
            row.ref,
            state=SubmissionState.UNKNOWN,
            error=f"{provider.title} shows no job of this submission yet.",
            advice="It is looked for again. Submitting the same once more looks first.",
        )
    return journal.update(
        row.ref,
        state=SubmissionState.INTERRUPTED,
        error=f"{provider.title} has no job of this submission; nothing was started.",
        advice="Submit again to continue.",
    )
