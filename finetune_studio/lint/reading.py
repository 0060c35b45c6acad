"""Bytes of a line to a Python value: orjson, and the strict reader for what orjson refuses."""

from typing import Any

import orjson

from finetune_studio.formats.json_reader import JsonSyntaxError, SyntaxProblem, parse
from finetune_studio.lint.view import LineProblem

_CODES = {
    SyntaxProblem.ENCODING: "F014",
    SyntaxProblem.NOT_FINITE: "F013",
}


def read_line(line: bytes) -> tuple[Any, LineProblem | None]:
    """The value, or what keeps it from being read.

    A line with NaN or bytes that are not UTF-8 gives both, so that the rest of it can be judged.
    """
    try:
        return orjson.loads(line), None
    except orjson.JSONDecodeError:
        return _read_strictly(line)


def _read_strictly(line: bytes) -> tuple[Any, LineProblem | None]:
    problem = None
    try:
        return parse(line).value(), None
    except JsonSyntaxError as error:
        code = _CODES.get(error.problem, "F001")
        problem = LineProblem(code, error.reason, error.column, error.offset)
    return _read_in_spite(line, problem.code), problem


def _read_in_spite(line: bytes, code: str) -> Any:
    """The value with NaN as a number, or with U+FFFD for bytes that are not UTF-8; None for other faults."""
    if code == "F001":
        return None
    try:
        text = line.decode("utf-8", "replace").encode("utf-8") if code == "F014" else line
        return parse(text, allow_not_finite=True).value()
    except JsonSyntaxError:
        return None
