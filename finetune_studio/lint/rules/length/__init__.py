"""L: length in tokens."""

from finetune_studio.lint.rule import Rule
from finetune_studio.lint.rules.length.file_too_large import FileTooLarge
from finetune_studio.lint.rules.length.long_system_prompt import LongSystemPrompt
from finetune_studio.lint.rules.length.message_outlier import MessageOutlier
from finetune_studio.lint.rules.length.over_token_limit import OverTokenLimit
from finetune_studio.lint.rules.length.short_answer import ShortAnswer
from finetune_studio.lint.rules.length.token_outlier import TokenOutlier

RULES: tuple[type[Rule], ...] = (
    OverTokenLimit,
    LongSystemPrompt,
    ShortAnswer,
    TokenOutlier,
    FileTooLarge,
    MessageOutlier,
)
