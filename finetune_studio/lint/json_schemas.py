"""JSON Schemas of tools, compiled once each, and what is wrong with arguments, in words."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache
from itertools import islice
from typing import Any

import orjson

from finetune_studio.lint.words import kind_of_value, listed, shown, spelled

_MOST = 10
"""Errors that are looked at for one call."""
_NAMED = 4
_NESTED_REPEAT = re.compile(r"\([^)]*[+*}][^)]*\)[+*{]")
"""A pattern with a repeated group that repeats inside can take for ever on a text that does not match."""


@dataclass(frozen=True, slots=True)
class Schema:
    """`problem` says why it is no schema; then `validator` is None."""

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
    import jsonschema
    from referencing import Registry

    extend: Any = jsonschema.validators.extend
    schema = orjson.loads(text)
    if not isinstance(schema, dict):
        return Schema(f"it is {kind_of_value(schema)}, not an object")
    if schema.get("type", "object") != "object":
        return Schema(f"its type is {spelled(schema['type'])}; arguments are always an object")
    problem = ""
    for draft in (jsonschema.Draft202012Validator, jsonschema.Draft7Validator):
        try:
            draft.check_schema(schema)
        except jsonschema.SchemaError as error:
            problem = problem or _schema_problem(error)
            continue
        except (RecursionError, re.error):
            return Schema("it cannot be read")
        checked = extend(draft, {"pattern": _pattern})
        return Schema("", checked(schema, registry=Registry()))
    return Schema(problem)


def _schema_problem(error: Any) -> str:
    place = ".".join(str(part) for part in error.absolute_path)
    value = shown(orjson.dumps(error.instance, default=str).decode())
    return f"at “{shown(place)}”: {value} is not allowed there" if place else f"{value} is not allowed"


def _pattern(validator: Any, pattern: Any, instance: Any, schema: Any) -> Iterator[Any]:
    """As jsonschema has it, but patterns that could take for ever, or that Python cannot read, are passed."""
    import jsonschema

    if not isinstance(instance, str) or not isinstance(pattern, str) or _NESTED_REPEAT.search(pattern):
        return
    try:
        fits = re.search(pattern, instance) is not None
    except re.error:
        return
    if not fits:
        yield jsonschema.ValidationError("does not match the pattern")


def misfits(schema: Schema, arguments: Any) -> list[Misfit]:
    """What in the arguments does not fit, the outermost first."""
    from jsonschema import ValidationError
    from referencing.exceptions import Unresolvable

    if schema.validator is None:
        return []
    found: list[ValidationError] = []
    try:
        found.extend(islice(schema.validator.iter_errors(arguments), _MOST))
    except (Unresolvable, RecursionError, re.error):
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
    if error.validator == "additionalProperties" and isinstance(value, dict):
        known = error.schema.get("properties", {})
        extra = [f"“{shown(key)}”" for key in value if key not in known][:_NAMED]
        return Misfit(path, f"{listed(extra)} {'is' if len(extra) == 1 else 'are'} not defined")
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
