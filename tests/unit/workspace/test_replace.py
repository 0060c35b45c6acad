"""Find and replace over the dataset, and the bulk changes that stand on the same pass."""

import json

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from finetune_studio.domain.errors import CancelledError, UsageError
from finetune_studio.domain.id_set import IdSet
from finetune_studio.storage.rows import NewExample
from finetune_studio.workspace.history import label_text
from finetune_studio.workspace.operations import prompts
from finetune_studio.workspace.operations.replace import ReplaceReport, replace_hits
from finetune_studio.workspace.queries.find import Finder, FindOptions, SlowPatternError, find_hits
from finetune_studio.workspace.task import silent_context
from finetune_studio.workspace.workspace import Workspace
from tests.helpers.builders import chat_line


def fill(workspace: Workspace, *lines: bytes) -> list[int]:
    """Put lines into the dataset as they are."""

    def insert(opened: Workspace) -> object:
        with opened.step("import.file", {"name": "test"}) as step:
            step.insert_examples([NewExample(line) for line in lines])
        return step.changes

    workspace.perform(insert)
    return [number for chunk in workspace.examples().ids() for number in chunk]


def bodies(workspace: Workspace) -> list[bytes]:
    return [row[3] for row in workspace.examples().bodies()]


def replace(workspace: Workspace, options: FindOptions) -> ReplaceReport:
    found = find_hits(workspace, options)
    reports: list[ReplaceReport] = []
    workspace.perform(replace_hits, found.hits, options.text, done=reports.append)
    return reports[0]


@pytest.fixture
def filled(workspace: Workspace) -> Workspace:
    fill(
        workspace,
        chat_line(
            ("system", "Be kind."), ("user", "How far is the Moon?"), ("assistant", "The moon is far.")
        ),
        b'{"messages":[{"role":"user","content":"moon\\u0021 moonlight"},{"content":"No",'
        b'"role":"assistant"}],"n":10000000000000000000001}\r\n',
        b'{"odd": "moon"}\n',
    )
    return workspace


def test_a_plain_search_knows_case_words_and_roles(filled: Workspace) -> None:
    assert len(find_hits(filled, FindOptions("moon")).hits) == 4
    assert len(find_hits(filled, FindOptions("moon", match_case=True)).hits) == 3
    assert len(find_hits(filled, FindOptions("moon", whole_word=True)).hits) == 3
    assert len(find_hits(filled, FindOptions("moon", roles=frozenset({"assistant"}))).hits) == 1
    assert len(find_hits(filled, FindOptions("moon", query="far")).hits) == 2
    assert not find_hits(filled, FindOptions("")).hits
    assert not find_hits(filled, FindOptions("is.")).hits


def test_a_hit_tells_where_it_is(filled: Workspace) -> None:
    hit = find_hits(filled, FindOptions("Moon", "Sun", match_case=True)).hits[0]
    assert (hit.message_index, hit.role, hit.path) == (1, "user", "/messages/1/content")
    assert (hit.before, hit.found, hit.after, hit.replacement) == ("How far is the ", "Moon", "?", "Sun")


def test_replacing_writes_only_the_hits_and_is_one_step(filled: Workspace) -> None:
    before = bodies(filled)
    report = replace(filled, FindOptions("moon", "Sun"))
    assert (report.replaced, report.n_examples, report.stale) == (4, 2, 0)
    after = bodies(filled)
    assert after[0] == before[0].replace(b"Moon", b"Sun").replace(b"moon", b"Sun")
    assert after[1] == before[1].replace(b"moon", b"Sun")
    assert after[2] == before[2]
    label = filled.history.undo_label
    assert label is not None
    assert label_text(label) == "Replace “moon” in 2 examples"
    filled.undo()
    assert bodies(filled) == before


def test_groups_of_a_regular_expression_come_into_the_replacement(filled: Workspace) -> None:
    replace(filled, FindOptions(r"(\w+) is far", r"far is \1", is_regex=True))
    assert b"The far is moon." in bodies(filled)[0]


def test_a_hit_whose_text_has_changed_is_left(filled: Workspace) -> None:
    found = find_hits(filled, FindOptions("moon", "Sun"))
    replace(filled, FindOptions("The moon", "A star", match_case=True))
    reports: list[ReplaceReport] = []
    filled.perform(replace_hits, found.hits, "moon", done=reports.append)
    assert reports[0].stale == 1
    assert b"A star is far." in bodies(filled)[0]


@pytest.mark.parametrize(
    ("text", "replacement", "says"),
    [
        ("(a", None, "missing"),
        ("a", r"\9", "group"),
        ("a{5,2}", None, "pattern"),
        ("[", None, "cannot be used"),
    ],
)
def test_a_bad_pattern_is_explained(text: str, replacement: str | None, says: str) -> None:
    with pytest.raises(UsageError, match=says):
        Finder(FindOptions(text, replacement, is_regex=True)).spans("aaa")


