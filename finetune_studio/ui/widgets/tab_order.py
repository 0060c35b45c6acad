"""Where Tab goes in what is made late."""

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QWidget

from finetune_studio.ui.widgets.focus_chain import focus_neighbour


def tab_after(before: QWidget, part: QWidget) -> QWidget:
    """Let Tab go from `before` into `part`: Qt puts what is made late behind everything in the window. Gives
    the last stop in it, for what comes after."""
    for stop in _stops(part):
        QWidget.setTabOrder(before, stop)
        before = stop
    return before


def _stops(part: QWidget) -> list[QWidget]:
    """What takes the focus in it, in the order of Tab."""
    stops = []
    each = part
    while each is part or part.isAncestorOf(each):
        if each.focusPolicy() != Qt.FocusPolicy.NoFocus:
            stops.append(each)
        each = focus_neighbour(each)
        if each is part:
            break
    return stops
