"""Runs the jobs, one at a time, on a thread of its own; what is to be done is in the store."""

import logging
import threading
from typing import Literal

from finetune_studio.domain.errors import CancelledError, StudioError
from finetune_studio.local.engines.registry import Engines
from finetune_studio.local.folders import LocalFolders
from finetune_studio.local.job_log import add_event
from finetune_studio.local.job_run import JobRun
from finetune_studio.local.store import Document, Store, now
from finetune_studio.local.wire import FINAL_STATUSES

_log = logging.getLogger(__name__)
_INTERRUPTED = ("running", "validating_files", "queued", "pausing")
_LOOK_AGAIN_SECONDS = 30.0
Wish = Literal["cancel", "pause"]


class JobRunner:
    """`start` takes up what an earlier server left; `stop` keeps a running job's state for the next one."""

    def __init__(self, store: Store, folders: LocalFolders, engines: Engines) -> None:
        self._store = store
        self._folders = folders
        self._engines = engines
        self._wake = threading.Event()
        self._stopping = threading.Event()
        self._lock = threading.Lock()
        self._wishes: dict[str, Wish] = {}
        self._thread = threading.Thread(target=self._loop, name="fine-tuning jobs", daemon=True)

    def start(self) -> None:
        self._take_up()
        self._thread.start()

    def stop(self, timeout: float = 20.0) -> None:
        self._stopping.set()
        self._wake.set()
        if self._thread.is_alive():
            self._thread.join(timeout)

    def wake(self) -> None:
        """There is something new to run."""
        self._wake.set()

    def has_open_jobs(self) -> bool:
        """Whether a job runs or waits to; a paused one waits for a person."""
        return any(job["status"] in _INTERRUPTED for job in self._store.documents("job"))

    def cancel(self, name: str) -> Document | None:
        """Cancel at once for the outside; the training ends within a step. None where it is over already."""
        job = self._store.update(
            "job",
            name,
            {"status": "cancelled", "finished_at": now(), "estimated_finish": None},
            only_if=lambda found: found["status"] not in FINAL_STATUSES,
        )
        if job is not None:
            self._wish(name, "cancel")
            add_event(self._store, name, "info", "Fine-tuning job cancelled")
        return job

    def pause(self, name: str) -> Document | None:
        """None where the job is not in a state to pause."""
        with self._store.transaction():
            job = self._store.get("job", name)
            if job is None or job["status"] not in ("validating_files", "queued", "running"):
                return None
            status = "pausing" if job["status"] == "running" else "paused"
            self._wish(name, "pause")
            return self._store.update("job", name, {"status": status, "estimated_finish": None})

    def resume(self, name: str) -> Document | None:
        """None where the job is not paused."""
        with self._store.transaction():
            job = self._store.update(
                "job", name, {"status": "queued"}, only_if=lambda found: found["status"] == "paused"
            )
            if job is not None:
                with self._lock:
                    self._wishes.pop(name, None)
        if job is not None:
            add_event(self._store, name, "info", "Fine-tuning job resumed")
            self.wake()
        return job

    def _wish(self, name: str, wish: Wish) -> None:
        with self._lock:
            self._wishes[name] = wish

    def _take_up(self) -> None:
        """Jobs said to run while none does: of a server that died, or whose end could not be written."""
        for job in self._store.documents("job"):
            if job["status"] == "pausing":
                self._store.update("job", job["id"], {"status": "paused"})
            elif job["status"] == "running":
                step = int(job.get("_state_step") or 0)
                self._store.forget_after(job["id"], step)
                self._store.update("job", job["id"], {"status": "queued", "estimated_finish": None})
                text = f"goes on from step {step:,}" if step else "starts again from the beginning"
                add_event(self._store, job["id"], "warn", f"This job was interrupted; it {text}.")

    def _loop(self) -> None:
        while not self._stopping.is_set():
            self._wake.clear()
            job = self._next()
            if job is None:
                self._wake.wait(_LOOK_AGAIN_SECONDS)
                self._take_up()
                continue
            self._run(job)

    def _next(self) -> Document | None:
        waiting = ("validating_files", "queued")
        return next((job for job in self._store.documents("job") if job["status"] in waiting), None)

    def _run(self, job: Document) -> None:
        name = job["id"]

        def should_stop() -> bool:
            return self._stopping.is_set() or name in self._wishes

        try:
            JobRun(self._store, self._folders, self._engines, job, should_stop).run()
        except CancelledError:
            _log.info("Job %s stopped while its files were read", name)
        except StudioError as error:
            self._fail(name, f"{error.text} {error.advice}".strip(), "training_failed")
        except OSError as error:
            self._fail(
                name, f"The server could not read or write its files: {error.strerror}.", "server_error"
            )
        except Exception:
            _log.exception("A job ended with an error that was not expected")
            self._fail(
                name, "The server had an error while it ran this job; its log has more.", "server_error"
            )
        self._settle(name)

    def _settle(self, name: str) -> None:
        with self._lock:
            wish = self._wishes.pop(name, None)
        if wish == "pause":
            paused = self._store.update(
                "job", name, {"status": "paused"}, only_if=lambda j: j["status"] in ("pausing", "running")
            )
            if paused is not None:
                add_event(self._store, name, "info", "Fine-tuning job paused")
        job = self._store.get("job", name)
        if job is not None and job["status"] in ("cancelled", "failed"):
            for path in self._folders.job(name).glob("state.npz*"):
                path.unlink(missing_ok=True)

    def _fail(self, name: str, message: str, code: str) -> None:
        error = {"code": code, "message": message, "param": None}
        try:
            done = self._store.update(
                "job",
                name,
                {"status": "failed", "error": error, "finished_at": now(), "estimated_finish": None},
                only_if=lambda job: job["status"] not in FINAL_STATUSES,
            )
            if done is not None:
                add_event(self._store, name, "error", message)
        except StudioError:
            _log.exception("The failure of job %s could not be written", name)
