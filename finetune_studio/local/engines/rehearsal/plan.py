"""From a request to what is trained: the sample, the tokens, the number of steps."""

import math
from collections.abc import Sequence
from dataclasses import dataclass

from finetune_studio.domain.errors import InputError
from finetune_studio.local.engines.base import TrainingPlan, TrainingRequest
from finetune_studio.local.engines.rehearsal.corpus import (
    Answer,
    Corpus,
    answer_texts,
    answers_of,
    build_corpus,
)
from finetune_studio.local.engines.rehearsal.question import QuestionWords, learn_question_words
from finetune_studio.local.engines.rehearsal.tokenizer import MAX_KINDS, Tokenizer, learn_tokenizer

POSITIONS = 64
"""Positions of a step where the batch size is left to the engine."""
_STEPS = 1200
_EPOCHS = (3, 50)
_LEARNING_RATE = 3e-3

VALIDATION_NOTE = (
    "The validation loss rises while the network learns its examples by heart. That is expected of a "
    "rehearsal; with a real model it is a sign of too many epochs."
)
PREFERENCE_NOTE = (
    "The rehearsal trains on the preferred outputs alone: it does not compare them with the others, "
    "and beta has no effect."
)


@dataclass(frozen=True, slots=True)
class Prepared:
    """The engine's own part of a plan."""

    tokenizer: Tokenizer
    words: QuestionWords
    training: Corpus
    validation: Corpus
    positions: int
    learning_rate: float
    seed: int
    steps_per_epoch: int


def auto_epochs(steps_per_epoch: int) -> int:
    """Enough for about 1,200 steps, between 3 and 50."""
    low, high = _EPOCHS
    return max(low, min(high, round(_STEPS / max(1, steps_per_epoch))))


def prepare(request: TrainingRequest) -> TrainingPlan:
    """Raises InputError where the examples hold nothing that is trained."""
    answers = [answer for example in request.examples for answer in answers_of(example)]
    if not answers:
        raise InputError(
            "No assistant message in the training file is trained, so there is nothing to learn.",
            "Set the weight of some assistant messages to 1.",
        )
    tokenizer = learn_tokenizer(_texts(answers))
    words = learn_question_words(prompt for prompt, _ in answers)
    training = build_corpus(answers, tokenizer, words)
    validation = build_corpus(
        [answer for example in request.validation for answer in answers_of(example)], tokenizer, words
    )
    chosen = request.hyperparameters
    mean = len(training) / len(request.examples)
    asked = chosen.get("batch_size", "auto")
    positions = POSITIONS if asked == "auto" else max(8, min(1024, round(float(asked) * mean)))
    steps_per_epoch = math.ceil(len(training) / positions)
    epochs = chosen.get("n_epochs", "auto")
    n_epochs = auto_epochs(steps_per_epoch) if epochs == "auto" else int(epochs)
    multiplier = chosen.get("learning_rate_multiplier", "auto")
    factor = 1.0 if multiplier == "auto" else float(multiplier)
    notes = [
        "This is a rehearsal: a small network of this computer learns these examples to show the way. "
        "It costs nothing and is not a model to use.",
        f"{len(request.examples):,} examples, {len(training):,} trained tokens of {len(tokenizer):,} kinds, "
        f"{n_epochs:,} epochs of {steps_per_epoch:,} steps.",
    ]
    if request.validation:
        notes.append(VALIDATION_NOTE)
    if request.method == "dpo":
        notes.append(PREFERENCE_NOTE)
    if len(tokenizer) >= MAX_KINDS:
        notes.append(f"Text beyond the {MAX_KINDS:,} most frequent token kinds is spelt in pieces.")
    return TrainingPlan(
        epochs=n_epochs,
        steps=n_epochs * steps_per_epoch,
        hyperparameters={
            "n_epochs": n_epochs,
            "batch_size": int(asked) if asked != "auto" else max(1, round(positions / mean)),
            "learning_rate_multiplier": factor,
        },
        notes=tuple(notes),
        state=Prepared(
            tokenizer,
            words,
            training,
            validation,
            positions,
            _LEARNING_RATE * factor,
            request.seed,
            steps_per_epoch,
        ),
    )


def _texts(answers: Sequence[Answer]) -> list[str]:
    return [text for _, message in answers for text in answer_texts(message)]
