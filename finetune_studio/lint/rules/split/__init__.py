"""S: size and splits."""

from finetune_studio.lint.rule import Rule
from finetune_studio.lint.rules.split.fewer_than_advised import FewerThanAdvised
from finetune_studio.lint.rules.split.leakage import Leakage
from finetune_studio.lint.rules.split.missing_from_validation import MissingFromValidation
from finetune_studio.lint.rules.split.no_validation import NoValidation
from finetune_studio.lint.rules.split.not_approved import NotApproved
from finetune_studio.lint.rules.split.too_few import TooFew
from finetune_studio.lint.rules.split.too_many import TooMany
from finetune_studio.lint.rules.split.validation_size import ValidationSize

RULES: tuple[type[Rule], ...] = (
    TooFew,
    FewerThanAdvised,
    NoValidation,
    Leakage,
    MissingFromValidation,
    ValidationSize,
    NotApproved,
    TooMany,
)
