"""Whether the answers of a dataset are labels, and how many there are of each."""

from finetune_studio.lint.facts import DatasetFacts
from finetune_studio.lint.groups import most_common

_COVERED = 0.95
"""Share of the answers that the labels must make up."""
_REPEATED = 3
"""A label is given this often at least, on average."""


def labels_of(facts: DatasetFacts, most: int) -> dict[str, int]:
    """Counts by label, the commonest first; empty where answers are not from a small set of short texts."""
    columns = facts.columns
    answers = columns.answer_hash[columns.is_only_answer]
    total = int((columns.answer_hash != 0).sum())
    counts = most_common(answers)
    labels = {facts.answers[value]: n for value, n in counts if value in facts.answers}
    is_small = 0 < len(labels) <= most and total >= len(labels) * _REPEATED
    return labels if is_small and sum(labels.values()) >= total * _COVERED else {}
