"""Rules that compare examples with each other, and the options they share."""

from dataclasses import replace
from typing import Any

from finetune_studio.domain.diagnostic import Diagnostic, Fix
from finetune_studio.lint.context import RuleContext
from finetune_studio.lint.rule import DatasetRule, RuleOption

LOWEST = 0.5
"""The least similarity that can be asked for."""


class ComparingRule(DatasetRule):
    """A rule that reads `facts.sketches`, which are made where such a rule is selected."""

    def finding(
        self,
        context: RuleContext,
        text: str,
        *,
        message_index: int | None = None,
        fix: Fix | None = None,
        **arguments: Any,
    ) -> Diagnostic:
        """As every dataset rule's, in a message of the example and with a fix if there is one."""
        found = super().finding(context, text, **arguments)
        if message_index is None and fix is None:
            return found
        location = replace(found.location, message_index=message_index)
        return replace(found, location=location, fix=fix)


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
    ("The whole conversation", "Without the system prompt", "The user's messages only"),
)
