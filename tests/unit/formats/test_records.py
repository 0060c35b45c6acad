import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from finetune_studio.domain.example import Conversation, ExampleKind, PreferencePair
from finetune_studio.domain.message import ContentPart, Message, RawJson, Tool, ToolCall
from finetune_studio.formats.json_errors import JsonSyntaxError
from finetune_studio.formats.records import (
    decode,
    encode,
    kind_of_body,
    kind_of_value,
    loads,
    loads_exact,
    message_to_json,
)
from tests.helpers.builders import a_conversation, a_pair, assistant, chat_line, system, user
from tests.unit.formats.strategies import TEXT, VALUE, normalised, spelled


def conversation(body: bytes) -> Conversation:
    kind, record = decode(body)
    assert kind is ExampleKind.CONVERSATION
    assert isinstance(record, Conversation)
    return record


def message(text: str) -> Message:
    return conversation(f'{{"messages": [{text}]}}'.encode()).messages[0]


def test_a_plain_conversation() -> None:
    record = conversation(chat_line(("system", "s"), ("user", "hé"), ("assistant", "ok")))
    assert record == a_conversation(system("s"), user("hé"), assistant("ok"))


def test_every_field_of_an_assistant_message() -> None:
    call = '{"id":"c1","type":"function","function":{"name":"f","arguments":"{\\"a\\": 1}"},"x":1e5}'
    decoded = message(
        '{"role": "assistant", "content": null, "name": "n", "weight": 0, "refusal": "no", '
        f'"tool_calls": [{call}], "function_call": {{"name": "g",  "arguments": "{{}}"}}, "odd": 1.50}}'
    )
    assert decoded == Message(
        role="assistant",
        name="n",
        weight=0,
        refusal="no",
        tool_calls=(ToolCall("c1", "f", '{"a": 1}', raw=RawJson(call)),),
        extra=(
            ("function_call", RawJson('{"name": "g",  "arguments": "{}"}')),
            ("odd", RawJson("1.50")),
        ),
    )


def test_content_parts() -> None:
    parts = '[{"type": "text", "text": "a"}, {"type": "image_url", "image_url": {"url": "data:x"}}]'
    decoded = message(f'{{"role": "user", "content": {parts}}}')
    assert decoded.content == (
        ContentPart("text", text="a", raw=RawJson('{"type": "text", "text": "a"}')),
        ContentPart(
            "image_url",
            image_url="data:x",
            raw=RawJson('{"type": "image_url", "image_url": {"url": "data:x"}}'),
        ),
    )
    assert decoded.text == "a"


@pytest.mark.parametrize(
    ("key", "text"),
    [
        ("content", "5"),
        ("content", "[]"),
        ("content", '["a"]'),
        ("content", '{"a": 1}'),
        ("role", "5"),
        ("role", "null"),
        ("name", "null"),
        ("weight", "2"),
        ("weight", "true"),
        ("weight", "1.0"),
        ("weight", '"1"'),
        ("tool_calls", "[]"),
        ("tool_calls", '["x"]'),
        ("tool_calls", "null"),
        ("tool_call_id", "7"),
        ("refusal", "null"),
    ],
)
def test_values_of_a_wrong_type_are_kept_raw(key: str, text: str) -> None:
    assert (key, text) in message(f'{{"{key}": {text}}}').extra


def test_arguments_that_are_no_string_are_given_raw() -> None:
    call = '{"id": 5, "function": {"name": "f", "arguments": {"a": 1.0}}}'
    assert message(f'{{"role": "assistant", "tool_calls": [{call}]}}').tool_calls == (
        ToolCall(None, "f", '{"a": 1.0}', raw=RawJson(call)),
    )


def test_messages_that_are_no_objects_keep_their_place() -> None:
    record = conversation(b'{"messages": [5, {"role": "user", "content": "x"}]}')
    assert [m.role for m in record.messages] == ["", "user"]
    assert json.loads(encode(record)) == {"messages": [5, {"role": "user", "content": "x"}]}


def test_tools_and_what_is_beside_the_messages() -> None:
    tool = '{"type":"function","function":{"name":"f","description":"d","parameters":{"n":1.0}}}'
    record = conversation(
        f'{{"messages": [], "tools": [{tool}], "parallel_tool_calls": false, "id": 1e2}}'.encode()
    )
    assert record.tools == (Tool("f", "d", RawJson('{"n":1.0}'), raw=RawJson(tool)),)
    assert record.parallel_tool_calls is False
    assert record.extra == (("id", RawJson("1e2")),)


def test_a_preference_pair() -> None:
    record = a_pair(user("q"), preferred="good", non_preferred="bad")
    body = encode(record)
    assert decode(body) == (ExampleKind.PREFERENCE, record)
    assert body == (
        b'{"input": {"messages": [{"role": "user", "content": "q"}]}, "preferred_output": '
        b'[{"role": "assistant", "content": "good"}], "non_preferred_output": '
        b'[{"role": "assistant", "content": "bad"}]}\n'
    )


