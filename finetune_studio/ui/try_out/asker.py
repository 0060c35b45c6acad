"""Asks one model for one card, in the background; a newer question takes the place of an older one."""

from collections.abc import Sequence
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Signal

from finetune_studio.domain.errors import CancelledError, StudioError
from finetune_studio.ui.try_out.answer_card import AnswerCard
from finetune_studio.workspace.asking import Answer, ask_model
from finetune_studio.workspace.model_choices import ModelChoice
from finetune_studio.workspace.task import TaskContext, TaskHandle

if TYPE_CHECKING:
    from finetune_studio.workspace.workspace import Workspace


class Asker(QObject):
    """`ended` comes once for each question, answered or not."""

    ended = Signal()

    def __init__(self, workspace: "Workspace", card: AnswerCard, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._workspace = workspace
        self._card = card
        self._handle: TaskHandle | None = None

    @property
    def is_busy(self) -> bool:
        """Whether an answer is awaited."""
        return self._handle is not None

    def ask(self, choice: ModelChoice, system: str, question: str) -> None:
        """Ask and stream into the card."""
        from finetune_studio.providers.base import ChatMessage

        self.stop()
        messages: Sequence[ChatMessage] = [
            *([ChatMessage("system", system)] if system.strip() else []),
            ChatMessage("user", question),
        ]
        workspace = self._workspace

        def work(context: TaskContext) -> Answer:
            return ask_model(workspace, choice, messages, context)

        self._card.begin(question)
        self._handle = self._workspace.tasks.run(
            work,
            title=f"Ask {choice.model}",
            partial=self._on_piece,
            done=self._on_done,
            failed=self._on_failed,
            key=f"ask {id(self)}",
        )

    def stop(self) -> None:
        """Stop waiting; what has come stays in the card."""
        if self._handle is not None:
            self._handle.cancel()

    def _on_piece(self, piece: str) -> None:
        self._card.add_piece(piece)

    def _on_done(self, answer: Answer) -> None:
        self._handle = None
        self._card.finish(answer)
        self.ended.emit()

    def _on_failed(self, error: StudioError) -> None:
        self._handle = None
        stopped = isinstance(error, CancelledError)
        self._card.fail("Stopped." if stopped else f"{error.text} {error.advice}".strip())
        self.ended.emit()
