"""Another configuration judged from an earlier check gives what a new check gives."""

import inspect
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from finetune_studio.domain.diagnostic import Severity
from finetune_studio.lint import LintConfig, all_rules, facts_of_batch, merge
from finetune_studio.lint.batch import check_dataset
from finetune_studio.lint.rejudging import TARGET_RULES, Findings, is_known, rejudged, to_read_again
from finetune_studio.lint.rule import ExampleRule
from finetune_studio.targets.registry import resolve_target
from tests.helpers.builders import chat_line

LINES = [
    chat_line(("user", "Where is Rome?"), ("assistant", "In Italy.  ")),
    chat_line(("user", "Where is Oslo?"), ("assistant", "")),
    chat_line(("user", "Write to me@mail.example.org"), ("user", "Please."), ("assistant", "TODO")),
    b'{"messages": [], "source": "book"}\n',
    b"[1]\n",
    chat_line(("developer", "Be kind."), ("developer", "Be short."), ("user", "Hi?"), ("assistant", "Hi.")),
    chat_line(("human", "Where is Lima?"), ("assistant", "In Peru.")),
    chat_line(("user", "Where is it?"), ("assistant", "word " * 70_000)),
]
CODES = ["F", "F001", "F003", "R", "R803", "Q1", "Q101", "Q105", "D", "D202", "P302", "S701"]

configs = st.builds(
    LintConfig,
    target=st.sampled_from([None, *map(resolve_target, ("mistral", "openai:gpt-4.1-mini", "together"))]),
    ignore=st.lists(st.sampled_from(CODES), max_size=2).map(tuple),
    severity=st.dictionaries(st.sampled_from(CODES), st.sampled_from(list(Severity)), max_size=2),
    options=st.dictionaries(
        st.sampled_from(["D202.threshold", "S703.share", "D206.words", "masks.key"]),
        st.sampled_from([0.9, 3]),
        max_size=1,
    ),
)


def findings(config: LintConfig) -> tuple[Any, Findings]:
    facts = merge([facts_of_batch(LINES, config)])
    found: Findings = {}
    for diagnostic in facts.diagnostics:
        example = diagnostic.location.example
        assert example is not None
        found[example] = (*found.get(example, ()), diagnostic)
    return facts, found


@settings(deadline=None, max_examples=60)
@given(configs, configs)
def test_rejudged_is_checked_anew(before: LintConfig, after: LintConfig) -> None:
    facts, found = findings(before)
    if not is_known(before, after, facts):
        return
    again = to_read_again(found, before, after, facts)
    judged = rejudged(found, before, after, again)
    anew, wanted = findings(after)
    if judged is not None:
        assert not again.intersection(judged)
        assert {**judged, **{key: own for key, own in wanted.items() if key in again}} == wanted
    assert check_dataset(facts, after) == check_dataset(anew, after)


def test_what_can_be_known() -> None:
    facts, found = findings(LintConfig())
    for after in (
        LintConfig(options={"D202.threshold": 0.7}),
        LintConfig(ignore=("Q",)),
        LintConfig(severity={"Q105": Severity.ERROR}),
    ):
        assert is_known(LintConfig(), after, facts)
        assert rejudged(found, LintConfig(), after) == findings(after)[1]
    assert rejudged(found, LintConfig(), LintConfig(options={"D202.threshold": 0.7})) is found


def test_what_must_be_read_again() -> None:
    facts, _ = findings(LintConfig(ignore=("Q105",)))
    before = LintConfig(ignore=("Q105",))
    assert not is_known(before, LintConfig(), facts)
    assert not is_known(before, LintConfig(ignore=("Q105",), options={"D206.words": 3}), facts)
    assert not is_known(before, LintConfig(ignore=("Q105",), extend=("B410",)), facts)
    few, _ = findings(LintConfig(ignore=("D", "S704")))
    assert not is_known(LintConfig(ignore=("D", "S704")), LintConfig(ignore=("S704",)), few)


def test_another_target_reads_few_again() -> None:
    facts, found = findings(LintConfig())
    after = LintConfig(target=resolve_target("openai:gpt-4.1-mini"))
    assert is_known(LintConfig(), after, facts)
    assert to_read_again(found, LintConfig(), LintConfig(), facts) == frozenset()
    assert not {0, 1}.intersection(to_read_again(found, LintConfig(), after, facts))


def test_the_rules_that_ask_for_limits_are_known() -> None:
    asking = {
        rule.code
        for rule in all_rules()
        if issubclass(rule, ExampleRule) and ".limits" in inspect.getsource(inspect.getmodule(rule))
    }
    assert asking == TARGET_RULES
