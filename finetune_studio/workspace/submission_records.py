"""Values of a submission: what was decided, what was frozen, how far it came; and their JSON."""

import dataclasses
import json
from dataclasses import dataclass, field
from datetime import UTC, datetime
from enum import StrEnum
from typing import Any

from finetune_studio.domain.job import Checkpoint, FineTuneJob, Hyperparameters, JobState, Metrics


class SubmissionState(StrEnum):
    PREPARED = "prepared"
    """Frozen and written down; the network was not touched."""
    UPLOADING = "uploading"
    PROCESSING = "processing"
    """Uploaded; the service checks the file."""
    CREATING = "creating"
    """The service is being asked for the job."""
    UNKNOWN = "unknown"
    """The service was asked for the job and gave no clear answer: it may run."""
    SUBMITTED = "submitted"
    """The job is known by its id and not known to have ended."""
    DONE = "done"
    """The job has ended, one way or another."""
    REFUSED = "refused"
    """The service said no; there is no job."""
    CANCELLED = "cancelled"
    """Cancelled before there was a job."""
    INTERRUPTED = "interrupted"
    """Stopped before there was a job (network, key, power); can be continued."""

    @property
    def is_settled(self) -> bool:
        """Whether nothing is left to find out at the service."""
        return self in (
            SubmissionState.DONE,
            SubmissionState.REFUSED,
            SubmissionState.CANCELLED,
            SubmissionState.INTERRUPTED,
        )

    @property
    def can_continue(self) -> bool:
        """Whether there is no job id yet and `submit` may be asked again for this very submission."""
        return self not in (
            SubmissionState.SUBMITTED,
            SubmissionState.DONE,
            SubmissionState.REFUSED,
            SubmissionState.CANCELLED,
        )


@dataclass(frozen=True, slots=True)
class SubmissionPlan:
    """What a person decided; `findings` is (errors, warnings) at the gate, passed for `override_reason`."""

    profile_id: str
    title: str
    base_url: str
    model: str
    method: str = "supervised"
    hyperparameters: Hyperparameters = field(default_factory=Hyperparameters)
    suffix: str = ""
    seed: int | None = None
    source: str = ""
    dataset_uid: str = ""
    override_reason: str = ""
    findings: tuple[int, int] = (0, 0)
    forecast_tokens: int | None = None
    forecast_cost: float | None = None
    currency: str = ""
    metadata: tuple[tuple[str, str], ...] = ()
    """What the person wants to find the job by at the service."""
    wandb: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True, slots=True)
class SentExample:
    """One line of what is sent (ending in a line feed), and the example that it comes from."""

    data: bytes
    example_id: int | None = None
    body_sha256: bytes = b""


@dataclass(frozen=True, slots=True)
class SentLine:
    example_id: int | None
    body_sha256: bytes


@dataclass(frozen=True, slots=True)
class FrozenFile:
    """The bytes as they are sent; size in bytes. No examples: a file of a job that was started elsewhere."""

    sha256: str
    size: int
    examples: int

    @property
    def name(self) -> str:
        """The name at the service, by which an upload is found again."""
        return f"fts-{self.sha256}.jsonl"

    @property
    def is_kept(self) -> bool:
        """Whether the bytes were frozen on this computer."""
        return self.examples > 0


@dataclass(frozen=True, slots=True)
class Submission:
    """A row of the journal. `seen_before` are ids of look-alike jobs that were there before ours.

    `is_record`: read from the dataset; the journal of this computer does not have it, and nobody is asked.
    """

    ref: str
    state: SubmissionState
    plan: SubmissionPlan
    training: FrozenFile
    validation: FrozenFile | None = None
    training_file_id: str = ""
    validation_file_id: str = ""
    job: FineTuneJob | None = None
    error: str = ""
    advice: str = ""
    error_code: str = ""
    create_started_at: datetime | None = None
    cancel_requested: bool = False
    seen_before: tuple[str, ...] = ()
    created_at: datetime | None = None
    updated_at: datetime | None = None
    is_record: bool = False

    @property
    def title(self) -> str:
        """What a list of jobs shows: the suffix, else where the examples came from, else the model."""
        return self.plan.suffix or self.plan.source or self.plan.model


def dump(value: Any) -> str:
    """A dataclass of ours as JSON text; times as ISO texts."""
    return json.dumps(dataclasses.asdict(value), ensure_ascii=False, default=_dump_other)


def _dump_other(value: object) -> str:
    if isinstance(value, datetime):
        return value.astimezone(UTC).isoformat()
    raise TypeError(f"{type(value).__name__} is not kept in the journal")


def load_plan(text: str) -> SubmissionPlan:
    raw = json.loads(text)
    raw["hyperparameters"] = Hyperparameters(_pairs(raw["hyperparameters"]["values"]))
    raw["findings"] = tuple(raw["findings"])
    for name in ("metadata", "wandb"):
        raw[name] = _pairs(raw.get(name, []))
    return SubmissionPlan(**raw)


def load_file(text: str | None) -> FrozenFile | None:
    return FrozenFile(**json.loads(text)) if text else None


def load_job(text: str | None) -> FineTuneJob | None:
    if not text:
        return None
    raw = json.loads(text)
    for name in ("created_at", "finished_at", "estimated_finish"):
        raw[name] = load_time(raw[name])
    for name in ("hyperparameters", "metadata"):
        raw[name] = _pairs(raw[name])
    raw["result_files"] = tuple(raw["result_files"])
    raw["state"] = JobState(raw["state"])
    return FineTuneJob(**raw)


def load_checkpoint(raw: dict[str, Any]) -> Checkpoint:
    return Checkpoint(raw["id"], raw["model"], raw["step"], Metrics(**raw["metrics"]))


def load_time(text: str | None) -> datetime | None:
    return datetime.fromisoformat(text) if text else None


def _pairs(items: list[list[Any]]) -> tuple[tuple[Any, Any], ...]:
    return tuple((key, value) for key, value in items)
