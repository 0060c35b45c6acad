"""Reading the service's JSON into our values: tolerant of what is missing, strict about what it is."""

import json
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

from finetune_studio.domain.errors import ProviderError
from finetune_studio.domain.job import Checkpoint, FineTuneJob, JobEvent, Metrics
from finetune_studio.providers.base import Moderation, RemoteFile, RemoteModel
from finetune_studio.providers.results import metrics_of, number_or_none
from finetune_studio.providers.wire_facts import WireFacts

Json = Mapping[str, Any]


def garbled(title: str, what: str, *, html: bool = False) -> ProviderError:
    """The error for an answer that is not what a service of this kind gives."""
    if html:
        return ProviderError(
            f"The address of {title} answered with a web page, not as a fine-tuning service does.",
            "Check the address; most end in /v1. A proxy or a sign-in page may also stand in between.",
            code="not_a_service",
        )
    return ProviderError(
        f"{title} gave an answer that cannot be read ({what}).",
        "Try again later. If it stays like this, check that the address is that of a fine-tuning service.",
        code="garbled_answer",
    )


def parse_object(content: bytes, content_type: str, title: str) -> Json:
    """The JSON object of an answer; raises ProviderError for web pages and garbage."""
    value = parse_value(content, content_type, title)
    if not isinstance(value, dict):
        raise garbled(title, "not a JSON object")
    return value


def parse_value(content: bytes, content_type: str, title: str) -> Any:
    """The JSON of an answer, whatever its kind; raises ProviderError for web pages and garbage."""
    start = content[:512].lstrip().lower()
    if "html" in content_type.lower() or start.startswith((b"<!doctype", b"<html")):
        raise garbled(title, "a web page", html=True)
    try:
        return json.loads(content)
    except (ValueError, RecursionError) as error:
        raise garbled(title, "not JSON") from error


def items_of(page: Json, title: str, key: str = "data") -> list[Json]:
    """The objects of a list answer."""
    data = page.get(key)
    if not isinstance(data, list):
        raise garbled(title, "a list was expected")
    return [item for item in data if isinstance(item, dict)]


def text_or(value: object, default: str = "") -> str:
    return value if isinstance(value, str) else default


def required_id(value: Json, title: str) -> str:
    found = value.get("id")
    if not isinstance(found, str) or not found:
        raise garbled(title, "an id is missing")
    return found


def time_of(value: object) -> datetime | None:
    """Seconds since 1970, or an ISO text, as a time in UTC; None for 0 and for what is no time."""
    if isinstance(value, str):
        try:
            parsed = datetime.fromisoformat(value)
        except ValueError:
            return None
        return parsed if parsed.tzinfo else parsed.replace(tzinfo=UTC)
    seconds = number_or_none(value)
    if not seconds or seconds < 0:
        return None
    try:
        return datetime.fromtimestamp(seconds, UTC)
    except (OverflowError, OSError, ValueError):
        return None


def int_or_none(value: object) -> int | None:
    number = number_or_none(value)
    return None if number is None else int(number)


def file_of(value: Json, title: str) -> RemoteFile:
    return RemoteFile(
        id=required_id(value, title),
        name=text_or(value.get("filename")),
        size=int_or_none(value.get("bytes")),
        status=text_or(value.get("status")) or None,
        status_details=text_or(value.get("status_details")),
        purpose=text_or(value.get("purpose")),
        created_at=time_of(value.get("created_at")),
    )


def model_of(value: Json, title: str) -> RemoteModel:
    shutdown = value.get("shutdown_date")
    if isinstance(shutdown, (int, float)) and not isinstance(shutdown, bool):
        at = time_of(shutdown)
        shutdown = at.date().isoformat() if at else ""
    return RemoteModel(
        id=required_id(value, title),
        owned_by=text_or(value.get("owned_by")),
        created_at=time_of(value.get("created")),
        shutdown_date=text_or(shutdown),
    )


