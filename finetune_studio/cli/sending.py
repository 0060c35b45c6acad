"""What submit, ask and jobs share: connections, interruption, and how a job is shown."""

import argparse
import logging
import signal
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from typing import TYPE_CHECKING, Any

from finetune_studio.cli.output import ProgressLine
from finetune_studio.domain.errors import UsageError
from finetune_studio.domain.job import FineTuneJob, JobState, Metrics
from finetune_studio.providers.results import number_or_none
from finetune_studio.providers.secrets import KeyFilter
from finetune_studio.workspace.submission_context import EventContext
from finetune_studio.workspace.submission_errors import trouble_of
from finetune_studio.workspace.submission_journal import SubmissionJournal
from finetune_studio.workspace.submission_records import Submission

if TYPE_CHECKING:
    from finetune_studio.providers.base import Provider

LATEST = "latest"


class App:
    """Paths, journal and connections of one command."""

    def __init__(self) -> None:
        from finetune_studio.providers.key_store import KeyStore
        from finetune_studio.settings.paths import app_paths
        from finetune_studio.targets.registry import load_profiles
        from finetune_studio.workspace.connections import Connections
        from finetune_studio.workspace.sending import PROFILES_FOLDER

        self.paths = app_paths()
        self.journal = SubmissionJournal(self.paths.data)
        self.profiles_folder = self.paths.config / PROFILES_FOLDER
        profiles = load_profiles(self.profiles_folder)
        self.connections: Connections = Connections(self.paths, profiles, KeyStore())

    def provider_of(self, row: Submission) -> "Provider":
        """The provider that a submission went to; raises what says why it cannot be asked."""
        profile = self.connections.profile(row.plan.profile_id)
        return self.connections.provider(profile, "" if profile.is_local else row.plan.base_url)

    def find(self, name: str) -> Submission:
        """By job id, reference, beginning of one, or "latest"; raises UsageError."""
        rows = self.journal.all(limit=1000)
        if name == LATEST and rows:
            return rows[0]
        exact = self.journal.by_job(name)
        if exact is not None:
            return exact
        found = [row for row in rows if row.ref.startswith(name) or (row.job and row.job.id.startswith(name))]
        if len(found) == 1:
            return found[0]
        if found:
            raise UsageError(f"“{name}” begins {len(found):,} jobs.", "Write more of the id.")
        raise UsageError(f"There is no job “{name}” here.", "`finetune-studio jobs` lists those that are.")


@contextmanager
def opened() -> Iterator[App]:
    for handler in logging.getLogger().handlers:
        handler.addFilter(KeyFilter())
    app = App()
    try:
        yield app
    finally:
        app.connections.close()


@contextmanager
def interruptible(progress: ProgressLine | None = None) -> Iterator[EventContext]:
    """A context that Ctrl+C cancels; a second Ctrl+C ends the program where it stands."""

    def report(done: int, total: int | None, text: str) -> None:
        if progress is not None:
            progress.show(done, total or 0, text)

    context = EventContext(report)
    if threading.current_thread() is not threading.main_thread():
        yield context
        return

    def on_interrupt(*_: Any) -> None:
        if context.is_cancelled:
            raise KeyboardInterrupt
        context.cancel()

    before = signal.signal(signal.SIGINT, on_interrupt)
    try:
        yield context
    finally:
        signal.signal(signal.SIGINT, before)
        if progress is not None:
            progress.clear()


def note(text: str) -> None:
    """A line for the person, beside the result."""
    print(text, file=sys.stderr)


def add_provider_options(parser: argparse.ArgumentParser, *, required: bool) -> None:
    parser.add_argument(
        "--to",
        metavar="PROFILE",
        required=required,
        default=None,
        help="provider: local (this computer), openai, together ...; `providers` lists them",
    )
    parser.add_argument("--base-url", default="", metavar="URL", help="address, for custom and azure")


