"""The line under a group: its keys."""

from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QHBoxLayout, QWidget

from finetune_studio.ui.check.groups import LEAKS, PROMPTS
from finetune_studio.ui.widgets import KeyHint

_GAP = 12
_ALL = (
    ("L", "keep left"),
    ("R", "keep right"),
    ("B", "keep both"),
    ("J", "next"),
    ("K", "previous"),
    ("M", "meant"),
    ("T", "merge tags"),
)
_OF_PROMPTS = (
    ("L", "use the left"),
    ("R", "use the right"),
    ("B", "keep both"),
    ("J", "next"),
    ("K", "previous"),
    ("M", "meant"),
)
_MANY = ("Shift+R", "another at the right")


class GroupHints(QWidget):
    """Hints that have no room are left out, the last ones first."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._row = QHBoxLayout(self)
        self._row.setContentsMargins(0, 0, 0, 0)
        self._row.setSpacing(_GAP)
        self._wanted: tuple[tuple[str, str], ...] = ()
        self.hints: list[KeyHint] = []
        self._row.addStretch(1)
        self.setMinimumHeight(20)

    def show_keys(self, code: str, members: int) -> None:
        """The keys of a rule's groups."""
        wanted = _OF_PROMPTS if code == PROMPTS else _ALL
        if code == LEAKS:
            wanted = (("S", "same split"), *wanted)
        if members > 2 and code != PROMPTS:
            wanted = (*wanted, _MANY)
        if wanted == self._wanted:
            return
        self._wanted = wanted
        for hint in self.hints:
            hint.hide()
            self._row.removeWidget(hint)
            hint.deleteLater()
        self.hints = [KeyHint(key, text) for key, text in wanted]
        for number, hint in enumerate(self.hints):
            self._row.insertWidget(number, hint)
        self._fit()

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._fit()

    def _fit(self) -> None:
        room = self.width()
        for hint in self.hints:
            room -= hint.sizeHint().width() + _GAP
            hint.setVisible(room + _GAP >= 0)
