"""V: preference pairs."""

from finetune_studio.lint.rule import Rule
from finetune_studio.lint.rules.preference.empty_side import EmptySide
from finetune_studio.lint.rules.preference.equal_answers import EqualAnswers
from finetune_studio.lint.rules.preference.image_in_pair import ImageInPair
from finetune_studio.lint.rules.preference.input_ends_with_assistant import InputEndsWithAssistant
from finetune_studio.lint.rules.preference.mixed_kinds import MixedKinds
from finetune_studio.lint.rules.preference.nearly_equal_answers import NearlyEqualAnswers
from finetune_studio.lint.rules.preference.not_one_answer import NotOneAnswer
from finetune_studio.lint.rules.preference.preferred_longer import PreferredLonger

RULES: tuple[type[Rule], ...] = (
    EqualAnswers,
    NearlyEqualAnswers,
    InputEndsWithAssistant,
    NotOneAnswer,
    PreferredLonger,
    MixedKinds,
    ImageInPair,
    EmptySide,
)
