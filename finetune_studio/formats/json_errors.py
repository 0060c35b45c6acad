"""What is wrong with a JSON text, and where."""

from dataclasses import dataclass
from enum import StrEnum

from finetune_studio.domain.errors import InputError


class SyntaxProblem(StrEnum):
    """Families that callers treat differently; the text for people is in the error."""

    SYNTAX = "syntax"
    ENCODING = "encoding"
    """Bytes that are not UTF-8."""
    NOT_FINITE = "not_finite"
    """NaN, Infinity or -Infinity: Python writes them, JSON has no such thing."""
    TOO_DEEP = "too_deep"


@dataclass(frozen=True, slots=True)
class Position:
    """`line` and `column` count from 1; `column` counts code points; `offset` is in bytes from 0."""

    line: int
    column: int
    offset: int


def position_at(data: bytes, offset: int) -> Position:
    """Turn a byte offset into a place; bytes that are not UTF-8 count as one code point each."""
    line_start = data.rfind(b"\n", 0, offset) + 1
    line = data.count(b"\n", 0, offset) + 1
    column = len(data[line_start:offset].decode("utf-8", "surrogateescape")) + 1
    return Position(line, column, offset)


class JsonSyntaxError(InputError):
    """The text is not JSON. `reason` says why without the place; `text` says both."""

    def __init__(
        self,
        reason: str,
        position: Position,
        problem: SyntaxProblem = SyntaxProblem.SYNTAX,
        advice: str = "",
    ) -> None:
        super().__init__(f"Line {position.line:,}, column {position.column:,}: {reason}.", advice)
        self.reason = reason
        self.position = position
        self.problem = problem

    @property
    def line(self) -> int:
        return self.position.line

    @property
    def column(self) -> int:
        return self.position.column

    @property
    def offset(self) -> int:
        return self.position.offset
