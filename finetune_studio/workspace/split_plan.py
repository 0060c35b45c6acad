"""Splits worked out before anything is changed: for the preview and for the operation alike."""

from collections.abc import Mapping, Set
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import numpy as np

from finetune_studio.domain.split import Split, checked_shares
from finetune_studio.lint.config import LintConfig
from finetune_studio.lint.facts import SPLITS, Array, DatasetFacts
from finetune_studio.lint.strata import Stratify, strata_of
from finetune_studio.workspace.lint_jobs import extras_of, jobs_of

if TYPE_CHECKING:
    from finetune_studio.workspace.workspace import Workspace

_WORKERS_FROM = 2_000
_ROWS = 4096


@dataclass(frozen=True, slots=True)
class SplitChoices:
    """What a person chooses. `shares` are fractions that sum to 1, in the order of assignment.

    `keep`: examples that are in a split already stay there; else only those that are pinned do.
    """

    shares: Mapping[Split, float]
    seed: int = 0
    stratify: Stratify = Stratify.NONE
    keep: bool = False


@dataclass(frozen=True, slots=True, eq=False)
class SplitPlan:
    """Columns of one length, a row for each example in order; splits are indexes in SPLITS, -1 for none.

    `leaks` counts groups of copies that would be in more than one split, by pins or because they are too
    large to stay together; `divided` counts the latter.
    """

    keys: Array
    before: Array
    after: Array
    pinned: Array
    tokens: Array
    strata: Array
    strata_names: tuple[str, ...]
    groups: int
    leaks: int
    divided: int = 0
    sizes: dict[Split, int] = field(default_factory=dict)

    @property
    def moved(self) -> int:
        """How many examples would change their split."""
        return int((self.before != self.after).sum())

    def ids_of(self, split: Split) -> list[int]:
        """The examples that are to be written into a split: those in it by hand are there already."""
        chosen = (self.after == SPLITS.index(split)) & ~self.pinned & (self.before != self.after)
        found: list[int] = self.keys[chosen].tolist()
        return found

    def counts(self) -> Array:
        """Examples by stratum and split, as (strata, splits)."""
        table = np.zeros((len(self.strata_names), len(SPLITS)), dtype=np.int64)
        np.add.at(table, (self.strata, self.after), 1)
        return table

    def tokens_of(self, split: Split) -> int:
        return int(self.tokens[self.after == SPLITS.index(split)].sum(dtype=np.int64))


def plan_splits(workspace: "Workspace", choices: SplitChoices) -> SplitPlan:
    """Work out the splits; reads the dataset and changes nothing. For a task: it may gather facts first.

    Raises UsageError unless the shares sum to 1.
    """
    from finetune_studio.lint.splitting import assign, copy_groups

    checked_shares(choices.shares)
    known = _identities(workspace)
    facts = _facts(workspace, known.keys())
    keys = facts.columns.key.tolist()
    facts = facts.with_extras(**extras_of(workspace.reader(), keys))
    names = [known[key][0] for key in keys]
    pinned = np.fromiter((known[key][1] for key in keys), dtype=bool, count=len(keys))
    before = np.full(len(facts), -1, dtype=np.int8) if facts.split is None else facts.split
    groups = copy_groups(facts, workspace.lint.config)
    strata = strata_of(facts, choices.stratify)
    fixed = np.where(pinned | choices.keep, before, -1)
    after = assign(groups.together, names, strata, choices.shares, choices.seed, fixed)
    after = np.where(pinned, before, after).astype(np.int8)
    return SplitPlan(
        keys=facts.columns.key,
        before=before,
        after=after,
        pinned=pinned,
        tokens=facts.columns.tokens,
        strata=np.zeros(len(facts), dtype=np.int64) if strata is None else strata.codes,
        strata_names=("",) if strata is None else strata.names,
        groups=len(np.unique(groups.together)),
        leaks=groups.leaks(after),
        divided=groups.divided(after),
        sizes={split: int((after == SPLITS.index(split)).sum()) for split in Split},
    )


def _identities(workspace: "Workspace") -> dict[int, tuple[str, bool]]:
    """Of each example its uid, and whether it is pinned to a split."""
    known: dict[int, tuple[str, bool]] = {}
    cursor = workspace.reader().execute(
        "SELECT id, hex(uid), split_pinned AND split IS NOT NULL FROM example WHERE deleted_step IS NULL"
    )
    while rows := cursor.fetchmany(_ROWS):
        known.update((example_id, (uid, bool(pinned))) for example_id, uid, pinned in rows)
    return known


def _facts(workspace: "Workspace", examples: Set[int]) -> DatasetFacts:
    """Those of the last check where they are of these examples, else new ones."""
    from finetune_studio.lint.engine import LintEngine
    from finetune_studio.lint.facts import merge
    from finetune_studio.lint.splitting import COPIES_RULE

    known = workspace.lint.facts
    if known is not None and known.sketches is not None and examples == set(known.columns.key.tolist()):
        return known
    in_workers = len(examples) >= _WORKERS_FROM
    with LintEngine(LintConfig(select=(COPIES_RULE,)), workers=2 if in_workers else 0) as engine:
        jobs = jobs_of(workspace.examples(), in_workers=in_workers)
        return merge(engine.run_jobs(jobs, in_workers=in_workers))
