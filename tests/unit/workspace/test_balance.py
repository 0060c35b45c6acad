"""Charts of classes: what they count, how even that is, and that the query of a bar finds its examples."""

import json
import math
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from finetune_studio.settings.paths import app_paths
from finetune_studio.workspace.operations import options
from finetune_studio.workspace.operations.new_like import new_example_like
from finetune_studio.workspace.queries import balance
from finetune_studio.workspace.queries.charts import EXPLAINED, TITLES, facts_of, make_chart
from finetune_studio.workspace.queries.examples import get_example, list_ids
from finetune_studio.workspace.queries.search import parse_query
from finetune_studio.workspace.queries.statistics import evenness_of
from finetune_studio.workspace.tasks import ImmediateRunner
from finetune_studio.workspace.workspace import Workspace
from tests.helpers.builders import chat_line

PROMPT = 'Say "yes" or no, and nothing else. ' * 6


def _open(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, *lines: bytes) -> Workspace:
    monkeypatch.setenv("FINETUNE_STUDIO_HOME", str(tmp_path / "home"))
    source = tmp_path / "data.jsonl"
    source.write_bytes(b"".join(lines))
    workspace = Workspace.open_any(source, paths=app_paths(), runner=ImmediateRunner())
    workspace.perform(options.set_rule_enabled, "B410", True)
    workspace.lint.start()
    return workspace


def _labelled() -> list[bytes]:
    labels = ["yes"] * 12 + ["no"] * 4 + ["not: sure"] * 4
    return [
        chat_line(("system", PROMPT + ("A" if n % 2 else "B")), ("user", f"Is it {n}?"), ("assistant", label))
        for n, label in enumerate(labels)
    ]


def _mixed() -> list[bytes]:
    german = "Die Lampe ist in drei Tagen bei Ihnen und wir schreiben Ihnen dann noch einmal."
    lines = [
        chat_line(
            ("user", f"Where do I find the women number {n}?"),
            ("assistant", f"I think that the great women are in room {n}."),
        )
        for n in range(6)
    ]
    lines += [chat_line(("user", f"Wo ist {n}?"), ("assistant", f"{german} {n}")) for n in range(3)]
    lines += [
        chat_line(("user", f"Tell {n}."), ("assistant", f"I'm sorry, but I can't help with that, {n}."))
        for n in range(2)
    ]
    call: dict[str, Any] = {
        "messages": [
            {"role": "user", "content": "Weather?"},
            {
                "role": "assistant",
                "tool_calls": [
                    {"id": "a", "type": "function", "function": {"name": "get_weather", "arguments": "{}"}}
                ],
            },
        ],
        "tools": [
            {
                "type": "function",
                "function": {"name": name, "parameters": {"type": "object", "properties": {}}},
            }
            for name in ("get_weather", "get_time")
        ],
    }
    return [*lines, json.dumps(call).encode() + b"\n"]


def _counts(workspace: Workspace, key: str) -> dict[str, int]:
    return {bar.label: bar.count for bar in balance.CHARTS[key](workspace).bars}


def test_labels_and_prompts(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    workspace = _open(tmp_path, monkeypatch, *_labelled())
    chart = balance.labels_chart(workspace)
    assert _counts(workspace, "labels") == {"yes": 12, "no": 4, "not: sure": 4}
    even = chart.evenness
    assert even is not None
    assert (even.classes, even.share) == (3, 0.6)
    assert even.effective == pytest.approx(math.exp(even.entropy * math.log(2)))
    assert ("Effective number", "2.6 of 3") in facts_of(chart)
    assert len(balance.prompts_chart(workspace).bars) == 2, "prompts that differ at the end are two"
    workspace.close()


def test_languages_openings_refusals_tools_and_people(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    workspace = _open(tmp_path, monkeypatch, *_mixed())
    assert _counts(workspace, "refusals") == {"Answers": 10, "Refusals": 2}
    assert _counts(workspace, "languages")["German"] == 3
    assert _counts(workspace, "questions")["where do i"] == 6
    assert _counts(workspace, "openings")["i think that"] == 6
    assert _counts(workspace, "tools") == {"get_weather": 1, "get_time": 0, "Offered, none called": 0}
    people = balance.people_chart(workspace).bars
    assert [(bar.label, bar.count, bar.parts) for bar in people] == [
        ("women", 6, (("good", 6), ("bad", 0))),
    ]
    assert balance.labels_chart(workspace).bars == ()
    workspace.close()


@pytest.mark.parametrize("lines", [_labelled(), _mixed()], ids=["labelled", "mixed"])
def test_the_query_of_every_bar_finds_its_examples(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, lines: list[bytes]
) -> None:
    workspace = _open(tmp_path, monkeypatch, *lines)
    checked = 0
    for key, _title in TITLES:
        chart = make_chart(workspace, key)
        assert EXPLAINED[key]
        for bar in chart.bars:
            if bar.query and key != "roles":
                assert len(list_ids(workspace, bar.query)) == bar.count, (key, bar)
                checked += 1
    assert checked > 12
    workspace.close()


def test_before_the_first_check_nothing_is_counted(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("FINETUNE_STUDIO_HOME", str(tmp_path / "home"))
    workspace = Workspace.create(tmp_path / "new.ftset", paths=app_paths(), runner=ImmediateRunner())
    assert all(make_chart(workspace, key).total == 0 for key in balance.CHARTS)
    assert list(list_ids(workspace, "label:yes")) == []
    workspace.close()


def test_a_new_example_takes_over_what_makes_the_class(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    workspace = _open(tmp_path, monkeypatch, *_labelled())
    bar = next(bar for bar in balance.labels_chart(workspace).bars if bar.label == "no")
    made: list[int] = []
    workspace.perform(
        new_example_like, bar.query, label=bar.label, done=lambda changes: made.extend(changes.example_ids)
    )
    value = json.loads(get_example(workspace, made[0]).body)
    assert [m["role"] for m in value["messages"]] == ["system", "user", "assistant"]
    assert value["messages"][0]["content"].startswith('Say "yes"')
    assert value["messages"][2]["content"] == "no"
    workspace.perform(new_example_like, "is:draft", tag="rare", done=lambda c: made.extend(c.example_ids))
    assert get_example(workspace, made[1]).tags == ("rare",)
    failed: list[Exception] = []
    workspace.perform(new_example_like, "label:never", failed=failed.append)
    assert failed
    workspace.undo()
    workspace.undo()
    assert len(list_ids(workspace)) == 20
    workspace.close()


@given(st.lists(st.integers(0, 1000), max_size=30))
def test_the_effective_number_lies_between_one_and_the_number_of_classes(counts: list[int]) -> None:
    even = evenness_of(counts)
    filled = [count for count in counts if count]
    if len(filled) < 2:
        assert even is None
        return
    assert even is not None
    assert 1 <= even.effective <= even.classes + 1e-9
    assert even.effective >= 1 / even.share - 1e-9
    if len(set(filled)) == 1:
        assert even.effective == pytest.approx(len(filled))


@given(
    st.sampled_from(["label", "opening", "asks", "prompt", "language", "calls", "people"]),
    st.text(min_size=1),
)
def test_terms_of_facts_take_any_text(name: str, text: str) -> None:
    value = text.replace('"', "") + "."
    assert parse_query(f'{name}:"{value}"').groups
