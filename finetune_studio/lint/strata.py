"""Kinds of examples that each split should have its share of: by tag, by label, by length."""

from collections import Counter
from dataclasses import dataclass
from enum import StrEnum

import numpy as np

from finetune_studio.lint.facts import Array, DatasetFacts
from finetune_studio.lint.labels import labels_of

MOST_LABELS = 50


class Stratify(StrEnum):
    """What the examples are told apart by."""

    NONE = "none"
    TAG = "tag"
    LABEL = "label"
    LENGTH = "length"


@dataclass(frozen=True, slots=True, eq=False)
class Strata:
    """`codes` holds for each example the index of its stratum in `names`."""

    codes: Array
    names: tuple[str, ...]


def strata_of(facts: DatasetFacts, by: Stratify) -> Strata | None:
    """One stratum for each example; None where they are not told apart.

    By tag: its rarest one, as in iterative stratification (Sechidis et al. 2011), "" for none. By label:
    the answer where answers are labels, else all in one. By length: powers of two of the tokens, which do
    not move as examples come and go.
    """
    if by is Stratify.NONE:
        return None
    if by is Stratify.TAG and facts.tags is not None:
        return _coded(_rarest_tags(facts.tags))
    if by is Stratify.LABEL and labels_of(facts, MOST_LABELS):
        return _coded([facts.answers.get(value, "") for value in facts.columns.answer_hash.tolist()])
    if by is Stratify.LENGTH:
        return _lengths(facts.columns.tokens)
    return Strata(np.zeros(len(facts), dtype=np.int64), ("",))


def _rarest_tags(tags: tuple[frozenset[str], ...]) -> list[str]:
    counts = Counter(tag for own in tags for tag in own)
    return [min(own, key=lambda tag: (counts[tag], tag), default="") for own in tags]


def _coded(names: list[str]) -> Strata:
    distinct = sorted(set(names))
    numbers = {name: number for number, name in enumerate(distinct)}
    codes = np.fromiter((numbers[name] for name in names), dtype=np.int64, count=len(names))
    return Strata(codes, tuple(distinct) or ("",))


def _lengths(tokens: Array) -> Strata:
    powers = np.floor(np.log2(np.maximum(tokens, 1))).astype(np.int64)
    distinct, codes = np.unique(powers, return_inverse=True)
    names = tuple(f"{2**power:,} to {2 ** (power + 1) - 1:,} tokens" for power in distinct.tolist())
    return Strata(codes, names or ("",))
