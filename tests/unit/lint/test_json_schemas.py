"""Schemas and patterns that could take for ever end, and what they leave unjudged is told of nothing else."""

import time
from typing import Any

import pytest

from finetune_studio.lint.json_schemas import compiled, misfits

_LONG = "a" * 40 + "!"
_DEEP = 30


def _told(schema: dict[str, Any], arguments: Any) -> list[str]:
    started = time.monotonic()
    found = [misfit.text for misfit in misfits(compiled(schema), arguments)]
    assert time.monotonic() - started < 5
    return found


def _of_x(**rule: Any) -> dict[str, Any]:
    return {"type": "object", "properties": {"x": rule}}


def _doubling(keyword: str, end: dict[str, Any]) -> dict[str, Any]:
    """Every definition asks twice for the next one."""
    defs: dict[str, Any] = {f"d{n}": {keyword: [{"$ref": f"#/$defs/d{n + 1}"}] * 2} for n in range(_DEEP)}
    defs[f"d{_DEEP}"] = end
    return {"type": "object", "$defs": defs, "$ref": "#/$defs/d0"}


@pytest.mark.parametrize(
    ("schema", "arguments"),
    [
        (_of_x(pattern="^(a|a)*$"), {"x": _LONG}),
        (_of_x(pattern="^(a|aa|b)*$"), {"x": _LONG}),
        ({"patternProperties": {"^(a|a)*$": {}}}, {_LONG: 1}),
        ({"patternProperties": {"^(a|a)*$": {}}, "additionalProperties": False}, {_LONG: 1}),
        ({"patternProperties": {"^(a|a)*$": {}}, "unevaluatedProperties": False}, {_LONG: 1}),
        (_of_x(patternProperties={"^(a|a)*$": {}}), {"x": {_LONG: 1}}),
        ({"propertyNames": {"pattern": "^(a|a)*$"}}, {_LONG: 1}),
        (
            {
                "$defs": {"a": {"$schema": "http://json-schema.org/draft-07/schema#", "pattern": "^(a|a)*$"}},
                **_of_x(**{"$ref": "#/$defs/a"}),
            },
            {"x": _LONG},
        ),
        (_of_x(pattern="((a{1000}){1000}){1000}"), {"x": _LONG}),
        (_doubling("allOf", {}), {"x": 1}),
        (_doubling("anyOf", {"type": "array"}), {"x": 1}),
        (_doubling("oneOf", {}), {"x": 1}),
        ({"$ref": "#/more", "more": {"minProperties": "x"}}, {"x": 1}),
    ],
    ids=lambda value: str(value)[:60],
)
def test_what_takes_too_much_work_is_not_judged(schema: dict[str, Any], arguments: Any) -> None:
    assert _told(schema, arguments) == []


@pytest.mark.parametrize(
    ("schema", "arguments", "text"),
    [
        (_of_x(pattern=r"^(\d+\.)+\d+$"), {"x": "1.b"}, r"“x” does not keep to “pattern: ^(\d+\.)+\d+$”"),
        (
            {"patternProperties": {"^n_": {"type": "integer"}}, "additionalProperties": False},
            {"n_1": "1", "m": 1},
            "“m” is not defined",
        ),
        (_of_x(uniqueItems=True), {"x": [{"a": 1}, {"b": 2}, {"a": 1.0}]}, "“x” does not keep to"),
        (_of_x(additionalProperties={"type": "integer"}), {"x": {"y": "1"}}, "“x.y” is a text"),
    ],
)
def test_ordinary_ones_are_judged(schema: dict[str, Any], arguments: Any, text: str) -> None:
    assert any(text in told for told in _told(schema, arguments))


def test_a_name_that_fits_a_pattern_is_not_called_undefined() -> None:
    schema = {"patternProperties": {"^n_": {}}, "additionalProperties": False}
    assert _told(schema, {"n_1": 1}) == []
    assert _told(schema, {"n_1": 1, "m": 1}) == ["“m” is not defined"]


def test_items_that_cannot_be_sorted_are_compared_quickly() -> None:
    items = [{"n": n} for n in range(20_000)]
    assert _told(_of_x(uniqueItems=True), {"x": items}) == []
    assert _told(_of_x(uniqueItems=True), {"x": [True, 1, "1", [1], {"a": 1}, None, 0, False]}) == []


def test_many_arguments_are_all_judged() -> None:
    schema = _of_x(type="array", items={"type": "integer", "minimum": 0, "maximum": 9})
    assert _told(schema, {"x": [1] * 20_000}) == []
    assert _told(schema, {"x": [1] * 20_000 + ["1"]}) == ["“x.20000” is a text, not of type integer"]


def test_a_large_schema_is_looked_at_in_time() -> None:
    started = time.monotonic()
    assert "not allowed" in compiled(_of_x(type=[{"n": n} for n in range(20_000)])).problem
    assert time.monotonic() - started < 10


def test_a_pattern_that_timed_out_often_is_not_tried_again() -> None:
    schema = compiled(_of_x(pattern="^(z|z)*$"))
    for _ in range(25):
        misfits(schema, {"x": "z" * 40 + "!"})
    started = time.monotonic()
    for _ in range(100):
        assert misfits(schema, {"x": "z" * 40 + "!"}) == []
    assert time.monotonic() - started < 1
