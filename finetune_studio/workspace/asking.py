"""Asking a model, in the background: the answer in the pieces in which it comes."""

import time
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from finetune_studio.workspace.model_choices import ModelChoice
from finetune_studio.workspace.task import TaskContext

if TYPE_CHECKING:
    from finetune_studio.providers.base import ChatMessage
    from finetune_studio.workspace.workspace import Workspace


@dataclass(frozen=True, slots=True)
class Answer:
    """A whole answer: seconds from the question to its end, and tokens counted here for the base model."""

    text: str
    seconds: float
    tokens: int


def ask_model(
    workspace: "Workspace", choice: ModelChoice, messages: Sequence["ChatMessage"], context: TaskContext
) -> Answer:
    """Ask and publish each piece; starts this computer's server where it is asked.

    Raises ProviderError, MissingKeyError and CancelledError.
    """
    from finetune_studio.tokens.encodings import encoding_for

    sending = workspace.sending
    profile = sending.connections.profile(choice.profile_id)
    provider = sending.connections.provider(profile, choice.base_url, cancelled=lambda: context.is_cancelled)
    started = time.monotonic()
    pieces: list[str] = []
    for piece in provider.chat(messages, choice.model, lambda: context.is_cancelled):
        pieces.append(piece)
        context.publish(piece)
    seconds = time.monotonic() - started
    text = "".join(pieces)
    return Answer(text, seconds, workspace.lint.count_tokens(encoding_for(choice.base_model), text))
