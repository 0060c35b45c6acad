"""What rules and commands ask of near-duplicates: groups, chains, the copies of one example."""

import numpy as np

from finetune_studio.domain.diagnostic import Related
from finetune_studio.lint.facts import Array, DatasetFacts
from finetune_studio.lint.groups import first_of_each, stars_of
from finetune_studio.lint.near_duplicates import Compared
from finetune_studio.lint.near_grouping import NO_GROUPS, NearGroups
from finetune_studio.lint.near_pairs import components


def distinct_groups(
    facts: DatasetFacts, compared: Compared, threshold: float, among: Array | None = None
) -> NearGroups:
    """Groups of near-duplicates; of exact copies of a conversation only the first is in a group."""
    columns = facts.columns
    chosen = columns.readable & (columns.conversation_hash != 0)
    if among is not None:
        chosen &= among
    if facts.sketches is None:
        return NO_GROUPS
    groups = facts.sketches.groups(compared, threshold, chosen)
    return groups.take(first_of_each(groups.number, columns.conversation_hash[groups.rows]))


def joined_rows(
    facts: DatasetFacts, compared: Compared, threshold: float, largest: int
) -> tuple[Array, Array]:
    """For each row the first of those that chains of near copies or of exact ones join it with.

    Twice: in the first, near copies of more than `largest` rows are not joined, exact ones always are; in the
    second all are.
    """
    count = len(facts)
    exact = stars_of(facts.columns.conversation_hash)
    if facts.sketches is None:
        same = components(count, exact)
        return same, same
    found = facts.sketches.pairs(compared)
    near = found.rows[found.similarity >= threshold]
    label = components(count, np.concatenate([exact, near]))
    too_large = np.bincount(label, minlength=count)[label] > largest
    return components(count, np.concatenate([exact, near[~too_large[near[:, 0]]]])), label


def near_examples(
    facts: DatasetFacts, key: int, compared: Compared = Compared.WHOLE, threshold: float = 0.8
) -> list[Related]:
    """The examples that are nearly the same as one, the most similar first; quick after an edit of it."""
    rows = np.flatnonzero(facts.columns.key == key)
    if facts.sketches is None or not len(rows):
        return []
    found = facts.sketches.pairs(compared)
    row = int(rows[0])
    same = found.rows[(found.rows == row).any(axis=1) & (found.similarity >= 1.0)]
    alike = np.isin(found.rows, np.append(same, row))  # what is told of its first copy holds for it
    own = alike.any(axis=1) & (found.similarity >= threshold)
    others, similar = found.rows[own].reshape(-1), np.repeat(found.similarity[own], 2)
    others, similar = others[others != row], similar[others != row]
    order = np.argsort(-similar, kind="stable")
    order = order[np.sort(np.unique(others[order], return_index=True)[1])]
    keys = facts.columns.key[others[order]].tolist()
    return [Related(k, round(s, 3)) for k, s in zip(keys, similar[order].tolist(), strict=True)]
