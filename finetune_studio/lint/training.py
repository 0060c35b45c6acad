"""Which examples would be sent to train and to validate."""

import numpy as np

from finetune_studio.domain.example import ReviewState
from finetune_studio.domain.split import Split
from finetune_studio.lint.facts import SPLITS, STATUSES, Array, DatasetFacts


def exported(facts: DatasetFacts) -> Array:
    """Mask of what an export takes: all but the rejected and the unreadable."""
    mask: Array = facts.columns.readable
    if facts.status is not None:
        mask = mask & (facts.status != STATUSES.index(ReviewState.REJECTED))
    return mask


def in_split(facts: DatasetFacts, split: Split) -> Array:
    """Mask of the exported examples of a split; those without a split train."""
    mask = exported(facts)
    if facts.split is None:
        return mask if split is Split.TRAIN else np.zeros_like(mask)
    found: Array = mask & (facts.split == SPLITS.index(split))
    return found | (mask & (facts.split < 0)) if split is Split.TRAIN else found
