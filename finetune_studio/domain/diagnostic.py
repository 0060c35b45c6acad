"""What the checks say: the person reads "Finding", the code says Diagnostic."""

from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any

from finetune_studio.domain.edits import Edit

_Remade = tuple[type, tuple[Any, ...]]
"""A class and what makes the same value again."""


class Severity(StrEnum):
    ERROR = "error"
    WARNING = "warning"
    INFO = "info"

    @property
    def rank(self) -> int:
        """0 for info, 1 for warning, 2 for error: comparable, for thresholds and sorting."""
        return {"info": 0, "warning": 1, "error": 2}[self.value]


class Applicability(StrEnum):
    SAFE = "safe"
    UNSAFE = "unsafe"
    DISPLAY_ONLY = "display-only"


@dataclass(frozen=True, slots=True)
class Location:
    """Where a finding is.

    `example` is the caller's key of the example: its id in a workspace, its 0-based index in a file;
    None for findings about the whole dataset. `message_index` counts in reading order (see
    domain.example.messages_of). `field` is a JSON Pointer within the message, or within the example
    when `message_index` is None. `start` and `end` are code points of the string at `field`.
    """

    example: int | None = None
    message_index: int | None = None
    field: str = ""
    start: int | None = None
    end: int | None = None

    def __reduce__(self) -> _Remade:
        return Location, (self.example, self.message_index, self.field, self.start, self.end)


@dataclass(frozen=True, slots=True)
class Fix:
    """A described change that removes the finding."""

    title: str
    applicability: Applicability
    edits: tuple[Edit, ...] = ()

    def __reduce__(self) -> _Remade:
        return Fix, (self.title, self.applicability, self.edits)


@dataclass(frozen=True, slots=True)
class Related:
    """Another member of a group (duplicates); `similarity` is 0 to 1."""

    example: int
    similarity: float = 1.0


@dataclass(frozen=True, slots=True)
class Diagnostic:
    """One finding. `message` is English; `arguments` are what a translation is filled with."""

    code: str
    severity: Severity
    message: str
    location: Location = Location()
    fix: Fix | None = None
    related: tuple[Related, ...] = ()
    arguments: dict[str, Any] = field(default_factory=dict, compare=False)

    def __reduce__(self) -> _Remade:
        """For worker processes, which send many: what dataclasses do by default takes four times as long."""
        place, others = self.location, self.related
        return Diagnostic, (self.code, self.severity, self.message, place, self.fix, others, self.arguments)
