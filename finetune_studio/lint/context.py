"""What rules may ask for besides the example itself."""

from collections.abc import Mapping
from functools import cached_property

from finetune_studio.domain.diagnostic import Severity
from finetune_studio.lint.config import LintConfig
from finetune_studio.lint.limits import Limits, limits_of
from finetune_studio.lint.rule import ListOption, Rule, RuleOption


class RuleContext:
    """The configuration as rules read it; made once for a run."""

    def __init__(self, config: LintConfig, limits: Limits | None = None) -> None:
        self.config = config
        self.limits = limits_of(config) if limits is None else limits
        self._severity_of: dict[str, Severity] = {}
        self._known: dict[str, Severity] = {}
        self._texts: dict[tuple[str, str], tuple[str, ...]] = {}

    @cached_property
    def _severities(self) -> tuple[Mapping[str, Severity], ...]:
        return {k.upper(): v for k, v in self.config.severity.items()}, self.limits.severities

    def severity(self, rule: Rule) -> Severity:
        """The person's choice, else the target's, else the rule's own; a prefix stands for its codes."""
        known = self._severity_of.get(rule.code)
        if known is None:
            known = self._severity_of[rule.code] = self._found_severity(rule)
        return known

    def _found_severity(self, rule: Rule) -> Severity:
        code = rule.code
        for severities in self._severities:
            for length in range(len(code), 0, -1):
                found = severities.get(code[:length])
                if found is not None:
                    return found
        return rule.severity

    def option(self, code: str, option: RuleOption) -> float:
        value = self.config.options.get(f"{code}.{option.key}", option.default)
        if isinstance(value, bool) or not isinstance(value, (int, float)):
            return option.default
        return min(max(float(value), option.minimum), option.maximum)

    def texts_option(self, code: str, option: ListOption) -> tuple[str, ...]:
        """A list, or one text with an entry on each line; blank entries do not count."""
        known = self._texts.get((code, option.key))
        if known is None:
            known = self._texts[code, option.key] = self._texts_of(code, option)
        return known

    def _texts_of(self, code: str, option: ListOption) -> tuple[str, ...]:
        value = self.config.options.get(f"{code}.{option.key}", option.default)
        if isinstance(value, str):
            value = value.splitlines()
        if not isinstance(value, (list, tuple)) or not all(isinstance(text, str) for text in value):
            return option.default
        return tuple(text.strip() for text in value if text.strip())

    @property
    def mask_key(self) -> str:
        """What keeps masks from being computed by others: a secret of the dataset, "" where it has none."""
        value = self.config.options.get("masks.key", "")
        return value if isinstance(value, str) else ""
