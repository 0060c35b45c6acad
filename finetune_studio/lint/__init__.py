"""What is wrong with a dataset: the rules and what runs them.

One file: `report = check_file("data.jsonl", LintConfig(target=resolve_target("openai:gpt-4.1-mini")))`, then
`report.diagnostics`, `report.line_of(diagnostic)`, `report.tokens`. Many files: a LintEngine, which keeps its
worker processes.

More than one machine: the checks are three pure functions, for an engine that runs batches elsewhere.

    batch = facts_of_batch(lines, config, keys=numbers)     # anywhere; a batch can be pickled
    facts = merge(batches)                                  # where all come together, in the order given
    found = [*facts.diagnostics, *check_dataset(facts, config)]

How the lines are cut into batches changes nothing in what is found (D204 alone compares only the system
prompts that are frequent within some batch). Every batch must be made with the configuration of the others.

The names below are loaded when first used, so that importing the package costs no numpy.
"""

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from finetune_studio.lint.batch import check_dataset, check_example, facts_of_batch
    from finetune_studio.lint.config import LintConfig
    from finetune_studio.lint.engine import LintEngine, check_file
    from finetune_studio.lint.facts import BatchFacts, Columns, DatasetFacts, merge
    from finetune_studio.lint.fixer import FixOutcome, apply_fixes, fix_body
    from finetune_studio.lint.help_pages import help_page
    from finetune_studio.lint.registry import all_rules, rule_by_code
    from finetune_studio.lint.report import FileReport, LintResult
    from finetune_studio.lint.rule import Rule
    from finetune_studio.lint.statistics import Histogram, histogram
    from finetune_studio.lint.suppression import Suppression, SuppressionResult, apply_suppressions

__all__ = [
    "BatchFacts",
    "Columns",
    "DatasetFacts",
    "FileReport",
    "FixOutcome",
    "Histogram",
    "LintConfig",
    "LintEngine",
    "LintResult",
    "Rule",
    "Suppression",
    "SuppressionResult",
    "all_rules",
    "apply_fixes",
    "apply_suppressions",
    "check_dataset",
    "check_example",
    "check_file",
    "facts_of_batch",
    "fix_body",
    "help_page",
    "histogram",
    "merge",
    "rule_by_code",
]

_HOMES = {
    "batch": ("check_dataset", "check_example", "facts_of_batch"),
    "config": ("LintConfig",),
    "engine": ("LintEngine", "check_file"),
    "facts": ("BatchFacts", "Columns", "DatasetFacts", "merge"),
    "fixer": ("FixOutcome", "apply_fixes", "fix_body"),
    "help_pages": ("help_page",),
    "registry": ("all_rules", "rule_by_code"),
    "report": ("FileReport", "LintResult"),
    "rule": ("Rule",),
    "statistics": ("Histogram", "histogram"),
    "suppression": ("Suppression", "SuppressionResult", "apply_suppressions"),
}


def __getattr__(name: str) -> Any:
    for module, names in _HOMES.items():
        if name in names:
            return getattr(import_module(f"finetune_studio.lint.{module}"), name)
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
