"""Waiting in tests: long where the machine is busy, no longer than needed where it is not."""

from collections.abc import Callable
from typing import Any

from pytestqt.qtbot import QtBot

PATIENCE = 40_000
"""Milliseconds until a wait is given up. A wait ends with what it waits for; this bounds a failing one."""


class PatientBot(QtBot):  # type: ignore[misc]
    """A QtBot whose waits do not fail because other processes have the processors."""

    def waitUntil(self, callback: Callable[[], bool | None], *, timeout: int = PATIENCE) -> None:
        super().waitUntil(callback, timeout=max(timeout, PATIENCE))

    def waitSignal(self, signal: Any, *, timeout: int = PATIENCE, **options: Any) -> Any:
        if options.get("raising") is False:  # the end of the time is what is expected: `assertNotEmitted`
            return super().waitSignal(signal, timeout=timeout, **options)
        return super().waitSignal(signal, timeout=max(timeout, PATIENCE), **options)

    def waitSignals(self, signals: Any, *, timeout: int = PATIENCE, **options: Any) -> Any:
        return super().waitSignals(signals, timeout=max(timeout, PATIENCE), **options)
