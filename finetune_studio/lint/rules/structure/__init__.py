"""F: would the server take it?"""

from finetune_studio.lint.rule import Rule
from finetune_studio.lint.rules.structure.bad_content import BadContent
from finetune_studio.lint.rules.structure.bad_image import BadImage
from finetune_studio.lint.rules.structure.bad_message import BadMessage
from finetune_studio.lint.rules.structure.bad_name import BadName
from finetune_studio.lint.rules.structure.bad_number import BadNumber
from finetune_studio.lint.rules.structure.bad_role import BadRole
from finetune_studio.lint.rules.structure.bad_text import BadText
from finetune_studio.lint.rules.structure.bad_weight import BadWeight
from finetune_studio.lint.rules.structure.deprecated_functions import DeprecatedFunctions
from finetune_studio.lint.rules.structure.double_key import DoubleKey
from finetune_studio.lint.rules.structure.extra_top_key import ExtraTopKey
from finetune_studio.lint.rules.structure.no_messages import NoMessages
from finetune_studio.lint.rules.structure.not_an_object import NotAnObject
from finetune_studio.lint.rules.structure.not_json import NotJson
from finetune_studio.lint.rules.structure.nothing_to_train_on import NothingToTrainOn
from finetune_studio.lint.rules.structure.special_token import SpecialToken
from finetune_studio.lint.rules.structure.unknown_message_key import UnknownMessageKey
from finetune_studio.lint.rules.structure.wrong_method import WrongMethod

RULES: tuple[type[Rule], ...] = (
    NotJson,
    NotAnObject,
    NoMessages,
    BadMessage,
    UnknownMessageKey,
    ExtraTopKey,
    BadRole,
    BadContent,
    BadWeight,
    NothingToTrainOn,
    BadName,
    DoubleKey,
    BadNumber,
    BadText,
    SpecialToken,
    BadImage,
    DeprecatedFunctions,
    WrongMethod,
)
