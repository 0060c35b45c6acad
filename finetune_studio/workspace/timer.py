"""Calls that are due later, one thread for all of them."""

import threading
import time
from collections.abc import Callable


class Timer:
    """A later call with the same key replaces the earlier one. Calls run in its thread: keep them short."""

    def __init__(self) -> None:
        self._due: dict[str, tuple[float, Callable[[], None]]] = {}
        self._changed = threading.Condition()
        self._closed = False
        self._thread: threading.Thread | None = None

    def call_later(self, seconds: float, call: Callable[[], None], key: str) -> None:
        """Call in so many seconds, unless replaced or cancelled."""
        with self._changed:
            if self._closed:
                return
            self._due[key] = (time.monotonic() + seconds, call)
            if self._thread is None:
                self._thread = threading.Thread(target=self._run, name="timer", daemon=True)
                self._thread.start()
            self._changed.notify()

    def cancel(self, key: str) -> None:
        """Forget a call that is not due yet."""
        with self._changed:
            self._due.pop(key, None)

    def close(self) -> None:
        """Forget all calls and end the thread."""
        with self._changed:
            self._closed = True
            self._due.clear()
            self._changed.notify()
        if self._thread is not None and self._thread is not threading.current_thread():
            self._thread.join(5)

    def _run(self) -> None:
        while (call := self._next()) is not None:
            call()

    def _next(self) -> Callable[[], None] | None:
        """Wait for the next call that is due; None once closed."""
        with self._changed:
            while not self._closed:
                if not self._due:
                    self._changed.wait()
                    continue
                key, (at, call) = min(self._due.items(), key=lambda item: item[1][0])
                wait = at - time.monotonic()
                if wait <= 0:
                    del self._due[key]
                    return call
                self._changed.wait(wait)
        return None
