"""What the OpenAI-wire provider needs to know of a service, taken from its profile in one place."""

from dataclasses import dataclass, field

from finetune_studio.domain.job import JobState

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
    extra_body: dict[str, object] = field(default_factory=dict)
    can_cancel: bool = True
    can_pause: bool = False

    def state_of(self, status: str) -> JobState:
        """Our word for the service's; UNKNOWN, which is open, for one that nobody told us of."""
        known = self.statuses.get(status) or COMMON_STATUSES.get(status.lower())
        return known or JobState.UNKNOWN
