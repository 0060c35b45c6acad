"""Templates with fields: filled by hand or from a table, kept in the dataset, and purged with it."""

import json
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from finetune_studio.domain.errors import InputError, UsageError
from finetune_studio.domain.example import ExampleKind
from finetune_studio.formats.records import decode
from finetune_studio.lint import check_file
from finetune_studio.storage.copies import copy_for_sharing
from finetune_studio.storage.database import open_database
from finetune_studio.storage.purge import purge
from finetune_studio.workspace.history import label_text
from finetune_studio.workspace.operations import prompts, templates
from finetune_studio.workspace.template_fields import (
    count_places,
    field_name,
    fields_of,
    fill,
    make_fields,
    rows_of_table,
)
from finetune_studio.workspace.templates import Template, own_templates, shipped_templates
from finetune_studio.workspace.workspace import Workspace
from tests.unit.workspace.test_replace import bodies

WEATHER: dict[str, Any] = {
    "messages": [
        {"role": "system", "content": "Be brief."},
        {"role": "user", "content": "How warm is it in {{city}}? And tomorrow in {{ city }}?"},
        {
            "role": "assistant",
            "tool_calls": [{"id": "c", "type": "function", "function": {"arguments": '{"c": "{{city}}"}'}}],
        },
        {"role": "tool", "tool_call_id": "c", "content": '{"t": {{degrees}}}'},
    ]
}


def arguments(value: Any) -> Any:
    return json.loads(value["messages"][2]["tool_calls"][0]["function"]["arguments"])


def test_fields_come_in_reading_order_and_once() -> None:
    assert fields_of(WEATHER) == ("city", "degrees")
    assert fields_of({"content": "{{}} {{ a b }} {x} {{a\nb}} {{{c}}}"}) == ("a b", "c")


def test_values_are_escaped_where_the_text_is_json() -> None:
    filled = fill(WEATHER, {"city": 'Oslo "S"', "degrees": "7"})
    assert filled["messages"][1]["content"] == 'How warm is it in Oslo "S"? And tomorrow in Oslo "S"?'
    assert arguments(filled) == {"c": 'Oslo "S"'}
    assert json.loads(filled["messages"][3]["content"]) == {"t": 7}
    assert fields_of(fill(WEATHER, {"city": "Oslo"})) == ("degrees",)
    assert fill(WEATHER, {"city": "{{degrees}}"})["messages"][1]["content"].startswith(
        "How warm is it in {{degrees}}"
    )


@given(
    word=st.text(st.characters(exclude_characters="{}0"), min_size=1, max_size=8), other=st.text(max_size=8)
)
def test_making_fields_and_filling_them_gives_the_texts_back(word: str, other: str) -> None:
    value = {
        "messages": [
            {"role": "user", "content": f"{other.replace('{', '').replace('}', '')} {word}!"},
            {
                "role": "assistant",
                "tool_calls": [{"function": {"arguments": json.dumps({"0": word}, ensure_ascii=False)}}],
            },
        ]
    }
    made = make_fields(value, {word: "x"})
    assert fields_of(made) == ("x",)
    assert count_places(value, word) >= 2
    assert fill(made, {"x": word}) == value


def test_only_texts_of_messages_get_fields() -> None:
    value = {"messages": [{"role": "user", "name": "user", "content": "user"}], "tools": [{"name": "user"}]}
    made = make_fields(value, {"user": "who"})
    assert made["messages"] == [{"role": "user", "name": "user", "content": "{{who}}"}]
    assert made["tools"] == value["tools"]
    assert field_name("  a {{b}}\nc ") == "a b c"


@pytest.mark.parametrize(
    ("text", "rows"),
    [
        ("city,degrees\nOslo,7\n\nRome,20\n", [("Oslo", "7"), ("Rome", "20")]),
        ("degrees\tCity\n7\tOslo, Norway\n", [("Oslo, Norway", "7")]),
        ('\ufeffcity;degrees\r\n"Oslo;\nS";7\r\n', [("Oslo;\nS", "7")]),
        ("Oslo,7\nRome,20", [("Oslo", "7"), ("Rome", "20")]),
    ],
)
def test_a_table_is_read_with_or_without_a_header(text: str, rows: list[tuple[str, str]]) -> None:
    found = rows_of_table(text, ("city", "degrees"))
    assert [(row["city"], row["degrees"]) for row in found.rows] == rows
    assert (found.unknown, found.missing) == ((), ())


