"""Sending what is ready: frozen first, written down before the network is asked, one job whatever fails."""

import hashlib
import json
import secrets
from collections.abc import Callable, Iterable
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

from finetune_studio.domain.errors import CancelledError, ProviderError, StudioError, UsageError
from finetune_studio.domain.job import FineTuneJob
from finetune_studio.providers.base import Provider
from finetune_studio.workspace.submission_context import EventContext, WorkContext
from finetune_studio.workspace.submission_create import create_once
from finetune_studio.workspace.submission_gate import GateResult, gate
from finetune_studio.workspace.submission_journal import NewRow, SubmissionJournal
from finetune_studio.workspace.submission_patience import Patience, is_refusal
from finetune_studio.workspace.submission_records import (
    FrozenFile,
    SentExample,
    Submission,
    SubmissionPlan,
    SubmissionState,
)
from finetune_studio.workspace.submission_upload import send_file

__all__ = ["GateResult", "cancel_job", "freeze", "gate", "pause_job", "resume_job", "submit"]


Judge = Callable[[Path, Path | None], GateResult]


def freeze(
    journal: SubmissionJournal,
    plan: SubmissionPlan,
    training: Iterable[SentExample],
    validation: Iterable[SentExample] | None = None,
    context: WorkContext | None = None,
    judge: Judge | None = None,
) -> Submission:
    """Write the bytes and the row; nothing touches the network.

    `judge` sees the frozen files before the row is written; it raises GateError, or gives the gate's
    result for the row.

    The very same submission that was started before and has no job yet is given back instead, so that
    a second try continues it and cannot pay twice. Raises InputError when there is nothing to send.
    """
    steps = context or EventContext()
    ref = f"fts-{datetime.now(UTC):%Y%m%d}-{secrets.token_hex(8)}"

    def report(count: int) -> None:
        steps.progress(count, None, f"Freezing {count:,} examples")

    sent = checked = None
    try:
        sent = journal.files.freeze(ref, "training", training, report)
        if validation is not None:
            checked = journal.files.freeze(ref, "validation", validation, report)
        if judge is not None:
            result = judge(journal.frozen_path(sent), journal.frozen_path(checked) if checked else None)
            plan = _judged(plan, result)
        fingerprint = _fingerprint(plan, sent, checked)
        started = journal.find_open(fingerprint)
        if started is None:
            return journal.add(NewRow(ref, fingerprint, plan, sent, checked))
    except BaseException:
        journal.forget(ref, *(frozen for frozen in (sent, checked) if frozen is not None))
        raise
    journal.forget(ref)
    return started


def _judged(plan: SubmissionPlan, result: GateResult) -> SubmissionPlan:
    plan = replace(plan, findings=result.findings, override_reason=result.override_reason)
    expected = result.forecast
    if expected is None:
        return plan
    return replace(
        plan,
        forecast_tokens=expected.billed_tokens,
        forecast_cost=expected.cost,
        currency=expected.currency,
    )


def _fingerprint(plan: SubmissionPlan, training: FrozenFile, validation: FrozenFile | None) -> str:
    """What makes two submissions the same: where to, what, and how."""
    same = [
        plan.profile_id,
        plan.base_url,
        plan.model,
        plan.method,
        sorted(plan.hyperparameters.values),
        plan.suffix,
        plan.seed,
        training.sha256,
        validation.sha256 if validation else None,
    ]
    return hashlib.sha256(json.dumps(same).encode()).hexdigest()


def submit(
    journal: SubmissionJournal,
    provider: Provider,
    submission: Submission,
    context: WorkContext,
    patience: Patience | None = None,
    first: Callable[[], None] | None = None,
) -> FineTuneJob:
    """Upload what the service does not have, create the job once, and give it back.

    `first` is called before anything is uploaded, and raises ProviderError to stop it (`outlook`).
    Also continues a submission that was interrupted or whose outcome is unknown. Raises ProviderError
    (also kept in the journal, with the state that follows), CancelledError, and BusyError when the
    same submission is being sent elsewhere.
    """
    ref = submission.ref
    with journal.lock(ref):
        row = journal.get(ref)
        if row.job is not None:
            return row.job
        if row.cancel_requested:
            row = journal.update(ref, cancel_requested=False)
        try:
            if first is not None and row.create_started_at is None:
                first()
            return _send(journal, provider, row, context, patience or Patience())
        except CancelledError:
            _note_cancel(journal, ref)
            raise
        except StudioError as error:
            _note_error(journal, ref, error)
            raise


def _send(
    journal: SubmissionJournal,
    provider: Provider,
    row: Submission,
    context: WorkContext,
    patience: Patience,
) -> FineTuneJob:
    may_exist = row.create_started_at is not None
    if not may_exist:
        row = journal.update(row.ref, state=SubmissionState.UPLOADING)
    training_id = row.training_file_id
    if not (may_exist and training_id):
        training_id = send_file(journal, provider, row, "training", context, patience)
        if row.validation is not None:
            send_file(journal, provider, row, "validation", context, patience)
    return create_once(journal, provider, journal.get(row.ref), context, patience)


def _note_cancel(journal: SubmissionJournal, ref: str) -> None:
    row = journal.get(ref)
    if row.job is not None:
        return
    if row.state in (SubmissionState.CREATING, SubmissionState.UNKNOWN):
        journal.update(
            ref,
            state=SubmissionState.UNKNOWN,
            cancel_requested=True,
            error="Cancelled while it was not known whether the service had started the job.",
            advice="It is looked for, and cancelled when it is found.",
        )
        return
    journal.update(ref, state=SubmissionState.CANCELLED)


def _note_error(journal: SubmissionJournal, ref: str, error: StudioError) -> None:
    row = journal.get(ref)
    if row.job is not None:
        return
    state, code = SubmissionState.INTERRUPTED, ""
    if isinstance(error, ProviderError):
        code = error.code
        if is_refusal(error):
            state = SubmissionState.REFUSED
    if row.state in (SubmissionState.CREATING, SubmissionState.UNKNOWN):
        state = SubmissionState.UNKNOWN
    journal.update(ref, state=state, error=error.text, advice=error.advice, error_code=code)


def cancel_job(journal: SubmissionJournal, provider: Provider, ref: str) -> FineTuneJob:
    """Ask the service to cancel; the job as it is then. Raises ProviderError; asking twice is harmless."""
    return _steer(journal, ref, provider.cancel_job)


def pause_job(journal: SubmissionJournal, provider: Provider, ref: str) -> FineTuneJob:
    return _steer(journal, ref, provider.pause_job)


def resume_job(journal: SubmissionJournal, provider: Provider, ref: str) -> FineTuneJob:
    return _steer(journal, ref, provider.resume_job)


def _steer(journal: SubmissionJournal, ref: str, ask: Callable[[str], FineTuneJob]) -> FineTuneJob:
    row = journal.get(ref)
    if row.job is None:
        raise UsageError("There is no job of this submission at the service.", "Continue it, or look again.")
    job = ask(row.job.id)
    journal.set_job(ref, job)
    return job
