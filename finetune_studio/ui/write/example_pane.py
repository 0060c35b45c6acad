"""The middle column: header, conversation, review keys."""

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QStackedWidget, QVBoxLayout, QWidget

from finetune_studio.ui.commands.registry import CommandRegistry
from finetune_studio.ui.widgets import EmptyState
from finetune_studio.ui.write.conversation_view import ConversationView
from finetune_studio.ui.write.example_header import ExampleHeader
from finetune_studio.ui.write.review_bar import ReviewBar

_MARGIN = 28


class ExamplePane(QWidget):
    """Shows an invitation where no example is open."""

    new_requested = Signal()

    def __init__(self, commands: CommandRegistry, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setProperty("panel", "ground")
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        self.setMinimumWidth(360)
        self.header = ExampleHeader(commands)
        self.conversation = ConversationView()
        self.review_bar = ReviewBar()
        page = QWidget()
        column = QVBoxLayout(page)
        column.setContentsMargins(0, 14, 0, 0)
        column.setSpacing(0)
        column.addLayout(_inset(self.header))
        column.addSpacing(10)
        column.addWidget(self.conversation, 1)
        self._foot = QWidget()
        foot = _inset(self.review_bar)
        foot.setContentsMargins(_MARGIN, 8, _MARGIN, 12)
        self._foot.setLayout(foot)
        column.addWidget(self._foot)
        self.nothing = EmptyState(
            "messages-square",
            "No example is open",
            "Choose one in the list, or write one: a question and the answer that the model should learn.",
        )
        self._stack = QStackedWidget()
        self._stack.addWidget(self.nothing)
        self._stack.addWidget(page)
        outer = QVBoxLayout(self)
        outer.setContentsMargins(0, 0, 0, 0)
        outer.addWidget(self._stack)

    def set_empty(self, empty: bool) -> None:
        self._stack.setCurrentIndex(0 if empty else 1)

    def set_review_bar(self, shown: bool) -> None:
        self._foot.setVisible(shown)


def _inset(widget: QWidget) -> QVBoxLayout:
    layout = QVBoxLayout()
    layout.setContentsMargins(_MARGIN, 0, _MARGIN, 0)
    layout.addWidget(widget)
    return layout
