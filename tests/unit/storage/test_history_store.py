from collections.abc import Iterator
from pathlib import Path

import pytest

from finetune_studio.domain.changes import ChangeKind
from finetune_studio.domain.errors import UsageError
from finetune_studio.domain.example import ExampleKind, ReviewState
from finetune_studio.domain.id_set import IdSet
from finetune_studio.domain.split import Split
from finetune_studio.storage.database import Database, create
from finetune_studio.storage.example_store import ExampleStore
from finetune_studio.storage.history_store import HistoryStore
from finetune_studio.storage.rows import KeptLine, LineKind, NewExample, NewSource
from tests.unit.storage.support import Clock, add_examples, body, content


@pytest.fixture
def database(tmp_path: Path) -> Iterator[Database]:
    with create(tmp_path / "a.ftset") as database:
        yield database


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def history(database: Database, clock: Clock) -> HistoryStore:
    return HistoryStore(database.writer, clock=clock)


@pytest.fixture
def store(database: Database) -> ExampleStore:
    return ExampleStore(database.new_reader())


def order(store: ExampleStore) -> list[int]:
    return [example_id for chunk in store.ids() for example_id in chunk]


def test_a_step_says_what_it_touched(history: HistoryStore) -> None:
    add_examples(history, 3)
    with history.step("set_status", {"status": "approved"}) as step:
        step.set_status(IdSet.range(1, 2), ReviewState.APPROVED)
    assert step.changes.kinds == {ChangeKind.STATUS, ChangeKind.HISTORY}
    assert list(step.changes.example_ids) == [1, 2]
    assert history.undo_label() == ("set_status", {"status": "approved"})


def test_a_step_without_effect_leaves_no_trace(history: HistoryStore) -> None:
    add_examples(history, 3)
    history.undo()
    history.redo()
    with history.step("nothing") as step:
        step.set_status(IdSet.range(1, 3), ReviewState.DRAFT)
        step.set_bodies([(1, body(0))])
        step.set_note(1, "")
        step.remove_tag(IdSet.range(1, 3), "absent")
    assert not step.changes
    assert [row.code for row in history.steps()] == ["new_examples"]


def test_a_step_without_effect_keeps_what_can_be_redone(history: HistoryStore) -> None:
    add_examples(history, 3)
    add_examples(history, 1, start=3)
    history.undo()
    with history.step("nothing") as step:
        step.set_bodies([(1, body(0))])
    assert history.redo() is not None


def test_an_error_in_the_block_takes_everything_back(history: HistoryStore, store: ExampleStore) -> None:
    add_examples(history, 3)

    def delete_and_fail() -> None:
        with history.step("bad") as step:
            step.delete_examples(IdSet.range(1, 3))
            step.move_example(1, None)

    with pytest.raises(UsageError):
        delete_and_fail()
    assert order(store) == [1, 2, 3]
    assert history.undo_label() == ("new_examples", {})


def test_edits_of_one_message_close_in_time_merge(
    history: HistoryStore, store: ExampleStore, clock: Clock
) -> None:
    add_examples(history, 1)
    for text, pause in (("a", 0), ("ab", 4.9), ("abc", 4.9), ("abcd", 5.1)):
        clock.advance(pause)
        with history.step("edit_message", merge_key="message 1/0") as step:
            step.set_bodies([(1, body(0, text))])
    assert [row.code for row in history.steps()] == ["edit_message", "edit_message", "new_examples"]
    history.undo()
    assert store.row(1).body == body(0, "abc")
    history.undo()
    assert store.row(1).body == body(0)


def test_edits_of_another_message_or_after_an_undo_do_not_merge(history: HistoryStore) -> None:
    add_examples(history, 1)
    for key in ("a", "b", "b"):
        with history.step("edit_message", merge_key=key) as step:
            step.set_bodies([(1, body(0, key + str(len(history.steps()))))])
    assert len(history.steps()) == 3
    history.undo()
    history.redo()
    with history.step("edit_message", merge_key="b") as step:
        step.set_bodies([(1, body(0, "more"))])
    assert len(history.steps()) == 4


