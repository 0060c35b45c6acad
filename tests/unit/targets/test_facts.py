from datetime import date

import pytest

from finetune_studio.targets.facts import NoticeKind
from finetune_studio.targets.registry import load_profiles

SHIPPED = load_profiles()
OPENAI = SHIPPED["openai"]


@pytest.mark.parametrize(
    ("name", "value", "problem"),
    [
        ("n_epochs", "auto", None),
        ("n_epochs", None, None),
        ("n_epochs", 50, None),
        ("n_epochs", 51, "Epochs must be at most 50."),
        ("n_epochs", 0, "Epochs must be at least 1."),
        ("n_epochs", 2.5, "Epochs must be a whole number."),
        ("n_epochs", True, "Epochs must be a number or auto."),
        ("n_epochs", "many", "Epochs must be a number or auto."),
        ("n_epochs", float("inf"), "Epochs must be a number or auto."),
        ("learning_rate_multiplier", 0.1, None),
        ("learning_rate_multiplier", 0, "Learning rate multiplier must be more than 0."),
        ("learning_rate_multiplier", float("nan"), "Learning rate multiplier must be a number or auto."),
        ("beta", 2, None),
        ("beta", 2.01, "Beta must be at most 2."),
    ],
)
def test_hyperparameters_are_held_to_their_ranges(name: str, value: object, problem: str | None) -> None:
    method = OPENAI.method("dpo")
    assert method is not None
    facts = method.hyperparameter(name)
    assert facts is not None
    assert facts.problem_with(value) == problem


def test_a_flag_is_on_or_off() -> None:
    method = SHIPPED["nebius"].method("supervised")
    assert method is not None
    lora = method.hyperparameter("lora")
    assert lora is not None
    assert lora.problem_with(True) is None
    assert lora.problem_with("often") == "LoRA adapter is either on or off."


def test_notices_tell_what_closes_soon_and_what_has_closed() -> None:
    closing = [n.at for n in OPENAI.notices_on(date(2026, 11, 23)) if n.kind is NoticeKind.CLOSING]
    assert closing == [date(2027, 1, 6), date(2027, 1, 14)]
    between = {n.at: n.kind for n in OPENAI.notices_on(date(2027, 1, 6))}
    assert between[date(2027, 1, 6)] is NoticeKind.CLOSED
    assert between[date(2027, 1, 14)] is NoticeKind.CLOSING
    after = OPENAI.notices_on(date(2027, 2, 1))
    assert not [n for n in after if n.kind is NoticeKind.CLOSING]


def test_a_notice_about_what_begins_later_is_not_told_yet() -> None:
    assert date(2026, 5, 7) not in {n.at for n in OPENAI.notices_on(date(2026, 1, 1))}


def test_notices_of_one_model_name_that_model() -> None:
    notice = OPENAI.notices_on(date(2026, 11, 23), "gpt-4o")[-1]
    assert notice.text == "GPT-4o and the models tuned from it shut down on 14 January 2027."
    assert notice.models == ("gpt-4o-2024-08-06",)


def test_this_computer_needs_nothing() -> None:
    local = SHIPPED["local"]
    assert local.is_local
    assert local.is_free
    assert not local.needs_key
    assert local.job.pause
    assert local.job.resume
    assert [method.id for method in local.methods] == ["supervised"]
