"""Training curves: from results files (CSV, read by header) and from the data of events."""

import csv
import io
import json
import math
from collections.abc import Iterable, Mapping
from typing import Any

from finetune_studio.domain.job import Checkpoint, JobEvent, Metrics

_NAMES: dict[str, tuple[str, ...]] = {
    "train_loss": ("train_loss", "training_loss", "train/loss", "loss"),
    "valid_loss": ("valid_loss", "validation_loss", "eval_loss", "eval/loss"),
    "train_accuracy": ("train_mean_token_accuracy", "train_accuracy"),
    "valid_accuracy": ("valid_mean_token_accuracy", "validation_mean_token_accuracy", "valid_accuracy"),
    "full_valid_loss": ("full_valid_loss", "full_validation_loss"),
    "full_valid_accuracy": ("full_valid_mean_token_accuracy", "full_validation_mean_token_accuracy"),
}
_STEPS = ("step", "train/global_step", "eval/global_step", "global_step", "step_number")


def number_or_none(value: object) -> float | None:
    """A finite number from JSON or CSV; None for blanks, words, NaN and infinities."""
    if isinstance(value, bool) or not isinstance(value, (int, float, str)):
        return None
    try:
        number = float(value)
    except (ValueError, OverflowError):
        return None
    return number if math.isfinite(number) else None


def metrics_of(values: Mapping[str, Any], step: int | None = None) -> Metrics | None:
    """One point from named values; None where there is no step or no value."""
    steps = [values.get(name) for name in _STEPS] if step is None else [step]
    at = next((number for number in map(number_or_none, steps) if number is not None), None)
    if at is None:
        return None
    found: dict[str, float | None] = {}
    for field, names in _NAMES.items():
        numbers = (number_or_none(values.get(name)) for name in names)
        found[field] = next((number for number in numbers if number is not None), None)
    if all(number is None for number in found.values()):
        return None
    return Metrics(step=int(at), **found)


def parse_results(content: bytes) -> tuple[Metrics, ...]:
    """Read a results file, a table or JSON; what has no steps gives no points."""
    text = content.decode("utf-8-sig", errors="replace")
    if text.lstrip()[:1] in ("{", "["):
        return _parse_json(text)
    rows = csv.DictReader(io.StringIO(text, newline=""))
    points: list[Metrics] = []
    try:
        for row in rows:
            named = {str(key).strip(): value for key, value in row.items() if isinstance(key, str)}
            point = metrics_of(named)
            if point is not None:
                points.append(point)
    except csv.Error:
        return merge_metrics(points)
    return merge_metrics(points)


def _parse_json(text: str) -> tuple[Metrics, ...]:
    """One JSON document (a list, or an object with a list "metrics"), or one object a line."""
    try:
        whole = json.loads(text)
    except (ValueError, RecursionError):
        whole = []
        for line in text.split("\n"):
            try:
                whole.append(json.loads(line))
            except (ValueError, RecursionError):
                continue
    if isinstance(whole, dict):
        whole = whole["metrics"] if isinstance(whole.get("metrics"), list) else [whole]
    points = (metrics_of(item) for item in whole if isinstance(item, dict))
    return merge_metrics(point for point in points if point is not None)


def metrics_of_events(events: Iterable[JobEvent]) -> tuple[Metrics, ...]:
    """The points that events of type "metrics" carry."""
    points = (metrics_of(event.data) for event in events if event.data)
    return merge_metrics(point for point in points if point is not None)


def metrics_of_checkpoints(checkpoints: Iterable[Checkpoint]) -> tuple[Metrics, ...]:
    """The points that checkpoints carry; one that was not measured gives none."""
    return tuple(item.metrics for item in checkpoints if item.metrics != Metrics(item.metrics.step))


def merge_metrics(points: Iterable[Metrics]) -> tuple[Metrics, ...]:
    """One point for each step, in order; a later value wins over an earlier one, a blank over none."""
    merged: dict[int, Metrics] = {}
    for point in points:
        before = merged.get(point.step)
        merged[point.step] = point if before is None else _over(before, point)
    return tuple(merged[step] for step in sorted(merged))


def _over(before: Metrics, after: Metrics) -> Metrics:
    def pick(old: float | None, new: float | None) -> float | None:
        return old if new is None else new

    return Metrics(
        step=before.step,
        train_loss=pick(before.train_loss, after.train_loss),
        valid_loss=pick(before.valid_loss, after.valid_loss),
        train_accuracy=pick(before.train_accuracy, after.train_accuracy),
        valid_accuracy=pick(before.valid_accuracy, after.valid_accuracy),
        full_valid_loss=pick(before.full_valid_loss, after.full_valid_loss),
        full_valid_accuracy=pick(before.full_valid_accuracy, after.full_valid_accuracy),
    )
