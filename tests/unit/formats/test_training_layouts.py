"""Examples in the layouts of local trainers."""

import ast
import json
import re
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from finetune_studio.domain.errors import InputError
from finetune_studio.domain.example import ExampleKind
from finetune_studio.formats.training_layouts import WEIGHT_LOST, Layout, has_untrained, lay_out
from finetune_studio.formats.training_snippets import SnippetFacts, snippets_of

TALK = ExampleKind.CONVERSATION
_CALL = {"id": "c1", "type": "function", "function": {"name": "weather", "arguments": '{"city": "Oslo"}'}}
_TOOLS = [{"type": "function", "function": {"name": "weather", "parameters": {"type": "object"}}}]


def _message(role: str, content: Any, **more: Any) -> dict[str, Any]:
    return {"role": role, "content": content, **more}


def _laid(value: dict[str, Any], layout: Layout, *, split: bool = False) -> list[dict[str, Any]]:
    return [json.loads(line.text) for line in lay_out(value, TALK, layout, split=split)]


_WITH_TOOLS = {
    "messages": [
        _message("developer", "Be brief."),
        _message("user", "How warm is it?", name="anna"),
        _message("assistant", None, tool_calls=[_CALL]),
        _message("tool", "7", tool_call_id="c1"),
        _message("assistant", "Seven degrees.", weight=1),
    ],
    "tools": _TOOLS,
    "parallel_tool_calls": False,
}


def test_trl_gets_tool_arguments_as_objects_and_roles_that_templates_know() -> None:
    (record,) = _laid(_WITH_TOOLS, Layout.TRL)
    assert record.keys() == {"messages", "tools"}
    assert [message["role"] for message in record["messages"]] == [
        "system",
        "user",
        "assistant",
        "tool",
        "assistant",
    ]
    assert record["messages"][2]["tool_calls"][0]["function"]["arguments"] == {"city": "Oslo"}
    assert record["messages"][2]["content"] == ""
    assert all("weight" not in message and "name" not in message for message in record["messages"])
    (line,) = lay_out(_WITH_TOOLS, TALK, Layout.TRL)
    assert len(line.lost) == 2


def test_llama_factory_names_calls_and_observations() -> None:
    (record,) = _laid(_WITH_TOOLS, Layout.LLAMA_FACTORY)
    roles = [message["role"] for message in record["messages"]]
    assert roles == ["system", "user", "function_call", "observation", "assistant"]
    assert json.loads(record["messages"][2]["content"]) == {"name": "weather", "arguments": {"city": "Oslo"}}
    assert json.loads(record["tools"]) == _TOOLS


def test_axolotl_says_which_message_is_not_trained() -> None:
    value = {
        "messages": [_message("user", "a"), _message("assistant", "b", weight=0), _message("assistant", "c")]
    }
    (record,) = _laid(value, Layout.AXOLOTL, split=True)
    assert [message.get("training") for message in record["messages"]] == [None, False, None]
    (line,) = lay_out(value, TALK, Layout.AXOLOTL)
    assert line.lost == ()
    (told,) = lay_out(value, TALK, Layout.MLX)
    assert told.lost == (WEIGHT_LOST,)
    assert has_untrained(value)


def test_a_pair_is_prompt_chosen_and_rejected() -> None:
    pair = {
        "input": {"messages": [_message("user", "Capital?")], "tools": _TOOLS},
        "preferred_output": [_message("assistant", "Paris, of course.")],
        "non_preferred_output": [_message("assistant", "Paris.")],
    }
    for layout in (Layout.TRL, Layout.AXOLOTL):
        (line,) = lay_out(pair, ExampleKind.PREFERENCE, layout)
        record = json.loads(line.text)
        assert record["prompt"] == [_message("user", "Capital?")]
        assert record["chosen"] == [_message("assistant", "Paris, of course.")]
        assert record["tools"] == _TOOLS
    (line,) = lay_out(pair, ExampleKind.PREFERENCE, Layout.LLAMA_FACTORY)
    assert json.loads(line.text)["rejected"] == _message("assistant", "Paris.")
    with pytest.raises(InputError, match="mlx-lm"):
        list(lay_out(pair, ExampleKind.PREFERENCE, Layout.MLX))


@pytest.mark.parametrize(
    "message",
    [
        _message("user", [{"type": "image_url", "image_url": {"url": "data:image/png;base64,xx"}}]),
        _message("assistant", None, tool_calls=[{**_CALL, "function": {"name": "x", "arguments": "{oops"}}]),
        _message("assistant", None, tool_calls=[{**_CALL, "function": {"name": "x", "arguments": "[1]"}}]),
    ],
)
def test_what_a_layout_cannot_hold_is_said(message: dict[str, Any]) -> None:
    for layout in Layout:
        with pytest.raises(InputError):
            list(lay_out({"messages": [_message("user", "a"), message]}, TALK, layout))


