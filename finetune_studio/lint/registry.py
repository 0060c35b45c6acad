"""Which rules there are. The package of a family lists its own, and is imported when first asked for."""

from functools import cache
from importlib import import_module

from finetune_studio.lint.config import LintConfig
from finetune_studio.lint.rule import Rule, Scope

FAMILIES = {
    "F": "structure",
    "R": "roles",
    "T": "tools",
    "L": "length",
    "Q": "content",
    "D": "duplicates",
    "B": "balance",
    "P": "privacy",
    "V": "preference",
    "S": "split",
}
"""By the letter that their codes begin with, in the order in which people read them."""


@cache
def _family(letter: str) -> tuple[type[Rule], ...]:
    rules: tuple[type[Rule], ...] = import_module(f"finetune_studio.lint.rules.{FAMILIES[letter]}").RULES
    return rules


@cache
def all_rules() -> tuple[type[Rule], ...]:
    """All rules in the order of their codes."""
    return tuple(rule for letter in FAMILIES for rule in _family(letter))


def rules_of(config: LintConfig) -> tuple[type[Rule], ...]:
    """Those of the families of which the configuration may select some."""
    letters = {code[:1].upper() for code in config.select}
    if not letters or "" in letters:
        return all_rules()
    return tuple(rule for letter in FAMILIES if letter in letters for rule in _family(letter))


def rule_by_code(code: str) -> type[Rule]:
    """Raises KeyError for an unknown code."""
    code = code.upper()
    return {rule.code: rule for rule in _family(code[:1])}[code]


@cache
def is_over_dataset(code: str) -> bool:
    """Whether a rule looks at the dataset as a whole; false for codes that are not known."""
    try:
        return rule_by_code(code).scope is Scope.DATASET
    except KeyError:
        return False


def rules_with(prefix: str) -> tuple[type[Rule], ...]:
    """Those whose code begins so; of one family, as each code does."""
    family = _family(prefix[:1]) if prefix[:1] in FAMILIES else ()
    return tuple(rule for rule in family if rule.code.startswith(prefix))
