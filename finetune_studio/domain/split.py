"""Train, validation and test, and the assignment that stays put as examples come and go."""

import hashlib
from enum import StrEnum


class Split(StrEnum):
    TRAIN = "train"
    VALIDATION = "validation"
    TEST = "test"


def split_of(group: str, seed: int, shares: dict[Split, float]) -> Split:
    """Assign a group (an example's uid, or that of its near-duplicate group) to a split.

    Depends on nothing but its arguments, so adding examples moves no other one. `shares` are
    fractions that sum to 1; the first split with a positive share takes the remainder of rounding.
    """
    digest = hashlib.sha256(f"{seed}:{group}".encode()).digest()
    point = int.from_bytes(digest[:8], "big") / 2**64
    passed = 0.0
    for split, share in shares.items():
        passed += share
        if point < passed:
            return split
    return next((split for split, share in shares.items() if share > 0), Split.TRAIN)
