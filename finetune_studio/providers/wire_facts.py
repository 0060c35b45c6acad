"""What the OpenAI-wire provider needs to know of a service, taken from its profile in one place."""

from dataclasses import dataclass, field

from finetune_studio.domain.job import JobState
from finetune_studio.targets.profile import Profile

COMMON_STATUSES: dict[str, JobState] = {
    "validating_files": JobState.QUEUED,
    "queued": JobState.QUEUED,
    "pending": JobState.QUEUED,
    "created": JobState.QUEUED,
    "running": JobState.RUNNING,
    "in_progress": JobState.RUNNING,
    "pausing": JobState.RUNNING,
    "paused": JobState.PAUSED,
    "succeeded": JobState.SUCCEEDED,
    "success": JobState.SUCCEEDED,
    "completed": JobState.SUCCEEDED,
    "failed": JobState.FAILED,
    "error": JobState.FAILED,
    "cancelled": JobState.CANCELLED,
    "canceled": JobState.CANCELLED,
}
"""The words that services of this wire format use; a profile adds to them or overrides them."""


@dataclass(frozen=True, slots=True)
class WireFacts:
    """`top_level_hyperparameters`: beside `model`, not inside `method`; `extra_body` goes into job create."""

    id: str
    title: str
    statuses: dict[str, JobState] = field(default_factory=dict)
    top_level_hyperparameters: bool = False
    sends_method: bool = True
    extra_body: dict[str, str] = field(default_factory=dict)
    seed: bool = True
    metadata: bool = True
    wandb: bool = False
    find_by_metadata: bool = True
    cancel: bool = True
    pause: bool = True
    resume: bool = True
    events: bool = True
    checkpoints: bool = True
    purpose: str = "fine-tune"
    flags: frozenset[str] = frozenset()
    """Hyperparameters that are on or off: sent as true and false."""
    part_bytes: int | None = None
    """Larger files go in parts of this size, so that they go on after an interruption; None: in one piece."""

    def state_of(self, status: str) -> JobState:
        """Our word for the service's; UNKNOWN, which is open, for one that nobody told us of."""
        known = self.statuses.get(status) or COMMON_STATUSES.get(status.lower())
        return known or JobState.UNKNOWN


def wire_facts(profile: Profile) -> WireFacts:
    """What a profile says, as this provider needs it."""
    job = profile.job
    return WireFacts(
        id=profile.id,
        title=profile.title,
        statuses=dict(profile.statuses),
        top_level_hyperparameters=job.hyperparameters_at == "top",
        sends_method=job.sends_method,
        extra_body=dict(job.extra_body),
        seed=job.seed,
        metadata=job.metadata,
        wandb=job.wandb,
        find_by_metadata=job.find_by_metadata,
        cancel=job.cancel,
        pause=job.pause,
        resume=job.resume,
        events=job.events,
        checkpoints=job.checkpoints,
        purpose=profile.upload.purpose,
        flags=frozenset(
            item.name for method in profile.methods for item in method.hyperparameters if item.kind == "flag"
        ),
        part_bytes=profile.upload.part_bytes,
    )
