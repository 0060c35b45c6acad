"""The middle column: header, conversation, review keys."""

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QApplication, QStackedWidget, QVBoxLayout, QWidget

from finetune_studio.ui.commands.registry import CommandRegistry
from finetune_studio.ui.widgets import Button, EmptyState
from finetune_studio.ui.write.conflict_bar import ConflictBar
from finetune_studio.ui.write.conversation_view import ConversationView
from finetune_studio.ui.write.draft_card import DraftCard
from finetune_studio.ui.write.example_header import ExampleHeader
from finetune_studio.ui.write.json_view import JsonView
from finetune_studio.ui.write.review_bar import ReviewBar
from finetune_studio.ui.write.tools_pane import ToolsPane

_MARGIN = 28
_NOT_OPEN = "No example is open"
_CHOOSE = "Choose one in the list."
_FIRST = "A question, and the answer that the model should learn. Or bring in a JSONL file."


class ExamplePane(QWidget):
    """Shows an invitation where no example is open (`new_requested`, `import_requested`)."""

    new_requested = Signal()
    import_requested = Signal()

    def __init__(self, commands: CommandRegistry, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setProperty("panel", "ground")
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        self.setMinimumWidth(452)
        self._stack = QStackedWidget(self)
        page = QWidget(self._stack)
        self._middle = QStackedWidget(page)
        self._foot = QWidget(page)
        self.header = ExampleHeader(commands, page)
        self.tools = ToolsPane(page)
        self.conversation = ConversationView(self._middle)
        self._draft: DraftCard | None = None
        self.review_bar = ReviewBar(self._foot)
        column = QVBoxLayout(page)
        column.setContentsMargins(0, 14, 0, 0)
        column.setSpacing(0)
        column.addLayout(_inset(self.header))
        column.addSpacing(10)
        column.addLayout(_inset(self.tools))
        self._bars = QVBoxLayout()
        self._bars.setContentsMargins(_MARGIN, 0, _MARGIN, 0)
        column.addLayout(self._bars)
        self._middle.addWidget(self.conversation)
        column.addWidget(self._middle, 1)
        self._drafting = QVBoxLayout()
        column.addLayout(self._drafting)
        foot = _inset(self.review_bar)
        foot.setContentsMargins(_MARGIN, 8, _MARGIN, 12)
        self._foot.setLayout(foot)
        column.addWidget(self._foot)
        self.nothing = EmptyState("messages-square", _NOT_OPEN, _CHOOSE, parent=self._stack)
        self.nothing.action_requested.connect(self.new_requested)
        self.import_button = Button("Import a file", icon_name="file-input")
        self.import_button.clicked.connect(self.import_requested)
        self.import_button.hide()
        invitation = self.nothing.layout()
        if isinstance(invitation, QVBoxLayout):
            at = Qt.AlignmentFlag.AlignHCenter
            invitation.insertWidget(invitation.count() - 1, self.import_button, 0, at)
        self._stack.addWidget(self.nothing)
        self._stack.addWidget(page)
        self.conflict = ConflictBar(self)
        outer = QVBoxLayout(self)
        outer.setContentsMargins(0, 0, 0, 0)
        outer.setSpacing(0)
        self.conflict.setContentsMargins(_MARGIN, 14, _MARGIN, 0)
        outer.addWidget(self.conflict)
        outer.addWidget(self._stack)

    @property
    def draft(self) -> DraftCard:
        """Made when the first draft is asked for."""
        if self._draft is None:
            self._draft = DraftCard(self._middle.parentWidget())
            self._drafting.setContentsMargins(_MARGIN, 4, _MARGIN, 4)
            self._drafting.addWidget(self._draft)
        return self._draft

    def set_empty(self, empty: bool) -> None:
        self._stack.setCurrentIndex(0 if empty else 1)

    def invite(self, *, is_first: bool, writable: bool) -> None:
        """What to say while no example is open; `is_first`: there is none in the dataset."""
        if not is_first:
            self.nothing.set_texts(_NOT_OPEN, _CHOOSE)
        elif writable:
            self.nothing.set_texts("Write the first example", _FIRST, "Write an example")
        else:
            self.nothing.set_texts("No examples", "This dataset is empty and open for reading only.")
        self.import_button.setVisible(is_first and writable)

    def add_bar(self, bar: QWidget) -> None:
        """Put a line of controls over the cards."""
        bar.setContentsMargins(0, 0, 0, 10)
        self._bars.addWidget(bar)

    # Cards or JSON

    @property
    def is_json(self) -> bool:
        return self._middle.currentWidget() is not self.conversation

    def show_json(self, view: QWidget | None) -> None:
        """Put the JSON in place of the cards, or (None) the cards again."""
        if view is not None and self._middle.indexOf(view) < 0:
            self._middle.addWidget(view)
        self._middle.setCurrentWidget(view or self.conversation)

    def holds_focus(self) -> bool:
        """Whether the focus is in the cards or in the JSON."""
        widget = QApplication.focusWidget()
        return widget is not None and self._middle.isAncestorOf(widget)

    def focus_text(self) -> None:
        """The caret into the cards, or into the JSON."""
        shown = self._middle.currentWidget()
        if isinstance(shown, JsonView):
            shown.editor.setFocus()
        else:
            self.conversation.focus_first()

    def set_review_bar(self, shown: bool) -> None:
        self._foot.setVisible(shown)


def _inset(widget: QWidget) -> QVBoxLayout:
    layout = QVBoxLayout()
    layout.setContentsMargins(_MARGIN, 0, _MARGIN, 0)
    layout.addWidget(widget)
    return layout
