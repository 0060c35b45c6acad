"""From examples to positions: every trained token with the eight tokens before it and its question."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from finetune_studio.local.engines.rehearsal.question import Bag, QuestionWords, text_of
from finetune_studio.local.engines.rehearsal.tokenizer import ARGUMENTS, END, START, TOOL, Tokenizer

CONTEXT = 8

Answer = tuple[list[dict[str, Any]], dict[str, Any]]
"""What came before, and the assistant message that is trained."""


@dataclass(frozen=True, slots=True)
class BagTable:
    """Bags of words as rows of one length: `words` (answers, longest) and their `weights`; 0 fills up."""

    words: NDArray[np.int32]
    weights: NDArray[np.float32]


def bag_table(bags: Sequence[Bag]) -> BagTable:
    longest = max((len(ids) for ids, _ in bags), default=0)
    words = np.full((len(bags), longest), np.iinfo(np.int32).max, dtype=np.int32)
    weights = np.zeros((len(bags), longest), dtype=np.float32)
    for row, (ids, values) in enumerate(bags):
        words[row, : len(ids)] = ids
        weights[row, : len(values)] = values
    return BagTable(words, weights)


@dataclass(frozen=True, slots=True)
class Corpus:
    """Positions of all answers: `contexts` (n, 8), `targets` (n,), `bag_of` (n,) a row of `bags`."""

    contexts: NDArray[np.int32]
    targets: NDArray[np.int32]
    bag_of: NDArray[np.int32]
    bags: BagTable

    def __len__(self) -> int:
        return len(self.targets)


def answers_of(example: dict[str, Any]) -> Iterator[Answer]:
    """The trained answers: assistant messages whose weight is not 0; of a pair, the preferred output."""
    if "preferred_output" in example:
        before = list(example["input"]["messages"])
        for message in example["preferred_output"]:
            if message.get("role") == "assistant":
                yield before, message
            before = [*before, message]
        return
    messages = example["messages"]
    for index, message in enumerate(messages):
        if message.get("role") == "assistant" and message.get("weight") != 0:
            yield messages[:index], message


def answer_texts(message: dict[str, Any]) -> Iterator[str]:
    """Every text of an answer that the tokeniser has to know."""
    yield text_of(message)
    for name, arguments in tool_calls_of(message):
        yield name
        yield arguments


def tool_calls_of(message: dict[str, Any]) -> list[tuple[str, str]]:
    calls = [call.get("function") or {} for call in message.get("tool_calls") or []]
    if isinstance(message.get("function_call"), dict):
        calls.append(message["function_call"])
    return [(str(call.get("name") or ""), str(call.get("arguments") or "")) for call in calls]


def answer_tokens(tokenizer: Tokenizer, message: dict[str, Any]) -> list[int]:
    tokens = tokenizer.encode(text_of(message))
    for name, arguments in tool_calls_of(message):
        tokens += [TOOL, *tokenizer.encode(name), ARGUMENTS, *tokenizer.encode(arguments)]
    return [*tokens, END]


def build_corpus(answers: Sequence[Answer], tokenizer: Tokenizer, words: QuestionWords) -> Corpus:
    contexts: list[NDArray[np.int32]] = []
    targets: list[NDArray[np.int32]] = []
    owners: list[NDArray[np.int32]] = []
    bags: list[Bag] = []
    for prompt, message in answers:
        tokens = np.array(answer_tokens(tokenizer, message), dtype=np.int32)
        padded = np.concatenate([np.full(CONTEXT, START, dtype=np.int32), tokens])
        windows = np.lib.stride_tricks.sliding_window_view(padded, CONTEXT)[:-1]
        contexts.append(windows)
        targets.append(tokens)
        owners.append(np.full(len(tokens), len(bags), dtype=np.int32))
        bags.append(words.bag(prompt))
    if not bags:
        empty = np.zeros(0, dtype=np.int32)
        return Corpus(np.zeros((0, CONTEXT), dtype=np.int32), empty, empty, bag_table(()))
    return Corpus(np.concatenate(contexts), np.concatenate(targets), np.concatenate(owners), bag_table(bags))


def dense_bags(
    bags: BagTable,
    owners: NDArray[np.int32],
    width: int,
    rng: np.random.Generator | None = None,
    drop: float = 0.0,
) -> NDArray[np.float32]:
    """One row of word weights a position; with `drop`, that share of the words is left out at random."""
    weights = bags.weights[owners]
    if rng is not None and drop > 0:
        kept = weights * (rng.random(weights.shape, dtype=np.float32) >= drop)
        totals = kept.sum(axis=1, keepdims=True)
        weights = np.where(totals > 0, kept / np.maximum(totals, np.float32(1e-9)), weights)
    out = np.zeros((len(owners), width + 1), dtype=np.float32)
    np.put_along_axis(out, np.minimum(bags.words[owners], width), weights, axis=1)
    return out[:, :width]
