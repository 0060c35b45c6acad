"""Examples of every kind, right and wrong, for property tests."""

import json
from typing import Any

from hypothesis import strategies as st

TEXTS = st.one_of(
    st.text(max_size=30),
    st.sampled_from(
        [
            "hi",
            " two  words ",
            "a\r\nb\nc",
            "<|endoftext|>",
            "",
            " \n",
            "ghp_x8Kq2mNf7RtV9bWc3YzLp5JhGd4SaE6uTi1Q",
            "a\x00b",
            'say "role": x',
            "back\\",
        ]
    ),
)
SCALARS = st.one_of(st.none(), st.booleans(), st.integers(-5, 5), st.floats(allow_nan=False), TEXTS)
ROLES = st.sampled_from(
    ["system", "developer", "user", "assistant", "assistant", "tool", "human", "function"]
)
CALLS = st.lists(
    st.fixed_dictionaries(
        {},
        optional={
            "id": st.sampled_from(["c1", "c2", ""]),
            "type": st.just("function"),
            "function": st.fixed_dictionaries(
                {}, optional={"name": st.just("f"), "arguments": st.sampled_from(["{}", "x", {"a": 1}, None])}
            ),
        },
    ),
    max_size=2,
)
TOOLS = st.lists(
    st.one_of(
        st.fixed_dictionaries(
            {"type": st.just("function")},
            optional={
                "function": st.fixed_dictionaries(
                    {"name": st.sampled_from(["f", "g", "f g"])},
                    optional={
                        "parameters": st.sampled_from(
                            [
                                {},
                                {"type": "object", "required": ["a"]},
                                {"type": "dict"},
                                {"$ref": "#"},
                                [],
                                "x",
                            ]
                        )
                    },
                )
            },
        ),
        SCALARS,
    ),
    max_size=2,
)
PLAIN = st.fixed_dictionaries({"role": ROLES, "content": TEXTS})
MESSAGES = st.one_of(
    PLAIN,
    PLAIN,
    PLAIN,
    st.fixed_dictionaries(
        {},
        optional={
            "role": st.one_of(ROLES, SCALARS),
            "content": st.one_of(
                TEXTS,
                st.none(),
                st.lists(st.fixed_dictionaries({"type": st.just("text"), "text": TEXTS}), max_size=2),
                SCALARS,
            ),
            "weight": SCALARS,
            "name": TEXTS,
            "tool_calls": CALLS,
            "tool_call_id": st.sampled_from(["c1", "c9"]),
            "function_call": st.just({"name": "f", "arguments": "{}"}),
            "id": SCALARS,
        },
    ),
    SCALARS,
)
LISTS = st.lists(MESSAGES, max_size=5)
CONVERSATIONS = st.fixed_dictionaries(
    {"messages": st.one_of(LISTS, LISTS, LISTS, SCALARS)},
    optional={
        "tools": st.one_of(TOOLS, TOOLS, SCALARS),
        "parallel_tool_calls": st.booleans(),
        "functions": st.just([{"name": "f"}]),
        "id": SCALARS,
    },
)
PAIRS = st.fixed_dictionaries(
    {"preferred_output": LISTS},
    optional={
        "input": st.one_of(st.fixed_dictionaries({"messages": LISTS}, optional={"tools": TOOLS}), SCALARS),
        "non_preferred_output": st.one_of(LISTS, SCALARS),
    },
)
VALUES: st.SearchStrategy[Any] = st.one_of(CONVERSATIONS, CONVERSATIONS, CONVERSATIONS, PAIRS, SCALARS, LISTS)


def spelled(value: Any, ascii_only: bool, spaced: bool) -> bytes:
    """One JSONL line without its end."""
    separators = (", ", ": ") if spaced else (",", ":")
    text = json.dumps(value, ensure_ascii=ascii_only, separators=separators)
    return text.encode("utf-8", "surrogatepass")


LINES = st.builds(spelled, VALUES, st.booleans(), st.booleans())
EXAMPLES = st.builds(spelled, st.one_of(CONVERSATIONS, PAIRS), st.booleans(), st.booleans())
