"""Together's JSON to our values, and a job's body."""

from datetime import datetime, timedelta

from finetune_studio.domain.job import Checkpoint, FineTuneJob, JobEvent, JobState, Metrics
from finetune_studio.providers.base import JobRequest, RemoteFile, RemoteModel
from finetune_studio.providers.results import metrics_of, number_or_none
from finetune_studio.providers.wire_facts import WireFacts
from finetune_studio.providers.wire_json import Json, garbled, int_or_none, required_id, text_or, time_of

_FILE_STATUSES = {
    "COMPLETED": "processed",
    "FAILED": "error",
    "INVALID_FORMAT": "error",
    "PENDING": "processing",
    "QUEUED": "processing",
    "RUNNING": "processing",
}
JOB_PREFIX = "ft-"
"""A model that begins so is a job of the account (ft-ID, or ft-ID:STEP), which is gone on from."""
_LORA_ALPHA = 2
"""Alpha for each unit of rank, as the service's own SDK sets it."""


def job_body(request: JobRequest) -> dict[str, object]:
    """What is left to the service is left out, so that its own default holds."""
    chosen = {
        name: value for name, value in request.hyperparameters.values if value is not None and value != "auto"
    }
    start = "from_checkpoint" if request.model.startswith(JOB_PREFIX) else "model"
    body: dict[str, object] = {
        start: request.model,
        "training_file": request.training_file,
        "n_epochs": chosen.get("n_epochs", 1),
        "batch_size": chosen.get("batch_size", "max"),
    }
    if request.validation_file:
        body["validation_file"] = request.validation_file
        body["n_evals"] = chosen.get("n_evals", body["n_epochs"])  # without it the file is not looked at
    for name in ("learning_rate", "warmup_ratio", "n_checkpoints"):
        if name in chosen:
            body[name] = chosen[name]
    if request.suffix:
        body["suffix"] = request.suffix
    if request.seed is not None:
        body["random_seed"] = request.seed
    if chosen.get("lora") == 0:
        body["training_type"] = {"type": "Full"}
    elif "lora_r" in chosen:
        rank = int(chosen["lora_r"])
        body["training_type"] = {"type": "Lora", "lora_r": rank, "lora_alpha": rank * _LORA_ALPHA}
    if request.method == "dpo":
        beta = {"dpo_beta": chosen["beta"]} if "beta" in chosen else {}
        body["training_method"] = {"method": "dpo", **beta}
    else:
        body["training_method"] = {"method": "sft", "train_on_inputs": "auto"}
    return body


def file_of(value: Json, title: str) -> RemoteFile:
    """`status` is "uploading" for an entry whose bytes the service has not looked at yet."""
    status = _FILE_STATUSES.get(text_or(value.get("processing_status")))
    if status is None and isinstance(value.get("Processed"), bool):
        status = "processed" if value["Processed"] else "uploading"
    report = value.get("validation_report")
    return RemoteFile(
        id=required_id(value, title),
        name=text_or(value.get("filename")),
        size=int_or_none(value.get("bytes")),
        status=status,
        status_details=text_or(report.get("error")) if isinstance(report, dict) else "",
        purpose=text_or(value.get("purpose")),
        created_at=time_of(value.get("created_at")),
    )


def model_of(value: Json, title: str) -> RemoteModel:
    return RemoteModel(
        id=required_id(value, title),
        owned_by=text_or(value.get("organization")),
        created_at=time_of(value.get("created")),
    )


def job_of(value: Json, facts: WireFacts) -> FineTuneJob:
    status = value.get("status")
    if not isinstance(status, str) or not status:
        raise garbled(facts.title, "a job without a status")
    state = facts.state_of(status)
    raw_method = value.get("training_method")
    method = text_or(raw_method.get("method")) if isinstance(raw_method, dict) else ""
    chosen = ("n_epochs", "batch_size", "learning_rate", "n_checkpoints", "warmup_ratio")
    done = state is JobState.SUCCEEDED
    return FineTuneJob(
        id=required_id(value, facts.title),
        model=text_or(value.get("from_checkpoint")) or text_or(value.get("model")),
        status=status,
        state=state,
        created_at=time_of(value.get("created_at")),
        finished_at=time_of(value.get("updated_at")) if state.is_final else None,
        estimated_finish=_estimate(value),
        fine_tuned_model=(text_or(value.get("model_output_name")) or None) if done else None,
        training_file=text_or(value.get("training_file")),
        validation_file=text_or(value.get("validation_file")) or None,
        trained_tokens=int_or_none(value.get("token_count")) or None,
        error_code=status if state is JobState.FAILED else "",
        error_message=_last_error(value) if state is JobState.FAILED else "",
        hyperparameters=tuple((key, str(value[key])) for key in chosen if value.get(key) is not None),
        method="dpo" if method == "dpo" else "supervised",
        suffix=text_or(value.get("suffix")),
        seed=int_or_none(value.get("random_seed")),
        result_files=("metrics",) if state.is_final else (),
    )


def _estimate(value: Json) -> datetime | None:
    progress, at = value.get("progress"), time_of(value.get("updated_at"))
    if not isinstance(progress, dict) or progress.get("estimate_available") is not True or at is None:
        return None
    seconds = number_or_none(progress.get("seconds_remaining"))
    return at + timedelta(seconds=min(seconds, 1e7)) if seconds and seconds > 0 else None


def _last_error(value: Json) -> str:
    events = value.get("events")
    for item in reversed(events if isinstance(events, list) else []):
        if isinstance(item, dict) and _level(item) == "error":
            return text_or(item.get("message"))
    return "The service names no reason; its events may."


def event_of(value: Json) -> JobEvent:
    kind, at = text_or(value.get("type")), text_or(value.get("created_at"))
    data: dict[str, float | int | str | None] = {
        key: value[key]
        for key in ("step", "total_steps", "token_count")
        if isinstance(value.get(key), int) and value[key] > 0
    }
    return JobEvent(
        id=text_or(value.get("hash")) or f"{at} {kind} {value.get('step') or ''}".strip(),
        at=time_of(at),
        level=_level(value),
        message=text_or(value.get("message")) or kind.replace("_", " ").lower(),
        type="message",
        data=data,
    )


def _level(value: Json) -> str:
    said = f"{value.get('level') or ''} {value.get('type') or ''}".lower()
    return "error" if "error" in said else "warn" if "warn" in said or "billing_limit" in said else "info"


def metric_event_of(value: Json) -> JobEvent:
    """A measured step; training and evaluation come as objects of their own."""
    point = metrics_of(value)
    step = point.step if point else int_or_none(value.get("train/global_step")) or 0
    part = "eval" if any(str(key).startswith("eval/") for key in value) else "train"
    losses = (
        [] if point is None else [("training loss", point.train_loss), ("validation loss", point.valid_loss)]
    )
    told = ", ".join(f"{name} {loss:.4g}" for name, loss in losses if loss is not None)
    return JobEvent(
        id=f"metric {part} {step}",
        at=time_of((number_or_none(value.get("timestamp")) or 0) / 1e9),
        level="info",
        message=f"Step {step}: {told}" if told else f"Step {step}",
        type="metrics",
        data={str(k): v for k, v in value.items() if isinstance(v, (int, float, str))},
    )


def checkpoint_of(value: Json, job_id: str) -> Checkpoint:
    """Named as a further job goes on from it; to be asked it would need an endpoint of its own."""
    step = int_or_none(value.get("step")) or 0
    return Checkpoint(f"{job_id}:{step}", "", step, Metrics(step=step))
