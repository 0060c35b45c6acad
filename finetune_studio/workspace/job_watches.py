"""The jobs that the window watches: one daemon thread a job, all ended together."""

import threading
from collections.abc import Callable

from finetune_studio.domain.errors import CancelledError, StudioError
from finetune_studio.providers.base import Provider
from finetune_studio.workspace.job_watch import JobUpdate, OnUpdate, Reconnect, watch
from finetune_studio.workspace.submission_context import EventContext
from finetune_studio.workspace.submission_journal import SubmissionJournal

Deliver = Callable[[Callable[[], None]], None]
"""Posts a call to the face's thread."""


class _Hearer:
    """Who hears of a job; let go in the face's thread, as what a task holds: the thread may end after it."""

    __slots__ = ("failed", "on_update")

    def __init__(self, on_update: OnUpdate, failed: Callable[[StudioError], None] | None) -> None:
        self.on_update: OnUpdate | None = on_update
        self.failed = failed

    def tell(self, update: JobUpdate) -> None:
        if self.on_update is not None:
            self.on_update(update)

    def let_go(self) -> None:
        self.on_update = self.failed = None


class JobWatches:
    """`start`, `stop` and `close` belong to the face's thread, where the callbacks come too."""

    def __init__(self, journal: SubmissionJournal, deliver: Deliver) -> None:
        self._journal = journal
        self._deliver = deliver
        self._contexts: dict[str, tuple[EventContext, _Hearer]] = {}
        self._threads: dict[str, threading.Thread] = {}

    def start(
        self,
        provider: Provider,
        ref: str,
        on_update: OnUpdate,
        failed: Callable[[StudioError], None] | None = None,
        reconnect: Reconnect | None = None,
    ) -> None:
        """Watch a job; one that is watched already is left as it is. `failed`: the watching cannot go on."""
        if ref in self._contexts:
            return
        context, hearer = EventContext(), _Hearer(on_update, failed)
        self._contexts[ref] = context, hearer

        def deliver_update(update: JobUpdate) -> None:
            if not context.is_cancelled:  # else the face may be gone
                self._deliver(lambda: hearer.tell(update))

        def end(error: StudioError | None) -> None:
            if not context.is_cancelled:
                del self._contexts[ref]
                self._threads.pop(ref, None)
                failed = hearer.failed
                hearer.let_go()
                if error is not None and failed is not None:
                    failed(error)

        def run() -> None:
            trouble: StudioError | None = None
            try:
                watch(self._journal, provider, ref, deliver_update, context, reconnect=reconnect)
            except CancelledError:
                return
            except StudioError as error:
                trouble = error
            if not context.is_cancelled:
                self._deliver(lambda: end(trouble))

        thread = threading.Thread(target=run, name=f"watch-{ref}", daemon=True)
        self._threads[ref] = thread
        thread.start()

    def is_watched(self, ref: str) -> bool:
        return ref in self._contexts

    def stop(self, ref: str) -> None:
        """Watch no longer; the job goes on."""
        watched = self._contexts.pop(ref, None)
        self._threads.pop(ref, None)
        if watched is not None:
            context, hearer = watched
            context.cancel()
            hearer.let_go()

    def close(self, timeout: float = 2.0) -> None:
        """End all watching, waiting at most so many seconds for calls that are under way."""
        threads = list(self._threads.values())
        for ref in list(self._contexts):
            self.stop(ref)
        for thread in threads:
            thread.join(timeout / max(1, len(threads)))
