"""The training loop: randomness comes from seed and step, so that going on later changes nothing."""

import time
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from finetune_studio.local.engines.base import (
    StepMetrics,
    TrainingListener,
    TrainingPlan,
    TrainingResult,
)
from finetune_studio.local.engines.rehearsal.corpus import Corpus, dense_bags
from finetune_studio.local.engines.rehearsal.model_file import (
    RehearsalModel,
    read_arrays,
    write_arrays,
    write_model,
)
from finetune_studio.local.engines.rehearsal.network import (
    Adam,
    forward,
    gradients,
    log_softmax,
    loss_and_accuracy,
    new_parameters,
)
from finetune_studio.local.engines.rehearsal.plan import Prepared

_WORD_DROP = 0.1
_LAST_RATE = 0.05
_VALIDATION_POSITIONS = 32
_FULL_VALIDATION_POSITIONS = 4096
_SAVE_EVERY_SECONDS = 2.0
_CHECKPOINTS = 4


@dataclass(frozen=True, slots=True)
class TrainerLimits:
    """Seconds of computing in one job, over all its runs; waiting for a busy machine does not count."""

    seconds: float = 60.0


class Trainer:
    """One training of one job, from the start or from a saved state."""

    def __init__(
        self, plan: TrainingPlan, folder: Path, listener: TrainingListener, limits: TrainerLimits
    ) -> None:
        prepared = plan.state
        assert isinstance(prepared, Prepared)
        self._plan = plan
        self._prepared: Prepared = prepared
        self._folder = folder
        self._listener = listener
        self._limits = limits
        self._parameters = new_parameters(len(prepared.tokenizer), len(prepared.words), prepared.seed)
        self._adam = Adam(self._parameters)
        self._step = 0
        self._order: tuple[int, NDArray[np.int64]] = (-1, np.zeros(0, dtype=np.int64))
        self._seconds_before = 0.0
        self._started = time.thread_time()

    def run(self, resume_from: Path | None) -> TrainingResult:
        if resume_from is not None:
            self._load(resume_from)
        self._started, saved = time.thread_time(), time.monotonic()
        checkpoint_steps = self._checkpoint_steps()
        while self._step < self._plan.steps:
            if self._listener.should_stop():
                self._save()
                return TrainingResult(None, self._step)
            if self._seconds() >= self._limits.seconds:
                self._say_out_of_time()
                break
            metrics = self._one_step()
            self._listener.on_step(metrics)
            if self._step in checkpoint_steps and self._step < self._plan.steps:
                self._publish(metrics)
            if time.monotonic() - saved >= _SAVE_EVERY_SECONDS:
                self._save()
                saved = time.monotonic()
        path = self._folder / "model.npz"
        write_model(path, self._model())
        return TrainingResult(path, self._step)

    def _one_step(self) -> StepMetrics:
        prepared, step = self._prepared, self._step + 1
        epoch, place = divmod(self._step, prepared.steps_per_epoch)
        chosen = self._order_of(epoch)[place * prepared.positions : (place + 1) * prepared.positions]
        rng = np.random.default_rng([prepared.seed, 2, step])
        corpus = prepared.training
        bags = dense_bags(corpus.bags, corpus.bag_of[chosen], len(prepared.words), rng, _WORD_DROP)
        slopes, loss, accuracy = gradients(
            self._parameters, corpus.contexts[chosen], bags, corpus.targets[chosen]
        )
        rate = prepared.learning_rate * max(_LAST_RATE, 1 - self._step / self._plan.steps)
        self._adam.update(self._parameters, slopes, rate, step)
        self._step = step
        valid = self._validate(self._validation_batch(rng))
        full: tuple[float | None, float | None] = (None, None)
        if step % prepared.steps_per_epoch == 0 or step == self._plan.steps:
            full = self._validate(np.arange(len(prepared.validation))[:_FULL_VALIDATION_POSITIONS])
        return StepMetrics(step, loss, accuracy, *valid, *full)

    def _order_of(self, epoch: int) -> NDArray[np.int64]:
        if self._order[0] != epoch:
            rng = np.random.default_rng([self._prepared.seed, 1, epoch])
            self._order = (epoch, rng.permutation(len(self._prepared.training)))
        return self._order[1]

    def _validation_batch(self, rng: np.random.Generator) -> NDArray[np.int64]:
        n = len(self._prepared.validation)
        return rng.integers(0, n, _VALIDATION_POSITIONS) if n else np.zeros(0, dtype=np.int64)

    def _validate(self, chosen: NDArray[np.int64]) -> tuple[float | None, float | None]:
        corpus: Corpus = self._prepared.validation
        if not len(corpus):
            return None, None
        total_loss = total_right = 0.0
        for start in range(0, len(chosen), 256):
            part = chosen[start : start + 256]
            bags = dense_bags(corpus.bags, corpus.bag_of[part], len(self._prepared.words))
            logits = forward(self._parameters, corpus.contexts[part], bags).logits
            loss, accuracy = loss_and_accuracy(log_softmax(logits), corpus.targets[part])
            total_loss += loss * len(part)
            total_right += accuracy * len(part)
        return total_loss / len(chosen), total_right / len(chosen)

    def _checkpoint_steps(self) -> frozenset[int]:
        """Ends of epochs, evenly over the training."""
        epochs = {round(self._plan.epochs * part / _CHECKPOINTS) for part in range(1, _CHECKPOINTS)}
        return frozenset(epoch * self._prepared.steps_per_epoch for epoch in epochs if epoch > 0)

    def _publish(self, metrics: StepMetrics) -> None:
        path = self._folder / f"checkpoint-{self._step}.npz"
        write_model(path, self._model())
        self._listener.on_checkpoint(metrics, path)

    def _model(self) -> RehearsalModel:
        return RehearsalModel(self._prepared.tokenizer, self._prepared.words, self._parameters)

    def _seconds(self) -> float:
        return self._seconds_before + time.thread_time() - self._started

    def _say_out_of_time(self) -> None:
        self._listener.on_note(
            "warn",
            f"The rehearsal stopped after {self._limits.seconds:,.0f} seconds of computing, at step "
            f"{self._step:,} of {self._plan.steps:,}: the file is larger than a rehearsal needs.",
        )

    def _save(self) -> None:
        arrays = {f"p.{name}": value for name, value in self._parameters.items()}
        arrays |= {f"m.{name}": value for name, value in self._adam.first.items()}
        arrays |= {f"v.{name}": value for name, value in self._adam.second.items()}
        path = self._folder / "state.npz"
        header = {"step": self._step, "seconds": self._seconds(), "steps": self._plan.steps}
        write_arrays(path, header, arrays)
        self._listener.on_state(self._step, path)

    def _load(self, path: Path) -> None:
        header, arrays = read_arrays(path)
        for name, value in self._parameters.items():
            for mark, into in (("p", value), ("m", self._adam.first[name]), ("v", self._adam.second[name])):
                np.copyto(into, arrays[f"{mark}.{name}"])
        self._step = int(header["step"])
        self._seconds_before = float(header["seconds"])
