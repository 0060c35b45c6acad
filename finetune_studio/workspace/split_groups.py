"""Which examples belong together when a dataset is split: exact and near copies of each other."""

from typing import TYPE_CHECKING

from finetune_studio.lint.config import LintConfig
from finetune_studio.workspace.lint_jobs import jobs_of

if TYPE_CHECKING:
    from finetune_studio.lint.facts import DatasetFacts
    from finetune_studio.workspace.workspace import Workspace

_RULE = "S704"
"""The rule that finds copies across splits; its options say what a copy is."""
_WORKERS_FROM = 2_000
_LARGEST_SHARE = 0.05
_LARGEST_FEW = 10


def copies_of(workspace: "Workspace") -> dict[int, int]:
    """For each example that has copies the first of its group, by id.

    A group of near copies with more than 5 % of the dataset (and ten examples) says more of what they all
    have in common, such as a system prompt: only exact copies stay together in it.
    """
    from finetune_studio.lint.context import RuleContext
    from finetune_studio.lint.near_duplicates import Compared
    from finetune_studio.lint.near_groups import joined_rows
    from finetune_studio.lint.registry import rule_by_code

    facts = _facts(workspace)
    if facts.sketches is None or not len(facts):
        return {}
    rule, context = rule_by_code(_RULE)(), RuleContext(workspace.lint.config)
    compared = Compared(round(rule.option(context, "scope")))
    largest = max(_LARGEST_FEW, int(len(facts) * _LARGEST_SHARE))
    first = joined_rows(facts, compared, rule.option(context, "threshold"), largest)
    keys = facts.columns.key
    return dict(zip(keys.tolist(), keys[first].tolist(), strict=True))


def _facts(workspace: "Workspace") -> "DatasetFacts":
    """Those of the last check where they cover the dataset, else new ones."""
    from finetune_studio.lint.engine import LintEngine
    from finetune_studio.lint.facts import merge

    known = workspace.lint.facts
    count = workspace.store.count()
    if known is not None and known.sketches is not None and len(known) == count:
        return known
    in_workers = count >= _WORKERS_FROM
    with LintEngine(LintConfig(select=(_RULE,)), workers=2 if in_workers else 0) as engine:
        found = engine.run_jobs(jobs_of(workspace.store, in_workers=in_workers), in_workers=in_workers)
    return merge([batch for _, batch in found])
