"""Arguments of a call as a form made from a schema."""

import json

import pytest

from finetune_studio.domain.errors import InputError
from finetune_studio.formats.tool_arguments import Argument, read_arguments, set_argument

SCHEMA = json.dumps(
    {
        "type": "object",
        "required": ["city"],
        "properties": {
            "city": {"type": "string", "description": "A town"},
            "unit": {"enum": ["celsius", "kelvin"]},
            "days": {"type": ["integer", "null"]},
            "rain": {"type": "boolean"},
            "at": {"type": "object"},
            "any": {},
        },
    }
)


def by_name(arguments: str) -> dict[str, Argument]:
    return {each.name: each for each in read_arguments(SCHEMA, arguments) or ()}


def test_fields_come_from_the_schema_and_from_what_is_there() -> None:
    fields = by_name('{"unit": "kelvin", "city": "Oslo", "other": 3}')
    assert list(fields) == ["city", "unit", "days", "rain", "at", "any", "other"]
    assert fields["city"].text == "Oslo"
    assert fields["city"].required
    assert fields["city"].description == "A town"
    assert fields["unit"].choices == ('"celsius"', '"kelvin"')
    assert fields["unit"].text == '"kelvin"'
    assert fields["days"].kind == "integer"
    assert not fields["days"].is_set
    assert not fields["other"].is_known
    assert fields["other"].text == "3"


def test_without_a_schema_the_values_make_the_form() -> None:
    found = read_arguments("", '{"a": "x", "b": [1]}')
    assert found is not None
    assert [(each.name, each.kind, each.text) for each in found] == [
        ("a", "string", "x"),
        ("b", "array", "[1]"),
    ]
    assert read_arguments(SCHEMA, "[1]") is None
    assert read_arguments(SCHEMA, '{"a": ') is None


@pytest.mark.parametrize(
    ("name", "typed", "expected"),
    [
        ("city", 'Os"lo', '{"z": 1e5, "city": "Os\\"lo"}'),
        ("city", "", '{"z": 1e5, "city": ""}'),
        ("unit", '"celsius"', '{"z": 1e5, "unit": "celsius"}'),
        ("days", "3", '{"z": 1e5, "days": 3}'),
        ("rain", "true", '{"z": 1e5, "rain": true}'),
        ("at", '{"x":  1.0}', '{"z": 1e5, "at": {"x": 1.0}}'),
        ("any", "plain words", '{"z": 1e5, "any": "plain words"}'),
        ("any", "[1]", '{"z": 1e5, "any": [1]}'),
        ("days", "", '{"z": 1e5}'),
    ],
)
def test_one_argument_is_written_and_the_others_stay(name: str, typed: str, expected: str) -> None:
    before = '{"z": 1e5}'
    assert set_argument(before, by_name(before)[name], typed) == expected


def test_clearing_an_optional_argument_takes_it_out() -> None:
    before = '{"days": 3, "city": "Oslo"}'
    assert set_argument(before, by_name(before)["days"], "") == '{"city": "Oslo"}'


@pytest.mark.parametrize(
    ("name", "typed"), [("days", "three"), ("rain", "yes"), ("at", "{x"), ("days", "[1]")]
)
def test_what_does_not_fit_the_type_is_told(name: str, typed: str) -> None:
    with pytest.raises(InputError):
        set_argument("{}", by_name("{}")[name], typed)


def test_a_value_that_does_not_fit_its_schema_is_shown_as_json() -> None:
    field = by_name('{"days": "three", "unit": "rankine"}')
    assert (field["days"].kind, field["days"].text) == ("", '"three"')
    assert (field["unit"].choices, field["unit"].text) == ((), "rankine")
