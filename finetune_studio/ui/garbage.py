"""Collects what refers to itself on the window's thread only.

Python collects in whichever thread happens to allocate. When that is a thread of the pool and the garbage
holds a Qt object, the object is destroyed there: it holds Qt's lock and waits for Python's, while the
window's thread has Python's and waits for Qt's. Then the app stands still for ever.
"""

import gc
from time import monotonic, perf_counter

from PySide6.QtCore import QObject, QTimer, Slot

_EVERY = 500
_WHOLE_AFTER = 60.0
"""Seconds between two looks at everything that lives, which take the longer the more that is."""
_SHARE = 1_000
"""A look at everything may take no more than a thousandth of the time until the next one."""


class GarbageCollector(QObject):
    """From its making until `stop`, Python collects nothing by itself."""

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        gc.disable()
        self._whole_due = monotonic() + _WHOLE_AFTER
        self._timer = QTimer(self)
        self._timer.setInterval(_EVERY)
        self._timer.timeout.connect(self.collect)
        self._timer.start()

    def stop(self) -> None:
        """Leave it to Python again."""
        self._timer.stop()
        gc.enable()

    @Slot()
    def collect(self) -> None:
        """The young garbage when there is some; all of it now and then."""
        young, middle, _old = gc.get_count()
        first, second, _third = gc.get_threshold()
        if monotonic() >= self._whole_due:
            start = perf_counter()
            gc.collect()
            self._whole_due = monotonic() + max(_WHOLE_AFTER, (perf_counter() - start) * _SHARE)
        elif middle > second:
            gc.collect(1)
        elif young > first:
            gc.collect(0)
