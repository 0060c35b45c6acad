"""How often and how long the submission asks again, and which failures it may ask again after."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import TypeVar

from finetune_studio.domain.errors import ProviderError
from finetune_studio.providers.errors import RateLimitError, UnreachableError
from finetune_studio.workspace.submission_context import WorkContext

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Patience:
    """Pauses in seconds before each further try. `after_create` is how long a job is looked for."""

    looking: tuple[float, ...] = (1.0, 2.0, 4.0)
    uploading: tuple[float, ...] = (1.0, 3.0)
    creating: tuple[float, ...] = (1.0, 3.0, 8.0)
    after_upload: tuple[float, ...] = (1.0, 2.0, 4.0)
    after_create: tuple[float, ...] = (1.0, 2.0, 4.0, 8.0, 15.0, 30.0)
    processing: tuple[float, ...] = (0.2, 0.5, 1.0, 2.0, 3.0, *([5.0] * 110))
    """Ten minutes; then the job is asked for anyway, and its answer tells."""
    longest: float = 120.0
    """The longest pause that a service's Retry-After is granted."""


def may_repeat_looking(error: ProviderError) -> bool:
    """Whether a call that changes nothing is worth another try."""
    return error.status is None or error.status in (408, 409) or error.status >= 500 or is_rate_limit(error)


def is_rate_limit(error: ProviderError) -> bool:
    return isinstance(error, RateLimitError)


def is_refusal(error: ProviderError) -> bool:
    """Whether the service said no for good: neither a wrong key nor a passing trouble."""
    status = error.status
    return status is not None and 400 <= status < 500 and status not in (401, 408, 409, 429)


def did_nothing(error: ProviderError) -> bool:
    """Whether the service certainly did nothing and may do it at the next try."""
    return isinstance(error, (RateLimitError, UnreachableError))


def pause_before_retry(error: ProviderError, planned: float, context: WorkContext, longest: float) -> None:
    """Wait as long as planned, or as the service asks (Retry-After), within bounds; may be cancelled."""
    asked = error.retry_after if isinstance(error, RateLimitError) else None
    context.pause(planned if asked is None else min(max(asked, 0.0), longest))


def look(call: Callable[[], T], context: WorkContext, patience: Patience) -> T:
    """A call that changes nothing, tried again while that may help; raises its last ProviderError."""
    for planned in patience.looking:
        context.check()
        try:
            return call()
        except ProviderError as error:
            if not may_repeat_looking(error):
                raise
            pause_before_retry(error, planned, context, patience.longest)
    context.check()
    return call()
