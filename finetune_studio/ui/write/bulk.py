"""Changing many examples at once: the set of ids is built on the store's thread, one undo step each."""

from array import array
from collections.abc import Callable
from typing import Any

from finetune_studio.domain.changes import Changes
from finetune_studio.domain.errors import StudioError
from finetune_studio.ui.commands.registry import CommandRegistry
from finetune_studio.ui.write.words import counted
from finetune_studio.workspace.operations.parts import set_of
from finetune_studio.workspace.operations.rewriting import RewriteReport
from finetune_studio.workspace.task import TaskContext
from finetune_studio.workspace.workspace import Workspace

_LARGE = 5_000
"""Examples from which a change is shown as a task."""
_LARGE_REWRITE = 2_000


def change_many(
    workspace: Workspace,
    operation: Callable[..., Changes],
    ids: "array[int]",
    *args: Any,
    context: TaskContext,
) -> Changes:
    """`operation(workspace, IdSet, *args)`; a million ids take a moment to become a set."""
    return operation(workspace, set_of(ids), *args, context=context)


class _Queue:
    """Where changes go, and how they are told."""

    def __init__(self, workspace: Workspace, commands: CommandRegistry) -> None:
        self._workspace = workspace
        self._commands = commands

    def _say(self, told: str, count: int) -> None:
        """`told` with an offer to undo; `{}` in it is "3 examples"."""
        text = told.replace("{}", counted(count, "example"), 1)
        self._commands.notice(text, "Undo", self._undo)

    def _undo(self) -> None:
        self._commands.invoke("edit.undo")

    def _on_failed(self, error: StudioError) -> None:
        self._commands.report_error(error)


class BulkChanges(_Queue):
    """Queues changes and tells what was done, with undo."""

    def change(
        self, operation: Callable[..., Changes], ids: "array[int]", *args: Any, title: str, told: str = ""
    ) -> None:
        """Do `operation` to the examples; `told` is said when it is done, `{}` is "3 examples"."""

        def done(_changes: Changes) -> None:
            if told:
                self._say(told, len(ids))

        self._workspace.perform(
            change_many,
            operation,
            ids,
            *args,
            title=title,
            visible=len(ids) >= _LARGE,
            done=done,
            failed=self._on_failed,
        )


def rewrite_many(
    workspace: Workspace,
    operation: Callable[..., RewriteReport],
    ids: "array[int]",
    arguments: tuple[Any, ...],
    context: TaskContext,
) -> RewriteReport:
    """As change_many, for what goes through the texts and can be cancelled."""
    return operation(workspace, set_of(ids), *arguments, context=context)


class BulkRewrites(_Queue):
    """Queues changes of the texts of examples and tells how many were changed, with undo."""

    def rewrite(
        self,
        operation: Callable[..., RewriteReport],
        ids: "array[int]",
        *arguments: Any,
        told: str,
        then: Callable[[], None] | None = None,
    ) -> None:
        """Do `operation` to the examples; `told` is said when it is done, `{}` is "3 examples".

        `then` is called after it.
        """

        def done(report: RewriteReport) -> None:
            if report.n_examples:
                self._say(told, report.n_examples)
            elif not report.changes:
                self._commands.notice("There was nothing to change.")
            if then is not None:
                then()

        self._workspace.perform(
            rewrite_many,
            operation,
            ids,
            arguments,
            title="Changing the examples",
            visible=len(ids) >= _LARGE_REWRITE,
            done=done,
            failed=self._on_failed,
        )
