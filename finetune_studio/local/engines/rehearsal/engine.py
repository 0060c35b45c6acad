"""The rehearsal as an engine of the local server."""

import threading
from collections import OrderedDict
from collections.abc import Iterator
from pathlib import Path

from finetune_studio.local.engines.base import (
    AnswerPiece,
    AnswerRequest,
    EngineLimits,
    TrainingListener,
    TrainingPlan,
    TrainingRequest,
    TrainingResult,
)
from finetune_studio.local.engines.rehearsal.answering import answer
from finetune_studio.local.engines.rehearsal.model_file import RehearsalModel, read_model
from finetune_studio.local.engines.rehearsal.plan import prepare
from finetune_studio.local.engines.rehearsal.trainer import Trainer, TrainerLimits

BASE_MODEL = "rehearsal"
UNTRAINED_ANSWER = (
    "I am the rehearsal model of this computer and I have learned nothing yet. "
    "Fine-tune me on your conversations, then ask the tuned model."
)
_MODELS_KEPT = 4


class RehearsalEngine:
    """Loaded models are kept for the next question, a few at a time."""

    name = "rehearsal"
    limits = EngineLimits(methods=("supervised", "dpo"), base_models=(BASE_MODEL,))

    def __init__(self, limits: TrainerLimits | None = None) -> None:
        self._trainer_limits = limits or TrainerLimits()
        self._models: OrderedDict[Path, RehearsalModel] = OrderedDict()
        self._lock = threading.Lock()

    def prepare(self, request: TrainingRequest) -> TrainingPlan:
        return prepare(request)

    def train(
        self, plan: TrainingPlan, folder: Path, listener: TrainingListener, resume_from: Path | None
    ) -> TrainingResult:
        return Trainer(plan, folder, listener, self._trainer_limits).run(resume_from)

    def answer(self, model: Path | None, request: AnswerRequest) -> Iterator[AnswerPiece]:
        if model is None:
            return _untrained(request)
        return answer(self._load(model), request)

    def _load(self, path: Path) -> RehearsalModel:
        with self._lock:
            found = self._models.pop(path, None) or read_model(path)
            self._models[path] = found
            while len(self._models) > _MODELS_KEPT:
                self._models.popitem(last=False)
            return found


def _untrained(request: AnswerRequest) -> Iterator[AnswerPiece]:
    words = UNTRAINED_ANSWER.split(" ")
    cut = words[: request.max_tokens]
    for place, word in enumerate(cut):
        yield AnswerPiece(word if place == 0 else " " + word)
    prompt = sum(len(str(message.get("content") or "").split()) for message in request.messages)
    reason = "stop" if len(cut) == len(words) else "length"
    yield AnswerPiece(finish_reason=reason, prompt_tokens=prompt, completion_tokens=len(cut))
