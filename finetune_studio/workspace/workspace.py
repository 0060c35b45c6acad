"""The open dataset: what a face asks for changes and answers. No Qt."""

import inspect
import sqlite3
import threading
from array import array
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

import uuid_utils

from finetune_studio.domain.changes import ChangeKind, Changes
from finetune_studio.domain.errors import CancelledError, ReadOnlyDatasetError, StudioError
from finetune_studio.formats.records import kind_of_body
from finetune_studio.settings.paths import AppPaths
from finetune_studio.storage import database
from finetune_studio.storage.database import Database
from finetune_studio.storage.example_store import ExampleStore
from finetune_studio.storage.history_store import HistoryStore
from finetune_studio.storage.step import Step
from finetune_studio.targets.target import Target
from finetune_studio.workspace.backups import Backups, backup_before_migration
from finetune_studio.workspace.history import History, Labels, NothingToUndoError, StepLabel
from finetune_studio.workspace.lint_session import LintSession
from finetune_studio.workspace.notify import Notifier
from finetune_studio.workspace.queries.ranks import Ranks
from finetune_studio.workspace.sending import Sending
from finetune_studio.workspace.task import unwanted_task
from finetune_studio.workspace.tasks import TaskContext, TaskHandle, TaskRunner, UnexpectedError
from finetune_studio.workspace.text_index import TextIndex, open_derived

if TYPE_CHECKING:
    from finetune_studio.workspace.operations.imports import ImportReport

T = TypeVar("T")

RANKS_AT_ONCE = 20_000
"""Examples that are counted again within a frame."""
CHECKPOINT_AFTER = 2.0
"""Seconds without a change after which the main file is made current."""


