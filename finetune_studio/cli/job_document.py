"""How a job is shown: the document of `--format json`, and lines for people."""

from datetime import datetime
from typing import Any

from finetune_studio.cli.sending import App
from finetune_studio.domain.job import Checkpoint, FineTuneJob, JobEvent, JobState, Metrics
from finetune_studio.providers.results import number_or_none
from finetune_studio.targets.profile import Profile
from finetune_studio.workspace.submission_cost import billed_cost, billed_text
from finetune_studio.workspace.submission_errors import trouble_of
from finetune_studio.workspace.submission_records import Submission


def job_as_json(app: App, row: Submission) -> dict[str, Any]:
    """The document of `--format json`; times are ISO texts in UTC."""
    job, metrics = row.job, app.journal.metrics(row.ref)
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
        "forecast": _forecast_as_json(row),
        "trained_tokens": job.trained_tokens if job else None,
        "billed": _billed_as_json(app, row),
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


def _forecast_as_json(row: Submission) -> dict[str, Any] | None:
    plan = row.plan
    if plan.forecast_tokens is None:
        return None
    return {"tokens": plan.forecast_tokens, "cost": plan.forecast_cost, "currency": plan.currency or None}


def _billed_as_json(app: App, row: Submission) -> dict[str, Any] | None:
    """At the price that is known here: the service's own bill may differ."""
    billed = billed_cost(row, _profile_of(app, row))
    return None if billed is None else {"cost": billed[0], "currency": billed[1]}


def _profile_of(app: App, row: Submission) -> Profile | None:
    return app.connections.profiles.get(row.plan.profile_id)


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


def describe(app: App, row: Submission) -> list[str]:
    """A job in lines for people."""
    job, metrics = row.job, app.journal.metrics(row.ref)
    lines = [f"{job.id if job else row.ref}: {status_text(row)}"]
    lines.append(f"  {row.plan.title}, {job.model if job else row.plan.model}, {row.plan.method}")
    examples = f"{row.training.examples:,} examples"
    if not row.training.is_kept:
        examples = "started elsewhere; its examples are not on this computer"
    elif row.validation is not None:
        examples += f", {row.validation.examples:,} for validation"
    lines.append(f"  {examples}" + (f", from {row.plan.source}" if row.plan.source else ""))
    billed = billed_text(row, _profile_of(app, row))
    if billed:
        lines.append(f"  {billed}")
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


def history_as_json(app: App, row: Submission) -> dict[str, Any]:
    """Events, points and checkpoints of a job."""
    return {
        "events": [_event(event) for event in app.journal.events(row.ref)],
        "metrics": [_point(point) for point in app.journal.metrics(row.ref)],
        "checkpoints": [_checkpoint(item) for item in app.journal.checkpoints(row.ref)],
    }


def _event(event: JobEvent) -> dict[str, Any]:
    return {"at": _iso(event.at), "level": event.level, "message": event.message, "type": event.type}


def _point(point: Metrics) -> dict[str, Any]:
    return {
        "step": point.step,
        "train_loss": point.train_loss,
        "train_accuracy": point.train_accuracy,
        "valid_loss": point.valid_loss,
        "valid_accuracy": point.valid_accuracy,
        "full_valid_loss": point.full_valid_loss,
        "full_valid_accuracy": point.full_valid_accuracy,
    }


def _checkpoint(item: Checkpoint) -> dict[str, Any]:
    return {"id": item.id, "model": item.model, "step": item.step, "metrics": _point(item.metrics)}
