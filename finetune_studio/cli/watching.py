"""Following a job on the command line, and the exit code that its end gives."""

from typing import TYPE_CHECKING

from finetune_studio.cli.output import EXIT_FAILED, EXIT_OK, ProgressLine
from finetune_studio.cli.sending import App
from finetune_studio.domain.errors import CancelledError, ProviderError
from finetune_studio.domain.job import JobState
from finetune_studio.workspace.submission_records import Submission

if TYPE_CHECKING:
    from finetune_studio.workspace.submission_context import EventContext


def wait_for_job(app: App, ref: str, context: "EventContext", progress: ProgressLine) -> None:
    """Follow a job to its end. Raises ProviderError, and CancelledError when the person no longer waits."""
    from finetune_studio.workspace.job_watch import JobUpdate, watch

    def show(update: JobUpdate) -> None:
        text = f"{update.job.status}{': ' + update.offline if update.offline else ''}"
        progress.show(update.step or 0, update.total_steps or 0, text)

    row = app.journal.get(ref)
    provider = app.connections.provider_of(row, start=True)
    if provider is None:
        raise ProviderError(f"{row.plan.title} cannot be asked now.", "`finetune-studio jobs` shows the job.")
    try:
        watch(
            app.journal,
            provider,
            ref,
            show,
            context,
            reconnect=lambda: app.connections.provider_of(row, start=True),
        )
    except CancelledError:
        job = row.job
        shown = f"`finetune-studio jobs show {job.id if job else ref}`"
        raise CancelledError(f"No longer waiting; the job goes on. {shown} shows it.") from None


def exit_code_of(row: Submission) -> int:
    """0 for a job that succeeded or is open, 1 for one that failed, was cancelled or never came about."""
    if row.job is None or row.job.state in (JobState.FAILED, JobState.CANCELLED):
        return EXIT_FAILED
    return EXIT_OK
