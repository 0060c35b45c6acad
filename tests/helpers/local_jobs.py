"""Jobs at the local server, with OpenAI's client."""

import threading
import time
from pathlib import Path
from typing import Any

from openai import OpenAI
from openai.types.fine_tuning import FineTuningJob

from tests.helpers.training_data import write_jsonl

_FINAL = ("succeeded", "failed", "cancelled")


def upload(client: OpenAI, folder: Path, examples: list[dict[str, Any]]) -> str:
    path = write_jsonl(folder / "data.jsonl", examples)
    with path.open("rb") as handle:
        return client.files.create(file=handle, purpose="fine-tune").id


def start_job(
    client: OpenAI, folder: Path, examples: list[dict[str, Any]], *, n_epochs: int = 3, **more: Any
) -> FineTuningJob:
    return client.fine_tuning.jobs.create(
        model="rehearsal",
        training_file=upload(client, folder, examples),
        method={"type": "supervised", "supervised": {"hyperparameters": {"n_epochs": n_epochs}}},
        seed=1,
        **more,
    )


def wait_for(client: OpenAI, job_id: str, status: str = "", seconds: float = 90) -> FineTuningJob:
    """The job once it has the status, or once it is over where none is given."""
    deadline = time.monotonic() + seconds
    pause = threading.Event()
    while time.monotonic() < deadline:
        job = client.fine_tuning.jobs.retrieve(job_id)
        if job.status == status or (not status and job.status in _FINAL):
            return job
        assert job.status not in _FINAL, f"the job is {job.status}: {job.error}"
        pause.wait(0.01)
    raise AssertionError(f"the job did not become {status or 'final'} in {seconds} seconds")