def test_a_slow_pattern_ends_with_a_word_on_where(
    workspace: Workspace, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("finetune_studio.workspace.queries.find.TIME_LIMIT", 0.05)
    fill(workspace, chat_line(("user", "hi")), chat_line(("user", "a" * 40 + "!")))
    with pytest.raises(SlowPatternError, match="example 2") as caught:
        find_hits(workspace, FindOptions(r"(a|aa|a*)+(b|c)\1", is_regex=True))
    assert "simpler" in caught.value.advice


@settings(max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
@given(
    st.lists(
        st.tuples(st.text('ab\\"\u2028é\U0001f600 \n', max_size=12), st.booleans()), min_size=1, max_size=4
    ),
    st.text('ab\\"é\n', min_size=1, max_size=2),
    st.text('ab\\"é\U0001f600\n', max_size=3),
)
def test_replace_does_what_str_replace_does_and_undo_gives_the_same_bytes(
    workspace: Workspace, texts: list[tuple[str, bool]], sought: str, put: str
) -> None:
    lines = [
        json.dumps(
            {"messages": [{"role": "user", "content": text}], "x": 1.50}, ensure_ascii=escaped
        ).encode()
        + b"\n"
        for text, escaped in texts
    ]
    first = len(bodies(workspace))
    fill(workspace, *lines)
    replace(workspace, FindOptions(sought, put, match_case=True))
    for (text, _ascii), body in zip(texts, bodies(workspace)[first:], strict=True):
        assert json.loads(body)["messages"][0]["content"] == text.replace(sought, put)
    if any(sought in text for text, _ascii in texts) and sought != put:
        workspace.undo()
    assert bodies(workspace)[first:] == lines
    workspace.undo()


def test_a_cancelled_replacement_leaves_everything_as_it_was(filled: Workspace) -> None:
    before = bodies(filled)
    found = find_hits(filled, FindOptions("moon", "Sun"))
    context = silent_context()
    context.cancel()
    with pytest.raises(CancelledError):
        replace_hits(filled, found.hits, "moon", context)
    assert bodies(filled) == before
    label = filled.history_store.undo_label()
    assert label is not None
    assert label[0] == "import.file"


def test_a_cancelled_search_ends(filled: Workspace) -> None:
    context = silent_context()
    context.cancel()
    with pytest.raises(CancelledError):
        find_hits(filled, FindOptions("moon"), context=context)


def all_ids(workspace: Workspace) -> IdSet:
    return IdSet.of(number for chunk in workspace.examples().ids() for number in chunk)


def test_a_system_prompt_is_set_added_and_taken_out(filled: Workspace) -> None:
    before = bodies(filled)
    ids = all_ids(filled)
    assert prompts.count_prompt_changes(filled, ids, "Be kind.") == 1
    filled.perform(prompts.set_system_prompt, ids, "Be “brief”.")
    after = bodies(filled)
    assert after[0] == before[0].replace(b"Be kind.", "Be “brief”.".encode())
    assert after[1] == before[1].replace(
        b'[{"role":"user"', '[{"role":"system","content":"Be “brief”."},{"role":"user"'.encode()
    )
    assert after[2] == before[2]
    filled.perform(prompts.set_system_prompt, ids, "Always.", append=True)
    assert json.loads(bodies(filled)[0])["messages"][0]["content"] == "Be “brief”.\n\nAlways."
    filled.perform(prompts.set_system_prompt, ids, "")
    assert [m["role"] for m in json.loads(bodies(filled)[0])["messages"]] == ["user", "assistant"]
    for _ in range(3):
        filled.undo()
    assert bodies(filled) == before


def test_only_the_last_answer_is_trained_and_all_again(workspace: Workspace) -> None:
    line = chat_line(("user", "1"), ("assistant", "a"), ("user", "2"), ("assistant", "b"))
    fill(workspace, line, chat_line(("user", "1"), ("assistant", "a")))
    workspace.perform(prompts.train_last_answer, all_ids(workspace))
    assert [m.get("weight") for m in json.loads(bodies(workspace)[0])["messages"]] == [None, 0, None, None]
    label = workspace.history.undo_label
    assert label is not None
    assert label_text(label) == "Train only the last answer of example"
    workspace.perform(prompts.train_all_answers, all_ids(workspace))
    assert bodies(workspace)[0] == line


def test_a_role_is_retyped_with_its_weight(workspace: Workspace) -> None:
    value = {
        "messages": [{"role": "assistant", "content": "a", "weight": 0}, {"role": "user", "content": "b"}]
    }
    fill(workspace, json.dumps(value).encode() + b"\n")
    workspace.perform(prompts.retype_role, all_ids(workspace), "assistant", "user")
    assert json.loads(bodies(workspace)[0])["messages"][0] == {"role": "user", "content": "a"}
