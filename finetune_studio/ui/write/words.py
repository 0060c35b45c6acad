"""Small texts of page Write: ages, counts, states."""

from datetime import UTC, datetime

from finetune_studio.domain.example import ReviewState
from finetune_studio.domain.split import Split

STATUS_TONES = {
    ReviewState.DRAFT: "neutral",
    ReviewState.TO_REVIEW: "warning",
    ReviewState.APPROVED: "success",
    ReviewState.REJECTED: "error",
}
SPLIT_TONES = {Split.TRAIN: "info", Split.VALIDATION: "violet", Split.TEST: "neutral"}


def counted(number: int, word: str) -> str:
    """ "1 message", "1,204 messages"."""
    return f"1 {word}" if number == 1 else f"{number:,} {word}s"


def age(moment: datetime | None, now: datetime | None = None) -> str:
    """How long ago, in words; a date from a week on; empty for None."""
    if moment is None:
        return ""
    now = now or datetime.now(UTC)
    seconds = (now - moment).total_seconds()
    if seconds < 60:
        return "just now"
    if seconds < 3600:
        return f"{int(seconds // 60)} min ago"
    if seconds < 86400:
        return f"{int(seconds // 3600)} h ago"
    days = (now.astimezone().date() - moment.astimezone().date()).days
    if days <= 1:
        return "yesterday"
    if days < 7:
        return f"{days} days ago"
    local = moment.astimezone()
    return f"{local.day} {local:%b %Y}"
