"""Checks of a job's creation; the messages name the parameter as the real service does."""

import math
import re
import secrets
from typing import Any

from finetune_studio.local.api_errors import ApiError
from finetune_studio.local.engines.registry import Engines
from finetune_studio.local.requests import text_value
from finetune_studio.local.store import Document, Store
from finetune_studio.local.wire import job_object

_KNOWN = frozenset({"n_epochs", "batch_size", "learning_rate_multiplier", "beta"})


def job_from(body: dict[str, Any], engines: Engines, store: Store) -> Document:
    """A new job's document; raises ApiError 400 where something does not fit."""
    model = text_value(body, "model")
    engine = engines.find(model)
    if engine is None:
        names = ", ".join(engines.base_models())
        raise ApiError(
            400,
            f"Model {model} is not available for fine-tuning or does not exist. Available here: {names}.",
            param="model",
            code="model_not_available",
        )
    training = _file(body, "training_file", store)
    validation = None if body.get("validation_file") is None else _file(body, "validation_file", store)
    method, chosen = _method(body)
    if method not in engine.limits.methods:
        raise ApiError(400, f"The method {method} cannot be used with {model}.", param="method.type")
    if body.get("integrations"):
        raise ApiError(400, "Integrations are not available on this computer.", param="integrations")
    asked = _hyperparameters(chosen, method)
    document = job_object(
        model=model,
        training_file=training,
        validation_file=validation,
        method=method,
        hyperparameters={"n_epochs": "auto", "batch_size": "auto", "learning_rate_multiplier": "auto"}
        | asked,
        seed=_seed(body),
        suffix=_suffix(body),
        metadata=_metadata(body),
    )
    return {**document, "_asked": asked}


def _file(body: dict[str, Any], key: str, store: Store) -> str:
    name = text_value(body, key)
    document = store.get("file", name)
    if document is None:
        raise ApiError(400, f"invalid {key}: {name} does not exist", param=key)
    if document["purpose"] != "fine-tune":
        raise ApiError(
            400, f"invalid {key}: {name} has the purpose {document['purpose']}, not fine-tune", param=key
        )
    return name


def _method(body: dict[str, Any]) -> tuple[str, dict[str, Any]]:
    """The method and its hyperparameters; the older top-level place counts where there is no method."""
    method = body.get("method")
    if method is None:
        return "supervised", _object(body, "hyperparameters")
    if not isinstance(method, dict) or method.get("type") not in ("supervised", "dpo", "reinforcement"):
        raise ApiError(
            400, "'method.type' must be 'supervised', 'dpo' or 'reinforcement'.", param="method.type"
        )
    kind: str = method["type"]
    inner = _object(method, kind)
    return kind, _object(inner, "hyperparameters") or _object(body, "hyperparameters")


def _object(body: dict[str, Any], key: str) -> dict[str, Any]:
    value = body.get(key)
    if value is None:
        return {}
    if not isinstance(value, dict):
        raise ApiError(400, f"'{key}' must be an object.", param=key)
    return value


def _hyperparameters(chosen: dict[str, Any], method: str) -> dict[str, float | int | str]:
    known = _KNOWN if method == "dpo" else _KNOWN - {"beta"}
    found: dict[str, float | int | str] = {}
    for name, value in chosen.items():
        if name not in known:
            raise ApiError(400, f"Unknown hyperparameter: '{name}'.", param=f"hyperparameters.{name}")
        if value is None or value == "auto":
            continue
        found[name] = _number(name, value)
    return found


def _number(name: str, value: object) -> float | int:
    if isinstance(value, bool) or not isinstance(value, (int, float)) or not math.isfinite(value):
        raise ApiError(
            400, f"{value!r} is not a number or 'auto' - '{name}'", param=f"hyperparameters.{name}"
        )
    whole = {"n_epochs": 50, "batch_size": 256}
    if name in whole:
        if value != int(value) or not 1 <= value <= whole[name]:
            text = f"{value!r} is not a whole number from 1 to {whole[name]} - '{name}'"
            raise ApiError(400, text, param=f"hyperparameters.{name}")
        return int(value)
    most = 2.0 if name == "beta" else 100.0
    if not 0 < value <= most:
        text = f"{value!r} is not over 0 and at most {most:g} - '{name}'"
        raise ApiError(400, text, param=f"hyperparameters.{name}")
    return value


def _seed(body: dict[str, Any]) -> int:
    seed = body.get("seed")
    if seed is None:
        return secrets.randbelow(2**31)
    if isinstance(seed, bool) or not isinstance(seed, int) or not 0 <= seed < 2**31:
        raise ApiError(400, "'seed' must be a whole number from 0 to 2,147,483,647.", param="seed")
    return seed


def _suffix(body: dict[str, Any]) -> str | None:
    suffix = body.get("suffix")
    if suffix is None:
        return None
    if not isinstance(suffix, str) or not 1 <= len(suffix) <= 64:
        raise ApiError(400, "'suffix' must have 1 to 64 characters.", param="suffix")
    if not re.search(r"[A-Za-z0-9]", suffix):
        raise ApiError(400, "'suffix' must have a letter or a digit.", param="suffix")
    return suffix


def _metadata(body: dict[str, Any]) -> dict[str, str] | None:
    metadata = body.get("metadata")
    if metadata is None:
        return None
    if not isinstance(metadata, dict) or len(metadata) > 16:
        raise ApiError(400, "'metadata' must be an object of at most 16 pairs.", param="metadata")
    for key, value in metadata.items():
        if not isinstance(value, str) or len(key) > 64 or len(value) > 512:
            text = "'metadata' takes keys of at most 64 and texts of at most 512 characters."
            raise ApiError(400, text, param=f"metadata.{key[:64]}")
    return metadata
