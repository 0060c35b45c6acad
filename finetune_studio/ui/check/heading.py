"""The heading of a view of page Check: its title, a fact beside it, and buttons at the right."""

from PySide6.QtWidgets import QHBoxLayout, QSizePolicy, QWidget

from finetune_studio.ui.check.sizes import SCROLL_BAR
from finetune_studio.ui.widgets import ElidedLabel

HEIGHT = 32
"""The least height: titles stand at the same height with buttons and without."""


class Heading(QHBoxLayout):
    """Where there is no room the fact is cut first, then the title. `gap` stands between the buttons."""

    def __init__(self, title: str = "", fact: str = "", gap: int = 12) -> None:
        super().__init__()
        self.title = ElidedLabel(title, type="title")
        self.title.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Preferred)
        self.fact = ElidedLabel(fact, type="secondary")
        self.addStrut(HEIGHT)
        self.setContentsMargins(0, 0, SCROLL_BAR, 0)
        self.setSpacing(gap)
        self.addWidget(self.title)
        self.addSpacing(20 - gap)
        self.addWidget(self.fact, 1)

    def add_buttons(self, *buttons: QWidget) -> None:
        """At the right, in this order."""
        for button in buttons:
            self.addWidget(button)