def job_of(value: Json, facts: WireFacts) -> FineTuneJob:
    """A job; raises ProviderError when it has no id or no status."""
    status = value.get("status")
    if not isinstance(status, str) or not status:
        raise garbled(facts.title, "a job without a status")
    raw_error, raw_method = value.get("error"), value.get("method")
    error: Json = raw_error if isinstance(raw_error, dict) else {}
    method: Json = raw_method if isinstance(raw_method, dict) else {}
    raw_metadata = value.get("metadata")
    metadata = raw_metadata if isinstance(raw_metadata, dict) else {}
    done, steps = number_or_none(value.get("trained_steps")), number_or_none(value.get("total_steps"))
    raw_files = value.get("result_files")
    files = raw_files if isinstance(raw_files, list) else []
    return FineTuneJob(
        id=required_id(value, facts.title),
        model=text_or(value.get("model")),
        status=status,
        state=facts.state_of(status),
        created_at=time_of(value.get("created_at")),
        finished_at=time_of(value.get("finished_at")),
        estimated_finish=time_of(value.get("estimated_finish")),
        fine_tuned_model=text_or(value.get("fine_tuned_model")) or None,
        training_file=text_or(value.get("training_file")),
        validation_file=text_or(value.get("validation_file")) or None,
        trained_tokens=int_or_none(value.get("trained_tokens")),
        error_code=text_or(error.get("code")),
        error_message=text_or(error.get("message")) or text_or(raw_error),
        hyperparameters=_hyperparameters_of(value, method),
        method=text_or(method.get("type")) or "supervised",
        suffix=text_or(value.get("suffix")) or text_or(value.get("user_provided_suffix")),
        seed=int_or_none(value.get("seed")),
        metadata=tuple((str(key), str(item)) for key, item in metadata.items()),
        result_files=tuple(item for item in files if isinstance(item, str))
        if isinstance(files, list)
        else (),
        progress=min(1.0, done / steps) if done is not None and steps else None,
    )


def _hyperparameters_of(value: Json, method: Json) -> tuple[tuple[str, str], ...]:
    inner = method.get(text_or(method.get("type")))
    found = inner.get("hyperparameters") if isinstance(inner, dict) else None
    if not isinstance(found, dict) or not found:
        found = value.get("hyperparameters")
    if not isinstance(found, dict):
        return ()
    return tuple((str(key), str(item)) for key, item in found.items() if item is not None)


def event_of(value: Json, title: str) -> JobEvent:
    raw = value.get("data")
    data: dict[str, float | int | str | None] = {}
    if isinstance(raw, dict):
        data = {str(k): v for k, v in raw.items() if v is None or isinstance(v, (str, int, float))}
    return JobEvent(
        id=required_id(value, title),
        at=time_of(value.get("created_at")),
        level=text_or(value.get("level"), "info"),
        message=text_or(value.get("message")),
        type=text_or(value.get("type"), "message"),
        data=data,
    )


def checkpoint_of(value: Json, title: str) -> Checkpoint:
    step = int_or_none(value.get("step_number")) or 0
    raw = value.get("metrics")
    metrics = metrics_of(raw, step) if isinstance(raw, dict) else None
    return Checkpoint(
        id=required_id(value, title),
        model=text_or(value.get("fine_tuned_model_checkpoint")),
        step=step,
        metrics=metrics or Metrics(step=step),
    )


def moderations_of(value: Json, count: int, title: str) -> tuple[Moderation, ...]:
    """One for each text that was asked about; raises ProviderError when their number differs."""
    results = items_of(value, title, "results")
    if len(results) != count:
        raise garbled(title, "not one judgement for each text")
    found = []
    for item in results:
        categories = item.get("categories")
        names = [str(name) for name, hit in categories.items() if hit] if isinstance(categories, dict) else []
        found.append(Moderation(item.get("flagged") is True, tuple(names)))
    return tuple(found)
