"""Rules on preference pairs, and what they ask of the two sides."""

import json
from collections.abc import Iterator, Sequence
from typing import Any

import numpy as np

from finetune_studio.domain.example import ExampleKind
from finetune_studio.lint.facts import KINDS
from finetune_studio.lint.hashing import normalised
from finetune_studio.lint.rule import ExampleRule
from finetune_studio.lint.scan import Batch
from finetune_studio.lint.view import ExampleView, MessageView

OUTPUTS = {"preferred": "preferred_output", "non_preferred": "non_preferred_output"}
"""Side of a message to its key in the example."""
TITLES = {"preferred": "preferred", "non_preferred": "non-preferred"}


class PairRule(ExampleRule):
    """Sees only preference pairs; `check` must still ask, since it may be given any example."""

    def candidates(self, batch: Batch) -> list[int]:
        found: list[int] = np.flatnonzero(batch.columns.kind == KINDS.index("preference")).tolist()
        return found


def is_pair(view: ExampleView) -> bool:
    return view.kind is ExampleKind.PREFERENCE


def side_of(view: ExampleView, side: str) -> list[MessageView]:
    """The messages of one side ("input", "preferred", "non_preferred")."""
    return [message for message in view.messages if message.side == side]


def text_of(messages: Sequence[MessageView]) -> str:
    """All that is said on a side, white space normalised."""
    return normalised(" ".join(text for message in messages for _, text in message.texts()))


def exact_text_of(messages: Sequence[MessageView]) -> str:
    """All that is said on a side, as it is written but for white space at the ends."""
    return "\n".join(text for message in messages for _, text in message.texts()).strip()


def other_parts(messages: Sequence[MessageView]) -> str:
    """Calls, refusals and images of a side in a form that can be compared; "" where there are none."""
    parts = [part for message in messages for part in _parts(message)]
    return json.dumps(parts, sort_keys=True) if parts else ""


def _parts(message: MessageView) -> Iterator[Any]:
    if not isinstance(message.value, dict):
        yield message.value
        return
    for call in message.tool_calls:
        yield {k: v for k, v in call.items() if k != "id"} if isinstance(call, dict) else call
    for key in ("function_call", "refusal"):
        if message.value.get(key):
            yield message.value[key]
    if isinstance(message.content, list):
        for part in message.content:
            if not (isinstance(part, dict) and isinstance(part.get("text"), str)):
                yield part
