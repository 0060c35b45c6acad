"""The protocol of an engine: prepare, train, answer. Kept small so that a second engine is little work."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Protocol

JsonObject = dict[str, Any]


@dataclass(frozen=True, slots=True)
class TrainingRequest:
    """What a job trains on. `examples` are parsed lines that passed validation."""

    examples: Sequence[JsonObject]
    validation: Sequence[JsonObject]
    method: str
    hyperparameters: Mapping[str, float | int | str]
    seed: int


@dataclass(frozen=True, slots=True)
class TrainingPlan:
    """What `prepare` made of a request; `state` belongs to the engine."""

    epochs: int
    steps: int
    hyperparameters: Mapping[str, float | int]
    notes: tuple[str, ...] = ()
    state: Any = None


@dataclass(frozen=True, slots=True)
class StepMetrics:
    """True values of one step, unrounded. Losses are nats per trained token; accuracies are 0 to 1."""

    step: int
    train_loss: float
    train_accuracy: float
    valid_loss: float | None = None
    valid_accuracy: float | None = None
    full_valid_loss: float | None = None
    full_valid_accuracy: float | None = None


class TrainingListener(Protocol):
    """What a training reports to; called on the training thread."""

    def on_step(self, metrics: StepMetrics) -> None: ...

    def on_state(self, step: int, path: Path) -> None:
        """A state to go on from is on disk; it replaces the one before."""
        ...

    def on_checkpoint(self, metrics: StepMetrics, path: Path) -> None:
        """A model that answers is on disk."""
        ...

    def on_note(self, level: str, text: str) -> None: ...

    def should_stop(self) -> bool: ...


@dataclass(frozen=True, slots=True)
class TrainingResult:
    """`model` is None when the listener asked to stop; the state to go on from is then on disk."""

    model: Path | None
    steps: int


@dataclass(frozen=True, slots=True)
class AnswerRequest:
    """One question to a model. `temperature` 0 takes the likeliest token every time."""

    messages: Sequence[JsonObject]
    temperature: float = 0.0
    top_p: float = 1.0
    max_tokens: int = 1024
    stop: tuple[str, ...] = ()
    seed: int = 0


@dataclass(frozen=True, slots=True)
class AnswerPiece:
    """A piece of an answer as it comes; the last one has a finish reason and the counts."""

    text: str = ""
    tool_call: tuple[str, str] | None = None
    finish_reason: str = ""
    prompt_tokens: int = 0
    completion_tokens: int = 0


@dataclass(frozen=True, slots=True)
class EngineLimits:
    """How much an engine looks at; what is over it is sampled with the job's seed, and said."""

    max_examples: int = 500
    max_validation_examples: int = 200
    methods: tuple[str, ...] = ("supervised",)
    base_models: tuple[str, ...] = field(default=())


class Engine(Protocol):
    """Raises StudioError with a text for people where something cannot be trained or read."""

    name: str
    limits: EngineLimits

    def prepare(self, request: TrainingRequest) -> TrainingPlan: ...

    def train(
        self, plan: TrainingPlan, folder: Path, listener: TrainingListener, resume_from: Path | None
    ) -> TrainingResult: ...

    def answer(self, model: Path | None, request: AnswerRequest) -> Iterator[AnswerPiece]:
        """`model` None asks the untuned base."""
        ...
