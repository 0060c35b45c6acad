"""Named versions: restored as they were, compared, and kept while history is forgotten."""

import pytest

from finetune_studio.domain.errors import UsageError
from finetune_studio.domain.example import ReviewState
from finetune_studio.domain.id_set import IdSet
from finetune_studio.domain.split import Split
from finetune_studio.storage.copies import copy_for_sharing
from finetune_studio.storage.database import open_database
from finetune_studio.storage.purge import purge
from finetune_studio.storage.rows import NewExample
from finetune_studio.workspace.operations import examples, messages, review, splits, tags, versions
from finetune_studio.workspace.queries.versions import compare, list_versions, text_changes, title_of_body
from finetune_studio.workspace.workspace import Workspace
from tests.helpers.builders import chat_line

LINES = [chat_line(("user", f"Question {n}"), ("assistant", f"Answer {n}")) for n in range(1, 5)]
State = list[tuple[object, ...]]


@pytest.fixture
def filled(workspace: Workspace) -> Workspace:
    def insert(opened: Workspace) -> object:
        with opened.step("import.file", {"name": "test"}) as step:
            step.insert_examples([NewExample(line) for line in LINES])
        return step.changes

    workspace.perform(insert)
    workspace.perform(tags.add_tag, IdSet.of([1, 2]), "good")
    return workspace


def state(workspace: Workspace) -> State:
    ids = [number for chunk in workspace.examples().ids() for number in chunk]
    return [
        (row.id, row.body, row.status, row.split, row.split_pinned, row.tags)
        for row in workspace.examples().rows(ids)
    ]


def named(workspace: Workspace, name: str) -> int:
    made: list[int] = []
    workspace.perform(versions.name_version, name, done=made.append)
    return made[0]


def change_everything(workspace: Workspace) -> None:
    workspace.perform(messages.set_message_text, 1, 1, "Another answer")
    workspace.perform(examples.delete_examples, IdSet.of([2]))
    workspace.perform(examples.new_example)
    workspace.perform(examples.move_example, 4, 1)
    workspace.perform(review.set_status, IdSet.of([3]), ReviewState.APPROVED)
    workspace.perform(splits.set_split, IdSet.of([1, 3]), Split.TRAIN, True)
    workspace.perform(tags.add_tag, IdSet.of([3]), "late")
    workspace.perform(tags.remove_tag, IdSet.of([1]), "good")


def test_a_version_is_restored_in_one_step_that_can_be_undone(filled: Workspace) -> None:
    before = state(filled)
    version = named(filled, "before the clean-up")
    change_everything(filled)
    after = state(filled)
    filled.perform(versions.restore_version, version)
    assert state(filled) == before
    filled.undo()
    assert state(filled) == after
    filled.redo()
    assert state(filled) == before
    for _ in range(9):
        filled.undo()
    assert state(filled) == before


def test_it_is_still_there_when_the_history_is_forgotten(filled: Workspace) -> None:
    before = state(filled)
    version = named(filled, "start")
    change_everything(filled)
    filled.history_store.forget()
    filled.perform(versions.restore_version, version)
    assert state(filled) == before


def test_edits_that_merge_keep_the_text_of_a_version_between_them(filled: Workspace) -> None:
    filled.perform(messages.set_message_text, 1, 0, "One")
    version = named(filled, "between")
    before = state(filled)
    filled.perform(messages.set_message_text, 1, 0, "One two")
    filled.perform(versions.restore_version, version)
    assert state(filled) == before


def test_what_was_deleted_can_be_undone_after_a_restore_was_undone(filled: Workspace) -> None:
    version = named(filled, "start")
    before = state(filled)
    filled.perform(examples.delete_examples, IdSet.of([2]))
    filled.perform(versions.restore_version, version)
    filled.undo()
    filled.perform(versions.delete_version, version)
    filled.perform(review.set_status, IdSet.of([3]), ReviewState.APPROVED)
    filled.undo()
    filled.undo()
    assert state(filled) == before


def test_versions_are_compared_with_each_other_and_with_now(filled: Workspace) -> None:
    first = named(filled, "first")
    change_everything(filled)
    second = named(filled, "second")
    found = compare(filled, first)
    assert found == compare(filled, first, second)
    assert [(each.example_id, each.kind) for each in found.all] == [
        (1, "changed"),
        (5, "added"),
        (2, "removed"),
    ]
    assert found.others == 1
    (change,) = text_changes(filled, found.changed[0].old, found.changed[0].new)
    assert (change.place, change.old, change.new) == ("Assistant 2", "Answer 1", "Another answer")
    assert text_changes(filled, found.removed[0].old, None)[0].new == ""
    assert title_of_body(filled, found.removed[0].old or 0) == "Question 2"
    assert compare(filled, second).all == []


def test_versions_are_listed_and_forgotten_with_their_texts(filled: Workspace) -> None:
    def n_bodies() -> int:
        row = filled.reader().execute("SELECT count(*) FROM body").fetchone()
        return int(row[0])

    version = named(filled, "  start  ")
    (listed,) = list_versions(filled)
    assert (listed.id, listed.name, listed.n_examples) == (version, "start", 4)
    filled.perform(examples.delete_examples, IdSet.of([2]))
    filled.history_store.forget()
    assert n_bodies() == 4
    filled.perform(versions.delete_version, version)
    assert list_versions(filled) == []
    assert n_bodies() == 3


def test_a_version_needs_a_name_and_must_be_there(filled: Workspace) -> None:
    with pytest.raises(UsageError, match="name"):
        filled.perform(versions.name_version, "  ")
    with pytest.raises(UsageError, match="no longer"):
        filled.perform(versions.restore_version, 77)


def test_an_earlier_text_of_an_example_comes_back(filled: Workspace) -> None:
    filled.perform(messages.set_message_text, 1, 1, "Another answer")
    original = filled.store.row(1).original_body_id
    filled.perform(versions.restore_text, 1, original)
    assert filled.store.row(1).body == LINES[0]
    filled.undo()
    assert b"Another answer" in filled.store.row(1).body


@pytest.mark.parametrize("secret", ["Answer 1", "good", "start"])
def test_a_purged_text_is_in_no_version(filled: Workspace, secret: str) -> None:
    version = named(filled, "start")
    purge(filled.database, secret)
    assert secret.encode() not in filled.path.read_bytes()
    filled.perform(versions.restore_version, version)


def test_a_text_that_is_not_in_the_file_is_left_as_it_is(filled: Workspace) -> None:
    version = named(filled, "start")
    filled.perform(messages.set_message_text, 1, 1, "Another answer")
    filled.perform(messages.set_message_text, 3, 1, "A third answer")
    after = state(filled)
    lost = filled.store.row(1).original_body_id
    filled.database.writer.execute("UPDATE example SET original_body_id=body_id WHERE id=1")
    filled.database.writer.execute("DELETE FROM body WHERE id=?", (lost,))
    filled.perform(versions.restore_version, version)
    assert state(filled)[0] == after[0]
    assert filled.store.row(3).body == LINES[2]


def test_a_copy_for_sharing_has_no_versions(filled: Workspace, tmp_path: object) -> None:
    named(filled, "start")
    path = filled.path.with_name("shared.ftset")
    copy_for_sharing(filled.database, path)
    copy = open_database(path)
    assert copy.writer.execute("SELECT count(*) FROM version").fetchone() == (0,)
    copy.close()
