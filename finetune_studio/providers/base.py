"""What every fine-tuning service is asked for, and the values that go to and fro."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Protocol

from finetune_studio.domain.job import Checkpoint, FineTuneJob, Hyperparameters, JobEvent, Metrics

REF_KEY = "fts_ref"
"""The metadata key under which a job carries our own reference."""

Progress = Callable[[int, int], None]
"""Called with (bytes sent, bytes in all)."""

Cancelled = Callable[[], bool]
"""Whether the person cancelled; asked often, so it is cheap."""


def never() -> bool:
    """A `Cancelled` for work that nobody cancels."""
    return False


@dataclass(frozen=True, slots=True)
class RemoteFile:
    """A file at the service; `status` is None where the service tells none, `size` None likewise."""

    id: str
    name: str
    size: int | None = None
    status: str | None = None
    status_details: str = ""
    purpose: str = ""
    created_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class RemoteModel:
    """A model of the account; `shutdown_date` is what the service says of its end, as it came.

    `trainable` is None where the service does not tell whether it can be fine-tuned.
    """

    id: str
    owned_by: str = ""
    created_at: datetime | None = None
    shutdown_date: str = ""
    trainable: bool | None = None


@dataclass(frozen=True, slots=True)
class JobRequest:
    """All that makes a job; `ref` is ours, unique for each submission, and goes into the metadata."""

    ref: str
    model: str
    training_file: str
    validation_file: str | None = None
    method: str = "supervised"
    hyperparameters: Hyperparameters = field(default_factory=Hyperparameters)
    suffix: str = ""
    seed: int | None = None
    metadata: tuple[tuple[str, str], ...] = ()
    wandb: tuple[tuple[str, str], ...] = ()
    """Project, name and entity at Weights & Biases, where the job is reported there."""


@dataclass(frozen=True, slots=True)
class Moderation:
    """What a service's moderation says of one text; categories are its own words."""

    flagged: bool
    categories: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class ChatMessage:
    role: str
    content: str


class UploadMemory(Protocol):
    """Where an upload in parts keeps how far it came, so that it goes on after an interruption."""

    def load(self) -> str:
        """What was saved last; "" when there is nothing."""

    def save(self, text: str) -> None:
        """Keep a text; "" forgets. Called between parts, from the thread that uploads."""


class Provider(Protocol):
    """A fine-tuning service. Calls block, run in worker threads and raise ProviderError.

    Nothing is asked twice inside a call, except where a method says so: the caller decides.
    """

    @property
    def id(self) -> str: ...
    @property
    def title(self) -> str: ...
    @property
    def base_url(self) -> str: ...

    def list_models(self) -> tuple[RemoteModel, ...]: ...

    def list_files(self) -> tuple[RemoteFile, ...]:
        """Files for fine-tuning, newest first, bounded."""

    def find_file(self, name: str, size: int | None = None) -> RemoteFile | None:
        """The newest file of this name (and size, where the service tells sizes)."""

    def get_file(self, file_id: str) -> RemoteFile: ...

    def upload_file(
        self,
        path: Path,
        name: str,
        progress: Progress | None = None,
        cancelled: Cancelled = never,
        memory: UploadMemory | None = None,
    ) -> RemoteFile:
        """Send a file in pieces; raises CancelledError within a second of `cancelled` turning true.

        Where the service takes large files in parts, `memory` keeps what arrived, for the next try.
        """

    def delete_file(self, file_id: str) -> None:
        """Delete a file; one that is gone already is fine."""

    def create_job(self, request: JobRequest) -> FineTuneJob:
        """Create a job, once: after `outcome_unknown` look with find_job_by_ref before asking again."""

    def find_job_by_ref(self, ref: str) -> FineTuneJob | None: ...

    def find_jobs_like(self, request: JobRequest) -> tuple[FineTuneJob, ...]:
        """Jobs without any metadata, among the newest, that match in file, model and suffix."""

    def get_job(self, job_id: str) -> FineTuneJob: ...
    def list_jobs(self, limit: int = 100) -> tuple[FineTuneJob, ...]: ...

    def list_events(self, job_id: str, known: frozenset[str] = frozenset()) -> tuple[JobEvent, ...]:
        """Events oldest first; stops at the first page that holds a known one."""

    def list_checkpoints(self, job_id: str) -> tuple[Checkpoint, ...]: ...
    def cancel_job(self, job_id: str) -> FineTuneJob: ...
    def pause_job(self, job_id: str) -> FineTuneJob: ...
    def resume_job(self, job_id: str) -> FineTuneJob: ...

    def result_files(self, job: FineTuneJob) -> tuple[bytes, ...]:
        """The content of the job's results files, as it came."""

    def results(self, job: FineTuneJob) -> tuple[Metrics, ...]: ...

    def chat(
        self, messages: Sequence[ChatMessage], model: str, cancelled: Cancelled = never
    ) -> Iterator[str]:
        """Ask a model; gives the answer in the pieces in which it comes, raises CancelledError."""

    def close(self) -> None: ...
