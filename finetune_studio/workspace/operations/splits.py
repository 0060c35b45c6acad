"""Which examples train, which validate, which test."""

from collections.abc import Mapping
from typing import TYPE_CHECKING

from finetune_studio.domain.changes import Changes
from finetune_studio.domain.id_set import IdSet
from finetune_studio.domain.split import Split, split_of
from finetune_studio.lint.strata import Stratify
from finetune_studio.workspace.operations.parts import in_parts
from finetune_studio.workspace.split_plan import SplitChoices, SplitPlan, plan_splits
from finetune_studio.workspace.task import TaskContext

if TYPE_CHECKING:
    from finetune_studio.workspace.workspace import Workspace

SHARES = "split.shares"
"""Dataset option: split -> fraction, in the order of assignment."""
SEED = "split.seed"
STRATIFY = "split.stratify"


def set_split(
    workspace: "Workspace",
    ids: IdSet,
    split: Split | None,
    pinned: bool = True,
    context: TaskContext | None = None,
) -> Changes:
    """Put examples into a split by hand, where they stay, or (None) into none."""
    if not ids:
        return Changes()
    arguments = {"split": split.value if split else None, "count": len(ids)}
    with workspace.step("split.set", arguments) as step:
        for part in in_parts(ids, context):
            step.set_split(part, split, pinned=pinned and split is not None)
    return step.changes


def assign_splits(
    workspace: "Workspace",
    shares: Mapping[Split, float],
    seed: int = 0,
    stratify: Stratify = Stratify.NONE,
    *,
    keep: bool = False,
) -> Changes:
    """Assign every example that is not pinned; exact and near copies go together, later examples follow.

    Copies of a pinned example go where that is. `shares` are fractions that sum to 1; raises UsageError
    otherwise. See SplitChoices for the rest.
    """
    choices = SplitChoices(shares, seed, stratify, keep)
    return apply_split_plan(workspace, choices, plan_splits(workspace, choices))


def apply_split_plan(workspace: "Workspace", choices: SplitChoices, plan: SplitPlan) -> Changes:
    """Write what was worked out, and the choices for examples that come later."""
    with workspace.step("split.assign", {"seed": choices.seed}) as step:
        step.set_option(SHARES, {split.value: share for split, share in choices.shares.items()})
        step.set_option(SEED, choices.seed)
        step.set_option(STRATIFY, choices.stratify.value)
        for split in Split:
            if ids := plan.ids_of(split):
                step.set_split(IdSet.of(ids), split)
    return step.changes


def split_for_new_example(workspace: "Workspace", uid: str) -> Split | None:
    """Where a new example goes under the shares the dataset was given; None when it was given none."""
    options = workspace.options()
    shares = options.get(SHARES)
    if not isinstance(shares, dict) or not shares:
        return None
    return split_of(uid, int(options.get(SEED) or 0), {Split(name): share for name, share in shares.items()})
