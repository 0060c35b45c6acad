import json
from pathlib import Path
from typing import Any

import pytest

from finetune_studio.domain.errors import CancelledError
from finetune_studio.local.validation import InvalidFileError, read_examples, validate_file
from tests.helpers.training_data import chats, write_jsonl


def check(path: Path, method: str = "supervised", minimum: int = 10) -> int:
    return validate_file(
        path, title="Training", file_id="file-1", method=method, minimum=minimum, should_stop=lambda: False
    ).examples


def refusal(path: Path, method: str = "supervised") -> str:
    with pytest.raises(InvalidFileError) as caught:
        check(path, method)
    return caught.value.text


def with_line(path: Path, number: int, line: bytes) -> Path:
    lines = write_jsonl(path, chats(12)).read_bytes().splitlines()
    lines[number - 1] = line
    path.write_bytes(b"\n".join(lines))
    return path


def test_a_good_file_passes(tmp_path: Path) -> None:
    assert check(write_jsonl(tmp_path / "a.jsonl", chats(12))) == 12


def test_a_byte_order_mark_and_blank_lines_at_the_end_are_taken(tmp_path: Path) -> None:
    path = write_jsonl(tmp_path / "a.jsonl", chats(10))
    path.write_bytes(b"\xef\xbb\xbf" + path.read_bytes() + b"\n\n")
    assert check(path) == 10


def test_too_few_examples(tmp_path: Path) -> None:
    text = refusal(write_jsonl(tmp_path / "a.jsonl", chats(7)))
    assert text == "Training file has 7 example(s), but must have at least 10 examples"


def test_an_empty_file(tmp_path: Path) -> None:
    assert "no examples" in refusal(write_jsonl(tmp_path / "a.jsonl", []))


def test_a_line_that_is_not_json(tmp_path: Path) -> None:
    text = refusal(with_line(tmp_path / "a.jsonl", 5, b'{"messages": [}'))
    assert text.startswith("Example 5 cannot be parsed. Error: line contains invalid json: Expecting value")


@pytest.mark.parametrize("line", [b'{"a": NaN}', b"[" * 100_000, b'{"a": ' + b"9" * 10_000 + b"}"])
def test_json_that_cannot_be_kept(tmp_path: Path, line: bytes) -> None:
    assert "line contains invalid json" in refusal(with_line(tmp_path / "a.jsonl", 2, line))


def test_a_line_that_is_not_utf8(tmp_path: Path) -> None:
    assert "Example 3 cannot be parsed. Error: line is not UTF-8 (byte 3)" in refusal(
        with_line(tmp_path / "a.jsonl", 3, b'{"\xff": 1}')
    )


def test_a_lone_surrogate_passes(tmp_path: Path) -> None:
    line = json.dumps(chats(1)[0]).replace("list", "\\ud83d").encode()
    assert check(with_line(tmp_path / "a.jsonl", 1, line)) == 12


def test_a_line_that_is_no_dictionary(tmp_path: Path) -> None:
    assert refusal(with_line(tmp_path / "a.jsonl", 2, b"[1, 2]")) == (
        "Expected file to have JSONL format, where every line is a valid JSON dictionary. "
        'Line 2 is not a dictionary (HINT: line starts with: "[1, 2]...").'
    )


USER = {"role": "user", "content": "Hi"}


def assistant(**keys: Any) -> dict[str, Any]:
    return {"role": "assistant", "content": "Hello", **keys}


@pytest.mark.parametrize(
    ("example", "text"),
    [
        ({"prompt": "x"}, 'contains an extra "prompt".'),
        ({}, "Example 4 is missing key 'messages'"),
        ({"messages": []}, "Example 4: 'messages' must be a list of at least one message."),
        ({"messages": [USER]}, "Example 4: at least one message must be from the assistant."),
        (
            {"messages": [USER, {"content": "Hello"}]},
            "Example 4, message 2 Discriminator 'role' is missing in value",
        ),
        ({"messages": [{"role": "bot", "content": "x"}]}, "Example 4, message 1 Input tag 'bot' found"),
        ({"messages": [USER, {"role": "assistant"}]}, "Example 4, message 2 is missing key 'content'"),
        ({"messages": [{**USER, "weight": 1}]}, 'Example 4, message 1 contains an extra "weight".'),
        ({"messages": [USER, assistant(weight=0.5)]}, "Input should be 0 or 1 for 'weight'"),
        ({"messages": [USER, assistant(weight=True)]}, "Input should be 0 or 1 for 'weight'"),
        ({"messages": [USER, assistant(mood="good")]}, 'Example 4, message 2 contains an extra "mood".'),
        ({"messages": [{"role": "tool", "content": "1"}]}, "message 1 is missing key 'tool_call_id'"),
        (
            {"messages": [USER, assistant(tool_calls=[{"function": {"name": "f", "arguments": {}}}])]},
            "Input should be a valid string for 'arguments'",
        ),
        ({"messages": [USER, assistant()], "tools": {}}, "Example 4: 'tools' must be a list"),
        ({"messages": ["Hi"]}, "Example 4, message 1 Input should be a valid dictionary"),
        ({"messages": [{"role": "user", "content": 3}]}, "message 1 Input should be a valid string"),
    ],
)
def test_what_the_service_would_say_of_an_example(tmp_path: Path, example: Any, text: str) -> None:
    assert text in refusal(with_line(tmp_path / "a.jsonl", 4, json.dumps(example).encode()))


def test_chat_lines_in_a_preference_job(tmp_path: Path) -> None:
    path = write_jsonl(tmp_path / "a.jsonl", chats(10))
    assert "file-1 is in the fine-tune-chat format, but" in refusal(path, "dpo")
    assert refusal(path, "dpo").endswith("(provided method=dpo).")


def test_preference_lines_in_a_supervised_job(tmp_path: Path) -> None:
    pair = {"input": {"messages": [USER]}, "preferred_output": [assistant()]}
    path = write_jsonl(tmp_path / "a.jsonl", [pair] * 10)
    assert "is in the fine-tune-preference format" in refusal(path)
    assert refusal(path, "dpo") == "Example 1 is missing key 'non_preferred_output'"


def test_reading_can_be_stopped(tmp_path: Path) -> None:
    path = write_jsonl(tmp_path / "a.jsonl", chats(10))
    with pytest.raises(CancelledError):
        validate_file(
            path, title="Training", file_id="f", method="supervised", minimum=1, should_stop=lambda: True
        )


def test_chosen_examples_are_read(tmp_path: Path) -> None:
    path = write_jsonl(tmp_path / "a.jsonl", chats(12))
    path.write_bytes(b"\n" + path.read_bytes())
    assert read_examples(path, [0, 3, 11]) == [chats(12)[place] for place in (0, 3, 11)]
