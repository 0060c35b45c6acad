"""Which examples train, which validate, which test."""

import hashlib
from collections.abc import Iterator
from typing import TYPE_CHECKING

from finetune_studio.domain.changes import Changes
from finetune_studio.domain.errors import UsageError
from finetune_studio.domain.id_set import IdSet
from finetune_studio.domain.split import Split, split_of

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
    """Assign every example that is not pinned; exact copies go together, later examples follow the shares.

    `shares` are fractions that sum to 1; raises UsageError otherwise.
    """
    if any(share < 0 for share in shares.values()) or abs(sum(shares.values()) - 1) > 1e-6:
        raise UsageError("The shares of the splits need to add up to 100 %.")
    wanted: dict[Split, list[int]] = {split: [] for split in shares}
    groups: dict[bytes, str] = {}
    for example_id, uid, body in _unpinned(workspace):
        group = groups.setdefault(hashlib.sha256(body.rstrip(b"\r\n")).digest(), uid)
        wanted[split_of(group, seed, shares)].append(example_id)
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


def _unpinned(workspace: "Workspace") -> Iterator[tuple[int, str, bytes]]:
    for ids in workspace.store.ids("split_pinned = 0"):
        chunk = list(ids)
        for start in range(0, len(chunk), _CHUNK):
            for row in workspace.store.rows(chunk[start : start + _CHUNK]):
                yield row.id, row.uid, row.body
