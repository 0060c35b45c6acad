"""Train, validation and test, and the assignment that stays put as examples come and go."""

import hashlib
from collections.abc import Mapping
from enum import StrEnum

from finetune_studio.domain.errors import UsageError


class Split(StrEnum):
    TRAIN = "train"
    VALIDATION = "validation"
    TEST = "test"


def checked_shares(shares: Mapping[Split, float]) -> Mapping[Split, float]:
    """The fractions as they are; raises UsageError unless none is negative and they sum to 1."""
    if any(share < 0 for share in shares.values()) or abs(sum(shares.values()) - 1) > 1e-6:
        raise UsageError("The shares of the splits need to add up to 100 %.")
    return shares


def hash_point(name: str, seed: int) -> float:
    """A place in [0, 1) that depends on nothing but its arguments."""
    digest = hashlib.sha256(f"{seed}:{name}".encode()).digest()
    return int.from_bytes(digest[:8], "big") / 2**64


def split_of(group: str, seed: int, shares: Mapping[Split, float]) -> Split:
    """Assign a group (an example's uid, or that of its near-duplicate group) to a split.

    Depends on nothing but its arguments, so adding examples moves no other one. `shares` are
    fractions that sum to 1; the first split with a positive share takes the remainder of rounding.
    """
    point = hash_point(group, seed)
    passed = 0.0
    for split, share in shares.items():
        passed += share
        if point < passed:
            return split
    return next((split for split, share in shares.items() if share > 0), Split.TRAIN)
