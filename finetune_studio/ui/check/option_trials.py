"""Asks what a rule would find while its options move, and what is shown of it. No widget."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from finetune_studio.domain.errors import CancelledError, StudioError
from finetune_studio.workspace.task import UnexpectedError

if TYPE_CHECKING:
    from finetune_studio.workspace.workspace import Workspace


@dataclass(frozen=True, slots=True)
class Trial:
    """A rule over the dataset, and the values of its options that go before those that are set."""

    code: str
    options: Mapping[str, Any] = field(default_factory=dict)


class OneAtATime:
    """Questions to the pool of which only one runs: of those asked meanwhile the newest comes next.

    A slider asks sixty times a second; the answers come as fast as they can be had, and no two compute beside
    each other.
    """

    def __init__(self, workspace: "Workspace") -> None:
        self._workspace = workspace
        self._runs = False
        self._next: Callable[[], None] | None = None

    def ask(self, query: Callable[..., object], *arguments: object, done: Callable[[Any], None]) -> None:
        """Ask, or have it asked when the question that runs is answered."""

        def start() -> None:
            self._runs = True
            self._workspace.ask(query, *arguments, done=answered, failed=failed)

        def answered(result: object) -> None:
            self._go_on()
            done(result)

        def failed(error: StudioError) -> None:
            self._go_on()
            if not isinstance(error, CancelledError | UnexpectedError):
                self._workspace.tasks.on_error(error)

        self._next = start
        if not self._runs:
            self._go_on()

    def forget(self) -> None:
        """What waits is not asked any more."""
        self._next = None

    def _go_on(self) -> None:
        self._runs, start = False, self._next
        self._next = None
        if start is not None:
            start()
