"""A definition as a form: every edit touches what it names and loses nothing else."""

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from finetune_studio.domain.edits import Edit, EditOp, JsonText
from finetune_studio.domain.errors import InputError
from finetune_studio.formats import tool_definition as form
from finetune_studio.formats.json_errors import JsonSyntaxError
from finetune_studio.formats.json_layout import one_line_text, pretty_text
from finetune_studio.formats.patch import apply_edits
from finetune_studio.formats.quick_patch import QuickPatcher

ODD = """{"strict": true, "type": "function", "function": {"parameters": {"$defs": {"a": {"type": "null"}},
 "required": ["city"], "properties": {"city": {"minLength": 1.0, "type": "string", "x": 1e5},
 "when": {"anyOf": [{"$ref": "#/$defs/a"}]}, "n": {"type": "integer", "enum": [1, 2]}},
 "additionalProperties": false, "type": "object", "big": 10000000000000000000001},
 "description": "How \\u0077arm it is", "name": "get_weather", "name2": {"deep": [1, [2, {"k": []}]]}}}"""


def test_a_form_shows_what_it_knows() -> None:
    fields = form.read_fields(ODD)
    assert (fields.name, fields.description) == ("get_weather", "How warm it is")
    assert [(each.name, each.kind, each.required) for each in fields.parameters] == [
        ("city", "string", True),
        ("when", form.OTHER, False),
        ("n", "integer", False),
    ]
    assert fields.parameters[2].choices == "[1, 2]"


def test_edits_keep_unknown_keys_their_order_and_the_spelling_of_numbers() -> None:
    text = form.set_name(ODD, "weather")
    text = form.rename_parameter(text, "city", "place")
    text = form.set_parameter_description(text, "place", "Where")
    text = form.set_parameter_required(text, "n", True)
    text = form.move_parameter(text, "n", -1)
    expected = one_line_text(ODD)
    expected = expected.replace('"name": "get_weather"', '"name": "weather"')
    city = '"city": {"minLength": 1.0, "type": "string", "x": 1e5}'
    number = '"n": {"type": "integer", "enum": [1, 2]}'
    when = '"when": {"anyOf": [{"$ref": "#/$defs/a"}]}'
    place = '"place": {"minLength": 1.0, "type": "string", "x": 1e5, "description": "Where"}'
    expected = expected.replace(f"{city}, {when}, {number}", f"{place}, {number}, {when}")
    assert one_line_text(text) == expected.replace('["city"]', '["place", "n"]')


def test_a_parameter_is_added_typed_and_removed() -> None:
    text = form.add_parameter(form.NEW_TOOL)
    text = form.rename_parameter(text, "parameter_1", "a/b~c")
    text = form.set_parameter_kind(text, "a/b~c", "array")
    text = form.set_parameter_required(text, "a/b~c", True)
    function = json.loads(text)["function"]
    assert function["parameters"]["properties"] == {"a/b~c": {"type": "array", "items": {"type": "string"}}}
    assert function["parameters"]["required"] == ["a/b~c"]
    gone = json.loads(form.remove_parameter(text, "a/b~c"))["function"]["parameters"]
    assert gone == {"type": "object", "properties": {}}


def test_a_parameter_goes_to_tools_without_parameters_and_to_functions() -> None:
    bare = '{"name": "f"}'
    assert json.loads(form.add_parameter(bare))["parameters"]["properties"] == {
        "parameter_1": {"type": "string"}
    }
    assert [
        each.name for each in form.read_fields(form.add_parameter(form.add_parameter(bare))).parameters
    ] == [
        "parameter_1",
        "parameter_2",
    ]


@pytest.mark.parametrize(
    ("kind", "typed", "expected"),
    [
        ("string", "a, b", ["a", "b"]),
        ("integer", "1, 2", [1, 2]),
        ("string", '["a, b", 3]', ["a, b", 3]),
        ("string", "", None),
    ],
)
def test_choices_are_typed_with_commas_or_as_a_list(kind: str, typed: str, expected: Any) -> None:
    text = form.set_parameter_kind(form.add_parameter(form.NEW_TOOL), "parameter_1", kind)
    text = form.set_parameter_choices(text, "parameter_1", typed)
    parameter = json.loads(text)["function"]["parameters"]["properties"]["parameter_1"]
    assert parameter.get("enum") == expected
    assert (
        form.set_parameter_choices(text, "parameter_1", form.read_fields(text).parameters[0].choices) == text
    )


def test_what_is_no_definition_is_told() -> None:
    for text in ("[]", '{"type": "function"}', '{"function": 1}'):
        with pytest.raises(InputError):
            form.read_fields(text)
    with pytest.raises(JsonSyntaxError, match="Line 1, column 2"):
        form.read_fields("{")
    text = form.add_parameter(form.add_parameter(form.NEW_TOOL))
    with pytest.raises(InputError, match="already a key"):
        form.rename_parameter(text, "parameter_2", "parameter_1")


