"""T: tools and calls."""

from finetune_studio.lint.rule import Rule
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

RULES: tuple[type[Rule], ...] = (
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
)
