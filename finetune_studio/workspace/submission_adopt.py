"""Jobs of the account that were started elsewhere: given a row of the journal, so that they are followed."""

import re
import secrets
from datetime import UTC, datetime

from finetune_studio.domain.errors import ProviderError, UsageError
from finetune_studio.domain.job import FineTuneJob, Hyperparameters
from finetune_studio.providers.base import REF_KEY, Provider
from finetune_studio.providers.results import number_or_none
from finetune_studio.targets.profile import Profile
from finetune_studio.workspace.submission_journal import NewRow, SubmissionJournal
from finetune_studio.workspace.submission_records import FrozenFile, Submission, SubmissionPlan

_OUR_NAME = re.compile(r"fts-([0-9a-f]{64})\.jsonl")


def adopt_job(
    journal: SubmissionJournal, provider: Provider, profile: Profile, base_url: str, job_id: str
) -> Submission:
    """The row of a job; one that the journal knows already is brought up to date.

    `base_url` is the address as a plan keeps it. A job with our reference, whose row has lost sight of it,
    is given back to that row. Raises UsageError for an empty id, ProviderError where there is no such job.
    """
    if not job_id.strip():
        raise UsageError("No job is named.", "Give the id that the service shows for it.")
    job = provider.get_job(job_id.strip())
    known = journal.by_job(job.id) or _row_of_reference(journal, job)
    if known is not None and known.plan.base_url == base_url:
        return journal.set_job(known.ref, job)
    ref = f"fts-{datetime.now(UTC):%Y%m%d}-{secrets.token_hex(8)}"
    plan = SubmissionPlan(
        profile_id=profile.id,
        title=profile.title,
        base_url=base_url,
        model=job.model,
        method=job.method,
        hyperparameters=Hyperparameters(tuple((name, _value(text)) for name, text in job.hyperparameters)),
        suffix=job.suffix,
        seed=job.seed,
    )
    training = _file_of(provider, job.training_file)
    validation = _file_of(provider, job.validation_file) if job.validation_file else None
    journal.add(NewRow(ref, f"adopted {profile.id} {base_url} {job.id}", plan, training, validation))
    journal.update(ref, training_file_id=job.training_file, validation_file_id=job.validation_file or "")
    return journal.set_job(ref, job)


def jobs_to_adopt(
    journal: SubmissionJournal, provider: Provider, base_url: str, limit: int = 100
) -> tuple[FineTuneJob, ...]:
    """The account's jobs that the journal does not know, newest first."""
    known = journal.known_jobs(base_url)
    return tuple(job for job in provider.list_jobs(limit) if job.id not in known)


def _row_of_reference(journal: SubmissionJournal, job: FineTuneJob) -> Submission | None:
    ref = dict(job.metadata).get(REF_KEY, "")
    row = journal.by_job(ref) if ref else None
    return row if row is not None and row.job is None else None


def _file_of(provider: Provider, file_id: str) -> FrozenFile:
    """What can be known of a file that was not frozen here; its name tells the sha256 of one of ours."""
    try:
        file = provider.get_file(file_id)
    except ProviderError:
        return FrozenFile("", 0, 0)  # deleted at the service, or not shown: the job is adopted all the same
    match = _OUR_NAME.fullmatch(file.name)
    return FrozenFile(match[1] if match else "", file.size or 0, 0)


def _value(text: str) -> float | int | str:
    number = number_or_none(text)
    return text if number is None else int(number) if number.is_integer() else number
