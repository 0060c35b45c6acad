"""Random steps, undo and redo, restarts in between: going back and forth gives the same content always."""

import shutil
import tempfile
from pathlib import Path
from typing import Any

from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule

from finetune_studio.domain.example import ReviewState
from finetune_studio.domain.id_set import IdSet
from finetune_studio.domain.split import Split
from finetune_studio.storage.database import create, open_database
from finetune_studio.storage.example_store import ExampleStore
from finetune_studio.storage.history_store import HistoryStore
from finetune_studio.storage.rows import KeptLine, LineKind, NewExample, NewSource
from tests.unit.storage.support import Clock, content

some_ids = st.sets(st.integers(1, 14), min_size=1, max_size=6).map(IdSet.of)
texts = st.sampled_from([b"{}\n", b"[1]\n", b'{"a": 1}\n', b'{"messages": []}'])


class HistoryMachine(RuleBasedStateMachine):
    @initialize()
    def start(self) -> None:
        self.folder = Path(tempfile.mkdtemp())
        self.path = self.folder / "a.ftset"
        self.clock = Clock()
        self.database = create(self.path)
        self.history = HistoryStore(self.database.writer, clock=self.clock)
        self.states: list[Any] = [content(self.database.writer)]
        self.at = 0

    def teardown(self) -> None:
        if hasattr(self, "folder"):
            self.database.close()
            shutil.rmtree(self.folder)

    def live(self) -> list[int]:
        return [i for chunk in ExampleStore(self.database.writer).ids() for i in chunk]

    def remember(self, changed: bool, merged: bool = False) -> None:
        if not changed:
            return
        del self.states[self.at + (0 if merged else 1) :]
        self.states.append(content(self.database.writer))
        self.at = len(self.states) - 1

    @rule(bodies=st.lists(texts, min_size=1, max_size=4), after=st.integers(0, 14))
    def insert(self, bodies: list[bytes], after: int) -> None:
        with self.history.step("insert") as step:
            step.insert_examples(
                [NewExample(body) for body in bodies], after_id=after if after in self.live() else None
            )
        self.remember(True)

    @rule(bodies=st.lists(texts, min_size=1, max_size=4))
    def import_lines(self, bodies: list[bytes]) -> None:
        with self.history.step("import") as step:
            source = step.add_source(NewSource("a.jsonl"))
            step.insert_examples(
                NewExample(body, source_id=source, source_line=2 * n + 1) for n, body in enumerate(bodies)
            )
            step.add_unreadable_lines(source, [KeptLine(2, b"\n", LineKind.BLANK), KeptLine(99, b"bad\n")])
        self.remember(True)

    @rule(ids=some_ids)
    def delete(self, ids: IdSet) -> None:
        with self.history.step("delete") as step:
            step.delete_examples(ids)
        self.remember(bool(step.changes))

    @rule(ids=some_ids, body=texts)
    def edit(self, ids: IdSet, body: bytes) -> None:
        with self.history.step("edit") as step:
            step.set_bodies((example_id, body) for example_id in ids)
        self.remember(bool(step.changes))

    @rule(ids=some_ids)
    def restore_originals(self, ids: IdSet) -> None:
        with self.history.step("restore") as step:
            step.restore_originals(ids)
        self.remember(bool(step.changes))

    @rule(ids=some_ids, status=st.sampled_from(ReviewState), split=st.sampled_from([*Split, None]))
    def review(self, ids: IdSet, status: ReviewState, split: Split | None) -> None:
        with self.history.step("review") as step:
            step.set_status(ids, status)
            step.set_split(ids, split, pinned=split is Split.TEST)
        self.remember(bool(step.changes))

    @rule(ids=some_ids, name=st.sampled_from(["a", "b"]), on=st.booleans())
    def tag(self, ids: IdSet, name: str, on: bool) -> None:
        with self.history.step("tag") as step:
            (step.add_tag if on else step.remove_tag)(ids, name)
        self.remember(bool(step.changes))

    @precondition(lambda self: hasattr(self, "history") and len(self.live()) > 1)
    @rule(data=st.data())
    def move(self, data: st.DataObject) -> None:
        ids = self.live()
        moved = data.draw(st.sampled_from(ids))
        before = data.draw(st.sampled_from([i for i in ids if i != moved] + [None]))
        with self.history.step("move") as step:
            step.move_example(moved, before)
        self.remember(bool(step.changes))

    @rule(key=st.sampled_from(["x", "y"]), value=st.sampled_from([None, 1, {"a": [2]}]))
    def set_option(self, key: str, value: Any) -> None:
        with self.history.step("option") as step:
            step.set_option(key, value)
        self.remember(bool(step.changes))

    @rule()
    def suppress(self) -> None:
        with self.history.step("suppress") as step:
            old = ExampleStore(self.database.writer).suppressions()
            step.add_suppression("F001", None, "", "because")
            if len(old) > 1:
                step.remove_suppression(old[0].id)
        self.remember(True)

    @rule()
    def repair(self) -> None:
        lines = ExampleStore(self.database.writer).unreadable_lines()
        if lines:
            with self.history.step("repair") as step:
                step.repair_line(lines[0].id, b"{}\n")
            self.remember(True)

    @rule()
    def undo(self) -> None:
        done = self.history.undo() is not None
        assert done == (self.at > 0)
        self.at -= done

    @rule()
    def redo(self) -> None:
        done = self.history.redo() is not None
        assert done == (self.at < len(self.states) - 1)
        self.at += done

    @rule()
    def restart(self) -> None:
        self.database.close()
        self.database = open_database(self.path)
        self.history = HistoryStore(self.database.writer, clock=self.clock)

    @rule()
    def to_the_start_and_back(self) -> None:
        at = self.at
        while self.history.undo():
            self.at -= 1
            assert content(self.database.writer) == self.states[self.at]
        assert self.at == 0
        while self.history.redo():
            self.at += 1
            assert content(self.database.writer) == self.states[self.at]
        assert self.at == len(self.states) - 1
        while self.at > at:
            self.history.undo()
            self.at -= 1

    @invariant()
    def content_is_as_remembered(self) -> None:
        if hasattr(self, "states"):
            assert content(self.database.writer) == self.states[self.at]

    @invariant()
    def places_are_distinct_and_bodies_whole(self) -> None:
        if hasattr(self, "states"):
            places = [line.position for line in ExampleStore(self.database.writer).lines()]
            assert places == sorted(set(places))
            lost = self.database.writer.execute(
                "SELECT count(*) FROM example e WHERE NOT EXISTS (SELECT 1 FROM body b WHERE b.id=e.body_id)"
                " OR NOT EXISTS (SELECT 1 FROM body b WHERE b.id=e.original_body_id)"
            ).fetchone()
            assert lost == (0,)


HistoryMachine.TestCase.settings = settings(
    max_examples=25, stateful_step_count=25, deadline=None, derandomize=True
)
TestHistory = HistoryMachine.TestCase
