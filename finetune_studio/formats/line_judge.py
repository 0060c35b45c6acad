"""Says whether a line is an example, blank, or unreadable and why."""

from finetune_studio.domain.example import ExampleKind
from finetune_studio.formats.json_errors import JsonSyntaxError, SyntaxProblem
from finetune_studio.formats.records import kind_of_value, loads
from finetune_studio.formats.source_line import LineKind, LineProblem, ProblemKind

MAX_LINE = 64 << 20
"""Longest line that is read, in bytes, its line end included."""

Judgement = tuple[LineKind, LineProblem | None, ExampleKind | None]

_KINDS = {
    SyntaxProblem.ENCODING: ProblemKind.NOT_UTF8,
    SyntaxProblem.NOT_FINITE: ProblemKind.NOT_FINITE,
}


def judge_line(data: bytes, number: int) -> Judgement:
    """Judge line `number` (from 1) of a file by its bytes."""
    if data.isspace() or not data:
        return LineKind.BLANK, None, None
    try:
        value = loads(data)
    except JsonSyntaxError as error:
        message = error.reason[:1].upper() + error.reason[1:] + "."
        if error.advice:
            message = f"{message} {error.advice}"
        line = number + error.line - 1
        kind = _KINDS.get(error.problem, ProblemKind.NOT_JSON)
        return LineKind.UNREADABLE, LineProblem(message, line, error.column, kind), None
    if not isinstance(value, dict):
        message = f"An example is a JSON object, {{...}}; this line is {_name_of(value)}."
        column = len(data) - len(data.lstrip()) + 1
        return LineKind.UNREADABLE, LineProblem(message, number, column, ProblemKind.NOT_OBJECT), None
    return LineKind.EXAMPLE, None, kind_of_value(value)


def too_long(number: int, offset: int, size: int) -> LineProblem:
    """The problem of a line over MAX_LINE."""
    message = (
        f"This line is {size / (1 << 20):,.0f} MiB long and begins at byte {offset:,}; "
        f"lines over {MAX_LINE >> 20} MiB are left in the file."
    )
    return LineProblem(message, number, 1, ProblemKind.TOO_LONG)


def _name_of(value: object) -> str:
    if value is None:
        return "null"
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, list):
        return "a list"
    return "a text" if isinstance(value, str) else "a number"
