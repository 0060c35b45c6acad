"""The pulse of the GUI thread: how long it is deaf, whose fault that is, and what the threads were doing."""

import faulthandler
import re
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from tempfile import TemporaryFile

from PySide6.QtCore import QEventLoop, QObject, Qt, QTimer, Slot

BEAT = 2
"""Milliseconds between two beats of the heart; a gap is how much later than that one comes."""
LONG = 16.0
"""Milliseconds from which a gap is looked into."""
_DEEP = 7
"""Frames shown of a thread, from the innermost on."""
_THREAD = re.compile(r"[Tt]hread (0x[0-9a-f]+)")
_PLACE = re.compile(r'File "(.*)", line (\d+) in (.*)')
_IDLE = ("threading.py", "queue.py", "selectors.py", "connection.py", "timer.py", "tasks.py:loop")


@dataclass(slots=True)
class Gap:
    """All in milliseconds. `waited` is what the machine gave to others; the rest is neither: it waited for
    the interpreter's lock or for the disk, or the thread simply slept until the beat."""

    length: float
    worked: float
    waited: float
    seen: list[str] = field(default_factory=list)

    @property
    def blocked(self) -> float:
        return max(0.0, self.length - self.worked - self.waited)

    @property
    def ours(self) -> float:
        """The gap without what the machine gave to others."""
        return max(0.0, self.length - self.waited)

    def __str__(self) -> str:
        return (
            f"{self.length:.0f} ms = {self.worked:.0f} work + {self.blocked:.0f} blocked + "
            f"{self.waited:.0f} machine"
        )


class _Clock:
    """What a thread has used and waited for, from the kernel where it tells (Linux)."""

    def __init__(self) -> None:
        path = Path(f"/proc/self/task/{threading.get_native_id()}/schedstat")
        self._file = path.open("rb", buffering=0) if path.exists() else None

    def read(self) -> tuple[float, float]:
        """Milliseconds worked, and waited for a processor."""
        if self._file is None:
            return time.thread_time() * 1000, 0.0
        self._file.seek(0)
        worked, waited, _slices = self._file.read().split()
        return int(worked) / 1e6, int(waited) / 1e6


class Heart(QObject):
    """Beats as often as the GUI thread lets it. With `watches`, a thread notes what runs in long gaps."""

    def __init__(self, *, watches: bool = False) -> None:
        super().__init__()
        self._timer = QTimer(self)
        self._timer.setTimerType(Qt.TimerType.PreciseTimer)
        self._timer.setInterval(BEAT)
        self._timer.timeout.connect(self._on_beat)
        self._clock = _Clock()
        self._last = time.perf_counter()
        self._used = self._clock.read()
        self._watchdog = _Watchdog() if watches else None
        self.beats: list[Gap] = []

    def start(self) -> None:
        self.beats = []
        self._last = time.perf_counter()
        self._used = self._clock.read()
        if self._watchdog is not None:
            self._watchdog.start()
        self._timer.start()

    def stop(self) -> list[float]:
        """The gaps since the start, in milliseconds."""
        self._on_beat()
        self._timer.stop()
        if self._watchdog is not None:
            self._watchdog.stop()
        return [gap.length for gap in self.beats]

    def longest(self) -> Gap:
        return max(self.beats, key=lambda gap: gap.length, default=Gap(0.0, 0.0, 0.0))

    @Slot()
    def _on_beat(self) -> None:
        now, used = time.perf_counter(), self._clock.read()
        gap = Gap(
            max(0.0, (now - self._last) * 1000 - BEAT), used[0] - self._used[0], used[1] - self._used[1]
        )
        if self._watchdog is not None:
            gap.seen = self._watchdog.seen_until_now()
        self.beats.append(gap)
        self._last, self._used = now, used


class _Watchdog:
    """Looks at every thread's stack each few milliseconds of a gap."""

    _EVERY = 0.004

    def __init__(self) -> None:
        self._main = threading.get_ident()
        self._beat = time.perf_counter()
        self._seen: list[str] = []
        self._thread: threading.Thread | None = None
        self._ended = threading.Event()

    def start(self) -> None:
        self._ended.clear()
        self._beat = time.perf_counter()
        self._thread = threading.Thread(target=self._run, name="watchdog", daemon=True)
        self._thread.start()

    def stop(self) -> None:
        self._ended.set()
        if self._thread is not None:
            self._thread.join()

    def seen_until_now(self) -> list[str]:
        """What was seen since the last beat."""
        seen, self._seen, self._beat = self._seen, [], time.perf_counter()
        return seen

    def _run(self) -> None:
        while not self._ended.wait(self._EVERY):
            if (time.perf_counter() - self._beat) * 1000 > LONG / 2:
                self._look()

    def _look(self) -> None:
        names = {thread.ident: thread.name for thread in threading.enumerate()}
        own = threading.get_ident()
        for ident, stack in _stacks().items():
            if ident == own or not stack:
                continue
            if ident == self._main or not any(name in stack[0] for name in _IDLE):
                name = "GUI" if ident == self._main else names.get(ident, "?")
                self._seen.append(f"{name}: {' < '.join(stack)}")


def _stacks() -> dict[int, list[str]]:
    """Places in the code by thread, the innermost first.

    As text: a frame that is held keeps its painter alive beyond the paint event, and Qt falls over that.
    """
    with TemporaryFile() as file:
        faulthandler.dump_traceback(file, all_threads=True)
        file.seek(0)
        text = file.read().decode("utf-8", "replace")
    found: dict[int, list[str]] = {}
    stack: list[str] = []
    for line in text.splitlines():
        if thread := _THREAD.search(line):
            stack = found[int(thread[1], 16)] = []
        elif (place := _PLACE.search(line)) and len(stack) < _DEEP:
            stack.append(f"{Path(place[1]).name}:{place[3]}:{place[2]}")
    return found


def run_for(milliseconds: int) -> None:
    """Let the GUI thread do what it has to do."""
    loop = QEventLoop()
    QTimer.singleShot(milliseconds, loop.quit)
    loop.exec()


def until(condition: Callable[[], bool], seconds: float) -> None:
    """Let it do so until something is true."""
    deadline = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < deadline, f"waited {seconds} s in vain"
        run_for(10)
