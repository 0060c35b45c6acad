"""What a screen reader and a keyboard find in a window: names, roles, the way of Tab, the look of focus."""

from dataclasses import dataclass, field

from PySide6.QtCore import QRect, Qt
from PySide6.QtGui import QAccessible, QAccessibleInterface, QImage
from PySide6.QtTest import QTest
from PySide6.QtWidgets import (
    QAbstractButton,
    QAbstractItemView,
    QAbstractSlider,
    QAbstractSpinBox,
    QApplication,
    QComboBox,
    QHeaderView,
    QLineEdit,
    QPlainTextEdit,
    QTextBrowser,
    QTextEdit,
    QWidget,
)

_Role = QAccessible.Role
INTERACTIVE = {
    _Role.Button,
    _Role.ButtonMenu,
    _Role.ButtonDropDown,
    _Role.CheckBox,
    _Role.ComboBox,
    _Role.EditableText,
    _Role.Link,
    _Role.List,
    _Role.MenuItem,
    _Role.PageTab,
    _Role.RadioButton,
    _Role.Slider,
    _Role.SpinBox,
    _Role.Table,
    _Role.Tree,
}
NO_ROLE = {_Role.NoRole, _Role.Client}
_CONTROLS = (
    QAbstractButton,
    QAbstractItemView,
    QAbstractSpinBox,
    QComboBox,
    QHeaderView,
    QLineEdit,
    QPlainTextEdit,
    QTextEdit,
)
_STEPS = 400
_LINKS = 100
"""Links of one text, each a stop of Tab."""
_AROUND = 4
"""Pixels around a widget in which its focus may be shown."""


@dataclass
class Audit:
    """What was found wrong with one window, each as a sentence; and where Tab went."""

    title: str
    problems: list[str] = field(default_factory=list)
    visited: list[QWidget] = field(default_factory=list)


def audit(window: QWidget) -> Audit:
    """Look at a window that is shown and active. It is left with the focus where it was."""
    found = Audit(window.windowTitle() or type(window).__name__)
    QAccessible.setActive(True)
    _names_and_roles(window, found)
    start = QApplication.focusWidget()
    _walk(window, found)
    _reached(window, found)
    if start is not None:
        start.setFocus()
    return found


def _names_and_roles(window: QWidget, found: Audit) -> None:
    """Every interface of the accessible tree that a person can do something with."""
    root = QAccessible.queryAccessibleInterface(window)
    assert root is not None
    waiting = [root.child(n) for n in range(root.childCount())]
    seen = 0
    while waiting:
        each = waiting.pop()
        if each is None or not each.isValid() or each.state().invisible:
            continue
        seen += 1
        role = each.role()
        name = each.text(QAccessible.Text.Name).strip()
        if role in INTERACTIVE and not name and not _speaks_for_parent(each):
            found.problems.append(f"{_describe(each)} has no name")
        if role in NO_ROLE and isinstance(each.object(), _CONTROLS):
            found.problems.append(f"{_describe(each)} has no role")
        if each.state().focusable and not name and role not in INTERACTIVE and not _speaks_for_parent(each):
            found.problems.append(f"{_describe(each)} takes the focus and has no name")
        if role not in (_Role.List, _Role.Table, _Role.Tree):  # rows are not controls
            waiting += [each.child(n) for n in range(each.childCount())]
    if not seen:
        found.problems.append("the accessible tree is empty")


def _speaks_for_parent(each: QAccessibleInterface) -> bool:
    """The inner parts of a control (the line of a combo box or number field) that has the name itself."""
    widget = each.object()
    parent = widget.parentWidget() if isinstance(widget, QWidget) else None
    return isinstance(parent, QComboBox | QAbstractSpinBox) or isinstance(widget, QAbstractSlider)


def _describe(each: QAccessibleInterface) -> str:
    widget = each.object()
    if isinstance(widget, QWidget):
        return _name_of(widget)
    return f"{each.role().name} “{each.text(QAccessible.Text.Name)}”"


def _name_of(widget: QWidget) -> str:
    text = widget.accessibleName() or str(getattr(widget, "text", lambda: "")() or "")[:40]
    above = widget.parentWidget()
    return f"{type(widget).__name__} “{text}” in {type(above).__name__}"


def _walk(window: QWidget, found: Audit) -> None:
    """Press Tab until it comes round; each stop must look different while it has the focus."""
    before: tuple[QWidget, QRect, QImage] | None = None
    if QApplication.focusWidget() is None:
        QTest.keyClick(window, Qt.Key.Key_Tab)
    for _ in range(_STEPS):
        focus = QApplication.focusWidget()
        if focus is None or focus.window() is not window:
            found.problems.append("Tab leaves the window")
            return
        if before is not None and before[0] is not focus:
            was, place, image = before
            if was.isVisible() and _area(window, was) == place and window.grab(place).toImage() == image:
                found.problems.append(f"{_name_of(was)} looks the same with the focus")
        if focus in found.visited:
            return
        found.visited.append(focus)
        place = _area(window, focus)
        before = (focus, place, window.grab(place).toImage())
        QTest.keyClick(focus, Qt.Key.Key_Tab)
        links = _LINKS if isinstance(focus, QTextBrowser) else 0
        while QApplication.focusWidget() is focus and links:
            links -= 1
            QTest.keyClick(focus, Qt.Key.Key_Tab)
        if QApplication.focusWidget() is focus:
            return  # The only stop there is; were there others, they are told as not reached.
    found.problems.append("Tab does not come round")


def _area(window: QWidget, widget: QWidget) -> QRect:
    place = QRect(widget.mapTo(window, widget.rect().topLeft()), widget.size())
    return place.adjusted(-_AROUND, -_AROUND, _AROUND, _AROUND) & window.rect()


def _reached(window: QWidget, found: Audit) -> None:
    """Every control that is shown and enabled was a stop, or belongs to one (a group with arrow keys)."""
    visited = set(map(id, found.visited))
    for widget in window.findChildren(QWidget):
        if (
            not isinstance(widget, _CONTROLS)
            or isinstance(widget, QHeaderView)
            or not widget.isVisible()
            or not widget.isEnabled()
        ):
            continue
        if widget.window() is not window or id(widget) in visited or widget.visibleRegion().isEmpty():
            continue
        if any(isinstance(above, QComboBox | QAbstractSpinBox | QLineEdit) for above in _above(widget)):
            continue
        if isinstance(widget, QAbstractButton) and any(id(each) in visited for each in _group_of(widget)):
            continue
        found.problems.append(f"{_name_of(widget)} is not reached by Tab")


def _group_of(button: QAbstractButton) -> list[QAbstractButton]:
    """The buttons among which the arrow keys go."""
    group = button.group()
    if group is not None:
        return group.buttons()
    parent = button.parentWidget()
    if not button.autoExclusive() or parent is None:
        return []
    siblings = parent.findChildren(QAbstractButton, options=Qt.FindChildOption.FindDirectChildrenOnly)
    return [each for each in siblings if each.autoExclusive()]


def _above(widget: QWidget) -> list[QWidget]:
    found = []
    parent = widget.parentWidget()
    while parent is not None:
        found.append(parent)
        parent = parent.parentWidget()
    return found
