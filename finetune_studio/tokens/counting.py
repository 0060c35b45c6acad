"""Token counts of text and of whole examples, one at a time or by the batch."""

from array import array
from collections.abc import Iterable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from finetune_studio.domain.message import Role
from finetune_studio.tokens.chat_arithmetic import (
    PER_CONVERSATION,
    Sums,
    count_definitions,
    count_messages,
    dict_of,
    is_pair,
)
from finetune_studio.tokens.encodings import O200K
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
    """Counts in one encoding; the vocabulary is unpacked and loaded at the first count (about 0.05 s).

    May be used from several threads.
    """

    def __init__(self, encoding: str = O200K, cache_dir: Path | None = None) -> None:
        self.tokenizer = Tokenizer(encoding, cache_dir)

    @property
    def encoding(self) -> str:
        return self.tokenizer.encoding

    def count(self, text: str) -> int:
        return self.tokenizer.count(text)

    def count_many(self, texts: Iterable[str]) -> list[int]:
        return self.tokenizer.count_many(texts)

    def count_block(self, joined: bytes, number: int) -> "array[int]":
        """As Tokenizer.count_block."""
        return self.tokenizer.count_block(joined, number)

    def count_example(self, value: Any) -> ExampleTokens:
        """Counts of one parsed example, whatever it holds; see count_values for many."""
        return self.count_values((value,))[0]

    def count_values(self, values: Iterable[Any]) -> list[ExampleTokens]:
        """Counts of many parsed examples (20,000 conversations of 20 MB: about 0.4 s)."""
        count = self.tokenizer.counting()
        roles = {role.value: count(role.value) for role in Role}
        encoding = self.encoding
        found: list[ExampleTokens] = []
        for value in values:
            if not isinstance(value, dict):
                found.append(ExampleTokens())
            elif is_pair(value):
                prompt = dict_of(value.get("input"))
                sums = count_messages(prompt.get("messages"), count, roles, trains=False)
                good = count_messages(value.get("preferred_output"), count, roles, trains=True)
                bad = count_messages(value.get("non_preferred_output"), count, roles, trains=True)
                found.append(_of_pair(sums, good, bad, count_definitions(prompt, count, encoding)))
            else:
                sums = count_messages(value.get("messages"), count, roles, trains=True)
                found.append(_of_conversation(sums, count_definitions(value, count, encoding)))
        return found


def _of_conversation(sums: Sums, tools: int) -> ExampleTokens:
    if not sums.by_message and not tools:
        return ExampleTokens()
    by_role: dict[str, int] = {}
    for role, tokens in zip(sums.roles, sums.by_message, strict=True):
        by_role[role] = by_role.get(role, 0) + tokens
    total = sums.total + tools + PER_CONVERSATION
    about = sums.about or tools > 0
    return ExampleTokens(total, sums.loss, tuple(sums.by_message), by_role, about, tools, total)


def _of_pair(prompt: Sums, good: Sums, bad: Sums, tools: int) -> ExampleTokens:
    parts = (prompt, good, bad)
    if not any(part.by_message for part in parts) and not tools:
        return ExampleTokens()
    by_role: dict[str, int] = {}
    for part in (prompt, *parts):
        for role, tokens in zip(part.roles, part.by_message, strict=True):
            by_role[role] = by_role.get(role, 0) + tokens
    start = prompt.total + tools + PER_CONVERSATION
    sides = (start + good.total, start + bad.total)
    return ExampleTokens(
        total=sum(sides),
        loss=good.loss + bad.loss,
        by_message=tuple(tokens for part in parts for tokens in part.by_message),
        by_role=by_role,
        about=tools > 0 or any(part.about for part in parts),
        tools=tools,
        longest=max(sides),
    )
