"""What goes into a dataset file and what comes out of it, as plain values."""

from dataclasses import dataclass
from datetime import UTC, datetime
from enum import StrEnum

from finetune_studio.domain.example import ExampleKind, ReviewState
from finetune_studio.domain.split import Split

GAP = 1 << 32
"""Distance between the places of neighbours, so that one fits between them without moving any."""


class LineKind(StrEnum):
    """Why a source line is not an example."""

    BLANK = "blank"
    UNREADABLE = "unreadable"
    TOO_LONG = "too_long"
    """Over the size limit: left in the source, its bytes are not here."""


@dataclass(frozen=True, slots=True)
class ExampleRow:
    """One example as stored; `position` orders, it is not the number that a person sees."""

    id: int
    uid: str
    kind: ExampleKind
    body: bytes
    status: ReviewState
    split: Split | None
    split_pinned: bool
    note: str
    tags: tuple[str, ...]
    source_name: str
    source_line: int | None
    created_at: datetime
    edited_at: datetime | None
    position: int
    body_id: int
    original_body_id: int


@dataclass(frozen=True, slots=True)
class NewExample:
    """An example to insert. Without `kind` the history's classifier decides; without `uid` one is made.

    With `source_id` and `source_line` it takes the place of that line, whatever order lines come in.
    """

    body: bytes
    kind: ExampleKind | None = None
    status: ReviewState = ReviewState.DRAFT
    split: Split | None = None
    split_pinned: bool = False
    note: str = ""
    uid: str | None = None
    source_id: int | None = None
    source_line: int | None = None


@dataclass(frozen=True, slots=True)
class NewSource:
    """The file that an import read. `sha256` is hexadecimal."""

    name: str
    path: str = ""
    sha256: str = ""
    size: int = 0
    encoding: str = "utf-8"
    bom: bool = False
    line_end: str = "\n"
    final_newline: bool = True
    format: str = "openai-chat"


@dataclass(frozen=True, slots=True)
class SourceRow:
    id: int
    name: str
    path: str
    sha256: str
    size: int
    encoding: str
    bom: bool
    line_end: str
    final_newline: bool
    format: str
    imported_at: datetime


@dataclass(frozen=True, slots=True)
class KeptLine:
    """A source line that is no example; `line` is 1-based, `column` counts code points from 1.

    `data` includes the line end and is None when the line was too long to keep.
    """

    line: int
    data: bytes | None
    kind: LineKind = LineKind.UNREADABLE
    problem: str = ""
    column: int | None = None
    offset: int = 0


@dataclass(frozen=True, slots=True)
class KeptLineRow:
    id: int
    source_id: int
    source_name: str
    line: KeptLine
    position: int


@dataclass(frozen=True, slots=True)
class StoredLine:
    """One line of the dataset in order: an example, or a kept line (then `example_id` is None)."""

    position: int
    example_id: int | None
    data: bytes | None
    source_id: int | None
    source_line: int | None


@dataclass(frozen=True, slots=True)
class StepRow:
    id: int
    code: str
    arguments: dict[str, object]
    at: datetime
    author: str
    undone: bool


@dataclass(frozen=True, slots=True)
class SuppressionRow:
    id: int
    code: str
    example_uid: str | None
    field: str
    reason: str
    author: str
    at: datetime


def to_millis(moment: datetime) -> int:
    """Milliseconds since 1970 in UTC: how the file keeps moments."""
    return int(moment.timestamp() * 1000)


def from_millis(value: int) -> datetime:
    return datetime.fromtimestamp(value / 1000, UTC)


def storable(text: str) -> str:
    """The text with lone surrogates replaced, which SQLite refuses."""
    return text.encode("utf-8", "surrogatepass").decode("utf-8", "replace") if text else text
