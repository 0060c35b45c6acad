"""What findings say: values as JSON spells them, and numbers in sentences that fit them."""

import json
from typing import Any

import pytest

from finetune_studio.lint import LintConfig, check_dataset, check_example, facts_of_batch, merge
from finetune_studio.lint.words import spelled
from tests.helpers.builders import chat_line

SCHEMA = {"type": "object", "properties": {"k": {"enum": [None, True, 3, "x"]}, "n": {"const": True}}}


def said(line: bytes, code: str) -> list[str]:
    return [d.message for d in check_example(line, LintConfig(select=(code,)))]


def said_of(lines: list[bytes], code: str) -> list[str]:
    config = LintConfig(select=(code,))
    return [d.message for d in check_dataset(merge([facts_of_batch(lines, config)]), config)]


def call_line(arguments: str, parameters: Any = SCHEMA) -> bytes:
    call = {"id": "c1", "type": "function", "function": {"name": "f", "arguments": arguments}}
    messages = [
        {"role": "user", "content": "hi"},
        {"role": "assistant", "content": None, "tool_calls": [call]},
    ]
    tools = [{"type": "function", "function": {"name": "f", "parameters": parameters}}]
    return json.dumps({"messages": messages, "tools": tools}).encode()


@pytest.mark.parametrize(
    ("value", "text"),
    [(None, "null"), (True, "true"), (3, "3"), ("a b", "“a b”"), (["x", None], '["x", null]'), (0.5, "0.5")],
)
def test_values_are_spelled_as_in_json(value: Any, text: str) -> None:
    assert spelled(value) == text


def test_arguments_that_do_not_fit() -> None:
    [choice] = said(call_line('{"k": false}'), "T502")
    assert "“k” is false, not one of null, true, 3, “x”." in choice
    [constant] = said(call_line('{"n": false}'), "T502")
    assert "“n” does not keep to “const: true”." in constant


def test_a_type_that_is_a_list() -> None:
    [found] = said(call_line("{}", {"type": ["object", "null"]}), "T507")
    assert 'its type is ["object", "null"]; arguments are always an object' in found


@pytest.mark.parametrize(
    ("arguments", "part"),
    [
        ('{"x": NaN}', "are not valid JSON (column 7)"),
        ('{"x": 1e999}', "hold a number that is too large to be read, 1e999 (column 7)"),
        ('{"x": 1, "x": 2}', "have the key “x” twice (column 10)"),
        ('{"x": 1,}', "are not valid JSON (column 9)"),
    ],
)
def test_arguments_that_cannot_be_read(arguments: str, part: str) -> None:
    [found] = said(call_line(arguments), "T501")
    assert part in found


@pytest.mark.parametrize(("weight", "text"), [("true", "true"), ("null", "null"), ('"2"', "“2”"), ("2", "2")])
def test_weights(weight: str, text: str) -> None:
    line = chat_line(("user", "hi"), ("assistant", "yes"))[:-4] + b', "weight": ' + weight.encode() + b"}]}"
    [found] = said(line, "F009")
    assert found.endswith(f"here it is {text}.")


def test_an_input_that_is_a_text() -> None:
    side = [{"role": "assistant", "content": "4"}]
    pair = {"input": "2 + 2?", "preferred_output": side, "non_preferred_output": side}
    found = said(json.dumps(pair).encode(), "F003")
    assert found == ["“input” must be an object that holds “messages”; here it is a text."]


def test_one_and_several() -> None:
    assert "has lost 1 character:" in said(chat_line(("user", "a\ufffdb")), "Q103")[0]
    assert "has lost 2 characters:" in said(chat_line(("user", "a\ufffdb\ufffd")), "Q103")[0]
    call = {"role": "assistant", "content": None, "function_call": {"name": "f", "arguments": "{}"}}
    line = json.dumps({"messages": [{"role": "user", "content": "hi"}, call]}).encode()
    assert said(line, "F017")[0].startswith("“function_call” is deprecated;")


def test_one_and_several_prompts() -> None:
    def lines(prompt: str, number: int) -> list[bytes]:
        return [chat_line(("system", prompt), ("user", f"q{n}"), ("assistant", "a")) for n in range(number)]

    often = lines("Be kind.", 60)
    [one] = said_of(often + lines("Be brief.", 2), "B406")
    assert "the only other one has the rest (as even as" in one
    assert "so what that asks for is hardly learned." in one
    [several] = said_of(often + lines("Be brief.", 1) + lines("Answer in verse.", 1), "B406")
    assert "the other 2 share the rest" in several
    assert "so what they ask for is hardly learned." in several
    [found] = said_of(
        lines("You are a helpful support agent. Answer in two sentences.", 40)
        + lines("You are a helpful support agent. Answer in two sentence.", 1),
        "D204",
    )
    assert found.endswith("40 other examples; 1 example has this one.")


def test_ordered_once() -> None:
    labels = [("spam", 30), ("ham", 30)]
    lines = [
        chat_line(("user", f"q{n}"), ("assistant", word)) for word, times in labels for n in range(times)
    ]
    [found] = said_of(lines, "B414")
    assert "it changes 1 time from one to the next" in found
