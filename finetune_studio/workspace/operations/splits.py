"""Which examples train, which validate, which test."""

from collections.abc import Iterator
from typing import TYPE_CHECKING

from finetune_studio.domain.changes import Changes
from finetune_studio.domain.errors import UsageError
from finetune_studio.domain.id_set import IdSet
from finetune_studio.domain.split import Split, split_of
from finetune_studio.workspace.split_groups import copies_of

if TYPE_CHECKING:
    from finetune_studio.workspace.workspace import Workspace

SHARES = "split.shares"
"""Dataset option: split -> fraction, in the order of assignment."""
SEED = "split.seed"

_CHUNK = 5000


def set_split(workspace: "Workspace", ids: IdSet, split: Split | None, pinned: bool = True) -> Changes:
    """Put examples into a split by hand, where they stay, or (None) into none."""
    if not ids:
        return Changes()
    arguments = {"split": split.value if split else None, "count": len(ids)}
    with workspace.step("split.set", arguments) as step:
        step.set_split(ids, split, pinned=pinned and split is not None)
    return step.changes


def assign_splits(workspace: "Workspace", shares: dict[Split, float], seed: int = 0) -> Changes:
    """Assign every example that is not pinned; exact and near copies go together, later examples follow.

    Copies of a pinned example go where that is. `shares` are fractions that sum to 1; raises UsageError
    otherwise.
    """
    if any(share < 0 for share in shares.values()) or abs(sum(shares.values()) - 1) > 1e-6:
        raise UsageError("The shares of the splits need to add up to 100 %.")
    wanted: dict[Split, list[int]] = {split: [] for split in shares}
    first_of = copies_of(workspace)
    sides: dict[int, Split] = {}
    for example_id, _, split in _rows(workspace, pinned=True):
        if split in wanted:
            sides.setdefault(first_of.get(example_id, example_id), split)
    for example_id, uid, _ in _rows(workspace, pinned=False):
        group = first_of.get(example_id, example_id)
        wanted[sides.setdefault(group, split_of(uid, seed, shares))].append(example_id)
    with workspace.step("split.assign", {"seed": seed}) as step:
        step.set_option(SHARES, {split.value: share for split, share in shares.items()})
        step.set_option(SEED, seed)
        for split, ids in wanted.items():
            step.set_split(IdSet.of(ids), split)
    return step.changes


def split_for_new_example(workspace: "Workspace", uid: str) -> Split | None:
    """Where a new example goes under the shares the dataset was given; None when it was given none."""
    options = workspace.options()
    shares = options.get(SHARES)
    if not isinstance(shares, dict) or not shares:
        return None
    return split_of(uid, int(options.get(SEED) or 0), {Split(name): share for name, share in shares.items()})


def _rows(workspace: "Workspace", *, pinned: bool) -> Iterator[tuple[int, str, Split | None]]:
    """Id, uid and split of the examples that are pinned, or of those that are not."""
    for ids in workspace.store.ids(f"split_pinned = {int(pinned)}"):
        chunk = list(ids)
        for start in range(0, len(chunk), _CHUNK):
            for row in workspace.store.rows(chunk[start : start + _CHUNK]):
                yield row.id, row.uid, row.split
