"""A provider's fine-tuning job, in words that all services share."""

from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum


class JobState(StrEnum):
    """Our reading of a service's status; the status itself is kept beside it, as it came."""

    PREPARING = "preparing"
    """Known here, not (yet) at the service: freezing, uploading, creating."""
    QUEUED = "queued"
    RUNNING = "running"
    PAUSED = "paused"
    SUCCEEDED = "succeeded"
    FAILED = "failed"
    CANCELLED = "cancelled"
    UNKNOWN = "unknown"
    """A status that the profile does not map: open, shown as it came."""

    @property
    def is_final(self) -> bool:
        return self in (JobState.SUCCEEDED, JobState.FAILED, JobState.CANCELLED)


@dataclass(frozen=True, slots=True)
class Hyperparameters:
    """What a person chose, by the profile's names; None and "auto" leave the choice to the service."""

    values: tuple[tuple[str, float | int | str], ...] = ()

    def as_dict(self) -> dict[str, float | int | str]:
        return dict(self.values)


@dataclass(frozen=True, slots=True)
class JobEvent:
    id: str
    at: datetime | None
    level: str
    message: str
    type: str = "message"
    data: dict[str, float | int | str | None] = field(default_factory=dict, compare=False)


@dataclass(frozen=True, slots=True)
class Metrics:
    """One point of the curves; None where the service gave none."""

    step: int
    train_loss: float | None = None
    valid_loss: float | None = None
    train_accuracy: float | None = None
    valid_accuracy: float | None = None
    full_valid_loss: float | None = None
    full_valid_accuracy: float | None = None


@dataclass(frozen=True, slots=True)
class Checkpoint:
    id: str
    model: str
    step: int
    metrics: Metrics


@dataclass(frozen=True, slots=True)
class FineTuneJob:
    """A job as the service tells it. `status` is the service's own word, `state` ours.

    `progress` is 0 to 1 where the service tells it rather than steps.
    """

    id: str
    model: str
    status: str
    state: JobState
    created_at: datetime | None = None
    finished_at: datetime | None = None
    estimated_finish: datetime | None = None
    fine_tuned_model: str | None = None
    training_file: str = ""
    validation_file: str | None = None
    trained_tokens: int | None = None
    error_code: str = ""
    error_message: str = ""
    hyperparameters: tuple[tuple[str, str], ...] = ()
    method: str = "supervised"
    suffix: str = ""
    seed: int | None = None
    metadata: tuple[tuple[str, str], ...] = ()
    result_files: tuple[str, ...] = ()
    progress: float | None = None
