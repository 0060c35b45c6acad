"""Blocking calls that a person can leave: the call goes on in a daemon thread, its answer is dropped."""

import queue
import threading
from collections.abc import Callable, Iterator
from typing import TypeVar

from finetune_studio.domain.errors import CancelledError
from finetune_studio.providers.base import Cancelled

T = TypeVar("T")
POLL = 0.1
"""Seconds between two looks at whether the person cancelled."""


def call_cancellable(
    work: Callable[[], T], cancelled: Cancelled, while_waiting: Callable[[], None] | None = None
) -> T:
    """Run `work` in a thread of its own; raises CancelledError at once when `cancelled` turns true.

    `while_waiting` is called ten times a second in the caller's thread, and may raise to leave too.
    """
    done = threading.Event()
    results: list[T] = []
    errors: list[BaseException] = []

    def run() -> None:
        try:
            results.append(work())
        except BaseException as error:  # handed to the caller below, whatever it is
            errors.append(error)
        finally:
            done.set()

    threading.Thread(target=run, name="provider-call", daemon=True).start()
    while not done.wait(POLL):
        if cancelled():
            raise CancelledError
        if while_waiting is not None:
            while_waiting()
    if errors:
        raise errors[0]
    return results[0]


def iterate_cancellable(
    source: Callable[[], Iterator[T]], cancelled: Cancelled, stop: Callable[[], None]
) -> Iterator[T]:
    """Give what `source` yields, read in a thread of its own.

    Raises CancelledError when `cancelled` turns true. `stop` is called when the consumer leaves,
    to end the reading.
    """
    items: queue.SimpleQueue[tuple[str, T | BaseException | None]] = queue.SimpleQueue()

    def run() -> None:
        try:
            for item in source():
                items.put(("item", item))
            items.put(("end", None))
        except BaseException as error:  # handed to the consumer below, whatever it is
            items.put(("error", error))

    threading.Thread(target=run, name="provider-stream", daemon=True).start()
    try:
        while True:
            if cancelled():
                raise CancelledError
            try:
                kind, value = items.get(timeout=POLL)
            except queue.Empty:
                continue
            if kind == "end":
                return
            if isinstance(value, BaseException):
                raise value
            yield value  # type: ignore[misc]
    finally:
        stop()
