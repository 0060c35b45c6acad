"""Page Try: one question, two models, both answers side by side as they come."""

from typing import TYPE_CHECKING, Any

from PySide6.QtCore import Signal, Slot
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget
from shiboken6 import isValid

from finetune_studio.domain.changes import Changes
from finetune_studio.domain.errors import StudioError
from finetune_studio.domain.example import Conversation
from finetune_studio.domain.message import Message, Role
from finetune_studio.ui.commands.registry import CommandRegistry
from finetune_studio.ui.theme.manager import ThemeManager
from finetune_studio.ui.try_out.answer_card import AnswerCard
from finetune_studio.ui.try_out.asker import Asker
from finetune_studio.ui.try_out.model_panel import ModelPanel
from finetune_studio.ui.try_out.question_field import QuestionField
from finetune_studio.ui.widgets import Button, Card, EmptyState, Label, StudioLineEdit
from finetune_studio.workspace.model_choices import ModelChoice, base_choices, tuned_choices
from finetune_studio.workspace.operations.examples import new_example
from finetune_studio.workspace.queries.prompts import usual_system_prompt
from finetune_studio.workspace.task import TaskContext

if TYPE_CHECKING:
    from finetune_studio.workspace.workspace import Workspace

_Found = tuple[list[ModelChoice], list[ModelChoice], str]


