"""Widgets that become windows by accident: shown before they have a parent, they flash and take the focus."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager

import pytest
from PySide6.QtWidgets import QDialog, QMainWindow, QMenu, QWidget

_MEANT = (QDialog, QMainWindow, QMenu)


@contextmanager
def stray_windows() -> Iterator[list[str]]:
    """The classes of what our code shows as a window meanwhile.

    Looks at the calls and not at the events: a filter of the whole application gives Python every object
    while Qt still makes it or already takes it apart.
    """
    found: list[str] = []

    def looked_at(call: Callable[..., None]) -> Callable[..., None]:
        def shown(widget: QWidget, *visible: bool) -> None:
            is_asked = all(visible) and type(widget) is not QWidget
            if is_asked and widget.isWindow() and not isinstance(widget, _MEANT):
                found.append(type(widget).__name__)
            call(widget, *visible)

        return shown

    with pytest.MonkeyPatch.context() as patch:
        for name in ("show", "setVisible"):
            patch.setattr(QWidget, name, looked_at(getattr(QWidget, name)))
        yield found
