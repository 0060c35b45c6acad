"""The one paid call: looked for before, asked once, looked for after any doubtful answer."""

from datetime import UTC, datetime, timedelta

from finetune_studio.domain.errors import CancelledError, ProviderError
from finetune_studio.domain.job import FineTuneJob
from finetune_studio.providers.base import JobRequest, Provider
from finetune_studio.workspace.submission_context import WorkContext
from finetune_studio.workspace.submission_journal import SubmissionJournal
from finetune_studio.workspace.submission_patience import (
    Patience,
    did_nothing,
    look,
    may_repeat_looking,
    pause_before_retry,
)
from finetune_studio.workspace.submission_records import Submission, SubmissionState

_NO_LIST = (404, 405, 501)
_FRESH = timedelta(seconds=60)


def request_of(row: Submission) -> JobRequest:
    plan = row.plan
    return JobRequest(
        ref=row.ref,
        model=plan.model,
        training_file=row.training_file_id,
        validation_file=row.validation_file_id or None,
        method=plan.method,
        hyperparameters=plan.hyperparameters,
        suffix=plan.suffix,
        seed=plan.seed,
        metadata=plan.metadata,
        wandb=plan.wandb,
    )


def create_once(
    journal: SubmissionJournal,
    provider: Provider,
    row: Submission,
    context: WorkContext,
    patience: Patience,
) -> FineTuneJob:
    """The job of this submission: the one that is there already, or a new one."""
    request = request_of(row)
    context.progress(0, None, f"Asking {provider.title} for the job")
    job = _first_look(journal, provider, row, request, context, patience)
    for planned in patience.after_create if job is None and _is_fresh(row) else ():
        context.pause(planned)
        job = look(lambda: find_job(journal, provider, row, request), context, patience)
        if job is not None or not _is_fresh(row):
            break
    if job is None:
        job = _create(journal, provider, row, request, context, patience)
    journal.set_job(row.ref, job)
    if context.is_cancelled:
        journal.set_job(row.ref, provider.cancel_job(job.id))
        raise CancelledError("Cancelled; the job that had just begun was cancelled too.")
    return job


def _is_fresh(row: Submission) -> bool:
    """Whether the job may exist, and was asked for so lately that a slow service may not show it yet."""
    if row.state not in (SubmissionState.CREATING, SubmissionState.UNKNOWN) or row.create_started_at is None:
        return False
    return datetime.now(UTC) - row.create_started_at < _FRESH


def _first_look(
    journal: SubmissionJournal,
    provider: Provider,
    row: Submission,
    request: JobRequest,
    context: WorkContext,
    patience: Patience,
) -> FineTuneJob | None:
    """The job of an earlier try. A service that lists no jobs is no obstacle to the very first try."""
    try:
        return look(lambda: find_job(journal, provider, row, request), context, patience)
    except ProviderError as error:
        if row.create_started_at is None and error.status in _NO_LIST:
            return None
        raise


def find_job(
    journal: SubmissionJournal, provider: Provider, row: Submission, request: JobRequest
) -> FineTuneJob | None:
    """The job with our ref; where a service keeps no metadata, the one look-alike that is new since.

    Raises ProviderError when several look alike: then a person has to choose.
    """
    job = provider.find_job_by_ref(row.ref)
    if job is not None or row.create_started_at is None:
        return job
    known = journal.known_jobs(row.plan.base_url) | set(row.seen_before)
    alike = [job for job in provider.find_jobs_like(request) if job.id not in known]
    if len(alike) > 1:
        raise ProviderError(
            f"{provider.title} has {len(alike):,} jobs that could be this one: "
            f"{', '.join(job.id for job in alike)}.",
            "Look at them there; cancel what is not wanted.",
            status=422,
            code="several_alike",
        )
    return alike[0] if alike else None


def _alike_before(
    provider: Provider, request: JobRequest, context: WorkContext, patience: Patience
) -> tuple[str, ...]:
    """Look-alikes that are there before ours, so that ours can be told from them."""
    try:
        return tuple(job.id for job in look(lambda: provider.find_jobs_like(request), context, patience))
    except ProviderError as error:
        if error.status in _NO_LIST:
            return ()
        raise


def _create(
    journal: SubmissionJournal,
    provider: Provider,
    row: Submission,
    request: JobRequest,
    context: WorkContext,
    patience: Patience,
) -> FineTuneJob:
    context.check()
    seen = row.seen_before
    if row.create_started_at is None:
        seen = _alike_before(provider, request, context, patience)
    for planned in (*patience.creating, None):
        row = journal.update(
            row.ref,
            state=SubmissionState.CREATING,
            create_started_at=datetime.now(UTC),
            seen_before=seen,
        )
        try:
            return provider.create_job(request)
        except ProviderError as error:
            if error.outcome_unknown:
                return _find_after(journal, provider, row, request, context, patience, error)
            journal.update(row.ref, state=SubmissionState.PROCESSING)  # a clear no: nothing is in doubt
            if planned is None or not did_nothing(error):
                raise
            pause_before_retry(error, planned, context, patience.longest)
    raise AssertionError("the last try returns or raises")


def _find_after(
    journal: SubmissionJournal,
    provider: Provider,
    row: Submission,
    request: JobRequest,
    context: WorkContext,
    patience: Patience,
    doubt: ProviderError,
) -> FineTuneJob:
    """Look for the job with growing pauses, never ask for it again; raises ProviderError at the end."""
    journal.update(row.ref, state=SubmissionState.UNKNOWN, error=doubt.text, advice=doubt.advice)
    for planned in patience.after_create:
        context.progress(0, None, f"{provider.title} gave no clear answer; looking whether the job is there")
        context.pause(planned)
        try:
            found = find_job(journal, provider, row, request)
        except ProviderError as trouble:
            if not may_repeat_looking(trouble):
                raise
            continue
        if found is not None:
            return found
    raise ProviderError(
        f"It is not known whether {provider.title} started the job. {doubt.text}",
        "It is looked for again when the app starts. Submitting the same once more looks first,"
        " and starts a job only if there is none.",
        status=doubt.status,
        code="outcome_unknown",
        outcome_unknown=True,
    ) from doubt