def test_a_table_says_what_does_not_fit() -> None:
    found = rows_of_table("city,colour\nOslo,red\n", ("city", "degrees"))
    assert (found.rows, found.unknown, found.missing) == (({"city": "Oslo"},), ("colour",), ("degrees",))
    assert rows_of_table(" \n", ("city",)).rows == ()
    with pytest.raises(InputError, match="names none of the fields"):
        rows_of_table("a,b,c\n1,2,3", ("city", "degrees"))


def test_a_table_makes_many_examples_in_one_step(workspace: Workspace) -> None:
    template = Template("Weather", WEATHER)
    rows = [{"city": f"City {n}", "degrees": str(n)} for n in range(30)]
    workspace.perform(templates.new_from_template, template, rows[:1])
    workspace.perform(templates.new_from_template, template, rows, after_id=1)
    assert len(bodies(workspace)) == 31
    assert arguments(json.loads(bodies(workspace)[30])) == {"c": "City 29"}
    label = workspace.history.labels.undo
    assert label is not None
    assert label_text(label) == "Make 30 examples from the template “Weather”"
    workspace.undo()
    assert len(bodies(workspace)) == 1


def test_the_dataset_prompt_takes_the_place_of_the_templates(workspace: Workspace) -> None:
    workspace.perform(prompts.set_dataset_prompt, "Be kind.")
    pair = shipped_templates()[-1]
    workspace.perform(templates.new_from_template, Template("Weather", WEATHER), [{}], None, True)
    workspace.perform(templates.new_from_template, pair, [{}], None, True)
    first, second = (json.loads(body) for body in bodies(workspace))
    assert first["messages"][0] == {"role": "system", "content": "Be kind."}
    assert len(first["messages"]) == len(WEATHER["messages"])
    assert [each["role"] for each in second["input"]["messages"]] == ["system", "user"]


def test_own_templates_are_kept_in_the_dataset_and_undone(workspace: Workspace) -> None:
    workspace.perform(templates.save_template, "  My  weather ", WEATHER)
    assert own_templates(workspace) == [Template("My weather", WEATHER, is_own=True)]
    assert list(own_templates(workspace)[0].value["messages"][0]) == ["role", "content"]
    changed = {**WEATHER, "parallel_tool_calls": False}
    workspace.perform(templates.save_template, "My weather", changed)
    assert [each.value for each in own_templates(workspace)] == [changed]
    workspace.perform(templates.delete_template, "My weather")
    assert own_templates(workspace) == []
    workspace.undo()
    workspace.undo()
    assert [each.value for each in own_templates(workspace)] == [WEATHER]
    with pytest.raises(UsageError):
        templates.save_template(workspace, " ", WEATHER)


def test_a_copy_for_sharing_keeps_templates_and_purge_reaches_them(
    workspace: Workspace, tmp_path: Path
) -> None:
    secret = 'Zoë "Q" Quill'
    spoken = {"messages": [{"role": "user", "content": f"I am {secret}."}]}
    workspace.perform(templates.save_template, "Mine", spoken)
    copy_for_sharing(workspace.database, tmp_path / "copy.ftset")
    copy = open_database(tmp_path / "copy.ftset")
    assert copy.writer.execute("SELECT count(*) FROM option WHERE key='templates'").fetchone() == (1,)
    copy.close()
    purge(workspace.database, secret)
    assert own_templates(workspace)[0].value == {"messages": [{"role": "user", "content": "I am [removed]."}]}


def test_templates_that_are_none_are_left_out(workspace: Workspace) -> None:
    def damage(opened: Workspace) -> Any:
        with opened.step("option.set", {"key": "templates"}) as step:
            step.set_option("templates", [1, {"name": 2}, {"name": "x", "example": WEATHER}])
        return step.changes

    workspace.perform(damage)
    assert [each.name for each in own_templates(workspace)] == ["x"]


def test_shipped_templates_give_examples_without_errors(tmp_path: Path) -> None:
    shipped = shipped_templates()
    assert len(shipped) >= 7
    path = tmp_path / "made.jsonl"
    lines = []
    for template in shipped:
        assert template.fields
        filled = fill(template.value, dict.fromkeys(template.fields, "12"))
        assert fields_of(filled) == ()
        kind, record = decode(json.dumps(filled).encode())
        assert record is not None
        assert kind in (ExampleKind.CONVERSATION, ExampleKind.PREFERENCE)
        lines.append((kind, json.dumps(filled).encode() + b"\n"))
    path.write_bytes(b"".join(body for kind, body in lines if kind is ExampleKind.CONVERSATION))
    found = [each for each in check_file(path).diagnostics if each.severity.value == "error"]
    assert [each.code for each in found if each.code != "S701"] == []
