"""The widgets of a window in the order of Tab."""

from PySide6.QtCore import QObject
from PySide6.QtWidgets import QWidget


def focus_neighbour(widget: QWidget, forward: bool = True) -> QWidget:
    """The next (or the previous) widget of the window in the order of Tab, whether it takes the focus or not.

    PySide counts what `nextInFocusChain` gives as a child of the widget that was asked, in place of its
    parent's: when that one is destroyed, everything in the other becomes "already deleted" for Python, though
    it is in the window still, or is freed while it is in use. Here it goes back to its own parent.
    """
    found = widget.nextInFocusChain() if forward else widget.previousInFocusChain()
    assert found is not None
    QObject.setParent(found, found.parent())  # to Qt, nothing
    return found