class Workspace:
    """Made by `open`, `create` or `opening.open_any`.

    The store thread alone calls `store`, `step` and operations; any thread may read through `reader`
    and the queries; everything else belongs to the face's thread.
    """

    def __init__(self, db: Database, *, paths: AppPaths, runner: TaskRunner) -> None:
        self._database = db
        self._history_store = None if db.read_only else HistoryStore(db.writer, kind_of_body, path=db.path)
        self._readers = threading.local()
        self._reads: list[TaskContext] = []
        self._reads_lock = threading.Condition()
        self._closed = False
        self.paths = paths
        self.tasks = runner
        self.notifier = Notifier()
        self.derived = open_derived(paths, db)
        """Full text; None where the cache cannot be written."""
        self.uid = db.uid
        self.store = ExampleStore(db.new_reader() if db.read_only else db.writer)
        self.import_report: ImportReport | None = None
        self.history = History(self)
        self.history.labels = self._labels()
        self.author = ""
        """Who makes the steps from now on."""
        self.pending_writes = 0
        self.pending_changed: Callable[[], None] | None = None
        self._ranks: Ranks | None = None
        self._order = 0
        """Counts changes of the order of examples."""
        self.sending = Sending(paths, runner.post)
        self.lint = LintSession(self)
        self.text_index = TextIndex(self)
        self.backups = Backups(self)

    # Opening and closing

    @classmethod
    def open(cls, path: Path, *, paths: AppPaths, runner: TaskRunner, read_only: bool = False) -> "Workspace":
        """Open a dataset file; raises the DatasetFileError family."""
        return runner.call_in_store(
            lambda: cls(
                database.open_database(
                    path,
                    read_only=read_only,
                    before_migration=lambda old: backup_before_migration(paths, old),
                ),
                paths=paths,
                runner=runner,
            )
        )

    @classmethod
    def create(cls, path: Path, *, paths: AppPaths, runner: TaskRunner) -> "Workspace":
        """Make a new, empty dataset file and open it."""
        return runner.call_in_store(lambda: cls(database.create(path), paths=paths, runner=runner))

    @classmethod
    def open_any(
        cls, path: Path, *, paths: AppPaths, runner: TaskRunner, context: TaskContext | None = None
    ) -> "Workspace":
        """Open a dataset file, or make or find the dataset of a JSONL file."""
        from finetune_studio.workspace.opening import open_any

        return open_any(path, paths=paths, runner=runner, context=context)

    def close(self, timeout: float | None = None) -> bool:
        """Finish queued changes, end the checks, close the file; False when `timeout` seconds are too few."""
        if self._closed:
            return True
        if not self.tasks.drain(timeout):
            return False
        self._closed = True
        self._end_reading()
        self.lint.close()
        self.sending.close()
        self.tasks.call_in_store(self._close_files)
        return True

    def _close_files(self) -> None:
        self._database.close()
        if self.derived is not None:
            self.derived.close()

    # What it is

    @property
    def path(self) -> Path:
        return self._database.path

    @property
    def name(self) -> str:
        """What the title bar shows."""
        return self.path.stem

    @property
    def read_only(self) -> bool:
        return self._database.read_only

    @property
    def is_closed(self) -> bool:
        return self._closed

    @property
    def target(self) -> Target | None:
        """What the checks judge for; None for any provider."""
        return self.lint.target

    # Reading

    def reader(self) -> sqlite3.Connection:
        """This thread's read-only connection, with the derived data attached as `derived`."""
        own = self._own_reader()
        if not own:
            if self._closed:
                raise StudioError("The dataset is closed.")
            connection = self._database.new_reader()
            if self.derived is not None:
                self.derived.attach(connection)
            own.append(connection)
        return own[0]

    def _own_reader(self) -> list[sqlite3.Connection]:
        """The connection of this thread, once it has one."""
        found: list[sqlite3.Connection] = self._readers.__dict__.setdefault("own", [])
        return found

    def examples(self) -> ExampleStore:
        """The examples, for reading in this thread."""
        return ExampleStore(self.reader())

    def options(self) -> dict[str, Any]:
        """The dataset's settings."""
        return self.examples().options()

    def ask(
        self,
        query: Callable[..., T],
        *args: Any,
        done: Callable[[T], None] | None = None,
        failed: Callable[[StudioError], None] | None = None,
        title: str = "",
        key: str = "",
        visible: bool = False,
        **kwargs: Any,
    ) -> TaskHandle:
        """Run `query(workspace, *args)` in the pool; after close() nothing is asked or answered any more.

        A query that takes `context` gets the task's. A newer one with the same `key` replaces this one.
        """
        extra_names = inspect.signature(query).parameters

        def work(context: TaskContext) -> T:
            extra = {"context": context} if "context" in extra_names else {}
            with self._reading(context):
                return query(self, *args, **kwargs, **extra)

        def answer(result: T) -> None:
            if done is not None and not self._closed:
                done(result)

        name = title or query.__name__.replace("_", " ").capitalize()
        if self._closed:
            return unwanted_task(name)
        return self.tasks.run(work, title=name, done=answer, failed=failed, visible=visible, key=key)

    def ranks(self, *, wait: bool = True) -> Ranks:
        """Numbers of the examples in the order now.

        They are counted again after examples came, went or moved (0.3 s for a million); without `wait`
        a large dataset gives the numbers counted last, until list_ids has counted again.
        """
        known = self._ranks
        is_quick = known is None or len(known) <= RANKS_AT_ONCE
        if known is not None and (known.order == self._order or not (wait or is_quick)):
            return known
        order = self._order
        ids = array("q")
        for chunk in self.examples().ids():
            ids.extend(chunk)
        self._ranks = Ranks(ids, order)
        return self._ranks

    @contextmanager
    def _reading(self, context: TaskContext) -> Iterator[None]:
        """Let close() wait for this work, and end it quietly when the dataset was closed before.

        Cancelling it ends also what SQLite is looking for just now: a search through a million texts that
        nobody waits for any more would keep a thread and the processor.
        """
        with self._reads_lock:
            if self._closed:
                raise CancelledError
            self._reads.append(context)
        reader = self._own_reader()

        def interrupt() -> None:
            for connection in reader:
                connection.interrupt()

        try:
            with context.interrupted_by(interrupt):
                yield
        except (sqlite3.Error, StudioError):
            if self._closed or context.is_cancelled:
                raise CancelledError from None
            raise
        finally:
            with self._reads_lock:
                self._reads.remove(context)
                self._reads_lock.notify_all()

    def _end_reading(self) -> None:
        """Cancel what still reads and wait for it, five seconds at most."""
        with self._reads_lock:
            for context in self._reads:
                context.cancel()
            self._reads_lock.wait_for(lambda: not self._reads, 5.0)

    # Changing

    def perform(
        self,
        operation: Callable[..., Any],
        *args: Any,
        initiator: object | None = None,
        done: Callable[[Any], None] | None = None,
        failed: Callable[[StudioError], None] | None = None,
        title: str = "",
        visible: bool = False,
        **kwargs: Any,
    ) -> TaskHandle:
        """Queue `operation(workspace, *args)` and return at once.

        It returns Changes, or a report with `.changes`; these are published before `done(result)`.
        An operation that takes `context` gets the task's. `initiator` comes back in the Changes.
        """
        if self._closed:
            raise StudioError("The dataset is closed.")
        takes_context = "context" in inspect.signature(operation).parameters

        def work(context: TaskContext) -> tuple[Any, Labels]:
            if self.read_only:
                raise ReadOnlyDatasetError(
                    f"{self.name} is open for reading only.", "Save a copy to change it."
                )
            if self._database.needs_verify:
                self._database.verify()
            extra = {"context": context} if takes_context else {}
            return operation(self, *args, **kwargs, **extra), self._labels()

        def finished(answer: tuple[Any, Labels]) -> None:
            result, self.history.labels = answer
            self._count_pending(-1)
            self._publish(result, initiator)
            if done is not None:
                done(result)

        def not_done(error: StudioError) -> None:
            self._count_pending(-1)
            if failed is not None:
                failed(error)
            elif not isinstance(error, CancelledError | UnexpectedError):
                self.tasks.on_error(error)

        self._count_pending(1)
        return self.tasks.run(
            work,
            title=title or operation.__name__.replace("_", " ").capitalize(),
            done=finished,
            failed=not_done,
            uses_store=True,
            visible=visible,
        )

    def undo(self, done: Callable[[Changes], None] | None = None) -> TaskHandle:
        """Queue taking back the newest step."""
        return self.perform(_undo, done=done)

    def redo(self, done: Callable[[Changes], None] | None = None) -> TaskHandle:
        """Queue doing again what was undone last."""
        return self.perform(_redo, done=done)

    @staticmethod
    def new_uid() -> str:
        """An identity for a new example."""
        return str(uuid_utils.uuid7())

    def step(
        self, code: str, arguments: dict[str, Any], merge_key: str | None = None
    ) -> AbstractContextManager[Step]:
        """Begin a step of the history; for operations, on the store thread."""
        return self.history_store.step(code, arguments, merge_key, self.author)

    @property
    def history_store(self) -> HistoryStore:
        """The history's writer; for the store thread."""
        if self._history_store is None:
            raise ReadOnlyDatasetError(f"{self.name} is open for reading only.", "Save a copy to change it.")
        return self._history_store

    @property
    def database(self) -> Database:
        """The file itself; for the store thread (backups, copies)."""
        return self._database

    def _publish(self, result: Any, initiator: object | None) -> None:
        changes = result if isinstance(result, Changes) else getattr(result, "changes", None)
        if isinstance(changes, Changes) and changes and not self._closed:
            if ChangeKind.MEMBERSHIP in changes.kinds:
                self._order += 1
            self.tasks.later(CHECKPOINT_AFTER, self._checkpoint, f"checkpoint {self.uid}", housekeeping=True)
            self.notifier.publish(replace(changes, initiator=initiator))

    def _checkpoint(self) -> None:
        def work(_context: TaskContext) -> None:
            if not self._closed:
                self._database.checkpoint()

        if not self._closed:
            self.tasks.run(work, title="Checkpoint", uses_store=True)

    def _count_pending(self, by: int) -> None:
        self.pending_writes += by
        if self.pending_changed is not None:
            self.pending_changed()

    def _labels(self) -> Labels:
        if self._history_store is None:
            return Labels()
        undo, redo = self._history_store.undo_label(), self._history_store.redo_label()
        newest = self._history_store.newest_step()
        return Labels(StepLabel(*undo) if undo else None, StepLabel(*redo) if redo else None, newest)


def _undo(workspace: Workspace) -> Changes:
    changes = workspace.history_store.undo()
    if changes is None:
        raise NothingToUndoError
    return changes


def _redo(workspace: Workspace) -> Changes:
    changes = workspace.history_store.redo()
    if changes is None:
        raise NothingToUndoError(redo=True)
    return changes
