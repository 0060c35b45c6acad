"""What a person may choose for a job, judged before anything is read or sent."""

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
