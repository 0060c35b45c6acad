"""B: balance of the dataset."""

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

RULES: tuple[type[Rule], ...] = (
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
)
