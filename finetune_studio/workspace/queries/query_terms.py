"""The parts of a parsed query: what the filter box means."""

from dataclasses import dataclass
from enum import StrEnum

from finetune_studio.domain.diagnostic import Severity
from finetune_studio.domain.errors import StudioError
from finetune_studio.domain.example import ExampleKind, ReviewState
from finetune_studio.domain.split import Split


class QueryError(StudioError):
    """A query that cannot be understood; `start` and `end` are code points of its text."""

    def __init__(self, text: str, start: int, end: int, advice: str = "") -> None:
        super().__init__(text, advice)
        self.start = start
        self.end = end


class Measure(StrEnum):
    """Numbers that a query can compare."""

    TOKENS = "tokens"
    LOSS = "loss"
    """Tokens of trained assistant messages."""
    ANSWER = "answer"
    """Tokens of all assistant messages."""
    MESSAGES = "messages"
    TURNS = "turns"
    """User messages."""
    FINDINGS = "findings"
    LINE = "line"
    """Line in the imported file, from 1."""


class Having(StrEnum):
    """What `has:` can ask for."""

    NOTE = "note"
    TAG = "tag"
    SPLIT = "split"
    FINDING = "finding"
    ERROR = "error"
    WARNING = "warning"
    FIX = "fix"
    TOOL = "tool"
    SYSTEM = "system"
    DATASET_PROMPT = "dataset-prompt"
    """The system prompt of the dataset, which the example follows."""
    OWN_PROMPT = "own-prompt"
    """A system prompt that is not that of the dataset."""


class Fact(StrEnum):
    """What the checks know of an example beyond numbers; `text` of a FactTerm is one of its values."""

    LABEL = "label"
    """The last answer, where it is short."""
    OPENING = "opening"
    """The first words of the last answer."""
    ASKS = "asks"
    """The first words of the first question."""
    PROMPT = "prompt"
    """The system prompt."""
    LANGUAGE = "language"
    """Of the last answer: two letters, or "unknown"."""
    CALLS = "calls"
    """A tool by name."""
    PEOPLE = "people"
    """A group of people that is spoken of; see lint.terms."""
    REFUSAL = "refusal"
    """The last answer declines to help."""


@dataclass(frozen=True, slots=True)
class TextTerm:
    """Words or a phrase anywhere in the example's text; a word also matches as the start of a word."""

    text: str


@dataclass(frozen=True, slots=True)
class TagTerm:
    """A tag, without regard to case; a trailing `*` matches the rest."""

    tag: str


@dataclass(frozen=True, slots=True)
class StatusTerm:
    status: ReviewState


@dataclass(frozen=True, slots=True)
class EditedTerm:
    """Changed since it was imported or made."""


@dataclass(frozen=True, slots=True)
class KindTerm:
    kind: ExampleKind


@dataclass(frozen=True, slots=True)
class SplitTerm:
    """None: in no split."""

    split: Split | None


@dataclass(frozen=True, slots=True)
class RuleTerm:
    """A finding whose code begins with `prefix`; "" for any finding."""

    prefix: str


@dataclass(frozen=True, slots=True)
class SeverityTerm:
    severity: Severity


@dataclass(frozen=True, slots=True)
class RoleTerm:
    role: str


@dataclass(frozen=True, slots=True)
class NoteTerm:
    text: str


@dataclass(frozen=True, slots=True)
class SourceTerm:
    """Part of the name of the file it came from."""

    name: str


@dataclass(frozen=True, slots=True)
class JobTerm:
    """Sent with a fine-tuning job: its reference, its id at the service, its suffix or its model."""

    name: str


@dataclass(frozen=True, slots=True)
class HasTerm:
    having: Having


@dataclass(frozen=True, slots=True)
class NumberTerm:
    """`low` and `high` are inclusive; None leaves the side open."""

    measure: Measure
    low: int | None
    high: int | None


@dataclass(frozen=True, slots=True)
class FactTerm:
    fact: Fact
    text: str


Leaf = (
    TextTerm
    | TagTerm
    | StatusTerm
    | EditedTerm
    | KindTerm
    | SplitTerm
    | RuleTerm
    | SeverityTerm
    | RoleTerm
    | NoteTerm
    | SourceTerm
    | JobTerm
    | HasTerm
    | NumberTerm
    | FactTerm
)


@dataclass(frozen=True, slots=True)
class Term:
    """A leaf, or its opposite."""

    leaf: Leaf
    negated: bool = False


@dataclass(frozen=True, slots=True)
class ExampleQuery:
    """All groups must hold; of each group, one of its terms. No groups: every example."""

    groups: tuple[tuple[Term, ...], ...] = ()

    @property
    def is_empty(self) -> bool:
        return not self.groups

    @property
    def words(self) -> tuple[str, ...]:
        """The texts searched for, to highlight them."""
        return tuple(
            term.leaf.text
            for group in self.groups
            for term in group
            if isinstance(term.leaf, TextTerm) and not term.negated
        )
