"""The system prompt of the dataset: who follows it, and one step for all who do."""

import json

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from finetune_studio.domain.example import PreferencePair
from finetune_studio.domain.id_set import IdSet
from finetune_studio.workspace.history import label_text
from finetune_studio.workspace.operations import examples, prompts
from finetune_studio.workspace.operations.rewriting import RewriteReport
from finetune_studio.workspace.queries.completion import QueryFacts, complete
from finetune_studio.workspace.queries.examples import get_example, list_ids
from finetune_studio.workspace.queries.prompts import (
    PromptStanding,
    dataset_prompt,
    prompt_standing,
    usual_system_prompt,
)
from finetune_studio.workspace.workspace import Workspace
from tests.helpers.builders import chat_line
from tests.unit.workspace.test_replace import bodies, fill

PAIR = {
    "input": {"messages": [{"role": "developer", "content": "Be kind."}, {"role": "user", "content": "?"}]},
    "preferred_output": [{"role": "assistant", "content": "a"}],
    "non_preferred_output": [{"role": "assistant", "content": "b"}],
}


@pytest.fixture
def filled(workspace: Workspace) -> Workspace:
    fill(
        workspace,
        chat_line(("system", "Be kind."), ("user", "1"), ("assistant", "a")),
        chat_line(("system", "Be rude."), ("user", "2"), ("assistant", "b")),
        b'{"messages":[{"role":"user","content":"3"}],"n":10000000000000000000001}\r\n',
        json.dumps(PAIR).encode() + b"\n",
        b'{"odd": 1}\n',
    )
    return workspace


def change(workspace: Workspace, text: str, **which: bool) -> int:
    reports: list[RewriteReport] = []
    workspace.perform(prompts.set_dataset_prompt, text, done=reports.append, **which)
    return reports[0].n_examples


def test_examples_follow_what_has_the_same_text(filled: Workspace) -> None:
    before = bodies(filled)
    assert prompt_standing(filled, "Be kind.") == PromptStanding(0, 2, 1, 1)
    assert change(filled, "Be kind.") == 0
    assert bodies(filled) == before
    assert dataset_prompt(filled) == usual_system_prompt(filled) == "Be kind."
    assert prompt_standing(filled, "Be brief.") == PromptStanding(2, 0, 1, 1)


def test_a_change_rewrites_the_followers_in_one_step(filled: Workspace) -> None:
    change(filled, "Be kind.")
    before = bodies(filled)
    assert change(filled, "Be “brief”.\n") == 2
    after = bodies(filled)
    assert after[0] == before[0].replace(b"Be kind.", "Be “brief”.\\n".encode())
    assert json.loads(after[3])["input"]["messages"][0] == {"role": "developer", "content": "Be “brief”.\n"}
    assert after[1:3] == before[1:3]
    assert label_text(filled.history.labels.undo) == "Change the system prompt of the dataset"  # type: ignore[arg-type]
    filled.undo()
    assert bodies(filled) == before
    assert dataset_prompt(filled) == "Be kind."
    filled.redo()
    assert bodies(filled) == after
    assert dataset_prompt(filled) == "Be “brief”.\n"


def test_others_and_those_without_get_it_when_asked(filled: Workspace) -> None:
    assert change(filled, "New.", without=True, other=True) == 4
    assert prompt_standing(filled, "") == PromptStanding(4, 0, 0, 0)
    assert b"10000000000000000000001" in bodies(filled)[2]
    assert bodies(filled)[4] == b'{"odd": 1}\n'
    assert change(filled, "") == 4
    assert dataset_prompt(filled) == ""
    assert prompt_standing(filled) == PromptStanding(0, 0, 0, 4)


def test_a_selection_follows(filled: Workspace) -> None:
    change(filled, "Be kind.")
    filled.perform(prompts.follow_dataset_prompt, IdSet.of([2, 3]))
    assert prompt_standing(filled) == PromptStanding(4, 0, 0, 0)
    filled.undo()
    assert prompt_standing(filled) == PromptStanding(2, 0, 1, 1)


def test_nothing_follows_where_there_is_no_prompt(filled: Workspace) -> None:
    before = bodies(filled)
    filled.perform(prompts.follow_dataset_prompt, IdSet.of([1, 2, 3, 4]))
    assert bodies(filled) == before


def test_new_examples_start_with_it(workspace: Workspace) -> None:
    change(workspace, "Be kind.")
    workspace.perform(examples.new_example)
    workspace.perform(examples.new_example, examples.EMPTY_PAIR)
    first = json.loads(bodies(workspace)[0])["messages"]
    assert [(each["role"], each["content"]) for each in first] == [
        ("system", "Be kind."),
        ("user", ""),
        ("assistant", ""),
    ]
    pair = get_example(workspace, 2).record
    assert isinstance(pair, PreferencePair)
    assert [message.text for message in pair.input.messages] == ["Be kind.", ""]
    assert prompt_standing(workspace).follow == 2


TEXTS = st.sampled_from(["", "Be kind.", "Be rude.", "“Ünïcode” \u2028", "a\tb\\"])


@settings(max_examples=25, suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
@given(changes=st.lists(st.tuples(TEXTS, st.booleans(), st.booleans(), st.booleans()), max_size=5))
def test_undoing_every_change_gives_every_byte_back(
    filled: Workspace, changes: list[tuple[str, bool, bool, bool]]
) -> None:
    before = bodies(filled)
    start = filled.history.labels
    for text, following, without, other in changes:
        change(filled, text, following=following, without=without, other=other)
    after, prompt = bodies(filled), dataset_prompt(filled)
    steps = 0
    while filled.history.labels.undo != start.undo:
        filled.undo()
        steps += 1
    assert bodies(filled) == before
    assert dataset_prompt(filled) == ""
    for _ in range(steps):
        filled.redo()
    assert (bodies(filled), dataset_prompt(filled)) == (after, prompt)
    for _ in range(steps):
        filled.undo()


def test_a_filter_finds_who_follows_the_prompt_and_who_overrides_it(filled: Workspace) -> None:
    line = b'{"messages":[{"role":"system","content":[{"type":"text","text":"Be kind."}]},{"role":"user"}]}\n'
    broken = b'{"messages":[{"role":"system","content":"Be kind."}'
    fill(filled, line, b'{"messages":[]}\n', b'{"messages":["Be kind."],"input":3}\n', broken)
    ids = list(list_ids(filled))

    def found(query: str) -> list[int]:
        return [ids.index(each) for each in list_ids(filled, query)]

    assert found("has:dataset-prompt") == []
    assert found("has:own-prompt") == [0, 1, 3, 5]
    change(filled, "Be kind.")
    assert found("has:dataset-prompt") == [0, 3]
    assert found("has:own-prompt") == [1, 5]
    assert found("-has:own-prompt -has:dataset-prompt") == [2, 4, *range(6, len(ids))]
    completion = complete("has:o", 5, QueryFacts())
    assert [(each.text, each.detail) for each in completion.items] == [
        ("has:own-prompt", "A system prompt of its own")
    ]
