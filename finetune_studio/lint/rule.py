"""What a rule is: class attributes that describe it, and a pure `check`."""

from abc import ABC, abstractmethod
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from enum import StrEnum
from functools import partial
from typing import TYPE_CHECKING, Any, ClassVar

from finetune_studio.domain.diagnostic import Applicability, Diagnostic, Fix, Location, Related, Severity
from finetune_studio.lint.view import ExampleView, MessageView

if TYPE_CHECKING:
    from finetune_studio.lint.context import RuleContext
    from finetune_studio.lint.facts import DatasetFacts
    from finetune_studio.lint.scan import Batch


Look = tuple[int, Callable[[], Iterator[Diagnostic]]]


class Scope(StrEnum):
    EXAMPLE = "example"
    DATASET = "dataset"


class Status(StrEnum):
    PREVIEW = "preview"
    STABLE = "stable"


@dataclass(frozen=True, slots=True)
class RuleOption:
    """One number that a person may set, as `CODE.key` in LintConfig.options."""

    key: str
    default: float
    title: str
    help: str = ""
    minimum: float = 0.0
    maximum: float = 1e9
    choices: tuple[str, ...] = ()
    """What the values 0, 1, 2 ... stand for, where it is a choice rather than a number."""


@dataclass(frozen=True, slots=True)
class ListOption:
    """A list of texts that a person may set, as `CODE.key` in LintConfig.options."""

    key: str
    default: tuple[str, ...]
    title: str
    help: str = ""


class Rule(ABC):
    """Base of all rules; stateless: the engine makes one instance for a run."""

    code: ClassVar[str]
    name: ClassVar[str]
    severity: ClassVar[Severity]
    scope: ClassVar[Scope]
    fix: ClassVar[Applicability | None] = None
    since: ClassVar[str] = "0.1.0"
    status: ClassVar[Status] = Status.STABLE
    options: ClassVar[tuple[RuleOption, ...]] = ()
    list_options: ClassVar[tuple[ListOption, ...]] = ()
    grades_itself: ClassVar[bool] = False
    """Whether some findings have another severity than the configuration gives the rule."""
    version: ClassVar[int] = 1
    """Counted up when the rule's answers change, so that cached findings are computed again."""

    @classmethod
    def slug(cls) -> str:
        """The rule's name in files: that of its module, with hyphens."""
        return cls.__module__.rsplit(".", 1)[-1].replace("_", "-")

    def option(self, context: "RuleContext", key: str) -> float:
        """The value set for one of the rule's own options, else its default; kept within its limits."""
        option = next(o for o in self.options if o.key == key)
        return context.option(self.code, option)

    def texts_option(self, context: "RuleContext", key: str) -> tuple[str, ...]:
        """The texts set for one of the rule's own list options, else its default."""
        option = next(o for o in self.list_options if o.key == key)
        return context.texts_option(self.code, option)


class ExampleRule(Rule):
    """A rule that needs to see one example only."""

    scope = Scope.EXAMPLE
    triggers: ClassVar[tuple[bytes, ...]] = ()
    """Literals that it has searched: all rules' are searched together."""

    def looks(self, batch: "Batch") -> Iterator[Look]:
        """Whom in the batch to look at, and how: (position, what gives the findings there)."""
        for position in self.candidates(batch):
            yield position, partial(self.check, batch.view(position), batch.context)

    def candidates(self, batch: "Batch") -> Iterable[int]:
        """Positions in the batch that `check` must see; the others are known to be fine.

        Here: the lines that are not plainly of the common shape (see line_scan.py).
        """
        return batch.unusual

    @abstractmethod
    def check(self, view: ExampleView, context: "RuleContext") -> Iterator[Diagnostic]:
        """Yield what is wrong with one example."""

    def finding(
        self,
        context: "RuleContext",
        view: ExampleView,
        text: str,
        *,
        at: MessageView | None = None,
        field: str = "",
        start: int | None = None,
        end: int | None = None,
        fix: Fix | None = None,
        **arguments: Any,
    ) -> Diagnostic:
        """Make the diagnostic; `text` is a template that `arguments` fill.

        A line that is not JSON cannot be edited, so its findings come without a fix.
        """
        return Diagnostic(
            code=self.code,
            severity=context.severity(self),
            message=text.format(**arguments) if arguments else text,
            location=Location(view.key, None if at is None else at.index, field, start, end),
            fix=fix if view.problem is None else None,
            arguments=arguments,
        )


class ShapeRule(ExampleRule):
    """A rule that looks at nothing but the order of the roles.

    The engine asks it once for each distinct order in a batch, then only where it found something.
    """

    def candidates(self, batch: "Batch") -> Iterable[int]:
        return batch.unusual + batch.with_odd_shape(self)


class TextRule(ExampleRule):
    """A rule over texts that can only find something where one of its literals stands.

    `triggers` are ASCII without quotes, slashes and backslashes, searched once per batch for all rules:
    as they are where they hold capitals, else without regard to case.
    """

    def candidates(self, batch: "Batch") -> Iterable[int]:
        return batch.hits(self.triggers)


class DatasetRule(Rule):
    """A rule over the columns of all examples."""

    scope = Scope.DATASET
    takes_long: ClassVar[bool] = False
    """Whether it compares so much that a check of a file runs it beside the other rules."""

    @abstractmethod
    def check(self, facts: "DatasetFacts", context: "RuleContext") -> Iterator[Diagnostic]:
        """Yield what is wrong with the dataset."""

    def finding(
        self,
        context: "RuleContext",
        text: str,
        *,
        example: int | None = None,
        related: tuple[Related, ...] = (),
        **arguments: Any,
    ) -> Diagnostic:
        """Make the diagnostic; `example` is the key of the example it belongs to, if to one."""
        return Diagnostic(
            code=self.code,
            severity=context.severity(self),
            message=text.format(**arguments) if arguments else text,
            location=Location(example),
            related=related,
            arguments=arguments,
        )
