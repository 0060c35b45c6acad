"""The question as a weighted bag of words: what the network knows of everything before the answer."""

import math
import re
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any

MAX_WORDS = 4096
_MAX_IN_BAG = 64
_WORD = re.compile(r"[぀-ヿ㐀-鿿가-힯豈-﫿]|[^\W\d_]+|\d+|[^\w\s]")
_EARLIER = 0.3
_SYSTEM = 0.15
_RARITY = 1.5
"""How much more a rare word weighs; tried: 1.5 recognises more reworded questions than 1."""

Bag = tuple[tuple[int, ...], tuple[float, ...]]
"""Word ids and their weights, which sum to 1 (or nothing at all)."""


def text_of(message: dict[str, Any]) -> str:
    """The text of a message of the chat format; images count as nothing, tool calls as their JSON."""
    content = message.get("content")
    parts: list[str] = []
    if isinstance(content, str):
        parts.append(content)
    elif isinstance(content, list):
        parts.extend(str(part.get("text") or part.get("refusal") or "") for part in content)
    if not parts and isinstance(message.get("refusal"), str):
        parts.append(message["refusal"])
    return "\n".join(parts)


def words_of(text: str) -> list[str]:
    return _WORD.findall(text.lower())


def weighted_words(messages: Sequence[dict[str, Any]]) -> Counter[str]:
    """Words of everything before an answer: the last question in full, what was before it less."""
    bag: Counter[str] = Counter()
    last = max((i for i, m in enumerate(messages) if m.get("role") in ("user", "tool")), default=-1)
    for index, message in enumerate(messages):
        system = message.get("role") in ("system", "developer")
        weight = 1.0 if index >= last >= 0 else _SYSTEM if system else _EARLIER
        for word in words_of(text_of(message)):
            bag[word] += weight  # type: ignore[assignment]
    turn = sum(1 for m in messages if m.get("role") == "assistant")
    bag[f"\0answer {turn}"] += _EARLIER  # type: ignore[assignment]
    return bag


@dataclass(frozen=True, slots=True)
class QuestionWords:
    """The known words; a rare word weighs more than one that every question has."""

    words: tuple[str, ...]
    weights: tuple[float, ...]
    _ids: dict[str, int] = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "_ids", {word: place for place, word in enumerate(self.words)})

    def __len__(self) -> int:
        return len(self.words)

    def bag(self, messages: Sequence[dict[str, Any]]) -> Bag:
        found = [
            (self._ids[word], count * self.weights[self._ids[word]])
            for word, count in weighted_words(messages).items()
            if word in self._ids
        ]
        found.sort(key=lambda pair: (-pair[1], pair[0]))
        found = found[:_MAX_IN_BAG]
        total = sum(weight for _, weight in found) or 1.0
        return tuple(word for word, _ in found), tuple(weight / total for _, weight in found)


def learn_question_words(
    prompts: Iterable[Sequence[dict[str, Any]]], max_words: int = MAX_WORDS
) -> QuestionWords:
    seen: Counter[str] = Counter()
    n = 0
    for prompt in prompts:
        n += 1
        seen.update(weighted_words(prompt).keys())
    kept = sorted(seen.items(), key=lambda pair: (-pair[1], pair[0]))[:max_words]
    return QuestionWords(
        tuple(word for word, _ in kept), tuple(math.log(1.0 + n / count) ** _RARITY for _, count in kept)
    )
