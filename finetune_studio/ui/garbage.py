"""Collects what refers to itself on the window's thread only, and never for long.

Python collects in whichever thread happens to allocate. When that is a thread of the pool and the garbage
holds a Qt object, the object is destroyed there: it holds Qt's lock and waits for Python's, while the
window's thread has Python's and waits for Qt's. Then the app stands still for ever.

A look at everything that lives takes the longer the more that is (a tenth of a second with the findings of
50,000 examples). What has come in bulk, and what took long to look at, is therefore set aside, where no
look reaches it, until the dataset that it came with is closed.
"""

import gc
from time import monotonic, perf_counter

from PySide6.QtCore import QObject, QTimer, Slot

_EVERY = 500
_WHOLE_AFTER = 60.0
"""Seconds between two looks at everything that is not set aside."""
_BULK = 20_000
"""New objects that are no rubbish of a window at work but data that was loaded."""
_LONG = 0.006
"""Seconds; a look that took more is not repeated."""


class GarbageCollector(QObject):
    """From its making until `stop`, Python collects nothing by itself."""

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        gc.disable()
        self._whole_due = monotonic() + _WHOLE_AFTER
        self._has_set_aside = False
        self._timer = QTimer(self)
        self._timer.setInterval(_EVERY)
        self._timer.timeout.connect(self.collect)
        self._timer.start()

    def stop(self) -> None:
        """Leave it to Python again."""
        self._timer.stop()
        self._take_back()
        gc.enable()

    @Slot()
    def look_at_all(self) -> None:
        """The next look is at everything: what was set aside may be rubbish now."""
        self._take_back()
        self._whole_due = 0.0

    @Slot()
    def collect(self) -> None:
        """The young garbage when there is some; all of it now and then."""
        young, middle, _old = gc.get_count()
        first, second, _third = gc.get_threshold()
        if monotonic() >= self._whole_due:
            self._whole_due = monotonic() + _WHOLE_AFTER
            self._look(2)
        elif young > _BULK:
            self._set_aside()
        elif middle > second:
            self._look(1)
        elif young > first:
            self._look(0)

    def _look(self, generation: int) -> None:
        start = perf_counter()
        gc.collect(generation)
        if perf_counter() - start > _LONG:
            self._set_aside()

    def _set_aside(self) -> None:
        gc.freeze()
        self._has_set_aside = True

    def _take_back(self) -> None:
        if self._has_set_aside:
            gc.unfreeze()
            self._has_set_aside = False
