"""R: roles and their order."""

from finetune_studio.lint.rule import Rule
from finetune_studio.lint.rules.roles.begins_with_assistant import BeginsWithAssistant
from finetune_studio.lint.rules.roles.ends_without_answer import EndsWithoutAnswer
from finetune_studio.lint.rules.roles.missing_system_message import MissingSystemMessage
from finetune_studio.lint.rules.roles.no_user_message import NoUserMessage
from finetune_studio.lint.rules.roles.same_role_twice import SameRoleTwice
from finetune_studio.lint.rules.roles.several_system_messages import SeveralSystemMessages
from finetune_studio.lint.rules.roles.system_not_first import SystemNotFirst

RULES: tuple[type[Rule], ...] = (
    SystemNotFirst,
    SeveralSystemMessages,
    SameRoleTwice,
    EndsWithoutAnswer,
    NoUserMessage,
    MissingSystemMessage,
    BeginsWithAssistant,
)