def test_typing_back_to_the_text_before_leaves_no_step(
    history: HistoryStore, store: ExampleStore, database: Database
) -> None:
    add_examples(history, 1)
    for text in ("hell", "hello"):
        with history.step("edit_message", merge_key="m") as step:
            step.set_bodies([(1, body(0, text))])
    assert history.undo_label() == ("new_examples", {})
    row = store.row(1)
    assert row.body_id == row.original_body_id
    assert row.edited_at is None
    assert database.writer.execute("SELECT count(*) FROM body").fetchone() == (1,)


def test_merged_edits_keep_only_the_bodies_that_undo_needs(history: HistoryStore, database: Database) -> None:
    add_examples(history, 1)
    for number in range(10):
        with history.step("edit_message", merge_key="m") as step:
            step.set_bodies([(1, body(number + 1))])
    assert database.writer.execute("SELECT count(*) FROM body").fetchone() == (2,)


def test_a_new_step_forgets_what_could_be_redone(history: HistoryStore, database: Database) -> None:
    add_examples(history, 2)
    add_examples(history, 2, start=2)
    with history.step("edit") as step:
        step.set_bodies([(3, body(99))])
        step.add_tag(IdSet.range(3, 4), "x")
    history.undo()
    history.undo()
    with history.step("new") as step:
        ids = step.insert_examples([NewExample(body(7))])
    assert list(ids) == [5], "ids never come back"
    assert history.redo() is None
    assert database.writer.execute("SELECT id FROM body ORDER BY id").fetchall() == [(1,), (2,), (6,)]
    assert database.writer.execute("SELECT id FROM example ORDER BY id").fetchall() == [(1,), (2,), (5,)]


def test_mixed_old_values_come_back(history: HistoryStore, database: Database) -> None:
    add_examples(history, 6)
    with history.step("mix") as step:
        step.set_status(IdSet.of([1, 3, 5]), ReviewState.APPROVED)
        step.set_split(IdSet.of([2, 3]), Split.TEST, pinned=True)
        step.add_tag(IdSet.of([1, 6]), "old")
        step.set_note(4, "a note\x00 with \ud83d broken \u2028 text")
    before = content(database.writer)
    with history.step("all") as step:
        step.set_status(IdSet.range(1, 6), ReviewState.REJECTED)
        step.set_split(IdSet.range(1, 6), Split.TRAIN)
        step.add_tag(IdSet.range(1, 6), "old")
        step.set_note(4, "")
    after = content(database.writer)
    history.undo()
    assert content(database.writer) == before
    history.redo()
    assert content(database.writer) == after


def test_moving_and_inserting_between_never_runs_out_of_room(
    history: HistoryStore, database: Database, store: ExampleStore
) -> None:
    add_examples(history, 4)
    start = content(database.writer)
    expected = [1, 2, 3, 4]
    for number in range(120):
        with history.step("insert") as step:
            (example_id,) = step.insert_examples([NewExample(body(number))], after_id=2)
        expected.insert(2, example_id)
    assert order(store) == expected
    with history.step("move") as step:
        step.move_example(4, 1)
        step.move_example(1, None)
    assert order(store) == [4, 2, *expected[2:-1], 1]
    while history.undo_label() != ("new_examples", {}):
        history.undo()
    assert content(database.writer) == start


def test_import_keeps_bad_and_blank_lines_at_their_places(
    history: HistoryStore, database: Database, store: ExampleStore
) -> None:
    add_examples(history, 1)
    with history.step("import_file") as step:
        source = step.add_source(NewSource("a.jsonl", sha256="00ff", line_end="\r\n", bom=True))
        step.insert_examples(
            NewExample(body(n), source_id=source, source_line=n, status=ReviewState.TO_REVIEW)
            for n in (1, 3, 5)
        )
        step.add_unreadable_lines(
            source,
            [KeptLine(2, b"\r\n", LineKind.BLANK), KeptLine(4, b'{"a"\n', problem="No value.", column=5)],
        )
    expected = [body(0), body(1), b"\r\n", body(3), b'{"a"\n', body(5)]
    assert [line.data for line in store.lines()] == expected
    assert [(row.line.line, row.line.column) for row in store.unreadable_lines()] == [(4, 5)]
    assert store.sources()[0].sha256 == "00ff"
    with history.step("delete") as step:
        step.delete_examples(IdSet.of([1, 3]))
    assert [line.data for line in store.lines()] == [body(1), b"\r\n", b'{"a"\n', body(5)]
    history.undo()
    line_id = store.unreadable_lines()[0].id
    with history.step("repair_line") as step:
        step.repair_line(line_id, body(4))
    assert [line.data for line in store.lines()] == [*expected[:4], body(4), body(5)]
    assert store.unreadable_lines() == []
    history.undo()
    history.undo()
    assert [line.data for line in store.lines()] == [body(0)]
    assert store.sources() == []
    history.redo()
    assert [line.data for line in store.lines()] == expected


