"""What a running job reports, written to the store a few times a second."""

import time
from collections.abc import Callable
from pathlib import Path

from finetune_studio.local.engines.base import StepMetrics
from finetune_studio.local.store import Document, Store, now
from finetune_studio.local.wire import checkpoint_object, event_object, metric_values, model_object

_FLUSH_SECONDS = 0.2
_METRIC_EVENTS = 200


def add_event(store: Store, job: str, level: str, message: str) -> None:
    store.add("event", event_object(level, message), job)


class JobLog:
    """The listener of one training."""

    def __init__(
        self, store: Store, job: Document, model_name: str, steps: int, should_stop: Callable[[], bool]
    ) -> None:
        self._store = store
        self._job: str = job["id"]
        self._base: str = job["model"]
        self._model_name = model_name
        self._steps = steps
        self._should_stop = should_stop
        self._event_every = max(1, steps // _METRIC_EVENTS)
        self._points: list[tuple[int, dict[str, float | int | None]]] = []
        self._events: list[Document] = []
        self._flushed = self._started = time.monotonic()
        self._first_step: int | None = None

    def on_step(self, metrics: StepMetrics) -> None:
        if self._first_step is None:
            self._first_step = metrics.step
        values = metric_values(metrics)
        self._points.append((metrics.step, values))
        if (
            metrics.step % self._event_every == 0
            or metrics.step in (1, self._steps)
            or metrics.full_valid_loss is not None
        ):
            self._events.append(self._metrics_event(metrics, values))
        if time.monotonic() - self._flushed >= _FLUSH_SECONDS:
            self.flush(metrics.step)

    def on_state(self, step: int, path: Path) -> None:
        self.flush(step)
        self._store.update("job", self._job, {"_state_step": step, "_state": path.name})

    def on_checkpoint(self, metrics: StepMetrics, path: Path) -> None:
        self.flush(metrics.step)
        name = f"{self._model_name}:ckpt-step-{metrics.step}"
        with self._store.transaction():
            document = model_object(name)
            self._store.delete("model", name)
            self._store.add("model", {**document, "_path": str(path), "_base": self._base, "_job": self._job})
            self._store.add("checkpoint", checkpoint_object(self._job, name, metrics), self._job)
            event = event_object(
                "info", f"Checkpoint created at step {metrics.step:,}: {name}", step=metrics.step
            )
            self._store.add("event", event, self._job)

    def on_note(self, level: str, text: str) -> None:
        self.flush(None)
        add_event(self._store, self._job, level, text)

    def should_stop(self) -> bool:
        return self._should_stop()

    def flush(self, step: int | None) -> None:
        """Write what is waiting, and the time the job is likely to end."""
        with self._store.transaction():
            self._store.add_metrics(self._job, self._points)
            for event in self._events:
                self._store.add("event", event, self._job)
            if step is not None:
                self._store.update(
                    "job",
                    self._job,
                    {"estimated_finish": self._estimate(step), "_step": step, "_steps": self._steps},
                    only_if=lambda job: job["status"] == "running",
                )
        self._points.clear()
        self._events.clear()
        self._flushed = time.monotonic()

    def _estimate(self, step: int) -> int:
        passed = time.monotonic() - self._started
        done = step - (self._first_step or 1) + 1
        return now() + round(passed / max(1, done) * (self._steps - step))

    def _metrics_event(self, metrics: StepMetrics, values: dict[str, float | int | None]) -> Document:
        text = f"Step {metrics.step}/{self._steps}: training loss={metrics.train_loss:.2f}"
        if metrics.valid_loss is not None:
            text += f", validation loss={metrics.valid_loss:.2f}"
        if metrics.full_valid_loss is not None:
            text += f", full validation loss={metrics.full_valid_loss:.2f}"
        return event_object("info", text, data={**values, "total_steps": self._steps}, step=metrics.step)
