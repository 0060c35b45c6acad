"""Whatever this computer's server refuses of one example, an error of the checks tells before."""

import json
from collections.abc import Iterator
from typing import Any

from finetune_studio.domain.diagnostic import Severity
from finetune_studio.lint import check_example
from finetune_studio.lint.config import LintConfig
from finetune_studio.local.example_checks import check_chat_example, check_preference_example
from finetune_studio.targets.registry import resolve_target

VALUES: tuple[Any, ...] = (None, 1, "x", True, [], {}, ["x"], [{}], {"a": 1})
FUNCTION = {"name": "f", "arguments": "{}"}
CALL = {"id": "c", "type": "function", "function": FUNCTION}
TOOLS = [{"type": "function", "function": {"name": "f", "parameters": {"type": "object", "properties": {}}}}]
USER = {"role": "user", "content": "q"}
ANSWER = {"role": "assistant", "content": "a"}
PARTS: tuple[Any, ...] = (
    *VALUES,
    {"type": "foo"},
    {"type": "text"},
    {"type": "text", "text": "a"},
    {"type": "image_url", "image_url": {"url": "https://example.org/c.png"}},
    {"type": "refusal", "refusal": "n"},
    {"type": "input_audio", "input_audio": {}},
)
CALLS: tuple[Any, ...] = (
    *VALUES,
    {"id": "1", "function": FUNCTION},
    {"id": "1", "type": "x", "function": FUNCTION},
    {"id": "1", "type": "function"},
    {"id": "1", "type": "function", "function": {"arguments": "{}"}},
    {"id": "1", "type": "function", "function": {"name": 1, "arguments": "{}"}},
    {"id": "1", "type": "function", "function": {"name": "f", "arguments": None}},
)
MESSAGE_KEYS = ("content", "name", "weight", "tool_calls", "tool_call_id", "refusal", "role", "mood")
TOP_KEYS = ("messages", "tools", "parallel_tool_calls", "functions", "function_call", "tool_choice", "input")
PAIR: dict[str, Any] = {
    "input": {"messages": [USER]},
    "preferred_output": [ANSWER],
    "non_preferred_output": [{"role": "assistant", "content": "b c d"}],
}


def _chats() -> Iterator[dict[str, Any]]:
    for value in VALUES:
        yield from ({"messages": [USER, ANSWER], key: value} for key in TOP_KEYS)
        for key in MESSAGE_KEYS:
            for role in ("system", "user", "assistant", "tool"):
                yield _with_a_message(role, key, value)
    for part in PARTS:
        yield {"messages": [{**USER, "content": [part]}, ANSWER]}
        yield {"messages": [USER, {**ANSWER, "content": [part]}]}
    for call in CALLS:
        message = {"role": "assistant", "content": None, "tool_calls": [call]}
        yield {"messages": [USER, message], "tools": TOOLS}


def _with_a_message(role: str, key: str, value: Any) -> dict[str, Any]:
    called = {"role": "assistant", "content": None, "tool_calls": [CALL]}
    answered = {"role": "tool", "content": "t", "tool_call_id": "c"}
    messages = [{"role": "system", "content": "s"}, USER, called, answered, ANSWER]
    at = max(i for i, message in enumerate(messages) if message["role"] == role)
    messages[at] = {**messages[at], key: value}
    return {"messages": messages, "tools": TOOLS}


def _pairs() -> Iterator[dict[str, Any]]:
    for value in VALUES:
        yield from ({**PAIR, key: value} for key in (*PAIR, "tools", "functions", "x"))
        for key in ("messages", "tools", "parallel_tool_calls", "functions", "x"):
            yield {**PAIR, "input": {**PAIR["input"], key: value}}


def _errors(example: dict[str, Any], method: str) -> list[str]:
    config = LintConfig(target=resolve_target("openai", method=method))
    found = check_example(json.dumps(example).encode(), config)
    return [each.message for each in found if each.severity is Severity.ERROR]


def test_conversations() -> None:
    refused = [(example, refusal) for example in _chats() if (refusal := check_chat_example(example))]
    assert len(refused) > 150
    assert [each for each in refused if not _errors(each[0], "supervised")] == []


def test_pairs() -> None:
    refused = [(example, refusal) for example in _pairs() if (refusal := check_preference_example(example))]
    assert len(refused) > 50
    assert [each for each in refused if not _errors(each[0], "dpo")] == []
