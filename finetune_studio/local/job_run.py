"""One run of one job, from its files to its model."""

import random
import re
from collections.abc import Callable, Sequence
from hashlib import sha256
from pathlib import Path
from typing import Any

from finetune_studio.domain.errors import StudioError
from finetune_studio.local.engines.base import (
    Engine,
    JsonObject,
    TrainingPlan,
    TrainingRequest,
)
from finetune_studio.local.engines.registry import Engines
from finetune_studio.local.folders import LocalFolders
from finetune_studio.local.job_log import JobLog, add_event
from finetune_studio.local.store import Document, Store, now
from finetune_studio.local.trained_tokens import count_tokens
from finetune_studio.local.validation import (
    MIN_TRAINING_EXAMPLES,
    InvalidFileError,
    read_examples,
    validate_file,
)
from finetune_studio.local.wire import file_object, model_object, results_csv


class JobRun:
    """Stops early, leaving the status to the caller, when `should_stop` says so."""

    def __init__(
        self,
        store: Store,
        folders: LocalFolders,
        engines: Engines,
        job: Document,
        should_stop: Callable[[], bool],
    ) -> None:
        self._store = store
        self._folders = folders
        self._job = job
        self._id: str = job["id"]
        self._should_stop = should_stop
        engine = engines.find(job["model"])
        if engine is None:
            raise InvalidFileError(f"The model {job['model']} cannot be fine-tuned on this computer.")
        self._engine: Engine = engine

    def run(self) -> None:
        try:
            counts = self._validate()
        except InvalidFileError as error:
            self._refuse(error)
            return
        if self._should_stop() or not self._move("running", ("validating_files", "queued")):
            return
        limits = self._engine.limits
        training = self._read("training_file", counts[0], limits.max_examples)
        validation = self._read("validation_file", counts[1], limits.max_validation_examples)
        self._train(training, validation)

    def _validate(self) -> tuple[int, int]:
        first_time = not self._job.get("_state")
        method = self._job["method"]["type"]
        counts = [0, 0]
        for place, (key, title, minimum) in enumerate(
            (("training_file", "Training", MIN_TRAINING_EXAMPLES), ("validation_file", "Validation", 1))
        ):
            name = self._job[key]
            if name is None:
                continue
            if first_time:
                self._say(f"Validating {title.lower()} file: {name}")
            path = self._folders.file(name)
            if not path.exists():
                raise InvalidFileError(f"{title} file {name} has been deleted.", key)
            try:
                facts = validate_file(
                    path,
                    title=title,
                    file_id=name,
                    method=method,
                    minimum=minimum,
                    should_stop=self._should_stop,
                )
            except InvalidFileError as error:
                raise InvalidFileError(error.text, key) from error
            counts[place] = facts.examples
        if first_time:
            self._say("Files validated, moving job to queued state")
            self._move("queued", ("validating_files",))
        return counts[0], counts[1]

    def _refuse(self, error: InvalidFileError) -> None:
        param = error.param
        kind = param.replace("_", " ")
        message = f"The job failed due to an invalid {kind}. {error.text}"
        details = {"code": f"invalid_{param}", "message": message, "param": param}
        failed = self._store.update(
            "job",
            self._id,
            {"status": "failed", "error": details, "finished_at": now()},
            only_if=lambda job: job["status"] in ("validating_files", "queued"),
        )
        if failed is not None:
            self._say(message, "error")

    def _read(self, key: str, count: int, limit: int) -> list[JsonObject]:
        name = self._job[key]
        if name is None:
            return []
        chosen: Sequence[int] = range(count)
        if count > limit:
            chosen = sorted(random.Random(self._job["seed"]).sample(range(count), limit))  # noqa: S311
            if not self._job.get("_state"):
                kind = key.removesuffix("_file")
                text = f"The {kind} file has {count:,} examples; the rehearsal takes {limit:,} of them"
                self._say(f"{text}, chosen at random with the seed {self._job['seed']}.", "warn")
        return read_examples(self._folders.file(name), chosen)

    def _train(self, training: list[JsonObject], validation: list[JsonObject]) -> None:
        job = self._job
        method: str = job["method"]["type"]
        chosen: dict[str, Any] = job["_asked"]
        plan = self._engine.prepare(TrainingRequest(training, validation, method, chosen, job["seed"]))
        self._note_plan(plan, method)
        folder = self._folders.job(self._id)
        folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        state = folder / job["_state"] if job.get("_state") else None
        if state is not None and not state.exists():
            state = None
        if state is None:
            self._store.forget_after(self._id, 0)
        name = model_name(job["model"], job["user_provided_suffix"], self._id)
        log = JobLog(self._store, job, name, plan.steps, self._should_stop)
        result = self._engine.train(plan, folder, log, state)
        log.flush(result.steps)
        if result.model is not None:
            share = result.steps / plan.steps
            self._succeed(name, result.model, self._count_tokens(training, plan.epochs * share))

    def _count_tokens(self, training: list[JsonObject], passes: float) -> int | None:
        try:
            return round(count_tokens(training, self._folders.cache) * passes)
        except (StudioError, OSError) as error:
            self._say(f"The trained tokens could not be counted: {error}", "warn")
            return None

    def _note_plan(self, plan: TrainingPlan, method: str) -> None:
        values = dict(plan.hyperparameters)
        self._store.update(
            "job",
            self._id,
            {"hyperparameters": values, "method": {"type": method, method: {"hyperparameters": values}}},
        )
        if self._job.get("_state"):
            return
        self._say("Fine-tuning job started")
        for note in plan.notes:
            self._say(note)

    def _succeed(self, name: str, model: Path, tokens: int | None) -> None:
        content = results_csv(self._store.metrics(self._id))
        results = file_object(
            "step_metrics.csv", "fine-tune-results", len(content), sha256(content).hexdigest()
        )
        self._folders.file(results["id"]).write_bytes(content)
        with self._store.transaction():
            current = self._store.get("job", self._id)
            if current is None or current["status"] not in ("running", "pausing"):
                self._folders.file(results["id"]).unlink(missing_ok=True)
                return
            self._store.add("file", results)
            document = model_object(name)
            self._store.delete("model", name)
            self._store.add(
                "model", {**document, "_path": str(model), "_base": self._job["model"], "_job": self._id}
            )
            self._store.update(
                "job",
                self._id,
                {
                    "status": "succeeded",
                    "fine_tuned_model": name,
                    "finished_at": now(),
                    "estimated_finish": None,
                    "trained_tokens": tokens,
                    "result_files": [results["id"]],
                },
            )
            self._say(f"New fine-tuned model created: {name}")
            self._say("The job has successfully completed")
        (self._folders.job(self._id) / "state.npz").unlink(missing_ok=True)

    def _move(self, status: str, allowed: tuple[str, ...]) -> bool:
        changed = self._store.update(
            "job", self._id, {"status": status}, only_if=lambda job: job["status"] in allowed
        )
        return changed is not None

    def _say(self, text: str, level: str = "info") -> None:
        add_event(self._store, self._id, level, text)


def model_name(base: str, suffix: str | None, job: str) -> str:
    """As OpenAI names them: `ft:rehearsal:this-computer:SUFFIX:ID`."""
    cleaned = re.sub(r"[^a-z0-9-]+", "-", (suffix or "").lower()).strip("-")
    return f"ft:{base}:this-computer:{cleaned}:{job.removeprefix('ftjob-')[:8]}"
