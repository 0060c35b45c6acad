"""Q: quality of the text."""

from finetune_studio.lint.rule import Rule
from finetune_studio.lint.rules.content.breaks_off import BreaksOff
from finetune_studio.lint.rules.content.does_not_parse import DoesNotParse
from finetune_studio.lint.rules.content.empty_text import EmptyText
from finetune_studio.lint.rules.content.invisible_characters import InvisibleCharacters
from finetune_studio.lint.rules.content.look_alikes import LookAlikes
from finetune_studio.lint.rules.content.markup_left_over import MarkupLeftOver
from finetune_studio.lint.rules.content.mojibake import Mojibake
from finetune_studio.lint.rules.content.other_language import OtherLanguage
from finetune_studio.lint.rules.content.placeholder import Placeholder
from finetune_studio.lint.rules.content.refusal import Refusal
from finetune_studio.lint.rules.content.repeats_question import RepeatsQuestion
from finetune_studio.lint.rules.content.repetition_loop import RepetitionLoop
from finetune_studio.lint.rules.content.stray_white_space import StrayWhiteSpace
from finetune_studio.lint.rules.content.unclosed import Unclosed
from finetune_studio.lint.rules.content.upper_case import UpperCase

RULES: tuple[type[Rule], ...] = (
    EmptyText,
    Placeholder,
    Mojibake,
    Unclosed,
    StrayWhiteSpace,
    LookAlikes,
    RepetitionLoop,
    BreaksOff,
    RepeatsQuestion,
    OtherLanguage,
    Refusal,
    InvisibleCharacters,
    UpperCase,
    MarkupLeftOver,
    DoesNotParse,
)
