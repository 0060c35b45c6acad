"""What a plan of splits says to a person: a table, and a few sentences."""

import numpy as np

from finetune_studio.domain.split import Split
from finetune_studio.lint.facts import SPLITS, Array
from finetune_studio.lint.strata import Stratify
from finetune_studio.workspace.readiness import counted
from finetune_studio.workspace.split_plan import SplitChoices, SplitPlan

MOST_STRATA = 100
_NO_NAME = {Stratify.TAG: "no tag", Stratify.LABEL: "another answer"}

Table = tuple[list[str], list[list[str]]]


def table_of(choices: SplitChoices, plan: SplitPlan) -> Table:
    """All examples first, how many of them are there by hand, then each stratum, the largest first.

    There is a column for each split that has any.
    """
    counts = plan.counts()
    shown = [s for s in Split if s in choices.shares or counts[:, SPLITS.index(s)].any()]
    columns = [SPLITS.index(split) for split in shown]
    rows = [_row("All examples", counts.sum(axis=0), columns)]
    if plan.pinned.any():
        by_hand = np.bincount(plan.after[plan.pinned], minlength=len(SPLITS))
        rows.append(["of them by hand", *(f"{int(by_hand[column]):,}" for column in columns)])
    if len(plan.strata_names) > 1:
        for code in np.argsort(-counts.sum(axis=1), kind="stable")[:MOST_STRATA].tolist():
            name = plan.strata_names[code] or _NO_NAME.get(choices.stratify, "")
            rows.append(_row(name, counts[code], columns))
    return ["", *(split.value.capitalize() for split in shown)], rows


def _row(name: str, counts: Array, columns: list[int]) -> list[str]:
    total = int(counts.sum())
    shares = [f"{100 * int(counts[c]) / total:.1f} %" if total else "" for c in columns]
    return [name, *(f"{int(counts[c]):,}  ·  {share}" for c, share in zip(columns, shares, strict=True))]


def together_words(plan: SplitPlan) -> str:
    """How much is kept together, and how much stays by hand."""
    copies = len(plan.keys) - plan.groups
    text = (
        f"{counted(copies, 'copy', 'copies')} kept with {'its' if copies == 1 else 'their'} original."
        if copies
        else "There are no copies."
    )
    pinned = int(plan.pinned.sum())
    if not pinned:
        return text
    comes = "comes" if pinned == 1 else "come"
    return f"{text} {counted(pinned, 'example')} put into a split by hand {comes} on top of the shares."


def leak_words(plan: SplitPlan) -> str:
    """The proof: copies across splits, counted."""
    if not plan.leaks:
        return "No copy is in another split than its original."
    groups = counted(plan.leaks, "group")
    why = {0: "put there by hand", plan.leaks: "too large to stay together"}.get(
        plan.divided, f"{plan.divided:,} of them too large to stay together, the rest by hand"
    )
    return f"{groups} of copies in more than one split, {why}. See S704 on page Check."


def moved_words(plan: SplitPlan) -> str:
    return f"Moves {counted(plan.moved, 'example')}" if plan.moved else "Nothing moves"