class TryPage(QWidget):
    """`open_example_requested(id, None)` follows an answer that became an example."""

    open_example_requested = Signal(object)
    page_requested = Signal(str)

    def __init__(
        self,
        workspace: "Workspace",
        commands: CommandRegistry,
        theme: ThemeManager,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self._workspace = workspace
        self._commands = commands
        self._question = ""
        self._wanted_model = ""
        self._system_edited = False
        self._build()
        self._askers = tuple(Asker(workspace, card, self) for card in self._cards)
        self._connect()
        self._show_state()

    def _build(self) -> None:
        self._panel = ModelPanel()
        self._panel.setFixedWidth(348)
        self._system = StudioLineEdit(placeholder="System prompt (optional)")
        self._system.setAccessibleName("System prompt")
        self._cards = (AnswerCard(), AnswerCard())
        self._nothing_tuned = Card()
        self._invitation = EmptyState(
            "sliders-horizontal",
            "No tuned model yet",
            "When a job has succeeded, its model answers here, beside the base model.",
            "Go to Fine-tune",
        )
        self._nothing_tuned.body.addWidget(self._invitation)
        self._field = QuestionField()
        self._send = Button("Send", kind="primary")
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(0)
        row.addWidget(self._panel)
        column = QVBoxLayout()
        column.setContentsMargins(28, 16, 28, 20)
        column.setSpacing(12)
        column.addLayout(self._head())
        cards = QHBoxLayout()
        cards.setSpacing(12)
        for card in self._cards:
            cards.addWidget(card, 1)
        cards.addWidget(self._nothing_tuned, 1)
        column.addLayout(cards, 1)
        column.addLayout(self._foot())
        row.addLayout(column, 1)

    def _head(self) -> QHBoxLayout:
        head = QHBoxLayout()
        head.setSpacing(12)
        head.addWidget(Label("Side by side", type="title"))
        head.addStretch(1)
        label = Label("System", type="secondary")
        label.setBuddy(self._system)
        head.addWidget(label)
        head.addWidget(self._system, 2)
        return head

    def _foot(self) -> QHBoxLayout:
        foot = QHBoxLayout()
        foot.setSpacing(12)
        foot.addWidget(self._field, 1)
        self._send.setFixedHeight(38)
        self._send.setMinimumWidth(72)
        foot.addWidget(self._send)
        return foot

    def _connect(self) -> None:
        self._panel.changed.connect(self._on_models_changed)
        self._system.textEdited.connect(self._on_system_edited)
        self._field.send_requested.connect(self._on_send)
        self._field.textChanged.connect(self._show_state)
        self._send.clicked.connect(self._on_send)
        for asker, card in zip(self._askers, self._cards, strict=True):
            asker.ended.connect(self._show_state)
            card.adopt_requested.connect(self._on_adopt_requested)
        self._invitation.action_requested.connect(self._on_invitation_taken)
        self._commands.register("try.ask", self._on_send)
        self._commands.register("try.clear", self._on_clear)

    def on_shown(self) -> None:
        """Look for new models and the dataset's prompt; the question has the focus."""
        workspace = self._workspace

        def look(_context: TaskContext) -> _Found:
            sending = workspace.sending
            return tuned_choices(sending), base_choices(sending), usual_system_prompt(workspace)

        workspace.tasks.run(look, title="Look for models", done=self._on_found, key="try models")
        self._field.setFocus()

    def close_page(self) -> None:
        """Stop what is under way."""
        for asker in self._askers:
            asker.stop()

    def choose_model(self, model: Any) -> None:
        """Ask this tuned model from now on: its name, or a job that has one."""
        name = model if isinstance(model, str) else getattr(model, "fine_tuned_model", "")
        self._wanted_model = name or ""
        self._panel.choose(self._wanted_model)

    def models(self) -> tuple[str, str]:
        """The names of the two models that are asked; empty where none is chosen."""
        left, right = self._choices()
        return left.model if left else "", right.model if right else ""

    def answers(self) -> tuple[str, str]:
        """Both answers as far as they have come."""
        left, right = self._cards
        return left.text, right.text

    def ask(self, question: str) -> None:
        """Write a question and send it."""
        self._field.setPlainText(question)
        self._on_send()

    @property
    def is_busy(self) -> bool:
        """Whether an answer is awaited."""
        return any(asker.is_busy for asker in self._askers)

    def _on_found(self, found: _Found) -> None:
        if not isValid(self):
            return  # The page went while the models were looked for.
        tuned, bases, prompt = found
        self._panel.set_choices(tuned, bases)
        if self._wanted_model:
            self._panel.choose(self._wanted_model)
            self._wanted_model = ""
        if not self._system_edited:
            self._system.setText(prompt)
            self._system.setCursorPosition(0)

    @Slot()
    def _on_models_changed(self) -> None:
        for card, choice in zip(self._cards, self._choices(), strict=True):
            card.set_model(choice)
        self._show_state()

    @Slot()
    def _on_system_edited(self) -> None:
        self._system_edited = True

    @Slot()
    def _on_invitation_taken(self) -> None:
        self.page_requested.emit("tune")

    @Slot()
    def _on_send(self) -> None:
        if self.is_busy:
            for asker in self._askers:
                asker.stop()
            return
        question = self._field.toPlainText().strip()
        if not question:
            self._field.setFocus()
            return
        self._question = question
        for asker, choice in zip(self._askers, self._choices(), strict=True):
            if choice is not None:
                asker.ask(choice, self._system.text(), question)
        self._field.selectAll()
        self._show_state()

    @Slot()
    def _on_clear(self) -> None:
        for asker, card in zip(self._askers, self._cards, strict=True):
            asker.stop()
            card.clear()
        self._field.clear()
        self._field.setFocus()

    @Slot(object)
    def _on_adopt_requested(self, text: str) -> None:
        system = self._system.text()
        head = (Message(Role.SYSTEM, system),) if system.strip() else ()
        talk = (Message(Role.USER, self._question), Message(Role.ASSISTANT, text))
        self._workspace.perform(
            new_example, Conversation(head + talk), done=self._on_adopted, failed=self._on_not_adopted
        )

    def _on_adopted(self, changes: Changes) -> None:
        for example_id in changes.example_ids:
            self.open_example_requested.emit((example_id, None))
            return

    def _on_not_adopted(self, error: StudioError) -> None:
        self._commands.report_error(error)

    def _choices(self) -> tuple[ModelChoice | None, ModelChoice | None]:
        return self._panel.against, self._panel.tuned

    @Slot()
    def _show_state(self) -> None:
        has_tuned = self._panel.tuned is not None
        self._cards[1].setVisible(has_tuned)
        self._nothing_tuned.setVisible(not has_tuned)
        self._send.setText("Stop" if self.is_busy else "Send")
        can_ask = any(choice is not None for choice in self._choices())
        self._send.setEnabled(self.is_busy or (can_ask and bool(self._field.toPlainText().strip())))
