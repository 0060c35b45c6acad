"""The list of all rules, by hand: what is not here does not run."""

from finetune_studio.lint.rule import Rule
from finetune_studio.lint.rules.balance.all_answers_equal import AllAnswersEqual
from finetune_studio.lint.rules.balance.bias_matrix import BiasMatrix
from finetune_studio.lint.rules.balance.dominant_prompt import DominantPrompt
from finetune_studio.lint.rules.balance.label_imbalance import LabelImbalance
from finetune_studio.lint.rules.balance.language_imbalance import LanguageImbalance
from finetune_studio.lint.rules.balance.lopsided_answers import LopsidedAnswers
from finetune_studio.lint.rules.balance.ordered import Ordered
from finetune_studio.lint.rules.balance.rare_tag import RareTag
from finetune_studio.lint.rules.balance.refusal_share import RefusalShare
from finetune_studio.lint.rules.balance.same_openings import SameOpenings
from finetune_studio.lint.rules.balance.same_turns import SameTurns
from finetune_studio.lint.rules.balance.shared_ends import SharedEnds
from finetune_studio.lint.rules.balance.tool_share import ToolShare
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
from finetune_studio.lint.rules.duplicates.contradiction import Contradiction
from finetune_studio.lint.rules.duplicates.exact_duplicate import ExactDuplicate
from finetune_studio.lint.rules.duplicates.near_duplicate import NearDuplicate
from finetune_studio.lint.rules.duplicates.near_system_prompts import NearSystemPrompts
from finetune_studio.lint.rules.duplicates.repeated_answer import RepeatedAnswer
from finetune_studio.lint.rules.duplicates.repeated_message import RepeatedMessage
from finetune_studio.lint.rules.length.file_too_large import FileTooLarge
from finetune_studio.lint.rules.length.long_system_prompt import LongSystemPrompt
from finetune_studio.lint.rules.length.message_outlier import MessageOutlier
from finetune_studio.lint.rules.length.over_token_limit import OverTokenLimit
from finetune_studio.lint.rules.length.short_answer import ShortAnswer
from finetune_studio.lint.rules.length.token_outlier import TokenOutlier
from finetune_studio.lint.rules.preference.empty_side import EmptySide
from finetune_studio.lint.rules.preference.equal_answers import EqualAnswers
from finetune_studio.lint.rules.preference.image_in_pair import ImageInPair
from finetune_studio.lint.rules.preference.input_ends_with_assistant import InputEndsWithAssistant
from finetune_studio.lint.rules.preference.mixed_kinds import MixedKinds
from finetune_studio.lint.rules.preference.nearly_equal_answers import NearlyEqualAnswers
from finetune_studio.lint.rules.preference.not_one_answer import NotOneAnswer
from finetune_studio.lint.rules.preference.preferred_longer import PreferredLonger
from finetune_studio.lint.rules.privacy.bank_account import BankAccount
from finetune_studio.lint.rules.privacy.email_address import EmailAddress
from finetune_studio.lint.rules.privacy.national_id import NationalIdNumber
from finetune_studio.lint.rules.privacy.network_address import NetworkAddress
from finetune_studio.lint.rules.privacy.own_terms import OwnTerms
from finetune_studio.lint.rules.privacy.payment_card import PaymentCard
from finetune_studio.lint.rules.privacy.phone_number import PhoneNumber
from finetune_studio.lint.rules.privacy.secret import Secret
from finetune_studio.lint.rules.privacy.url_with_secret import UrlWithSecret
from finetune_studio.lint.rules.roles.begins_with_assistant import BeginsWithAssistant
from finetune_studio.lint.rules.roles.ends_without_answer import EndsWithoutAnswer
from finetune_studio.lint.rules.roles.missing_system_message import MissingSystemMessage
from finetune_studio.lint.rules.roles.no_user_message import NoUserMessage
from finetune_studio.lint.rules.roles.same_role_twice import SameRoleTwice
from finetune_studio.lint.rules.roles.several_system_messages import SeveralSystemMessages
from finetune_studio.lint.rules.roles.system_not_first import SystemNotFirst
from finetune_studio.lint.rules.split.fewer_than_advised import FewerThanAdvised
from finetune_studio.lint.rules.split.leakage import Leakage
from finetune_studio.lint.rules.split.missing_from_validation import MissingFromValidation
from finetune_studio.lint.rules.split.no_validation import NoValidation
from finetune_studio.lint.rules.split.not_approved import NotApproved
from finetune_studio.lint.rules.split.too_few import TooFew
from finetune_studio.lint.rules.split.too_many import TooMany
from finetune_studio.lint.rules.split.validation_size import ValidationSize
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
from finetune_studio.lint.rules.tools.answer_without_call import AnswerWithoutCall
from finetune_studio.lint.rules.tools.bad_arguments import BadArguments
from finetune_studio.lint.rules.tools.bad_call_id import BadCallId
from finetune_studio.lint.rules.tools.bad_definition import BadDefinition
from finetune_studio.lint.rules.tools.different_definitions import DifferentDefinitions
from finetune_studio.lint.rules.tools.misfit_arguments import MisfitArguments
from finetune_studio.lint.rules.tools.never_called import NeverCalled
from finetune_studio.lint.rules.tools.parallel_calls import ParallelCalls
from finetune_studio.lint.rules.tools.unanswered_call import UnansweredCall
from finetune_studio.lint.rules.tools.undefined_tool import UndefinedTool

_RULES: tuple[type[Rule], ...] = (
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
    SystemNotFirst,
    SeveralSystemMessages,
    SameRoleTwice,
    EndsWithoutAnswer,
    NoUserMessage,
    MissingSystemMessage,
    BeginsWithAssistant,
    BadArguments,
    MisfitArguments,
    BadCallId,
    AnswerWithoutCall,
    UnansweredCall,
    UndefinedTool,
    BadDefinition,
    NeverCalled,
    DifferentDefinitions,
    ParallelCalls,
    OverTokenLimit,
    LongSystemPrompt,
    ShortAnswer,
    TokenOutlier,
    FileTooLarge,
    MessageOutlier,
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
    ExactDuplicate,
    NearDuplicate,
    Contradiction,
    NearSystemPrompts,
    RepeatedAnswer,
    RepeatedMessage,
    LabelImbalance,
    LopsidedAnswers,
    SameTurns,
    RareTag,
    SameOpenings,
    DominantPrompt,
    LanguageImbalance,
    RefusalShare,
    BiasMatrix,
    ToolShare,
    AllAnswersEqual,
    SharedEnds,
    Ordered,
    Secret,
    EmailAddress,
    PhoneNumber,
    PaymentCard,
    BankAccount,
    NationalIdNumber,
    NetworkAddress,
    UrlWithSecret,
    OwnTerms,
    EqualAnswers,
    NearlyEqualAnswers,
    InputEndsWithAssistant,
    NotOneAnswer,
    PreferredLonger,
    MixedKinds,
    ImageInPair,
    EmptySide,
    TooFew,
    FewerThanAdvised,
    NoValidation,
    Leakage,
    MissingFromValidation,
    ValidationSize,
    NotApproved,
    TooMany,
)


def all_rules() -> tuple[type[Rule], ...]:
    """All rules in the order of their codes."""
    return _RULES


def rule_by_code(code: str) -> type[Rule]:
    """Raises KeyError for an unknown code."""
    return {rule.code: rule for rule in _RULES}[code.upper()]
