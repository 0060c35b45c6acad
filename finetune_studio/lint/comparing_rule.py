"""Rules that compare examples with each other, and the options they share."""

from finetune_studio.lint.rule import DatasetRule, RuleOption

LOWEST = 0.5
"""The least similarity that can be asked for."""


class ComparingRule(DatasetRule):
    """A rule that reads `facts.sketches`, which are made where such a rule is selected."""


THRESHOLD = RuleOption(
    "threshold",
    0.8,
    "How similar",
    "Share of runs of three words that two examples have in common, of all that either has; 1 is all.",
    LOWEST,
    1.0,
)
SCOPE = RuleOption(
    "scope",
    0,
    "What is compared",
    "0: the whole conversation; 1: without the system prompt; 2: the user's messages only.",
    0,
    2,
)
