"""What a rule over the dataset would find with other options, from the facts that are there."""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from finetune_studio.domain.diagnostic import Diagnostic
from finetune_studio.lint.batch import check_dataset, runs
from finetune_studio.lint.config import LintConfig
from finetune_studio.lint.facts import DatasetFacts
from finetune_studio.lint.registry import rule_by_code
from finetune_studio.lint.rule import Scope


class OptionTrials:
    """Runs one rule over `facts` with options that nobody has set; the last answer is kept."""

    def __init__(self, facts: DatasetFacts) -> None:
        self.facts = facts
        self._last: tuple[LintConfig, list[Diagnostic]] | None = None

    def findings(self, config: LintConfig, code: str, options: Mapping[str, Any]) -> list[Diagnostic]:
        """What the rule says where `options` (key -> value) go before those of the configuration.

        Nothing of a rule that is off, and of one over single examples: it would need their texts.
        """
        rule = rule_by_code(code)
        if rule.scope is not Scope.DATASET or not runs(rule, config):
            return []
        chosen = {f"{code}.{key}": value for key, value in options.items()}
        alone = replace(config, select=(code,), ignore=(), options={**config.options, **chosen})
        last = self._last
        if last is None or last[0] != alone:
            last = self._last = (alone, check_dataset(self.facts, alone))
        return last[1]


def options_of(config: LintConfig, code: str) -> dict[str, Any]:
    """What is set of a rule's own options."""
    return {key: value for key, value in config.options.items() if key.partition(".")[0] == code}
