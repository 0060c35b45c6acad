"""What a person may choose for a job, judged before anything is read or sent."""

from finetune_studio.domain.errors import UsageError
from finetune_studio.providers.base import REF_KEY
from finetune_studio.targets.profile import Profile

SEED_LIMIT = 2**31


def suffix_problem(profile: Profile, suffix: str) -> str:
    """Why the service does not take this part of the model's name, as a sentence; empty where it does."""
    job = profile.job
    if job.suffix_max is not None and len(suffix) > job.suffix_max:
        return f"The suffix is longer than {job.suffix_max:,} characters."
    if any(character in suffix for character in job.suffix_forbidden):
        return f"{profile.title} does not take {job.suffix_forbidden} in the suffix."
    return ""


def seed_problem(seed: int | None) -> str:
    """Why a seed is not taken; empty where it is."""
    if seed is not None and not 0 <= seed < SEED_LIMIT:
        return f"The seed is not between 0 and {SEED_LIMIT - 1:,}."
    return ""


MAX_PAIRS = 15
"""Of the sixteen that services take, one is our own reference."""
_MAX_KEY, _MAX_VALUE = 64, 512


def pairs_of(text: str) -> tuple[tuple[str, str], ...]:
    """What "team=marv, ticket=42" says; raises UsageError for what is no such list or too long."""
    found: dict[str, str] = {}
    for part in text.split(","):
        if not part.strip():
            continue
        key, sign, value = (piece.strip() for piece in part.partition("="))
        if not sign or not key or not value:
            raise UsageError(f"“{part.strip()}” is not of the form name=value.", "Separate them by commas.")
        if len(key) > _MAX_KEY or len(value) > _MAX_VALUE:
            raise UsageError(f"The name or the value of {key[:_MAX_KEY]} is too long.")
        if key == REF_KEY or key in found:
            raise UsageError(f"The name {key} is taken already.")
        found[key] = value
    if len(found) > MAX_PAIRS:
        raise UsageError(f"There are more than {MAX_PAIRS} pairs.")
    return tuple(found.items())