_json = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=8),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=6), inner, max_size=3),
    max_leaves=6,
)
_schemas = st.dictionaries(
    st.sampled_from(["type", "description", "enum", "items", "minimum", "x", "$ref", "properties"]),
    _json,
    max_size=5,
)


def _nest(draw: st.DrawFn, schema: dict[str, Any]) -> None:
    """Make an object, or a list of objects, of a schema."""
    inner = draw(st.dictionaries(st.text(min_size=1, max_size=3), _schemas, min_size=1, max_size=3))
    if draw(st.booleans()):
        schema.update(type="object", properties=inner)
    else:
        schema.update(type="array", items={"type": "object", "properties": inner, "x": draw(_json)})


def _properties_at(tool: dict[str, Any], path: tuple[str, ...]) -> dict[str, Any]:
    """What holds the parameter of a path."""
    found: dict[str, Any] = tool["function"]["parameters"]
    for name in path[:-1]:
        found = found["properties"][name]
        found = found["items"] if found.get("type") == "array" else found
    properties: dict[str, Any] = found["properties"]
    return properties


@st.composite
def _tools(draw: st.DrawFn) -> dict[str, Any]:
    properties = draw(st.dictionaries(st.text(min_size=1, max_size=5), _schemas, max_size=4))
    for schema in properties.values():
        if draw(st.booleans()):
            _nest(draw, schema)
    parameters = {"properties": properties, **draw(st.dictionaries(st.text(max_size=4), _json, max_size=3))}
    parameters["properties"] = properties
    function = {"name": draw(st.text(max_size=5)), "parameters": parameters, "extra": draw(_json)}
    return {"type": "function", "function": function, "strict": draw(_json)}


@given(_tools(), st.data())
def test_an_edit_of_the_form_changes_only_what_it_names(tool: dict[str, Any], data: st.DataObject) -> None:
    """Law: whatever is edited, the rest of the definition is equal, in the same order of keys."""
    text = pretty_text(json.dumps(tool))
    paths = [each.path for each in form.read_fields(text).parameters]
    what = data.draw(
        st.sampled_from(["name", "add", *(["kind", "words", "move", "choices"] if paths else [])])
    )
    if what == "name":
        text = form.set_name(text, "new")
        tool["function"]["name"] = "new"
    elif what == "add":
        text = form.add_parameter(text)
        properties = tool["function"]["parameters"]["properties"]
        added = next(f"parameter_{n}" for n in range(1, 9) if f"parameter_{n}" not in properties)
        properties[added] = {"type": "string"}
    else:
        path = data.draw(st.sampled_from(paths))
        properties, name = _properties_at(tool, path), path[-1]
        if what == "kind":
            text = form.set_parameter_kind(text, path, "number")
            properties[name]["type"] = "number"
        elif what == "words":
            text = form.set_parameter_description(text, path, "Words")
            properties[name]["description"] = "Words"
        elif what == "choices":
            text = form.set_parameter_choices(text, path, '["a"]')
            properties[name]["enum"] = ["a"]
        else:
            text = form.move_parameter(text, path, 1)
            names = list(properties)
            place = names.index(name)
            names[place : place + 2] = reversed(names[place : place + 2])
            moved = {key: properties[key] for key in names}
            properties.clear()
            properties.update(moved)
    assert json.dumps(json.loads(text)) == json.dumps(tool)


def test_json_text_goes_into_a_line_as_it_is_spelled() -> None:
    line = b'{"a":1,"t":[{"x":"caf\\u00e9"}]}\r\n'
    value = JsonText('{\n  "n": 1e5,\n  "big": 10000000000000000000001,\n  "w": "caf\u00e9"\n}')
    edits = [Edit(EditOp.ADD, "/t/-", value)]
    expected = line.replace(b"}]", b'},{"n":1e5,"big":10000000000000000000001,"w":"caf\\u00e9"}]')
    assert apply_edits(line, edits) == expected
    assert QuickPatcher().apply(line, edits) == expected


@given(_json)
def test_laying_out_and_back_is_the_same(value: Any) -> None:
    line = json.dumps(value, ensure_ascii=False)
    assert one_line_text(pretty_text(line)) == line


@given(_tools(), st.booleans(), st.booleans())
def test_many_lines_get_a_tool_as_one_line_does(tool: dict[str, Any], ascii_only: bool, tight: bool) -> None:
    separators = (",", ":") if tight else (", ", ": ")
    value = {"messages": [{"role": "user", "content": "caf\u00e9"}], "tools": [1, {"a": 1.0}]}
    line = json.dumps(value, ensure_ascii=ascii_only, separators=separators).encode()
    edits = [
        Edit(EditOp.REPLACE, "/tools/0", JsonText(json.dumps(tool, ensure_ascii=False))),
        Edit(EditOp.ADD, "/tools/1", JsonText(pretty_text(json.dumps(tool)))),
    ]
    patcher = QuickPatcher()
    assert patcher.apply(line, edits) == apply_edits(line, edits) == patcher.apply(line, edits)
