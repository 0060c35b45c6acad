"""How alike one example is to others, as the rules that compare examples measure it."""

from collections.abc import Sequence
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from finetune_studio.workspace.workspace import Workspace

_NEARLY = 0.99
"""What is shown at most of conversations that are not the same."""


def likeness(workspace: "Workspace", code: str, example_id: int, others: Sequence[int]) -> dict[int, float]:
    """The similarity, 0 to 1, of some examples to one, in what the rule compares; for the pool.

    1 is for the same conversation alone. What was not checked yet, or cannot be compared, is left out.
    """
    facts = workspace.lint.facts
    if facts is None:
        return {}
    import numpy as np

    from finetune_studio.lint.comparing_rule import SCOPE
    from finetune_studio.lint.context import RuleContext
    from finetune_studio.lint.facts import rows_of
    from finetune_studio.lint.near_duplicates import Compared

    rows = rows_of(facts.columns.key, np.array([example_id, *others], dtype=np.int64))
    if rows[0] < 0:
        return {}
    known = np.flatnonzero(rows[1:] >= 0)
    wanted = rows[1:][known]
    hashes = facts.columns.conversation_hash
    same = (hashes[wanted] == hashes[rows[0]]) & (hashes[rows[0]] != 0)
    found = np.where(same, 1.0, np.nan)
    if facts.sketches is not None and not same.all():
        scope = Compared(round(RuleContext(workspace.lint.config).option(code, SCOPE)))
        pairs = np.sort(np.stack([np.full(len(wanted), rows[0]), wanted], axis=1), axis=1)
        found[~same] = facts.sketches.similarities(pairs[~same], scope).clip(0, _NEARLY)
    ids = np.asarray(others, dtype=np.int64)[known]
    return {each: value for each, value in zip(ids.tolist(), found.tolist(), strict=True) if value == value}
