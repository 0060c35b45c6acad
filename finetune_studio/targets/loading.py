"""From the tables of a profile's TOML file to a Profile."""

import re
from typing import Any

from finetune_studio.domain.diagnostic import Severity
from finetune_studio.domain.job import JobState
from finetune_studio.targets.facts import (
    SUPERVISED,
    EpochsRule,
    HyperparameterRange,
    ImageFacts,
    JobFacts,
    MethodFacts,
    ModelFacts,
    Notice,
    NoticeKind,
    Price,
    Source,
    UploadFacts,
    Wire,
)
from finetune_studio.targets.profile import Profile
from finetune_studio.targets.toml_reader import TableReader

_ID = re.compile(r"[a-z0-9][a-z0-9_-]{0,39}")
_CONFIDENCES = ("ran", "doc", "secondary")


def build_profile(table: dict[str, Any], file: str) -> Profile:
    """Check and build; raises InputError naming `file` and the key that is wrong."""
    reader = TableReader(table, file)
    profile_id = reader.text("id")
    if not _ID.fullmatch(profile_id):
        raise reader.error("id", "must be of small letters, digits, - and _")
    takes, service = reader.table("takes"), reader.table("service")
    profile = Profile(
        id=profile_id,
        title=reader.text("title"),
        summary=reader.text("summary", ""),
        wire=reader.choice("wire", Wire),
        is_free=reader.flag("is_free", False),
        is_local=reader.flag("is_local", False),
        default_model=reader.text("default_model", ""),
        open_models=reader.flag("open_models", False),
        default_encoding=reader.text("default_encoding", "o200k_base"),
        models=reader.tables("models", _model),
        methods=reader.tables("methods", _method),
        base_url=service.text("base_url", ""),
        base_url_editable=service.flag("base_url_editable", True),
        needs_key=service.flag("needs_key", True),
        key_name=service.text("key_name", ""),
        key_help=service.text("key_help", ""),
        key_page=service.text("key_page", ""),
        moderation_model=service.text("moderation_model", ""),
        roles=frozenset(takes.texts("roles")),
        message_keys=frozenset(takes.texts("message_keys")),
        deprecated_keys=frozenset(takes.texts("deprecated_keys")),
        extra_keys_refused=takes.flag("extra_keys_refused", True),
        no_repeats=frozenset(takes.texts("no_repeats")),
        severities=_severities(reader.table("severities")),
        images=_images(takes.table("images")),
        upload=_upload(reader.table("upload")),
        job=_job(reader.table("job")),
        statuses=_statuses(reader.table("statuses")),
        notices=reader.tables("notices", _notice),
        sources=reader.tables("sources", _source),
    )
    for part in (takes, service, reader):
        part.finish()
    _check_whole(profile, reader)
    return profile


def _check_whole(profile: Profile, reader: TableReader) -> None:
    if not profile.methods:
        raise reader.error("methods", "must name at least one method")
    if not profile.roles:
        raise reader.error("takes.roles", "must name the roles")
    if not profile.models and not profile.open_models:
        raise reader.error("models", "must name a model, or open_models be true")
    known = {method.id for method in profile.methods}
    names: set[str] = set()
    for model in profile.models:
        for method in model.methods:
            if method not in known:
                raise reader.error(f"models[{model.id}].methods", f"there is no method “{method}”")
        for name in (model.id, *model.aliases):
            if name in names:
                raise reader.error(f"models[{model.id}]", f"the name “{name}” is there twice")
            names.add(name)
    if (
        profile.default_model
        and profile.find_model(profile.default_model) is None
        and not profile.open_models
    ):
        raise reader.error("default_model", f"there is no model “{profile.default_model}”")


def _model(reader: TableReader) -> ModelFacts:
    model_id = reader.text("id")
    return ModelFacts(
        id=model_id,
        title=reader.text("title", model_id),
        aliases=reader.texts("aliases"),
        encoding=reader.text("encoding", "o200k_base"),
        encoding_exact=reader.flag("encoding_exact", True),
        max_tokens=reader.whole("max_tokens"),
        context=reader.whole("context"),
        methods=reader.texts("methods") or (SUPERVISED,),
        price=_price(reader),
        shutdown=reader.day("shutdown"),
        images=reader.flag("images", False),
    )


def _price(reader: TableReader) -> Price | None:
    if not reader.has("price"):
        return None
    table = reader.table("price")
    per_million = table.number("per_million")
    if per_million is None or per_million < 0:
        raise table.error("per_million", "must be a number, 0 or more")
    price = Price(
        per_million, table.text("currency", "USD"), table.needed_day("at"), table.text("source", "")
    )
    table.finish()
    return price


