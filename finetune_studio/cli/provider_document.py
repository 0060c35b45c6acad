"""What `providers show` tells of a profile, as the document of `--format json`."""

from datetime import date
from typing import Any

from finetune_studio.targets.profile import HyperparameterRange, MethodFacts, ModelFacts, Profile


def provider_document(profile: Profile, today: date) -> dict[str, Any]:
    """Days are ISO texts; what is not known is null."""
    return {
        "id": profile.id,
        "title": profile.title,
        "summary": profile.summary,
        "base_url": profile.base_url or None,
        "protocol": profile.wire.value,
        "default_model": profile.default_model or None,
        "takes_other_models": profile.open_models,
        "max_file_bytes": profile.upload.max_parts_bytes or profile.upload.max_file_bytes,
        "roles": sorted(profile.roles),
        "models": [_model(model) for model in profile.models],
        "methods": [_method(method) for method in profile.methods],
        "notices": [
            {"text": item.text, "kind": item.kind.value, "at": item.at.isoformat() if item.at else None}
            for item in profile.notices_on(today)
        ],
        "sources": [
            {"about": item.about, "text": item.text, "at": item.at.isoformat(), "confidence": item.confidence}
            for item in profile.sources
        ],
    }


def _model(model: ModelFacts) -> dict[str, Any]:
    price = model.price
    return {
        "id": model.id,
        "title": model.title,
        "max_tokens": model.max_tokens,
        "methods": list(model.methods),
        "price_per_million": price.per_million if price else None,
        "currency": price.currency if price else None,
        "price_date": price.at.isoformat() if price else None,
        "price_source": price.source if price else None,
        "shutdown": model.shutdown.isoformat() if model.shutdown else None,
    }


def _method(method: MethodFacts) -> dict[str, Any]:
    return {
        "id": method.id,
        "min_examples": method.min_examples,
        "max_examples": method.max_examples,
        "hyperparameters": [_range(item) for item in method.hyperparameters],
    }


def _range(item: HyperparameterRange) -> dict[str, Any]:
    return {
        "name": item.name,
        "kind": item.kind,
        "minimum": item.minimum,
        "maximum": item.maximum,
        "auto": item.auto,
        "default": item.default,
    }
