"""Facts of a batch: the pure function that worker processes run, and the dataset rules over merged facts."""

from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import Executor
from contextvars import copy_context
from functools import lru_cache, partial

from finetune_studio.domain.diagnostic import Diagnostic, Location, Severity
from finetune_studio.domain.errors import CancelledError
from finetune_studio.lint.columns import build_columns
from finetune_studio.lint.comparing_rule import ComparingRule
from finetune_studio.lint.config import LintConfig
from finetune_studio.lint.context import RuleContext
from finetune_studio.lint.facts import BatchFacts, DatasetFacts, merge
from finetune_studio.lint.findings import gathered
from finetune_studio.lint.reading import read_line
from finetune_studio.lint.registry import rule_by_code, rules_of
from finetune_studio.lint.rule import DatasetRule, ExampleRule, Rule, Status
from finetune_studio.lint.scan import Batch
from finetune_studio.lint.sketches import sketch_batch
from finetune_studio.lint.view import ExampleView
from finetune_studio.tokens.counting import TokenCounter

__all__ = ["CRASHED", "check_dataset", "check_example", "facts_of_batch", "merge"]

CRASHED = "X901"
"""Code of the diagnostic that says that a rule failed; it names the rule."""


def facts_of_batch(
    lines: Sequence[bytes],
    config: LintConfig,
    first_index: int = 0,
    keys: Sequence[int] | None = None,
) -> BatchFacts:
    """Check lines and measure them: what example rules find, and a row of numbers and hashes for each line.

    Pure, and quick for thousands of lines at once (6 MB or so suit the processor's cache). A line is one
    example's JSON, with or without its line end. `keys` name the examples in findings and columns; without
    them they are counted from `first_index`. Nothing in a line makes it raise: a line that cannot be read has
    a finding and `columns.readable` false.
    """
    names = range(first_index, first_index + len(lines)) if keys is None else keys
    context = RuleContext(config)
    rules = example_rules(config)
    batch = Batch(lines, names, context, frozenset(literal for rule in rules for literal in rule.triggers))
    counter = counter_for(context.limits.encoding)
    batch.count_example = counter.count_example
    measured = build_columns(
        batch,
        counter,
        with_terms=config.selects("B410") and runs(rule_by_code("B410"), config),
        with_languages=config.selects("B407") and runs(rule_by_code("B407"), config),
    )
    batch.columns = measured.columns
    diagnostics: list[Diagnostic] = []
    for rule in rules:
        diagnostics.extend(_run(rule, batch))
    positions = {key: position for position, key in enumerate(names)}
    diagnostics.sort(key=lambda d: (positions.get(_example_of(d), -1), d.location.message_index or 0))
    facts = BatchFacts(
        measured.columns,
        diagnostics,
        measured.answers,
        measured.openings,
        measured.texts,
        measured.tools,
        sketch_batch(batch) if needs_sketches(config) else None,
    )
    batch.let_go()
    return facts


def check_dataset(facts: DatasetFacts, config: LintConfig) -> list[Diagnostic]:
    """What the rules over the whole dataset find, from facts that were made with the same configuration.

    Reads no example; where splits, statuses, tags and sources are known, DatasetFacts.with_extras adds them.
    """
    return [diagnostic for found in found_in_dataset(facts, config) for diagnostic in found]


def found_in_dataset(
    facts: DatasetFacts, config: LintConfig, aside: Executor | None = None
) -> list[Sequence[Diagnostic]]:
    """The same by rule, very many packed. `aside` runs the rules that take long beside the others."""
    context = RuleContext(config)
    rules = dataset_rules(config)
    waiting = {
        rule: aside.submit(copy_context().run, _checked, rule, facts, context)
        for rule in rules
        if aside is not None and rule.takes_long
    }
    found = {rule: _checked(rule, facts, context) for rule in rules if rule not in waiting}
    found |= {rule: future.result() for rule, future in waiting.items()}
    return [found[rule] for rule in rules]


def _checked(rule: DatasetRule, facts: DatasetFacts, context: RuleContext) -> Sequence[Diagnostic]:
    try:
        return gathered(rule.check(facts, context))
    except CancelledError:
        raise
    except Exception as error:
        return [_crash(rule, error, None)]


def check_example(body: bytes, config: LintConfig, key: int = 0) -> list[Diagnostic]:
    """Run all example rules on one body: for the example that is being edited."""
    context = RuleContext(config)
    value, problem = read_line(body)
    view = ExampleView(key, body, value, problem, count=counter_for(context.limits.encoding).count_example)
    found: list[Diagnostic] = []
    for rule in example_rules(config):
        found.extend(_guarded(rule, key, partial(rule.check, view, context)))
    found.sort(key=lambda d: d.location.message_index or 0)
    return found


def _run(rule: ExampleRule, batch: Batch) -> Iterator[Diagnostic]:
    try:
        looks = list(rule.looks(batch))
    except Exception as error:
        yield _crash(rule, error, None)
        return
    for position, look in looks:
        yield from _guarded(rule, batch.keys[position], look)


def _guarded(rule: ExampleRule, key: int, check: Callable[[], Iterator[Diagnostic]]) -> list[Diagnostic]:
    """A rule that crashes becomes a finding that names it; the other rules go on."""
    try:
        return list(check())
    except Exception as error:
        return [_crash(rule, error, key)]


def _crash(rule: Rule, error: Exception, key: int | None) -> Diagnostic:
    arguments = {"rule": rule.code, "error": f"{type(error).__name__}: {error}"}
    text = "The check {rule} failed here ({error}). The other checks went on; please report this."
    return Diagnostic(CRASHED, Severity.WARNING, text.format(**arguments), Location(key), arguments=arguments)


def _example_of(diagnostic: Diagnostic) -> int:
    return -1 if diagnostic.location.example is None else diagnostic.location.example


def runs(rule: type[Rule], config: LintConfig) -> bool:
    """Whether a rule is on: selected, and where it is in preview, named by its whole code."""
    return config.selects(rule.code) and (rule.status is not Status.PREVIEW or config.names(rule.code))


def example_rules(config: LintConfig) -> list[ExampleRule]:
    return [r() for r in rules_of(config) if issubclass(r, ExampleRule) and runs(r, config)]


def dataset_rules(config: LintConfig) -> list[DatasetRule]:
    return [r() for r in rules_of(config) if issubclass(r, DatasetRule) and runs(r, config)]


def needs_sketches(config: LintConfig) -> bool:
    """Whether a selected rule compares examples with each other."""
    return any(isinstance(rule, ComparingRule) for rule in dataset_rules(config))


@lru_cache(maxsize=4)
def counter_for(encoding: str) -> TokenCounter:
    """One counter an encoding and process: loading its vocabulary takes 0.03 s."""
    return TokenCounter(encoding)
