"""D: duplicates and contradictions."""

from finetune_studio.lint.rule import Rule
from finetune_studio.lint.rules.duplicates.contradiction import Contradiction
from finetune_studio.lint.rules.duplicates.exact_duplicate import ExactDuplicate
from finetune_studio.lint.rules.duplicates.near_duplicate import NearDuplicate
from finetune_studio.lint.rules.duplicates.near_system_prompts import NearSystemPrompts
from finetune_studio.lint.rules.duplicates.repeated_answer import RepeatedAnswer
from finetune_studio.lint.rules.duplicates.repeated_message import RepeatedMessage

RULES: tuple[type[Rule], ...] = (
    ExactDuplicate,
    NearDuplicate,
    Contradiction,
    NearSystemPrompts,
    RepeatedAnswer,
    RepeatedMessage,
)
