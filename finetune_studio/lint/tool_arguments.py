"""The arguments of a tool call, read as strictly as a line is."""

import json
import re
from dataclasses import dataclass
from typing import Any

import orjson

from finetune_studio.formats.json_reader import JsonSyntaxError, parse
from finetune_studio.lint.double_keys import count_keys
from finetune_studio.lint.strict import lossy_numbers, repeated_keys
from finetune_studio.lint.words import kind_of_value, shown

_SPACED_KEY = re.compile(r'"\s+:')


@dataclass(frozen=True, slots=True)
class Arguments:
    """`problem` says what is wrong with them, as a part of a sentence; then `value` is None."""

    value: dict[str, Any] | None
    problem: str = ""


def read_arguments(text: str) -> Arguments:
    """The arguments in a text of JSON."""
    try:
        value = orjson.loads(text)
        is_plain = text.count('":') == count_keys(value) and _SPACED_KEY.search(text) is None
    except (orjson.JSONDecodeError, RecursionError):
        is_plain = False
    if not is_plain:
        try:
            value = json.loads(text)
            problem = _strict_problem(text)
        except (ValueError, RecursionError) as error:
            place = getattr(error, "colno", None)
            problem = "are not valid JSON" + (f" (column {place:,})" if place else "")
        if problem:
            return Arguments(None, problem)
    if not isinstance(value, dict):
        return Arguments(None, f"hold {kind_of_value(value)}; they must hold a JSON object")
    return Arguments(value)


def _strict_problem(text: str) -> str:
    """What is wrong with a text that Python can read."""
    try:
        node = parse(text.encode("utf-8", "replace"))
    except JsonSyntaxError as error:
        return f"are not valid JSON (column {error.column:,})"
    for again in repeated_keys(node):
        return f"have the key “{shown(again.text)}” twice (column {again.column:,})"
    for number in lossy_numbers(node):
        if float(number.text) in (float("inf"), float("-inf")):
            return (
                f"hold a number that is too large to be read, {shown(number.text)} (column {number.column:,})"
            )
    return ""
