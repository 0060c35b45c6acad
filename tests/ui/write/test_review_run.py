"""A person's review of 200 examples through real keys: none is dropped, all can be undone."""

import random
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from pytestqt.qtbot import QtBot

from finetune_studio.domain.example import ReviewState
from finetune_studio.ui.theme.manager import ThemeManager
from finetune_studio.workspace.exporting import ExportFilter, export_as_is
from finetune_studio.workspace.operations.messages import set_message_text
from finetune_studio.workspace.queries.examples import get_example, recent_steps
from finetune_studio.workspace.task import silent_context
from tests.helpers.builders import chat_line
from tests.ui.write.page_parts import Stage

_COUNT = 200
_KEYS = {
    Qt.Key.Key_A: ReviewState.APPROVED,
    Qt.Key.Key_R: ReviewState.REJECTED,
    Qt.Key.Key_D: ReviewState.DRAFT,
}
_CTRL = Qt.KeyboardModifier.ControlModifier
_SHIFT = Qt.KeyboardModifier.ShiftModifier


@pytest.fixture
def open_stage(tmp_path: Path, theme: ThemeManager, qtbot: QtBot) -> Iterator[Callable[[], Stage]]:
    """Opens the same 200 examples again each time, after closing what was open."""
    path = tmp_path / "data.jsonl"
    path.write_bytes(
        b"".join(
            chat_line(("user", f"Question {n}?"), ("assistant", f"Answer {n}. " * (n % 9 + 1)))
            for n in range(_COUNT)
        )
    )
    made: list[Stage] = []

    def make() -> Stage:
        if made:
            made.pop().stop()
        made.append(Stage(path, theme, qtbot))
        return made[-1]

    yield make
    for each in made:
        each.stop()


def states(on: Stage) -> list[ReviewState]:
    return [get_example(on.workspace, each).status for each in range(1, _COUNT + 1)]


def exported(on: Stage, out: Path) -> bytes:
    export_as_is(on.workspace, out, ExportFilter(), silent_context())
    return out.read_bytes()


def played(count: int) -> tuple[list[Qt.Key], list[ReviewState], int]:
    """Keys, the states that they make of "to review", and how many of them decide anew."""
    chance = random.Random(7)
    keys: list[Qt.Key] = []
    expected = [ReviewState.TO_REVIEW] * count
    at = steps = 0
    decided: set[int] = set()
    while len(decided) < count:
        key = chance.choices(
            [Qt.Key.Key_A, Qt.Key.Key_R, Qt.Key.Key_D, Qt.Key.Key_J, Qt.Key.Key_K], [9, 6, 2, 1, 2]
        )[0]
        if key == Qt.Key.Key_J and at not in decided:
            continue
        keys.append(key)
        if key in _KEYS:
            steps += expected[at] is not _KEYS[key]
            expected[at] = _KEYS[key]
            decided.add(at)
        at = max(0, at - 1) if key == Qt.Key.Key_K else min(count - 1, at + 1)
    return keys, expected, steps


def test_two_hundred_are_reviewed_undone_and_redone_over_a_restart(
    open_stage: Callable[[], Stage], tmp_path: Path
) -> None:
    on = open_stage()
    before = exported(on, tmp_path / "before.jsonl")
    keys, expected, steps = played(_COUNT)
    on.page.panel.view.setFocus()
    for key in keys:  # Quicker than ten a second: nothing waits between two keys.
        on.press(key)
    on.settle()
    assert states(on) == expected, "no key was dropped"
    made = [step for step in recent_steps(on.workspace, 10_000) if step.code == "review.status"]
    assert len(made) == steps, "every decision is one step"
    on.workspace.perform(set_message_text, 3, 1, "Changed.")
    on.settle()
    edited = exported(on, tmp_path / "edited.jsonl")
    assert edited != before

    on = open_stage()
    assert states(on) == expected
    on.page.panel.view.setFocus()
    for _ in range(steps + 1):
        on.press(Qt.Key.Key_Z, _CTRL)
    on.settle()
    assert states(on) == [ReviewState.TO_REVIEW] * _COUNT
    assert exported(on, tmp_path / "undone.jsonl") == before

    on = open_stage()
    on.page.panel.view.setFocus()
    for _ in range(steps + 1):
        on.press(Qt.Key.Key_Z, _CTRL | _SHIFT)
    on.settle()
    assert states(on) == expected
    assert exported(on, tmp_path / "redone.jsonl") == edited


def test_the_filter_stays_and_the_next_that_matches_opens(open_stage: Callable[[], Stage]) -> None:
    on = open_stage()
    on.page.set_filter("is:to-review")
    on.settle()
    on.page.panel.view.setFocus()
    for key in (Qt.Key.Key_A, Qt.Key.Key_R, Qt.Key.Key_J, Qt.Key.Key_A):
        on.press(key)
        on.settle()
    assert on.page.list.query == "is:to-review"
    assert on.page.panel.order.count.text() == "197 of 200"
    assert on.title() == "Example 5"
    assert on.page.pane.review_bar.left.text() == "197 left to review"
    assert on.page.pane.review_bar.progress.value() == 3


def test_the_open_example_is_in_sight_when_the_filter_lets_it_in_again(
    open_stage: Callable[[], Stage],
) -> None:
    on = open_stage()
    on.page.set_filter("77 OR 78")
    on.settle()
    on.page.open_example(151)
    on.page.set_filter("")
    on.settle()
    view = on.page.panel.view
    assert view.current_row() == 150
    assert view.viewport().rect().contains(view.visualRect(view.currentIndex()))


def test_letters_go_into_the_text_while_an_editor_has_the_focus(open_stage: Callable[[], Stage]) -> None:
    on = open_stage()
    on.press(Qt.Key.Key_E)
    on.type("jkar")
    on.press(Qt.Key.Key_Escape)
    on.settle()
    assert set(states(on)) == {ReviewState.TO_REVIEW}
    assert "jkar" in str(get_example(on.workspace, 1).body)
    assert on.title() == "Example 1"
    on.press(Qt.Key.Key_J)
    on.settle()
    assert on.title() == "Example 2"
