"""What example rules find under another configuration, told from an earlier check where that is possible."""

from dataclasses import replace
from typing import Any

from finetune_studio.domain.diagnostic import Diagnostic, Severity
from finetune_studio.lint.batch import example_rules, needs_sketches, runs
from finetune_studio.lint.config import LintConfig
from finetune_studio.lint.context import RuleContext
from finetune_studio.lint.facts import DatasetFacts
from finetune_studio.lint.registry import all_rules, rule_by_code

_MADE_FOR = ("B407", "B410")
"""Dataset rules whose columns are only filled when they run."""


def is_known(before: LintConfig, after: LintConfig, facts: DatasetFacts) -> bool:
    """Whether no example need be read again: `facts` and findings under `before` tell all of `after`.

    So it is when rules are switched off or graded otherwise, and for any option of rules over the dataset.
    """
    if (before.target, before.encoding) != (after.target, after.encoding):
        return False
    if needs_sketches(after) and facts.sketches is None:
        return False
    if any(runs(rule_by_code(c), after) and not runs(rule_by_code(c), before) for c in _MADE_FOR):
        return False
    had = {rule.code for rule in example_rules(before)}
    return all(rule.code in had for rule in example_rules(after)) and _asked(before) == _asked(after)


Findings = dict[int, tuple[Diagnostic, ...]]
"""By example."""


def rejudged(found: Findings, before: LintConfig, after: LintConfig) -> Findings | None:
    """The findings of example rules under `after`; `found` itself where nothing changes.

    None where findings of a rule that grades itself are graded otherwise.
    """
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