def test_a_pair_keeps_tools_and_extra_keys_of_its_input_and_its_own() -> None:
    body = (
        b'{"input": {"messages": [], "tools": [{"type": "function", "function": {"name": "f"}}], "a": 1}, '
        b'"preferred_output": [], "non_preferred_output": [], "b": 2.0}'
    )
    _, record = decode(body)
    assert isinstance(record, PreferencePair)
    assert record.input.tools[0].name == "f"
    assert (record.input.extra, record.extra) == ((("a", "1"),), (("b", "2.0"),))
    assert decode(encode(record))[1] == record


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ('{"messages": []}', ExampleKind.CONVERSATION),
        ('{"messages": 1, "messages": []}', ExampleKind.CONVERSATION),
        ('{"messages": [], "messages": 1}', ExampleKind.OTHER),
        ('{"messages": [], "preferred_output": []}', ExampleKind.CONVERSATION),
        ('{"messages": {}}', ExampleKind.OTHER),
        ("{}", ExampleKind.OTHER),
        ("[]", ExampleKind.OTHER),
        ("5", ExampleKind.OTHER),
        ('{"preferred_output": []}', ExampleKind.PREFERENCE),
        ('{"input": {}, "non_preferred_output": []}', ExampleKind.PREFERENCE),
        ('{"input": "x", "preferred_output": []}', ExampleKind.OTHER),
        ('{"input": {"messages": "x"}, "preferred_output": []}', ExampleKind.OTHER),
        ('{"input": {"messages": []}, "preferred_output": "x"}', ExampleKind.OTHER),
        ('{"prompt": [], "chosen": []}', ExampleKind.OTHER),
    ],
)
def test_kinds(text: str, kind: ExampleKind) -> None:
    assert kind_of_value(json.loads(text)) is kind
    assert kind_of_body(text.encode()) is kind
    decoded, record = decode(text.encode())
    assert decoded is kind
    assert (record is None) == (kind is ExampleKind.OTHER)


@pytest.mark.parametrize("body", [b"", b"{", b"\xff", b'{"messages": [NaN]}', b"[" * 5000])
def test_decode_and_kind_never_raise(body: bytes) -> None:
    assert decode(body) == (ExampleKind.OTHER, None)
    assert kind_of_body(body) is ExampleKind.OTHER


@given(st.data())
def test_what_is_decoded_and_encoded_means_the_same(data: st.DataObject) -> None:
    one = st.one_of(
        VALUE,
        st.dictionaries(
            st.sampled_from(["role", "content", "name", "weight", "tool_calls", "tool_call_id", "x"]),
            st.one_of(TEXT, VALUE, st.just(1)),
        ),
    )
    one = one.filter(lambda message: not isinstance(message, dict) or list(message) != [""])
    value = normalised({"messages": data.draw(st.lists(one, max_size=4)), "x": data.draw(VALUE)})
    record = conversation(data.draw(spelled(value)))
    body = encode(record)
    assert body.count(b"\n") == 1
    again = conversation(body)
    assert again == record
    for was, now in zip(value["messages"], loads_exact(body)["messages"], strict=True):
        if isinstance(was, dict):
            added = {key: now[key] for key in now if key not in was}
            assert added in ({}, {"role": ""}, {"content": None}, {"role": "", "content": None})
            assert {key: now[key] for key in was if key in now} | added == now
            assert all(was[key] is None for key in was if key not in now)
        else:
            assert was == now


def test_changed_parts_are_written_anew() -> None:
    call = ToolCall(
        "c", "f", "{}", raw=RawJson('{"id": "c", "function": {"name": "old", "arguments": "{}"}}')
    )
    tool = Tool("f", "d", RawJson('{"a": 1.0}'), raw=RawJson('{"function": {"name": "old"}}'))
    part = ContentPart("text", text="new", raw=RawJson('{"type": "text", "text": "old"}'))
    record = Conversation((Message("assistant", (part,), tool_calls=(call,)),), (tool,))
    assert loads(encode(record)) == {
        "messages": [
            {
                "role": "assistant",
                "content": [{"type": "text", "text": "new"}],
                "tool_calls": [{"id": "c", "type": "function", "function": {"name": "f", "arguments": "{}"}}],
            }
        ],
        "tools": [
            {"type": "function", "function": {"name": "f", "description": "d", "parameters": {"a": 1.0}}}
        ],
    }


def test_raw_parts_over_several_lines_are_written_on_one() -> None:
    record = Conversation((), (Tool("f", parameters=RawJson('{\n  "a":\n 1}')),))
    assert encode(record).count(b"\n") == 1


def test_message_to_json() -> None:
    assert list(message_to_json(assistant("é", weight=0)).items()) == [
        ("role", "assistant"),
        ("content", "é"),
        ("weight", 0),
    ]


def test_loads() -> None:
    assert loads(b'{"a": "\\ud800"}\n') == {"a": "\ud800"}
    assert loads(b"1e400") == float("inf")
    assert loads_exact(b"10000000000000000000001") == 10000000000000000000001
    with pytest.raises(JsonSyntaxError):
        loads(b'{"a": NaN}')
