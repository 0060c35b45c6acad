"""JSON Schemas of tools, compiled once each, and what is wrong with arguments, in words."""

import re
from dataclasses import dataclass
from functools import cache, lru_cache
from typing import Any

import orjson

from finetune_studio.lint.schema_work import TooMuchWork, errors_within, limited
from finetune_studio.lint.words import kind_of_value, listed, shown, spelled

_MOST = 10
"""Errors that are looked at for one call."""
_NAMED = 4
_STEPS_A_PART = 1_000
"""Of the check of a schema itself: each part of it is held against all that a schema may be."""


@dataclass(frozen=True, slots=True)
class Schema:
    """`problem` says why it is no schema; then, or where that takes too much work, `validator` is None."""

    problem: str
    validator: Any = None


@dataclass(frozen=True, slots=True)
class Misfit:
    """`path` names the argument with dots, "" for the arguments as a whole."""

    path: str
    text: str


def compiled(schema: Any) -> Schema:
    """A schema ready to check with; anything that is not one says why."""
    try:
        return _compiled(orjson.dumps(schema))
    except (orjson.JSONEncodeError, RecursionError):
        return Schema("it cannot be read")


@lru_cache(maxsize=2048)
def _compiled(text: bytes) -> Schema:
    from referencing import Registry

    schema = orjson.loads(text)
    if not isinstance(schema, dict):
        return Schema(f"it is {kind_of_value(schema)}, not an object")
    if schema.get("type", "object") != "object":
        return Schema(f"its type is {spelled(schema['type'])}; arguments are always an object")
    problem = ""
    for draft, meta in _drafts():
        try:
            errors = errors_within(meta, schema, 1, _STEPS_A_PART)
        except TooMuchWork:
            return Schema("")
        except (RecursionError, OverflowError, re.error):
            return Schema("it cannot be read")
        if not errors:
            checked = limited(draft, has_patterns=b'"patternProperties"' in text)
            return Schema("", checked(schema, registry=Registry()))
        problem = problem or _schema_problem(errors[0])
    return Schema(problem)


@cache
def _drafts() -> tuple[tuple[Any, Any], ...]:
    """The drafts that are tried in turn, each with what checks schemas themselves."""
    import jsonschema

    drafts: tuple[Any, ...] = (jsonschema.Draft202012Validator, jsonschema.Draft7Validator)
    return tuple(
        (draft, limited(draft, has_patterns=False)(draft.META_SCHEMA, format_checker=draft.FORMAT_CHECKER))
        for draft in drafts
    )


def _schema_problem(error: Any) -> str:
    place = ".".join(str(part) for part in error.absolute_path)
    value = shown(orjson.dumps(error.instance, default=str).decode())
    return f"at “{shown(place)}”: {value} is not allowed there" if place else f"{value} is not allowed"


def misfits(schema: Schema, arguments: Any) -> list[Misfit]:
    """What in the arguments does not fit, the outermost first; nothing where that takes too much work."""
    if schema.validator is None:
        return []
    try:
        found = errors_within(schema.validator, arguments, _MOST)
    except Exception:  # too much work, or a part of the schema that only a reference reaches and is none
        return []
    found.sort(key=lambda error: len(error.absolute_path))
    return [_misfit(error) for error in found]


def _misfit(error: Any) -> Misfit:
    path = ".".join(str(part) for part in error.absolute_path)
    name = f"“{shown(path)}”"
    value, wanted = error.instance, error.validator_value
    if error.validator == "required" and isinstance(value, dict):
        missing = [f"“{shown(key)}”" for key in wanted if key not in value][:_NAMED]
        inside = f" in {name}" if path else ""
        return Misfit(path, f"{listed(missing)} {'is' if len(missing) == 1 else 'are'} missing{inside}")
    if error.validator == "additionalProperties":
        return Misfit(path, error.message)
    subject = name if path else "the whole"
    if error.validator == "type":
        kinds = wanted if isinstance(wanted, list) else [wanted]
        return Misfit(
            path, f"{subject} is {kind_of_value(value)}, not of type {' or '.join(map(str, kinds))}"
        )
    if error.validator == "enum":
        named = [spelled(choice) for choice in wanted[:_NAMED]]
        more = " …" if len(wanted) > _NAMED else ""
        return Misfit(path, f"{subject} is {spelled(value)}, not one of {', '.join(named)}{more}")
    rule = spelled(wanted).strip("“”") if isinstance(wanted, (str, int, float)) else ""
    return Misfit(path, f"{subject} does not keep to “{error.validator}{': ' + rule if rule else ''}”")
