"""The checks that OpenAI's cookbook describes (format and tokens of chat fine-tuning data), written anew.

The peer of bench_lint: json for reading, tiktoken for counting, one pass of plain loops each, cl100k_base
as there. `python -m tests.benchmarks.cookbook FILE` prints the seconds that it takes.
"""

import json
import sys
import time
from collections import defaultdict
from pathlib import Path
from typing import Any

KNOWN_KEYS = ("role", "content", "name", "function_call", "weight", "tool_calls", "tool_call_id")
KNOWN_ROLES = ("system", "user", "assistant", "function", "tool")


def format_errors(dataset: list[Any]) -> dict[str, int]:
    """Counts of format errors by kind."""
    errors: dict[str, int] = defaultdict(int)
    for example in dataset:
        if not isinstance(example, dict):
            errors["data_type"] += 1
            continue
        messages = example.get("messages")
        if not messages:
            errors["missing_messages_list"] += 1
            continue
        for message in messages:
            if "role" not in message or "content" not in message:
                errors["message_missing_key"] += 1
            if any(key not in KNOWN_KEYS for key in message):
                errors["message_unrecognized_key"] += 1
            if message.get("role") not in KNOWN_ROLES:
                errors["unrecognized_role"] += 1
            content = message.get("content")
            if not content or not isinstance(content, str):
                errors["missing_content"] += 1
        if not any(message.get("role") == "assistant" for message in messages):
            errors["example_missing_assistant_message"] += 1
    return errors


def token_counts(dataset: list[Any]) -> tuple[list[int], list[int]]:
    """Tokens of each conversation, and of its assistant messages."""
    import tiktoken

    encoding = tiktoken.get_encoding("cl100k_base")
    whole, assistant = [], []
    for example in dataset:
        total, of_assistant = 3, 0
        for message in example["messages"]:
            total += 3
            for key, value in message.items():
                total += len(encoding.encode(value, disallowed_special=()))
                if key == "name":
                    total += 1
            if message["role"] == "assistant":
                of_assistant += len(encoding.encode(message["content"], disallowed_special=()))
        whole.append(total)
        assistant.append(of_assistant)
    return whole, assistant


def main(path: Path) -> float:
    """Read, check, count; seconds."""
    started = time.perf_counter()
    with path.open(encoding="utf-8") as file:
        dataset = [json.loads(line) for line in file]
    format_errors(dataset)
    token_counts(dataset)
    return time.perf_counter() - started


if __name__ == "__main__":
    print(main(Path(sys.argv[1])))
