"""What rules and commands ask of near-duplicates: groups, chains, the copies of one example."""

import numpy as np

from finetune_studio.domain.diagnostic import Related
from finetune_studio.lint.facts import Array, DatasetFacts
from finetune_studio.lint.groups import groups_of
from finetune_studio.lint.near_duplicates import NO_PAIRS, Compared, NearGroup, star
from finetune_studio.lint.near_pairs import components


def distinct_groups(
    facts: DatasetFacts, compared: Compared, threshold: float, among: Array | None = None
) -> list[NearGroup]:
    """Groups of near-duplicates; of exact copies of a conversation only the first is in a group."""
    if facts.sketches is None:
        return []
    columns = facts.columns
    chosen = columns.readable & (columns.conversation_hash != 0)
    if among is not None:
        chosen &= among
    groups = facts.sketches.groups(compared, threshold, chosen)
    has_copy = _has_copy(columns.conversation_hash)
    found: list[NearGroup] = []
    for group in groups:
        if has_copy[group.rows].any():
            kept = _firsts(columns.conversation_hash[group.rows])
            group = NearGroup(group.rows[kept], group.similarity[kept])
        if len(group.rows) > 1:
            found.append(group)
    return found


def _has_copy(values: Array) -> Array:
    """Mask of the rows whose value another row has too."""
    order = np.argsort(values, kind="stable")
    same = values[order][1:] == values[order][:-1]
    mask = np.zeros(len(values), dtype=bool)
    mask[order[1:][same]] = mask[order[:-1][same]] = True
    return mask


def joined_rows(facts: DatasetFacts, compared: Compared, threshold: float, largest: int) -> Array:
    """For each row the first of those that chains of near copies or of exact ones join it with.

    Near copies of more than `largest` rows are not joined, exact ones always are.
    """
    count = len(facts)
    same = [star(group) for group in groups_of(facts.columns.conversation_hash)]
    exact = np.concatenate([NO_PAIRS, *same])
    if facts.sketches is None:
        return components(count, exact)
    found = facts.sketches.pairs(compared)
    near = found.rows[found.similarity >= threshold]
    label = components(count, np.concatenate([exact, near]))
    too_large = np.bincount(label, minlength=count)[label] > largest
    return components(count, np.concatenate([exact, near[~too_large[near[:, 0]]]]))


def _firsts(values: Array) -> Array:
    """Mask of the rows whose value is not that of an earlier one."""
    mask = np.zeros(len(values), dtype=bool)
    mask[np.unique(values, return_index=True)[1]] = True
    return mask


def near_examples(
    facts: DatasetFacts, key: int, compared: Compared = Compared.WHOLE, threshold: float = 0.8
) -> list[Related]:
    """The examples that are nearly the same as one, the most similar first; quick after an edit of it."""
    rows = np.flatnonzero(facts.columns.key == key)
    if facts.sketches is None or not len(rows):
        return []
    found = facts.sketches.pairs(compared)
    own = (found.rows == rows[0]).any(axis=1) & (found.similarity >= threshold)
    others = found.rows[own].sum(axis=1) - rows[0]
    similar = found.similarity[own]
    order = np.argsort(-similar, kind="stable")
    keys = facts.columns.key[others[order]].tolist()
    return [Related(k, round(s, 3)) for k, s in zip(keys, similar[order].tolist(), strict=True)]
