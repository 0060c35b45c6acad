"""Mistral's JSON to our values, and a job's body."""

from datetime import datetime

from finetune_studio.domain.job import Checkpoint, FineTuneJob, JobEvent, JobState, Metrics
from finetune_studio.providers.base import JobRequest, RemoteModel
from finetune_studio.providers.results import metrics_of
from finetune_studio.providers.wire_facts import WireFacts
from finetune_studio.providers.wire_json import Json, garbled, int_or_none, required_id, text_or, time_of

_NAMES = {"n_epochs": "epochs"}
"""Our names of hyperparameters to the service's; all others are the same."""


def job_body(request: JobRequest) -> dict[str, object]:
    """`hyperparameters` is required even when all is left to the service."""
    chosen = {
        _NAMES.get(name, name): value
        for name, value in request.hyperparameters.values
        if value is not None and value != "auto"
    }
    body: dict[str, object] = {
        "model": request.model,
        "training_files": [{"file_id": request.training_file, "weight": 1}],
        "hyperparameters": chosen,
        "auto_start": True,
        "job_type": "completion",
    }
    if request.validation_file:
        body["validation_files"] = [request.validation_file]
    if request.suffix:
        body["suffix"] = request.suffix
    return body


def model_of(value: Json, title: str) -> RemoteModel:
    capabilities = value.get("capabilities")
    told = capabilities.get("fine_tuning") if isinstance(capabilities, dict) else None
    return RemoteModel(
        id=required_id(value, title),
        owned_by=text_or(value.get("owned_by")),
        created_at=time_of(value.get("created")),
        shutdown_date=text_or(value.get("deprecation"))[:10],
        trainable=told if isinstance(told, bool) else None,
    )


def job_of(value: Json, facts: WireFacts) -> FineTuneJob:
    status = value.get("status")
    if not isinstance(status, str) or not status:
        raise garbled(facts.title, "a job without a status")
    state = facts.state_of(status)
    raw = value.get("hyperparameters")
    back = {theirs: ours for ours, theirs in _NAMES.items()}
    chosen = raw.items() if isinstance(raw, dict) else ()
    return FineTuneJob(
        id=required_id(value, facts.title),
        model=text_or(value.get("model")),
        status=status,
        state=state,
        created_at=time_of(value.get("created_at")),
        finished_at=time_of(value.get("modified_at")) if state.is_final else None,
        fine_tuned_model=text_or(value.get("fine_tuned_model")) or None,
        training_file=_first_file(value.get("training_files")),
        validation_file=_first_file(value.get("validation_files")) or None,
        trained_tokens=int_or_none(value.get("trained_tokens")),
        error_code=status if state is JobState.FAILED else "",
        error_message=_error_of(value) if state is JobState.FAILED else "",
        hyperparameters=tuple((back.get(k, str(k)), str(v)) for k, v in chosen if v is not None),
        suffix=text_or(value.get("suffix")),
        result_files=("checkpoints",) if state.is_final else (),
    )


def _first_file(value: object) -> str:
    """Files come as ids, or as objects with a file_id."""
    first = value[0] if isinstance(value, list) and value else ""
    return text_or(first.get("file_id")) if isinstance(first, dict) else text_or(first)


def _error_of(value: Json) -> str:
    events = value.get("events")
    for item in events if isinstance(events, list) else []:
        data = item.get("data") if isinstance(item, dict) else None
        for key in ("error", "message", "detail", "details"):
            if isinstance(data, dict) and isinstance(data.get(key), str) and data[key]:
                return str(data[key])
    return "The service names no reason."


def events_of(value: Json) -> list[JobEvent]:
    """Oldest first; the measures of checkpoints stand among them."""
    raw = value.get("events")
    found: list[JobEvent] = []
    for item in raw if isinstance(raw, list) else []:
        if not isinstance(item, dict):
            continue
        data = item.get("data")
        status = text_or(data.get("status")) if isinstance(data, dict) else ""
        name = text_or(item.get("name"), "event")
        at = time_of(item.get("created_at"))
        level = "error" if "FAIL" in status.upper() else "info"
        message = status.replace("_", " ").capitalize() if status else name.replace("-", " ").capitalize()
        found.append(JobEvent(f"{item.get('created_at')} {name} {status}".strip(), at, level, message))
    times = _checkpoint_times(value)
    found += [_metric_event(checkpoint, times.get(checkpoint.step)) for checkpoint in checkpoints_of(value)]
    found.sort(key=lambda event: event.at.timestamp() if event.at else 0.0)
    return found


def _metric_event(checkpoint: Checkpoint, at: datetime | None) -> JobEvent:
    metrics = checkpoint.metrics
    data: dict[str, float | int | str | None] = {
        "step": metrics.step,
        "train_loss": metrics.train_loss,
        "valid_loss": metrics.valid_loss,
    }
    told = "checkpoint" if metrics.train_loss is None else f"training loss {metrics.train_loss:.4g}"
    return JobEvent(f"metric {metrics.step}", at, "info", f"Step {metrics.step}: {told}", "metrics", data)


def _checkpoint_times(value: Json) -> dict[int, datetime | None]:
    raw = value.get("checkpoints")
    items = [item for item in (raw if isinstance(raw, list) else []) if isinstance(item, dict)]
    return {int_or_none(item.get("step_number")) or 0: time_of(item.get("created_at")) for item in items}


def checkpoints_of(value: Json) -> tuple[Checkpoint, ...]:
    """They are points of the curve only: the service keeps no model of each."""
    raw = value.get("checkpoints")
    found = []
    for item in raw if isinstance(raw, list) else []:
        step = int_or_none(item.get("step_number")) if isinstance(item, dict) else None
        if step is None:
            continue
        metrics = item.get("metrics")
        point = metrics_of(metrics, step) if isinstance(metrics, dict) else None
        found.append(Checkpoint(f"step-{step}", "", step, point or Metrics(step=step)))
    return tuple(sorted(found, key=lambda checkpoint: checkpoint.step))


def metrics_table(checkpoints: tuple[Checkpoint, ...]) -> bytes:
    rows = ["step,train_loss,valid_loss,valid_mean_token_accuracy"]
    for checkpoint in checkpoints:
        m = checkpoint.metrics
        values = (m.train_loss, m.valid_loss, m.valid_accuracy)
        rows.append(",".join([str(m.step), *("" if v is None else repr(v) for v in values)]))
    return ("\n".join(rows) + "\n").encode()
