"""What reading a dataset's file gives: its lines, and what the file is like."""

from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path

from finetune_studio.domain.example import ExampleKind


class LineKind(StrEnum):
    EXAMPLE = "example"
    """A JSON object."""
    BLANK = "blank"
    """Nothing but white space."""
    UNREADABLE = "unreadable"
    """Not a JSON object, or too long; `problem` says why."""


class ProblemKind(StrEnum):
    NOT_JSON = "not_json"
    NOT_OBJECT = "not_object"
    NOT_UTF8 = "not_utf8"
    NOT_FINITE = "not_finite"
    TOO_LONG = "too_long"


@dataclass(frozen=True, slots=True)
class LineProblem:
    """Why a line is no example. `line` and `column` count from 1 in the file, in code points."""

    message: str
    line: int
    column: int
    kind: ProblemKind = ProblemKind.NOT_JSON


@dataclass(frozen=True, slots=True)
class SourceLine:
    """One line with its line end, exactly as in the file (converted to UTF-8 where it was not).

    `offset` is where it begins in the (unpacked, converted) text, the byte order mark counted; `size` is
    its length also when it is too long to be read and `data` is empty. `example_kind` is None unless
    `kind` is EXAMPLE and the lines are being judged.
    """

    number: int
    offset: int
    data: bytes
    kind: LineKind = LineKind.EXAMPLE
    problem: LineProblem | None = None
    size: int = 0
    example_kind: ExampleKind | None = None


class SourceLayout(StrEnum):
    LINES = "lines"
    """JSONL: one value a line."""
    LIST = "list"
    """A JSON list of examples."""
    VALUES = "values"
    """JSON objects printed over several lines."""


@dataclass(frozen=True, slots=True)
class SourceInfo:
    """What a file is like. `line_end` is "\\n", "\\r\\n", "mixed", or empty when there is none.

    `size` and `sha256` are of the file on disk. A file whose `is_verbatim` is true comes out byte for
    byte as `bom` followed by the data of all its lines.
    """

    path: Path
    encoding: str
    bom: bytes
    line_end: str
    final_newline: bool
    sha256: str
    size: int
    layout: SourceLayout = SourceLayout.LINES
    compression: str = ""
    lines: int = 0
    examples: int = 0
    blank: int = 0
    unreadable: int = 0
    too_long: int = 0
    notices: tuple[str, ...] = ()

    @property
    def is_verbatim(self) -> bool:
        return (
            self.encoding == "utf-8"
            and self.layout is SourceLayout.LINES
            and not self.compression
            and not self.too_long
        )
