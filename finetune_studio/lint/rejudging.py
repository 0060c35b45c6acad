"""What example rules find under another configuration, told from an earlier check where that is possible."""

from dataclasses import replace
from typing import Any

from finetune_studio.domain.diagnostic import Diagnostic, Severity
from finetune_studio.lint.batch import example_rules, needs_sketches, runs
from finetune_studio.lint.config import LintConfig
from finetune_studio.lint.context import RuleContext
from finetune_studio.lint.facts import ROLES, DatasetFacts
from finetune_studio.lint.limits import limits_of
from finetune_studio.lint.registry import all_rules, rule_by_code
from finetune_studio.targets.facts import DPO

_MADE_FOR = ("B407", "B410")
"""Dataset rules whose columns are only filled when they run."""


TARGET_RULES = frozenset({"F005", "F006", "F007", "F009", "F016", "F018", "L101", "R803", "T501", "V607"})
"""The example rules that ask what the target takes."""


def is_known(before: LintConfig, after: LintConfig, facts: DatasetFacts) -> bool:
    """Whether `facts` and findings under `before` tell what `after` finds but for some examples.

    So it is for another target, for rules that are switched off or graded otherwise, and for any option of
    rules over the dataset. Which examples these are `to_read_again` says; only another target has any.
    """
    one, other = limits_of(before), limits_of(after)
    if one.encoding != other.encoding or (one.method == DPO) is not (other.method == DPO):
        return False
    if needs_sketches(after) and facts.sketches is None:
        return False
    if any(runs(rule_by_code(c), after) and not runs(rule_by_code(c), before) for c in _MADE_FOR):
        return False
    had = {rule.code for rule in example_rules(before)}
    return all(rule.code in had for rule in example_rules(after)) and _asked(before) == _asked(after)


def to_read_again(
    found: "Findings", before: LintConfig, after: LintConfig, facts: DatasetFacts
) -> frozenset[int]:
    """Keys of the examples of which another target may say something else, or the same in other words."""
    if before.target == after.target:
        return frozenset()
    one, other = limits_of(before), limits_of(after)
    columns = facts.columns
    chosen = ~columns.plain
    for role in (one.roles ^ other.roles) | ((one.no_repeats ^ other.no_repeats) - {"user", "assistant"}):
        if role in ROLES:
            chosen |= columns.role_tokens[:, ROLES.index(role)] > 0
    limits = [limit for limit in (one.max_tokens, other.max_tokens) if limit is not None]
    if limits:
        chosen |= columns.longest > min(limits)
    told = {key for key, own in found.items() if any(d.code in TARGET_RULES for d in own)}
    return frozenset(columns.key[chosen].tolist()) | told


Findings = dict[int, tuple[Diagnostic, ...]]
"""By example."""


def rejudged(
    found: Findings, before: LintConfig, after: LintConfig, again: frozenset[int] = frozenset()
) -> Findings | None:
    """The findings of example rules under `after`; `found` itself where nothing changes.

    Those of the examples to read `again` are left out. None where findings of a rule that grades itself are
    graded otherwise.
    """
    if again:
        found = {key: own for key, own in found.items() if key not in again}
    old, new = RuleContext(before), RuleContext(after)
    kept = {rule.code for rule in example_rules(after)}
    gone: set[str] = set()
    grades: dict[str, Severity] = {}
    unsure: set[str] = set()
    for rule in example_rules(before):
        if rule.code not in kept:
            gone.add(rule.code)
        elif old.severity(rule) is not new.severity(rule):
            grades[rule.code] = new.severity(rule)
        is_named = rule.code in before.severity, rule.code in after.severity
        if rule.grades_itself and (rule.code in grades or is_named[0] is not is_named[1]):
            unsure.add(rule.code)
    if unsure and any(d.code in unsure for own in found.values() for d in own):
        return None
    if not gone and not grades:
        return found
    judged = {}
    for example, diagnostics in found.items():
        left = [d for d in diagnostics if d.code not in gone]
        if left:
            judged[example] = tuple(
                replace(d, severity=grades[d.code]) if d.code in grades else d for d in left
            )
    return judged


def _asked(config: LintConfig) -> dict[str, Any]:
    """The options that example rules read."""
    of_dataset = {rule.code for rule in all_rules()} - {rule.code for rule in example_rules(LintConfig())}
    return {key: value for key, value in config.options.items() if key.partition(".")[0] not in of_dataset}