def job_as_json(row: Submission, metrics: tuple[Metrics, ...] = ()) -> dict[str, Any]:
    """The document of `--format json`; times are ISO texts in UTC."""
    job = row.job
    last_train, last_valid = last_losses(metrics)
    return {
        "id": job.id if job else None,
        "ref": row.ref,
        "status": job.status if job else row.state.value,
        "state": (job.state.value if job else JobState.PREPARING.value),
        "submission": row.state.value,
        "provider": row.plan.profile_id,
        "base_url": row.plan.base_url,
        "model": job.model if job else row.plan.model,
        "fine_tuned_model": job.fine_tuned_model if job else None,
        "method": row.plan.method,
        "hyperparameters": hyperparameters_of(row),
        "suffix": row.plan.suffix,
        "seed": job.seed if job and job.seed is not None else row.plan.seed,
        "trained_tokens": job.trained_tokens if job else None,
        "train_loss": last_train,
        "valid_loss": last_valid,
        "steps": metrics[-1].step if metrics else None,
        "created_at": _iso(job.created_at if job else row.created_at),
        "finished_at": _iso(job.finished_at if job else None),
        "source": row.plan.source,
        "training_file": _file_as_json(row, "training"),
        "validation_file": _file_as_json(row, "validation"),
        "gate": {
            "errors": row.plan.findings[0],
            "warnings": row.plan.findings[1],
            "override_reason": row.plan.override_reason or None,
        },
        "error": error_of(row),
    }


def hyperparameters_of(row: Submission) -> dict[str, float | int | str]:
    """Those that were chosen, and over them those that the service tells."""
    found = row.plan.hyperparameters.as_dict()
    for name, text in row.job.hyperparameters if row.job else ():
        number = number_or_none(text)
        found[name] = text if number is None else int(number) if number.is_integer() else number
    return found


def _file_as_json(row: Submission, part: str) -> dict[str, Any] | None:
    frozen = row.training if part == "training" else row.validation
    if frozen is None:
        return None
    file_id = row.training_file_id if part == "training" else row.validation_file_id
    return {
        "id": file_id or None,
        "sha256": frozen.sha256 or None,
        "bytes": frozen.size or None,
        "examples": frozen.examples if frozen.is_kept else None,
    }


def error_of(row: Submission) -> dict[str, Any] | None:
    """What went wrong: of the job, else of the sending; `lines` are those of the sent file that it names."""
    trouble = trouble_of(row)
    if trouble is None:
        return None
    return {
        "code": trouble.code,
        "message": trouble.text,
        "advice": trouble.advice,
        "lines": list(trouble.lines),
    }


def last_losses(metrics: tuple[Metrics, ...]) -> tuple[float | None, float | None]:
    """The last training and validation loss; the loss over the whole validation file where that is told."""
    train = next((point.train_loss for point in reversed(metrics) if point.train_loss is not None), None)
    full = next(
        (point.full_valid_loss for point in reversed(metrics) if point.full_valid_loss is not None), None
    )
    valid = next((point.valid_loss for point in reversed(metrics) if point.valid_loss is not None), None)
    return train, full if full is not None else valid


def describe(row: Submission, metrics: tuple[Metrics, ...] = ()) -> list[str]:
    """A job in lines for people."""
    job = row.job
    lines = [f"{job.id if job else row.ref}: {status_text(row)}"]
    lines.append(f"  {row.plan.title}, {job.model if job else row.plan.model}, {row.plan.method}")
    examples = f"{row.training.examples:,} examples"
    if not row.training.is_kept:
        examples = "started elsewhere; its examples are not on this computer"
    elif row.validation is not None:
        examples += f", {row.validation.examples:,} for validation"
    lines.append(f"  {examples}" + (f", from {row.plan.source}" if row.plan.source else ""))
    if job is not None and job.trained_tokens is not None:
        lines.append(f"  {job.trained_tokens:,} trained tokens")
    train, valid = last_losses(metrics)
    if train is not None:
        held_out = f", validation loss {valid:.3f}" if valid is not None else ""
        lines.append(f"  training loss {train:.3f}{held_out}")
    if job is not None and job.fine_tuned_model:
        lines.append(f"  tuned model: {job.fine_tuned_model}")
    error = error_of(row)
    if error is not None:
        lines.append(f"  {error['message']} {error['advice']}".rstrip())
    if row.plan.override_reason:
        lines.append(f"  sent in spite of {row.plan.findings[0]:,} errors: {row.plan.override_reason}")
    return lines


def status_text(row: Submission) -> str:
    job: FineTuneJob | None = row.job
    return job.status if job is not None else row.state.value


def _iso(at: datetime | None) -> str | None:
    return at.isoformat() if at is not None else None
