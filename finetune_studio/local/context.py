"""What the endpoints share."""

import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field

from starlette.requests import Request

from finetune_studio.local.engines.registry import Engines
from finetune_studio.local.folders import LocalFolders
from finetune_studio.local.runner import JobRunner
from finetune_studio.local.store import Store

MAX_UPLOAD = 512 * 2**20


@dataclass(frozen=True, slots=True)
class ServerLimits:
    """Sizes in bytes; a file may come in parts through the Uploads endpoints."""

    upload: int = MAX_UPLOAD
    assembled: int = 8 * 2**30


class Activity:
    """Requests under way and when the last one ended, for ending an idle server."""

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._lock = threading.Lock()
        self._under_way = 0
        self._last = clock()

    @contextmanager
    def request(self) -> Iterator[None]:
        with self._lock:
            self._under_way += 1
        try:
            yield
        finally:
            with self._lock:
                self._under_way -= 1
                self._last = self._clock()

    def idle_seconds(self) -> float:
        """0 while a request is under way."""
        with self._lock:
            return 0.0 if self._under_way else self._clock() - self._last


@dataclass(frozen=True, slots=True)
class ServerContext:
    """Collaborators of every endpoint; reached by `context_of(request)`."""

    store: Store
    folders: LocalFolders
    engines: Engines
    runner: JobRunner
    limits: ServerLimits = ServerLimits()
    activity: Activity = field(default_factory=Activity)
    request_shutdown: Callable[[bool], None] = lambda when_done: None


def context_of(request: Request) -> ServerContext:
    context: ServerContext = request.app.state.context
    return context
