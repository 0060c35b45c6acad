"""Token counts of text and of whole examples, one at a time or by the batch."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from finetune_studio.tokens.chat_arithmetic import PER_CONVERSATION, ExamplePlan, plan_example
from finetune_studio.tokens.encodings import O200K, encoding_for
from finetune_studio.tokens.tokenizer import Tokenizer


@dataclass(frozen=True, slots=True)
class ExampleTokens:
    """Counts of one example.

    `total` is the chat formula; a preference pair counts as its prompt with each answer. `loss` are the
    tokens that training is judged by: content, refusal and tool calls of the trained assistant messages.
    `by_message` is in reading order (prompt, preferred, non-preferred), each with its 3 and its fields.
    `by_role` sums those (a pair's prompt twice, as in `total`). `tools` are those of the definitions.
    `longest` is the longer of a pair's two sequences, else `total`: what a limit per example is held
    against. `about` is true where tools, tool calls or images make the count an estimate.
    """

    total: int = 0
    loss: int = 0
    by_message: tuple[int, ...] = ()
    by_role: dict[str, int] = field(default_factory=dict)
    about: bool = False
    tools: int = 0
    longest: int = 0


class TokenCounter:
    """Counts in one encoding; the vocabulary is unpacked and loaded at the first count (about 0.4 s).

    May be used from several threads.
    """

    def __init__(self, encoding: str = O200K, cache_dir: Path | None = None) -> None:
        self.tokenizer = Tokenizer(encoding, cache_dir)

    @classmethod
    def for_model(cls, model: str, cache_dir: Path | None = None) -> "TokenCounter":
        return cls(encoding_for(model), cache_dir)

    @property
    def encoding(self) -> str:
        return self.tokenizer.encoding

    def count(self, text: str) -> int:
        return self.tokenizer.count(text)

    def count_many(self, texts: Iterable[str]) -> list[int]:
        return self.tokenizer.count_many(texts)

    def count_example(self, value: Any) -> ExampleTokens:
        """Counts of one parsed example, whatever it holds; see count_values for many."""
        return self.count_values((value,))[0]

    def count_values(self, values: Iterable[Any]) -> list[ExampleTokens]:
        """Counts of many parsed examples: all their texts are counted in one go."""
        texts: list[str] = []
        encoding = self.encoding
        plans = [plan_example(value, encoding, texts) for value in values]
        counts = self.tokenizer.count_many(texts)
        return [_add_up(plan, counts) for plan in plans]


def _add_up(plan: ExamplePlan, counts: Sequence[int]) -> ExampleTokens:
    by_message: list[int] = []
    by_role: dict[str, int] = {}
    loss = 0
    for index, message in enumerate(plan.messages):
        trained = sum(counts[message.first : message.trained_end])
        tokens = message.fixed + trained + sum(counts[message.trained_end : message.end])
        by_message.append(tokens)
        times = 2 if index < plan.n_input else 1
        by_role[message.role] = by_role.get(message.role, 0) + tokens * times
        if message.is_trained:
            loss += trained
    tools = plan.tools_fixed + sum(counts[plan.tools_first : plan.tools_end])
    total, longest = _totals(plan, by_message, tools)
    return ExampleTokens(total, loss, tuple(by_message), by_role, plan.about, tools, longest)


def _totals(plan: ExamplePlan, by_message: list[int], tools: int) -> tuple[int, int]:
    """All tokens, and those of the longest sequence; an example without any message or tool has none."""
    if not plan.messages and not tools:
        return 0, 0
    if not plan.is_pair:
        total = sum(by_message) + tools + PER_CONVERSATION
        return total, total
    prompt = sum(by_message[: plan.n_input]) + tools + PER_CONVERSATION
    split = plan.n_input + plan.n_preferred
    sides = [prompt + sum(by_message[plan.n_input : split]), prompt + sum(by_message[split:])]
    return sum(sides), max(sides)