def _method(reader: TableReader) -> MethodFacts:
    minimum, maximum = reader.whole("min_examples"), reader.whole("max_examples")
    if minimum is not None and maximum is not None and minimum > maximum:
        raise reader.error("max_examples", "is less than min_examples")
    advised = reader.whole("advised_examples")
    return MethodFacts(
        id=reader.text("id"),
        title=reader.text("title"),
        top_keys=frozenset(reader.texts("top_keys")),
        input_keys=frozenset(reader.texts("input_keys")),
        min_examples=1 if minimum is None else minimum,
        max_examples=maximum,
        advised_examples=50 if advised is None else advised,
        weight_allowed=reader.flag("weight_allowed", True),
        text_only=reader.flag("text_only", False),
        hyperparameters=reader.tables("hyperparameters", _hyperparameter),
    )


def _hyperparameter(reader: TableReader) -> HyperparameterRange:
    kind = reader.text("kind")
    if kind not in ("integer", "number", "flag"):
        raise reader.error("kind", "must be integer, number or flag")
    facts = HyperparameterRange(
        name=reader.text("name"),
        title=reader.text("title"),
        kind=kind,
        minimum=reader.number("minimum"),
        maximum=reader.number("maximum"),
        minimum_excluded=reader.flag("minimum_excluded", False),
        auto=reader.flag("auto", True),
        default=reader.number("default"),
        help=reader.text("help", ""),
    )
    if facts.default is not None and (problem := facts.problem_with(facts.default)):
        raise reader.error("default", problem.rstrip("."))
    return facts


def _images(reader: TableReader) -> ImageFacts:
    images = ImageFacts(
        max_per_example=reader.whole("max_per_example"),
        max_bytes=reader.whole("max_bytes"),
        types=frozenset(reader.texts("types")),
        roles=frozenset(reader.texts("roles")),
        remote_allowed=reader.flag("remote_allowed", True),
    )
    reader.finish()
    return images


def _upload(reader: TableReader) -> UploadFacts:
    upload = UploadFacts(
        max_file_bytes=reader.whole("max_file_bytes"),
        max_parts_bytes=reader.whole("max_parts_bytes"),
        part_bytes=reader.whole("part_bytes"),
        wants_bom=reader.flag("wants_bom", False),
        purpose=reader.text("purpose", "fine-tune"),
    )
    reader.finish()
    return upload


def _job(reader: TableReader) -> JobFacts:
    place = reader.text("hyperparameters_at", "method")
    if place not in ("method", "top"):
        raise reader.error("hyperparameters_at", "must be method or top")
    extra = {key: str(value) for key, value in reader.table("extra_body").items()}
    flags = ("seed", "metadata", "find_by_metadata", "cancel", "events")
    job = JobFacts(
        hyperparameters_at=place,
        sends_method=reader.flag("sends_method", place == "method"),
        extra_body=extra,
        suffix_max=reader.whole("suffix_max"),
        suffix_forbidden=reader.text("suffix_forbidden", ""),
        pause=reader.flag("pause", False),
        resume=reader.flag("resume", False),
        checkpoints=reader.flag("checkpoints", False),
        wandb=reader.flag("wandb", False),
        from_tuned=reader.flag("from_tuned", False),
        epochs_rule=reader.choice("epochs_rule", EpochsRule, EpochsRule.OPENAI),
        **{name: reader.flag(name, True) for name in flags},
    )
    reader.finish()
    return job


def _severities(reader: TableReader) -> dict[str, Severity]:
    return {code: reader.as_choice(code, value, Severity) for code, value in reader.items()}


def _statuses(reader: TableReader) -> dict[str, JobState]:
    return {status: reader.as_choice(status, value, JobState) for status, value in reader.items()}


def _notice(reader: TableReader) -> Notice:
    return Notice(
        text=reader.text("text"),
        kind=reader.choice("kind", NoticeKind, NoticeKind.INFO),
        at=reader.day("at"),
        since=reader.day("since"),
        source=reader.text("source", ""),
        models=reader.texts("models"),
    )


def _source(reader: TableReader) -> Source:
    confidence = reader.text("confidence", "doc")
    if confidence not in _CONFIDENCES:
        raise reader.error("confidence", f"must be one of {', '.join(_CONFIDENCES)}")
    return Source(reader.text("about"), reader.text("text"), reader.needed_day("at"), confidence)
