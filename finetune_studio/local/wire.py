"""The shapes of OpenAI's fine-tuning wire format, as its published types describe them."""

from collections.abc import Mapping, Sequence
from typing import Any

from finetune_studio.local.engines.base import StepMetrics
from finetune_studio.local.store import Document, Page, new_id, now

FINAL_STATUSES = ("succeeded", "failed", "cancelled")
ORGANISATION = "org-this-computer"


def public(document: Document) -> Document:
    """The document as clients see it."""
    return {key: value for key, value in document.items() if not key.startswith("_")}


def list_of(page: Page) -> Document:
    items = [public(item) for item in page.items]
    return {
        "object": "list",
        "data": items,
        "first_id": items[0]["id"] if items else None,
        "last_id": items[-1]["id"] if items else None,
        "has_more": page.has_more,
    }


def file_object(name: str, purpose: str, size: int, sha256: str) -> Document:
    return {
        "id": new_id("file"),
        "object": "file",
        "bytes": size,
        "created_at": now(),
        "expires_at": None,
        "filename": name,
        "purpose": purpose,
        "status": "processed",
        "status_details": None,
        "sha256": sha256,
    }


def upload_object(name: str, purpose: str, size: int, mime_type: str) -> Document:
    created = now()
    return {
        "id": new_id("upload"),
        "object": "upload",
        "bytes": size,
        "created_at": created,
        "expires_at": created + 3600,
        "filename": name,
        "purpose": purpose,
        "status": "pending",
        "file": None,
        "_mime_type": mime_type,
    }


def part_object(upload: str) -> Document:
    return {"id": new_id("part"), "object": "upload.part", "created_at": now(), "upload_id": upload}


def event_object(
    level: str, message: str, *, data: Mapping[str, float | int | None] | None = None, step: int = 0
) -> Document:
    return {
        "id": new_id("ftevent"),
        "object": "fine_tuning.job.event",
        "created_at": now(),
        "level": level,
        "message": message,
        "type": "message" if data is None else "metrics",
        "data": {} if data is None else dict(data),
        "_step": step,
    }


def metric_values(metrics: StepMetrics) -> dict[str, float | int | None]:
    """The names of OpenAI's results file and events; what was not measured is left out."""
    values: dict[str, float | int | None] = {
        "step": metrics.step,
        "train_loss": metrics.train_loss,
        "train_mean_token_accuracy": metrics.train_accuracy,
        "valid_loss": metrics.valid_loss,
        "valid_mean_token_accuracy": metrics.valid_accuracy,
        "full_valid_loss": metrics.full_valid_loss,
        "full_valid_mean_token_accuracy": metrics.full_valid_accuracy,
    }
    return {name: value for name, value in values.items() if value is not None}


RESULT_COLUMNS = (
    "step",
    "train_loss",
    "train_accuracy",
    "valid_loss",
    "valid_mean_token_accuracy",
    "train_mean_token_accuracy",
    "full_valid_loss",
    "full_valid_mean_token_accuracy",
)


def results_csv(points: Sequence[Mapping[str, float | int | None]]) -> bytes:
    """One line a step; floats are written so that they read back to the same value."""
    lines = [",".join(RESULT_COLUMNS)]
    for point in points:
        values = {**point, "train_accuracy": point.get("train_mean_token_accuracy")}
        cells = (values.get(name) for name in RESULT_COLUMNS)
        lines.append(",".join("" if cell is None else repr(cell) for cell in cells))
    return ("\n".join(lines) + "\n").encode()


def checkpoint_object(job: str, model: str, metrics: StepMetrics) -> Document:
    return {
        "id": new_id("ftckpt"),
        "object": "fine_tuning.job.checkpoint",
        "created_at": now(),
        "fine_tuned_model_checkpoint": model,
        "fine_tuning_job_id": job,
        "metrics": metric_values(metrics),
        "step_number": metrics.step,
        "_step": metrics.step,
    }


def model_object(
    name: str, *, owner: str = "this-computer-rehearsal", created: int | None = None
) -> Document:
    return {
        "id": name,
        "object": "model",
        "created": now() if created is None else created,
        "owned_by": owner,
        "shutdown_date": None,
    }


def job_object(
    *,
    model: str,
    training_file: str,
    validation_file: str | None,
    method: str,
    hyperparameters: Mapping[str, Any],
    seed: int,
    suffix: str | None,
    metadata: Mapping[str, str] | None,
) -> Document:
    return {
        "id": new_id("ftjob"),
        "object": "fine_tuning.job",
        "created_at": now(),
        "model": model,
        "finished_at": None,
        "fine_tuned_model": None,
        "organization_id": ORGANISATION,
        "result_files": [],
        "status": "validating_files",
        "training_file": training_file,
        "validation_file": validation_file,
        "hyperparameters": dict(hyperparameters),
        "method": {"type": method, method: {"hyperparameters": dict(hyperparameters)}},
        "trained_tokens": None,
        "error": None,
        "user_provided_suffix": suffix,
        "seed": seed,
        "estimated_finish": None,
        "integrations": [],
        "metadata": dict(metadata) if metadata is not None else None,
    }
