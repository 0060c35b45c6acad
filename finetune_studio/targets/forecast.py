"""What a training run will take: epochs, tokens, cost, and how much of the data is cut off."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from finetune_studio.domain.job import Hyperparameters
from finetune_studio.targets.facts import EpochsRule
from finetune_studio.targets.target import Target

REHEARSAL_STEPS = 1_200
REHEARSAL_POSITIONS = 64
REHEARSAL_EPOCHS = (3, 50)


@dataclass(frozen=True, slots=True)
class Forecast:
    """`cost` is None where no price is known. Tokens are ours; the service bills by its own count.

    `dataset_tokens` is one pass with what is over the limit cut off; `billed_tokens` is all epochs.
    `epochs_chosen` is false where the epochs are what the service is expected to choose.
    """

    epochs: int
    epochs_chosen: bool
    n_examples: int
    dataset_tokens: int
    billed_tokens: int
    cost: float | None
    currency: str
    price_date: date | None
    limit: int | None
    cut_examples: int
    cut_tokens: int
    formula: str

    @property
    def cut_share(self) -> float:
        """Share of all tokens that is over the limit, 0 to 1."""
        whole = self.dataset_tokens + self.cut_tokens
        return self.cut_tokens / whole if whole else 0.0


def auto_epochs(n_examples: int) -> int:
    """The default epochs of OpenAI's cookbook, "Data preparation and analysis for chat model fine-tuning"."""
    if n_examples <= 0:
        return 3
    if 3 * n_examples < 100:
        return min(25, 100 // n_examples)
    if 3 * n_examples > 25_000:
        return max(1, 25_000 // n_examples)
    return 3


def rehearsal_epochs(trained_tokens: int) -> int:
    """Enough for about 1,200 steps of 64 trained tokens each, between 3 and 50."""
    low, high = REHEARSAL_EPOCHS
    steps_per_epoch = max(1, -(-trained_tokens // REHEARSAL_POSITIONS))
    return max(low, min(high, round(REHEARSAL_STEPS / steps_per_epoch)))


def forecast(
    target: Target,
    tokens_per_example: Sequence[int],
    hyperparameters: Hyperparameters | Mapping[str, Any] | None = None,
    n_examples: int | None = None,
    loss_tokens: int | None = None,
) -> Forecast:
    """Sum of min(tokens, limit) x epochs x price.

    `tokens_per_example` may be of a sample (a list or an array): the sums are then scaled to
    `n_examples`. A preference pair is two sequences, so its limit is twice the model's. `loss_tokens`
    are all trained tokens, for the epochs of a rehearsal; without them all tokens are taken.
    """
    counts = [max(0, int(count)) for count in tokens_per_example]
    n = len(counts) if n_examples is None else n_examples
    limit = target.max_tokens_per_example
    bound = None if limit is None else limit * (2 if target.is_preference else 1)
    cut = [] if bound is None else [count - bound for count in counts if count > bound]
    scale = n / len(counts) if counts else 0.0
    cut_tokens = round(sum(cut) * scale)
    dataset_tokens = round(sum(counts) * scale) - cut_tokens
    chosen = _chosen_epochs(hyperparameters)
    trained = dataset_tokens if loss_tokens is None else loss_tokens
    epochs = _service_epochs(target, n, trained) if chosen is None else chosen
    billed = dataset_tokens * epochs
    price = target.model.price
    cost = 0.0 if target.profile.is_free else None if price is None else billed * price.per_million / 1e6
    return Forecast(
        epochs=epochs,
        epochs_chosen=chosen is not None,
        n_examples=n,
        dataset_tokens=dataset_tokens,
        billed_tokens=billed,
        cost=cost,
        currency="USD" if price is None else price.currency,
        price_date=None if price is None else price.at,
        limit=bound,
        cut_examples=round(len(cut) * scale),
        cut_tokens=cut_tokens,
        formula=_formula(target, dataset_tokens, epochs, cost),
    )


def money(amount: float, currency: str) -> str:
    """An amount for people: $0.02, $1,234.50, <$0.01, 3.00 EUR."""
    sign = {"USD": "$", "EUR": "€", "GBP": "£"}.get(currency)
    if 0 < amount < 0.005:
        return f"<{sign}0.01" if sign else f"<0.01 {currency}"
    return f"{sign}{amount:,.2f}" if sign else f"{amount:,.2f} {currency}"


def _chosen_epochs(hyperparameters: Hyperparameters | Mapping[str, Any] | None) -> int | None:
    if hyperparameters is None:
        return None
    values = hyperparameters.as_dict() if isinstance(hyperparameters, Hyperparameters) else hyperparameters
    value = values.get("n_epochs")
    if isinstance(value, bool) or not isinstance(value, int | float) or not value >= 1:
        return None
    return int(value)


def _service_epochs(target: Target, n_examples: int, trained_tokens: int) -> int:
    rule = target.profile.job.epochs_rule
    if rule is EpochsRule.REHEARSAL:
        return rehearsal_epochs(trained_tokens)
    facts = target.method_facts.hyperparameter("n_epochs")
    if rule is EpochsRule.FIXED and facts is not None and facts.default is not None:
        return int(facts.default)
    return auto_epochs(n_examples)


def _formula(target: Target, tokens: int, epochs: int, cost: float | None) -> str:
    times = f"{tokens:,} tokens × {epochs:,} epoch{'' if epochs == 1 else 's'}"
    price = target.model.price
    if target.profile.is_free:
        return f"{times} = {tokens * epochs:,} tokens, trained on this computer at no cost"
    if price is None or cost is None:
        return f"{times} = {tokens * epochs:,} tokens; the price is not known here"
    per_million = money(price.per_million, price.currency)
    return f"{times} × {per_million} per million = {money(cost, price.currency)}"
