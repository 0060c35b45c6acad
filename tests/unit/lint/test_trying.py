"""What a rule over the dataset would find with other options."""

import pytest

from finetune_studio.domain.diagnostic import Severity
from finetune_studio.lint import trying
from finetune_studio.lint.batch import check_dataset, facts_of_batch, merge
from finetune_studio.lint.config import LintConfig
from finetune_studio.lint.facts import DatasetFacts
from finetune_studio.lint.registry import all_rules
from finetune_studio.lint.rule import Scope
from finetune_studio.lint.trying import OptionTrials
from tests.helpers.builders import chat_line

_WORDS = "one two three four five six seven eight nine ten eleven twelve"
_LINES = [
    *(
        chat_line(("system", "You are Marv, a bot."), ("user", f"{_WORDS} {n % 4}?"), ("assistant", label))
        for n, label in enumerate(["yes"] * 24 + ["no"] * 8)
    ),
    chat_line(("system", "You are Marv, a boy."), ("user", f"{_WORDS} {_WORDS} six?"), ("assistant", "yes")),
]
_ALIKE = [
    chat_line(("user", "Where is Lima?"), ("assistant", f"It lies in the middle of Peru, {where}."))
    for where in ("on the coast", "by the sea")
]
_PREVIEW = ("B410",)


@pytest.fixture(scope="module")
def facts() -> DatasetFacts:
    return merge([facts_of_batch(_LINES, LintConfig(extend=_PREVIEW))])


@pytest.mark.parametrize(
    ("code", "options"),
    [
        (rule.code, {option.key: value})
        for rule in all_rules()
        if rule.scope is Scope.DATASET
        for option in rule.options
        for value in (option.minimum, min(option.maximum, 1_000.0))
    ],
    ids=str,
)
def test_a_trial_says_what_the_rules_say_when_it_is_set(
    facts: DatasetFacts, code: str, options: dict[str, float]
) -> None:
    (key, value) = next(iter(options.items()))
    whole = check_dataset(facts, LintConfig(options={f"{code}.{key}": value}, extend=_PREVIEW))
    wanted = [one for one in whole if one.code == code]
    assert OptionTrials(facts).findings(LintConfig(extend=_PREVIEW), code, options) == wanted


@pytest.mark.parametrize(
    ("code", "few", "many"),
    [
        ("B401", {"ratio": 100.0}, {"ratio": 2.0}),
        ("D203", {"answer": 0.1}, {"answer": 1.0}),
        ("D204", {"similar": 1.0}, {"similar": 0.8}),
    ],
)
def test_options_change_what_is_found(code: str, few: dict[str, float], many: dict[str, float]) -> None:
    lines = [*_LINES[-1:], *_ALIKE] if code == "D203" else _LINES
    trials = OptionTrials(merge([facts_of_batch(lines, LintConfig())]))
    assert trials.findings(LintConfig(), code, few) == []
    assert len(trials.findings(LintConfig(), code, many)) == 1


def test_the_set_options_hold_where_none_is_tried(facts: DatasetFacts) -> None:
    config = LintConfig(options={"B401.ratio": 100.0}, severity={"B401": Severity.ERROR})
    trials = OptionTrials(facts)
    assert trials.findings(config, "B401", {}) == []
    (found,) = trials.findings(config, "B401", {"ratio": 2.0})
    assert found.severity is Severity.ERROR


def test_nothing_of_rules_that_are_off_or_see_one_example(facts: DatasetFacts) -> None:
    trials = OptionTrials(facts)
    assert trials.findings(LintConfig(ignore=("B",)), "B401", {"ratio": 2.0}) == []
    assert trials.findings(LintConfig(), "B410", {"examples": 5}) == []
    assert trials.findings(LintConfig(), "D206", {"words": 1}) == []


def test_the_same_question_is_answered_once(facts: DatasetFacts, monkeypatch: pytest.MonkeyPatch) -> None:
    trials = OptionTrials(facts)
    first = trials.findings(LintConfig(), "B401", {"ratio": 2.0})
    monkeypatch.setattr(trying, "check_dataset", None)
    assert trials.findings(LintConfig(), "B401", {"ratio": 2.0}) is first
