"""Decisions about examples that are alike: their tags and their split."""

from collections.abc import Sequence
from typing import TYPE_CHECKING

from finetune_studio.domain.changes import Changes
from finetune_studio.domain.id_set import IdSet
from finetune_studio.domain.split import Split

if TYPE_CHECKING:
    from finetune_studio.workspace.workspace import Workspace


def merge_tags(workspace: "Workspace", ids: Sequence[int]) -> Changes:
    """Give each of the examples the tags of all of them, as one step."""
    own = {row.id: set(row.tags) for row in workspace.store.rows(ids)}
    union = sorted(set().union(*own.values()))
    missing = {tag: [key for key, tags in own.items() if tag not in tags] for tag in union}
    if not any(missing.values()):
        return Changes()
    with workspace.step("group.tags", {"count": len(own)}) as step:
        for tag, without in missing.items():
            if without:
                step.add_tag(IdSet.of(without), tag)
    return step.changes


def join_split(workspace: "Workspace", ids: Sequence[int], like: int) -> Changes:
    """Put examples into the split of one of them, where they stay (in none: into training)."""
    split = workspace.store.row(like).split or Split.TRAIN
    with workspace.step("split.set", {"split": split.value, "count": len(ids)}) as step:
        step.set_split(IdSet.of(ids), split, pinned=True)
    return step.changes
