"""What is typed while the same example is changed elsewhere: nothing is lost, nothing goes astray."""

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from finetune_studio.domain.errors import StudioError, UsageError
from finetune_studio.domain.id_set import IdSet
from finetune_studio.domain.text_merge import MAX_WORDS, merge_texts
from finetune_studio.workspace.history import label_text
from finetune_studio.workspace.operations import examples, messages, prompts
from finetune_studio.workspace.operations.editing import MessageGoneError
from finetune_studio.workspace.operations.typed_text import TypedText, WrittenText, write_typed_text
from finetune_studio.workspace.queries.examples import get_example
from finetune_studio.workspace.workspace import Workspace
from tests.helpers.builders import a_conversation, assistant, user
from tests.unit.workspace.adding import add


def words(letters: str) -> st.SearchStrategy[str]:
    return st.lists(st.sampled_from([*letters, f"{letters} ", f" {letters[0]}."]), max_size=8).map("".join)


@pytest.mark.parametrize(
    ("base", "mine", "theirs", "merged"),
    [
        (
            "The colour is red.",
            "The colour is red. Really.",
            "The color is red.",
            "The color is red. Really.",
        ),
        ("one two three", "one 2 three", "one two 3", "one 2 3"),
        ("one two three", "one 2 three", "one zwei three", None),
        ("", "mine", "theirs", None),
        ("one", "one mine", "one theirs", None),
        ("one two", "one", "one two", "one"),
    ],
)
def test_two_changes_of_one_text(base: str, mine: str, theirs: str, merged: str | None) -> None:
    assert merge_texts(base, mine, theirs) == merged


@given(words("ab"), words("ab"), words("ab"))
def test_merging_has_no_favourite(base: str, mine: str, theirs: str) -> None:
    assert merge_texts(base, mine, theirs) == merge_texts(base, theirs, mine)
    assert merge_texts(base, mine, base) == mine == merge_texts(base, mine, mine)


@given(words("ab"), words("ab"), words("cd"), words("cd"))
def test_changes_of_different_places_are_both_kept(left: str, mine: str, right: str, theirs: str) -> None:
    assert merge_texts(f"{left}§{right}", f"{mine}§{right}", f"{left}§{theirs}") == f"{mine}§{theirs}"


def test_of_long_texts_the_stretch_that_differs_is_one_change() -> None:
    base = "word " * (MAX_WORDS + 10)
    mine = f"A{base}Z"
    assert merge_texts(base, mine, base.replace("word", "term", 1)) is None
    assert merge_texts(f"start {base}", f"start {base}end", f"begin {base}") == f"begin {base}end"


def contents(workspace: Workspace, example_id: int) -> list[str]:
    body = get_example(workspace, example_id).body
    return [message["content"] for message in json.loads(body)["messages"]]


def write(workspace: Workspace, example_id: int, index: int, base: str, text: str, role: str) -> WrittenText:
    found: list[WrittenText] = []
    errors: list[StudioError] = []
    typed = TypedText(index, "/content", text, base, role)
    workspace.perform(write_typed_text, example_id, typed, done=found.append, failed=errors.append)
    if errors:
        raise errors[0]
    return found[0]


@pytest.fixture
def example_id(workspace: Workspace) -> int:
    return add(workspace, a_conversation(user("What colour is it?"), assistant("It is red.")))


def test_what_nobody_else_changed_is_written(workspace: Workspace, example_id: int) -> None:
    written = write(workspace, example_id, 1, "It is red.", "It is blue.", "assistant")
    assert (written.theirs, written.text, written.message_index) == (None, "It is blue.", 1)
    assert contents(workspace, example_id)[1] == "It is blue."
    assert label_text(workspace.history.undo_label) == "Edit message"  # type: ignore[arg-type]


def test_a_change_of_other_words_stays(workspace: Workspace, example_id: int) -> None:
    workspace.perform(messages.set_message_text, example_id, 0, "What color is it?")
    written = write(workspace, example_id, 0, "What colour is it?", "What colour is it really?", "user")
    assert written.is_merged
    assert contents(workspace, example_id)[0] == "What color is it really?" == written.text


def test_of_the_same_words_the_typed_text_stands_and_the_other_is_told(
    workspace: Workspace, example_id: int
) -> None:
    workspace.perform(messages.set_message_field, example_id, 1, "/content", "It is green.")
    written = write(workspace, example_id, 1, "It is red.", "It is blue.", "assistant")
    assert (written.theirs, written.is_merged, written.by) == ("It is green.", False, None)
    assert contents(workspace, example_id)[1] == "It is blue."
    workspace.undo()
    assert contents(workspace, example_id)[1] == "It is green."


def test_a_message_that_moved_is_found(workspace: Workspace, example_id: int) -> None:
    """A bulk change of the system prompt puts a message before the others while somebody types."""
    workspace.perform(prompts.set_system_prompt, IdSet.of([example_id]), "Be short.")
    written = write(workspace, example_id, 0, "What colour is it?", "What colour was it?", "user")
    assert (written.message_index, written.theirs) == (1, None)
    assert contents(workspace, example_id) == ["Be short.", "What colour was it?", "It is red."]


def test_a_text_without_a_place_is_refused(workspace: Workspace, example_id: int) -> None:
    workspace.perform(messages.delete_message, example_id, 0)
    with pytest.raises(MessageGoneError):
        write(workspace, example_id, 0, "What colour is it?", "What colour was it?", "user")
    assert contents(workspace, example_id) == ["It is red."]
    workspace.perform(examples.delete_examples, IdSet.of([example_id]))
    with pytest.raises(UsageError):
        write(workspace, example_id, 0, "It is red.", "It is blue.", "assistant")


def test_other_fields_are_written_too(workspace: Workspace, example_id: int) -> None:
    call = [{"id": "c", "type": "function", "function": {"name": "f", "arguments": {"not": "text"}}}]
    workspace.perform(messages.set_message_field, example_id, 1, "/tool_calls", call)
    typed = TypedText(1, "/tool_calls/0/function/arguments", '{"a": 1}', '{"not": "text"}', "assistant")
    workspace.perform(write_typed_text, example_id, typed)
    body = json.loads(get_example(workspace, example_id).body)
    assert body["messages"][1]["tool_calls"][0]["function"]["arguments"] == '{"a": 1}'