_TALKS = st.lists(
    st.tuples(
        st.sampled_from(["user", "assistant", "system"]), st.text(max_size=20), st.sampled_from([None, 0, 1])
    ),
    min_size=1,
    max_size=8,
)


@given(_TALKS, st.sampled_from([Layout.TRL, Layout.MLX, Layout.LLAMA_FACTORY]))
def test_a_split_ends_once_in_every_trained_answer(
    talk: list[tuple[str, str, int | None]], layout: Layout
) -> None:
    messages = [
        _message(role, text, **({} if weight is None or role != "assistant" else {"weight": weight}))
        for role, text, weight in talk
    ]
    trained = [index for index, (role, _, weight) in enumerate(talk) if role == "assistant" and weight != 0]
    lines = _laid({"messages": messages}, layout, split=True)
    wholes = [record.get("messages") or [*record["prompt"], *record["completion"]] for record in lines]
    assert [len(whole) - 1 for whole in wholes] == trained
    for whole, index in zip(wholes, trained, strict=True):
        assert [message["content"] for message in whole] == [text for _, text, _ in talk[: index + 1]]


@pytest.mark.parametrize("layout", list(Layout))
@pytest.mark.parametrize("is_pair", [False, True])
def test_snippets_name_the_files_and_what_was_chosen(layout: Layout, is_pair: bool) -> None:
    facts = SnippetFacts(
        layout, "marv", "marv-train.jsonl", "marv-validation.jsonl", is_pair, False, True, {"n_epochs": 7}, 42
    )
    texts = snippets_of(facts)
    whole = "\n".join(texts.values())
    if layout is not Layout.MLX:
        assert "marv-train.jsonl" in whole
        assert "marv-validation.jsonl" in whole
    assert "7" in whole
    assert "42" in whole
    for name, text in texts.items():
        if name.endswith(".json"):
            assert json.loads(text)
        if name.endswith(".py"):
            compile(text, name, "exec")


KNOWN = {
    "train_trl.py": {
        "output_dir", "num_train_epochs", "per_device_train_batch_size", "learning_rate", "seed",
        "assistant_only_loss", "beta", "model", "train_dataset", "eval_dataset", "args", "data_files",
    },
    "mlx_lora.yaml": {"model", "train", "data", "batch_size", "mask_prompt", "learning_rate", "seed"},
    "axolotl.yaml": {
        "base_model", "rl", "rl_beta", "datasets", "test_datasets", "num_epochs", "micro_batch_size",
        "learning_rate", "sequence_len", "seed", "path", "ds_type", "type", "field_messages",
        "message_field_training", "field_chosen", "field_rejected",
    },
    "llama_factory.yaml": {
        "model_name_or_path", "stage", "do_train", "finetuning_type", "dataset_dir", "dataset",
        "eval_dataset", "num_train_epochs", "per_device_train_batch_size", "mask_history", "learning_rate",
        "pref_beta", "seed",
    },
}  # fmt: skip
"""Keys that the trainers know: trl 1.16.0 with transformers 5.24.0, mlx-lm 0.32.2, axolotl 0.19.0 and
llamafactory 0.9.5, looked up in the source of each (November 2026)."""
NEEDED = {"axolotl.yaml": {"base_model", "datasets", "learning_rate"}, "mlx_lora.yaml": {"model", "data"}}


@pytest.mark.parametrize("layout", list(Layout))
@pytest.mark.parametrize("is_pair", [False, True])
@pytest.mark.parametrize("is_split", [False, True])
def test_settings_name_only_what_the_trainers_know(layout: Layout, is_pair: bool, is_split: bool) -> None:
    chosen: dict[str, float | int | str] = {
        "n_epochs": 2,
        "learning_rate": 0.00002,
        "beta": 0.25,
        "learning_rate_multiplier": 2,
        "batch_size": "auto",
    }
    facts = SnippetFacts(layout, "marv", "a.jsonl", "b.jsonl", is_pair, is_split, True, chosen, 42)
    for name, text in snippets_of(facts).items():
        if name.endswith(".json"):
            continue
        code = "\n".join(line for line in text.splitlines() if not line.startswith("#"))
        if name.endswith(".py"):
            calls = [node for node in ast.walk(ast.parse(text)) if isinstance(node, ast.Call)]
            keys = {word.arg for call in calls for word in call.keywords}
        else:
            keys = set(re.findall(r"^(?:  - |\s*)(\w+):", code, re.MULTILINE))
        assert keys <= KNOWN[name], keys - KNOWN[name]
        assert keys >= NEEDED.get(name, set())
        assert "0.00002" in code
        assert ("0.25" in code) == (is_pair and layout is not Layout.MLX)
        assert "learning_rate_multiplier 2 was chosen and has no counterpart here." in text
        assert "batch_size auto" not in text
