from dataclasses import replace
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from finetune_studio.domain.job import Hyperparameters
from finetune_studio.targets.forecast import auto_epochs, forecast, money, rehearsal_epochs
from finetune_studio.targets.registry import load_profiles, resolve_target

SHIPPED = load_profiles()
MINI = resolve_target("openai:gpt-4.1-mini", profiles=SHIPPED)


@pytest.mark.parametrize(
    ("n", "epochs"),
    [(1, 25), (3, 25), (4, 25), (5, 20), (10, 10), (33, 3), (34, 3), (100, 3), (8_333, 3), (8_334, 2),
     (12_501, 1), (25_000, 1), (1_000_000, 1), (0, 3)],
)  # fmt: skip
def test_epochs_as_the_cookbook_has_them(n: int, epochs: int) -> None:
    assert auto_epochs(n) == epochs


def test_rehearsal_epochs_aim_at_1200_steps_between_3_and_50() -> None:
    assert rehearsal_epochs(64 * 100) == 12
    assert rehearsal_epochs(0) == 50
    assert rehearsal_epochs(10**9) == 3


def test_cost_is_cut_tokens_times_epochs_times_price() -> None:
    result = forecast(MINI, [1_000] * 99 + [65_536 + 464], {"n_epochs": 2})
    assert result.dataset_tokens == 99_000 + 65_536
    assert result.billed_tokens == 2 * 164_536
    assert result.cost == pytest.approx(1.64536)
    assert (result.cut_examples, result.cut_tokens) == (1, 464)
    assert result.cut_share == pytest.approx(464 / 165_000)
    assert (result.currency, result.price_date) == ("USD", date(2026, 7, 1))
    assert result.epochs_chosen
    assert result.formula == "164,536 tokens × 2 epochs × $5.00 per million = $1.65"


def test_epochs_left_to_the_service() -> None:
    for choice in (None, {}, {"n_epochs": "auto"}, Hyperparameters((("n_epochs", "auto"),))):
        result = forecast(MINI, [10] * 10, choice)
        assert (result.epochs, result.epochs_chosen) == (10, False)
    assert forecast(MINI, [10] * 10, Hyperparameters((("n_epochs", 4),))).epochs == 4
    assert forecast(resolve_target("nebius"), [10] * 10).epochs == 3


def test_this_computer_costs_nothing_and_says_so() -> None:
    result = forecast(resolve_target("local", profiles=SHIPPED), [100] * 20, loss_tokens=640)
    assert (result.cost, result.epochs) == (0.0, 50)
    assert result.formula.endswith("trained on this computer at no cost")


def test_an_unknown_price_is_said() -> None:
    result = forecast(resolve_target("custom:x", profiles=SHIPPED), [100] * 20)
    assert result.cost is None
    assert result.formula == "2,000 tokens × 5 epochs = 10,000 tokens; the price is not known here"


def test_a_pair_is_two_sequences_for_the_limit() -> None:
    target = replace(MINI, method="dpo")
    assert forecast(target, [2 * 65_536]).cut_tokens == 0
    assert forecast(target, [2 * 65_536 + 5]).cut_tokens == 5


def test_a_sample_is_scaled_and_nothing_is_nothing() -> None:
    assert forecast(MINI, [100, 200], {"n_epochs": 1}, n_examples=20).billed_tokens == 3_000
    empty = forecast(MINI, [])
    assert (empty.billed_tokens, empty.cost, empty.cut_share) == (0, 0.0, 0.0)


@given(st.lists(st.integers(0, 200_000), min_size=1, max_size=50), st.integers(1, 50))
def test_billed_tokens_are_what_the_limit_leaves(counts: list[int], epochs: int) -> None:
    result = forecast(MINI, counts, {"n_epochs": epochs})
    assert result.billed_tokens == sum(min(count, 65_536) for count in counts) * epochs
    assert result.dataset_tokens + result.cut_tokens == sum(counts)
    assert 0 <= result.cut_share <= 1


@pytest.mark.parametrize(
    ("amount", "currency", "text"),
    [(0, "USD", "$0.00"), (0.001, "USD", "<$0.01"), (1234.5, "USD", "$1,234.50"), (3, "CHF", "3.00 CHF")],
)
def test_money(amount: float, currency: str, text: str) -> None:
    assert money(amount, currency) == text
