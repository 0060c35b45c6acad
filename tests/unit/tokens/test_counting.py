from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from finetune_studio.tokens.counting import ExampleTokens, TokenCounter

# OpenAI's cookbook, "How to count tokens with tiktoken": the API gives 124 for gpt-4o, 129 for gpt-4.
JARGON = [
    {
        "role": "system",
        "content": "You are a helpful, pattern-following assistant that translates corporate jargon "
        "into plain English.",
    },
    {"role": "system", "name": "example_user", "content": "New synergies will help drive top-line growth."},
    {"role": "system", "name": "example_assistant", "content": "Things working well together will increase "
     "revenue."},
    {
        "role": "system",
        "name": "example_user",
        "content": "Let's circle back when we have more bandwidth to touch base on opportunities for "
        "increased leverage.",
    },
    {"role": "system", "name": "example_assistant", "content": "Let's talk later when we're less busy about "
     "how to do better."},
    {
        "role": "user",
        "content": "This late pivot means we don't have time to boil the ocean for the client deliverable.",
    },
]  # fmt: skip

WEATHER_TOOL = {
    "type": "function",
    "function": {
        "name": "get_current_weather",
        "description": "Get the current weather in a given location",
        "parameters": {
            "type": "object",
            "properties": {
                "location": {
                    "type": "string",
                    "description": "The city and state, e.g. San Francisco, CA",
                },
                "unit": {
                    "type": "string",
                    "description": "The unit of temperature to return",
                    "enum": ["celsius", "fahrenheit"],
                },
            },
            "required": ["location"],
        },
    },
}
WEATHER_MESSAGES = [
    {
        "role": "system",
        "content": "You are a helpful assistant that can answer to questions about the weather.",
    },
    {"role": "user", "content": "What's the weather like in San Francisco?"},
]

KEYS = [
    *("messages", "role", "content", "name", "weight", "tool_calls", "tool_call_id", "tools", "function"),
    *("functions", "function_call", "parameters", "properties", "enum", "items", "description", "type"),
    *("text", "image_url", "input", "preferred_output", "non_preferred_output", "refusal", "arguments"),
]
SCALARS = st.none() | st.booleans() | st.integers() | st.floats() | st.text() | st.just("a\udfff")
GARBAGE = st.recursive(
    SCALARS,
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.sampled_from(KEYS), inner, max_size=5),
    max_leaves=25,
)


def test_the_cookbook_example_counts_as_the_api_says(
    counter: TokenCounter, old_counter: TokenCounter
) -> None:
    tokens = counter.count_example({"messages": JARGON})
    assert tokens.total == 124
    assert not tokens.about
    assert tokens.longest == 124
    assert sum(tokens.by_message) == sum(tokens.by_role.values()) == 121
    assert old_counter.count_example({"messages": JARGON}).total == 129


def test_tools_count_as_the_cookbook_vectors(counter: TokenCounter, old_counter: TokenCounter) -> None:
    value = {"messages": WEATHER_MESSAGES, "tools": [WEATHER_TOOL]}
    tokens = counter.count_example(value)
    assert (tokens.total, tokens.about) == (101, True)
    assert tokens.tools == 101 - counter.count_example({"messages": WEATHER_MESSAGES}).total
    assert old_counter.count_example(value).total == 105


def test_deprecated_functions_count_as_tools(counter: TokenCounter) -> None:
    value = {"messages": WEATHER_MESSAGES, "functions": [WEATHER_TOOL["function"]]}
    assert counter.count_example(value).total == 101


def test_loss_is_the_content_of_trained_answers(counter: TokenCounter) -> None:
    answers = ["Paris is the capital.", "Lyon is not.", "Third."]
    messages: list[dict[str, Any]] = [
        {"role": "user", "content": "Which?"},
        {"role": "assistant", "content": answers[0]},
        {"role": "assistant", "content": answers[1], "weight": 0},
        {"role": "assistant", "content": answers[2], "weight": 1},
    ]
    tokens = counter.count_example({"messages": messages})
    assert tokens.loss == counter.count(answers[0]) + counter.count(answers[2])


def test_tool_calls_are_trained_text_and_make_the_count_an_estimate(counter: TokenCounter) -> None:
    call = {"id": "call_1", "type": "function", "function": {"name": "look", "arguments": '{"a": 1}'}}
    message = {"role": "assistant", "content": None, "tool_calls": [call]}
    tokens = counter.count_example({"messages": [message]})
    assert tokens.loss == counter.count("look") + counter.count('{"a": 1}')
    assert tokens.about


def test_parts_count_their_text_and_images_about(counter: TokenCounter) -> None:
    text = {"type": "text", "text": "What is this?"}
    low = {"type": "image_url", "image_url": {"url": "https://x/y.png", "detail": "low"}}
    plain = counter.count_example({"messages": [{"role": "user", "content": "What is this?"}]})
    parts = counter.count_example({"messages": [{"role": "user", "content": [text]}]})
    image = counter.count_example({"messages": [{"role": "user", "content": [text, low]}]})
    assert parts == plain
    assert (image.total, image.about) == (plain.total + 85, True)


def test_a_pair_counts_its_prompt_with_each_answer(counter: TokenCounter) -> None:
    prompt = [{"role": "user", "content": "Say hello in French."}]
    good, bad = (
        {"role": "assistant", "content": "Bonjour"},
        {"role": "assistant", "content": "Hello there, my friend"},
    )
    pair = {"input": {"messages": prompt}, "preferred_output": [good], "non_preferred_output": [bad]}
    sides = [counter.count_example({"messages": [*prompt, answer]}) for answer in (good, bad)]
    tokens = counter.count_example(pair)
    assert tokens.total == sides[0].total + sides[1].total
    assert tokens.longest == sides[1].total
    assert tokens.loss == sides[0].loss + sides[1].loss
    assert len(tokens.by_message) == 3
    assert sum(tokens.by_role.values()) == tokens.total - 6


def test_special_token_text_counts_as_plain_text(counter: TokenCounter) -> None:
    assert counter.count("<|endoftext|>") > 1


@pytest.mark.parametrize("value", [None, 3, "x", [], {}, {"messages": None}, {"messages": []}])
def test_what_is_no_example_counts_nothing(counter: TokenCounter, value: Any) -> None:
    assert counter.count_example(value) == ExampleTokens()


@given(values=st.lists(GARBAGE, max_size=3))
def test_garbage_never_raises_and_the_batch_equals_one_by_one(
    counter: TokenCounter, values: list[Any]
) -> None:
    batch = counter.count_values(values)
    assert batch == [counter.count_example(value) for value in values]
    assert all(tokens.total >= sum(tokens.by_message) >= 0 for tokens in batch)


@pytest.mark.parametrize(
    "texts", [["hi", "", "naïve – ok", " 東京\n\n  x"], [""], ["a\x1fb", "c"], ["\ud800"], ["\u088f"]]
)
def test_a_block_is_counted_as_each_text_alone(texts: list[str]) -> None:
    joined = b"".join(text.encode("utf-8", "surrogatepass") + b"\xff" for text in texts)
    found = TokenCounter().count_block(joined, len(texts))
    assert found.tolist() == [TokenCounter().count(text) for text in texts]