def test_options_and_suppressions_are_undone(history: HistoryStore, store: ExampleStore) -> None:
    with history.step("options") as step:
        step.set_option("target", {"profile": "openai", "odd": "\ud800"})
        suppression = step.add_suppression("F001", None, "/content", "not so")
    with history.step("more") as step:
        step.set_option("target", None)
        step.remove_suppression(suppression)
    assert (store.options(), store.suppressions()) == ({}, [])
    history.undo()
    assert store.options() == {"target": {"profile": "openai", "odd": "\ud800"}}
    assert [row.reason for row in store.suppressions()] == ["not so"]
    history.undo()
    assert (store.options(), store.suppressions()) == ({}, [])


def test_restoring_originals(history: HistoryStore, store: ExampleStore) -> None:
    add_examples(history, 3)
    with history.step("edit") as step:
        step.set_bodies([(1, b"{}\n"), (3, b"[]\n")])
    with history.step("restore") as step:
        assert list(step.restore_originals(IdSet.range(1, 3))) == [1, 3]
    assert [row.body for row in store.rows([3, 1])] == [body(2), body(0)]
    history.undo()
    assert store.row(3).body == b"[]\n"


def test_kind_comes_from_the_classifier(database: Database, store: ExampleStore) -> None:
    history = HistoryStore(
        database.writer, lambda data: ExampleKind.PREFERENCE if b"input" in data else ExampleKind.OTHER
    )
    with history.step("new") as step:
        step.insert_examples([NewExample(b'{"input": 1}\n'), NewExample(b"{}\n", ExampleKind.CONVERSATION)])
    assert [row.kind for row in store.rows([1, 2])] == [ExampleKind.PREFERENCE, ExampleKind.CONVERSATION]
    with history.step("edit") as step:
        step.set_bodies([(2, b'{"input": 2}\n')])
    assert store.row(2).kind is ExampleKind.PREFERENCE


def test_steps_of_one_example(history: HistoryStore) -> None:
    add_examples(history, 3)
    with history.step("tag") as step:
        step.add_tag(IdSet.of([1, 3]), "x")
    with history.step("option") as step:
        step.set_option("a", 1)
    assert [row.code for row in history.steps_of_example(3)] == ["tag", "new_examples"]
    assert [row.code for row in history.steps_of_example(2)] == ["new_examples"]


def test_old_steps_are_forgotten_with_what_only_they_hold(history: HistoryStore, database: Database) -> None:
    add_examples(history, 2)
    for number in range(300):
        with history.step("edit") as step:
            step.set_bodies([(1, body(number + 10, "x" * 4000))])
    with history.step("delete") as step:
        step.delete_examples(IdSet.of([2]))
    before = content(database.writer)
    assert history.trim(kept_steps=1) > 100
    assert content(database.writer) == before
    count = database.writer.execute("SELECT count(*) FROM body").fetchone()[0]
    assert count == len(history.steps(1000)) + 2
    history.forget()
    assert content(database.writer) == before
    assert database.writer.execute("SELECT count(*) FROM body").fetchone() == (2,)
    assert database.writer.execute("SELECT count(*) FROM example").fetchone() == (1,)


def test_tags_need_a_name(history: HistoryStore) -> None:
    add_examples(history, 1)
    with pytest.raises(UsageError, match="name"), history.step("tag") as step:
        step.add_tag(IdSet.of([1]), "  ")
