"""An open dataset as it is sent: its splits, its settings of the checks, its findings set aside."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from finetune_studio.domain.errors import CancelledError, GateError, StudioError
from finetune_studio.domain.job import FineTuneJob, Hyperparameters
from finetune_studio.domain.split import Split
from finetune_studio.lint.suppression import apply_suppressions
from finetune_studio.providers.base import Provider
from finetune_studio.targets.target import Target
from finetune_studio.workspace.lint_config import config_of, suppressions_of
from finetune_studio.workspace.outlook import outlook
from finetune_studio.workspace.submission import freeze, submit
from finetune_studio.workspace.submission_check import FrozenCheck, SentFinding
from finetune_studio.workspace.submission_context import WorkContext
from finetune_studio.workspace.submission_moderation import moderate, require_unflagged
from finetune_studio.workspace.submission_order import Order, StoppedByGateError
from finetune_studio.workspace.submission_records import Submission, SubmissionPlan, SubmissionState
from finetune_studio.workspace.submission_sources import FileExamples, WorkspaceExamples

if TYPE_CHECKING:
    from finetune_studio.workspace.task import TaskContext
    from finetune_studio.workspace.workspace import Workspace

Progress = Callable[[int, int, str], None]


@dataclass(frozen=True, slots=True)
class DatasetParts:
    """What `freeze` takes: the examples of both files (validation None: none), and the judge."""

    training: WorkspaceExamples
    validation: WorkspaceExamples | FileExamples | None
    check: FrozenCheck


def dataset_parts(
    workspace: "Workspace",
    target: Target,
    *,
    held_out: FileExamples | None = None,
    with_validation: bool = True,
    override_reason: str = "",
    progress: Progress | None = None,
    hyperparameters: Hyperparameters | None = None,
) -> DatasetParts:
    """The splits of a dataset for a target; `held_out` validates in place of the dataset's own split."""
    training = WorkspaceExamples(workspace, target)
    own = WorkspaceExamples(workspace, target, Split.VALIDATION)
    validation: WorkspaceExamples | FileExamples | None = held_out
    if held_out is None and with_validation and own.count:
        validation = own
    config = replace(config_of(workspace.options(), workspace.sending.profiles), target=target)
    aside = _Aside(workspace)
    check = FrozenCheck(config, training, validation, override_reason, progress, aside, hyperparameters)
    return DatasetParts(training, validation, check)


class _Aside:
    """Leaves out what a person has set aside in the dataset."""

    def __init__(self, workspace: "Workspace") -> None:
        store = workspace.examples()
        self._suppressions = suppressions_of(store.suppressions())
        uids = {item.uid for item in self._suppressions if item.uid is not None}
        found = {uid: store.id_of_uid(uid) for uid in uids}
        self._ids = {uid: example_id for uid, example_id in found.items() if example_id is not None}

    def __call__(self, findings: Sequence[SentFinding]) -> Sequence[SentFinding]:
        kept: list[SentFinding] = []
        for finding in findings:
            if finding.diagnostic is None:
                kept.append(finding)
                continue
            location = replace(finding.diagnostic.location, example=finding.place)
            here = replace(finding.diagnostic, location=location)
            if apply_suppressions([here], self._suppressions, self._ids).kept:
                kept.append(finding)
        return kept


def send_dataset(workspace: "Workspace", order: Order, context: "TaskContext") -> FineTuneJob:
    """Check, freeze, upload and create the job; publishes the Submission once it is written down.

    Raises MissingKeyError, UsageError and, where the service has closed, ProviderError before anything is
    read; StoppedByGateError, and what `submit` raises.
    """
    connections, journal = workspace.sending.connections, workspace.sending.journal
    profile = order.target.profile
    outlook(profile, order.target.model.id, datetime.now(UTC).date()).require_open(profile)
    if not profile.is_local:
        connections.provider(profile, order.base_url)
    submission = _freeze(workspace, order, context)
    context.publish(submission)
    provider = connections.provider(profile, order.base_url, cancelled=lambda: context.is_cancelled)
    if order.moderate and submission.create_started_at is None:
        _moderate(workspace, provider, order, submission, context)
    return submit(journal, provider, submission, context)


def _moderate(
    workspace: "Workspace", provider: Provider, order: Order, submission: Submission, context: "TaskContext"
) -> None:
    """Raises what stops the submission, which stays in the journal with the reason and can be continued."""
    journal = workspace.sending.journal
    profile = order.target.profile
    try:
        flagged = moderate(journal, provider, submission, profile.moderation_model, context)
        require_unflagged(flagged, profile.title)
    except CancelledError:
        journal.update(submission.ref, state=SubmissionState.CANCELLED)
        raise
    except StudioError as error:
        told = {"error": error.text, "advice": error.advice, "error_code": getattr(error, "code", "")}
        journal.update(submission.ref, state=SubmissionState.INTERRUPTED, **told)
        raise


def continue_submission(workspace: "Workspace", ref: str, context: WorkContext) -> FineTuneJob:
    """Go on with one that was interrupted, or whose outcome is unknown: it looks before it asks again."""
    sending = workspace.sending
    row = sending.journal.get(ref)
    profile = sending.connections.profile(row.plan.profile_id)
    address = "" if profile.is_local else row.plan.base_url
    provider = sending.connections.provider(profile, address, cancelled=lambda: context.is_cancelled)
    return submit(sending.journal, provider, row, context)


def _freeze(workspace: "Workspace", order: Order, context: "TaskContext") -> Submission:
    profile = order.target.profile

    def show(done: int, total: int, _text: str) -> None:
        context.progress(done, total, "Checking what is sent")

    parts = dataset_parts(
        workspace,
        order.target,
        with_validation=order.with_validation,
        override_reason=order.override_reason,
        progress=show,
        hyperparameters=order.hyperparameters,
    )
    plan = SubmissionPlan(
        profile_id=profile.id,
        title=profile.title,
        base_url=workspace.sending.connections.journal_address(profile, order.base_url),
        model=order.target.model.id,
        method=order.target.method,
        hyperparameters=order.hyperparameters,
        suffix=order.suffix,
        seed=order.seed,
        source=str(workspace.path),
        dataset_uid=workspace.uid,
        metadata=order.metadata,
        wandb=order.wandb,
    )
    try:
        return freeze(workspace.sending.journal, plan, parts.training, parts.validation, context, parts.check)
    except GateError as error:
        raise StoppedByGateError(error, parts.check.findings) from error
