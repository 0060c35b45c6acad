"""The inspector on a real dataset: fixes, findings set aside, tags, split, note, history."""

import json
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from pytestqt.qtbot import QtBot

from finetune_studio.domain.split import Split
from finetune_studio.ui.theme.manager import ThemeManager
from finetune_studio.ui.write.inspector_findings import FindingCard
from finetune_studio.workspace.operations import review
from finetune_studio.workspace.queries.examples import get_example
from tests.helpers.builders import chat_line
from tests.ui.write.page_parts import Stage

LEFT = Qt.MouseButton.LeftButton
CONTROL = Qt.KeyboardModifier.ControlModifier
SPACES = [
    chat_line(("user", f"How far is number {n}?"), ("assistant", f"Around {n},000  kilometers."))
    for n in range(3)
]


@pytest.fixture
def stage(tmp_path: Path, theme: ThemeManager, qtbot: QtBot) -> Iterator[Callable[[list[bytes]], Stage]]:
    made: list[Stage] = []

    def make(lines: list[bytes]) -> Stage:
        path = tmp_path / "data.jsonl"
        path.write_bytes(b"".join(lines))
        made.append(Stage(path, theme, qtbot, check=True))
        made[0].settle()
        return made[0]

    yield make
    for each in made:
        each.stop()


def card(on: Stage, code: str) -> FindingCard:
    found: list[FindingCard] = []

    def look() -> bool:
        found[:] = [each for each in on.page.inspector.findings.cards if each.diagnostic.code == code]
        return bool(found)

    on.qtbot.waitUntil(look)
    return found[0]


def codes(on: Stage) -> list[str]:
    return [each.diagnostic.code for each in on.page.inspector.findings.cards]


def answer(on: Stage, row: int) -> str:
    body = get_example(on.workspace, on.page.model.ids[row]).body
    return str(json.loads(body)["messages"][-1]["content"])


def test_a_fix_is_applied_and_undone(stage: Callable[[list[bytes]], Stage], qtbot: QtBot) -> None:
    on = stage(SPACES)
    qtbot.mouseClick(card(on, "Q105").buttons["fix"], LEFT)
    qtbot.waitUntil(lambda: "Q105" not in codes(on))
    assert answer(on, 0) == "Around 0,000 kilometers."
    on.press(Qt.Key.Key_Z, CONTROL)
    card(on, "Q105")
    assert answer(on, 0) == "Around 0,000  kilometers."


def test_a_fix_clicked_just_after_stepping_mends_the_example_it_was_shown_for(
    stage: Callable[[list[bytes]], Stage], qtbot: QtBot
) -> None:
    on = stage(SPACES)
    button = card(on, "Q105").buttons["fix"]
    on.page.panel.view.setFocus()
    on.press(Qt.Key.Key_J)
    assert on.page.list.current_id == on.page.model.ids[1]
    assert button.isVisible()
    qtbot.mouseClick(button, LEFT)
    qtbot.waitUntil(lambda: answer(on, 0) == "Around 0,000 kilometers.")
    on.settle()
    assert answer(on, 1) == "Around 1,000  kilometers."
    assert not on.errors


def test_fix_all_mends_every_example_in_one_step(stage: Callable[[list[bytes]], Stage], qtbot: QtBot) -> None:
    on = stage(SPACES)
    button = card(on, "Q105").buttons["fix_all"]
    assert button.text() == "Fix all 3"
    qtbot.mouseClick(button, LEFT)
    qtbot.waitUntil(lambda: bool(on.notices))
    assert on.notices == ["Fixed 3 findings in 3 examples."]
    assert [answer(on, row) for row in range(3)] == [f"Around {n},000 kilometers." for n in range(3)]
    on.press(Qt.Key.Key_Z, CONTROL)
    on.settle()
    assert answer(on, 2) == "Around 2,000  kilometers."


def test_a_click_on_a_card_shows_the_characters(stage: Callable[[list[bytes]], Stage], qtbot: QtBot) -> None:
    on = stage(SPACES)
    qtbot.mouseClick(card(on, "Q105").message, LEFT)
    editor = on.focus()
    assert editor.textCursor().selectedText() == "  "  # type: ignore[attr-defined]


def test_a_finding_is_set_aside_with_a_reason(stage: Callable[[list[bytes]], Stage], qtbot: QtBot) -> None:
    on = stage(SPACES)
    found = card(on, "Q105")
    qtbot.mouseClick(found.buttons["set_aside"], LEFT)
    assert found.is_asking
    on.type("two spaces are meant")
    on.press(Qt.Key.Key_Return)
    qtbot.waitUntil(lambda: "Q105" not in codes(on))
    on.settle()
    assert on.workspace.lint.set_aside()[0][1].reason == "two spaces are meant"
    assert on.page.panel.view.hasFocus()
    on.press(Qt.Key.Key_Z, CONTROL)
    card(on, "Q105")


def test_a_copy_is_opened_from_its_finding(stage: Callable[[list[bytes]], Stage], qtbot: QtBot) -> None:
    on = stage([SPACES[0], SPACES[1], SPACES[0]])
    button = card(on, "D201").buttons["related"]
    assert button.text() == "Open example 3"
    qtbot.mouseClick(button, LEFT)
    on.settle()
    assert on.title() == "Example 3"
    back = card(on, "D201").buttons["related"]
    assert back.text() == "Open example 1", "never the example itself"
    qtbot.mouseClick(back, LEFT)
    on.settle()
    assert on.title() == "Example 1"


def test_an_example_without_findings_says_so(stage: Callable[[list[bytes]], Stage]) -> None:
    on = stage([chat_line(("system", "Be kind."), ("user", "Hello there"), ("assistant", "Hello to you."))])
    assert on.page.inspector.findings.nothing.isVisible() is not bool(on.page.inspector.findings.cards)


def test_tags_are_added_by_key_and_taken_off_by_click(
    stage: Callable[[list[bytes]], Stage], qtbot: QtBot
) -> None:
    on = stage(SPACES)
    on.press(Qt.Key.Key_T)
    tags = on.page.inspector.details.tags
    assert tags.field.hasFocus()
    on.type("far away")
    on.press(Qt.Key.Key_Return)
    on.type("space")
    on.press(Qt.Key.Key_Return)
    on.press(Qt.Key.Key_Escape)
    on.settle()
    assert get_example(on.workspace, on.page.model.ids[0]).tags == ("far away", "space")
    assert [chip.tag for chip in tags.chips] == ["far away", "space"]
    assert on.page.panel.view.hasFocus()
    qtbot.mouseClick(tags.chips[0], LEFT)
    on.settle()
    assert [chip.tag for chip in tags.chips] == ["space"]


def test_a_bad_tag_is_an_error_for_the_person(stage: Callable[[list[bytes]], Stage]) -> None:
    on = stage(SPACES)
    on.press(Qt.Key.Key_T)
    on.type('"')
    on.press(Qt.Key.Key_Return)
    on.qtbot.waitUntil(lambda: bool(on.errors))
    assert "visible character" in str(on.errors.pop())


def test_the_split_is_chosen_and_pinned(stage: Callable[[list[bytes]], Stage]) -> None:
    on = stage(SPACES)
    details = on.page.inspector.details
    menu = details._menu
    menu.actions()[1].trigger()
    on.settle()
    example = get_example(on.workspace, on.page.model.ids[0])
    assert (example.split, example.split_pinned) == (Split.VALIDATION, True)
    assert details.split.text() == "validation (pinned)"
    assert on.page.pane.header.split.text() == "validation"
    menu.pin.trigger()
    on.settle()
    assert details.split.text() == "validation"


def test_a_note_is_kept_by_itself_and_stays_with_its_example(
    stage: Callable[[list[bytes]], Stage], qtbot: QtBot
) -> None:
    on = stage(SPACES)
    on.press(Qt.Key.Key_N)
    note = on.page.inspector.note.field
    assert note.hasFocus()
    on.type("Ask Ann.")
    first, second = on.page.model.ids[:2]
    qtbot.waitUntil(lambda: get_example(on.workspace, first).note == "Ask Ann.")
    on.type(" Then Bob")
    on.press(Qt.Key.Key_Escape)
    on.press(Qt.Key.Key_J)
    on.settle()
    assert get_example(on.workspace, first).note == "Ask Ann. Then Bob"
    assert get_example(on.workspace, second).note == ""
    assert note.toPlainText() == ""
    on.press(Qt.Key.Key_K)
    on.settle()
    assert note.toPlainText() == "Ask Ann. Then Bob"


def test_a_note_says_who_wrote_it_and_when(stage: Callable[[list[bytes]], Stage], qtbot: QtBot) -> None:
    on = stage(SPACES)
    on.workspace.author = "Ann"
    first = on.page.model.ids[0]
    on.workspace.perform(review.set_note, first, "Ask Bob.")
    author = on.page.inspector.note.author
    qtbot.waitUntil(author.isVisible)
    assert author.text() == "Ann, just now"
    on.press(Qt.Key.Key_J)
    on.settle()
    assert not author.isVisible()
    on.press(Qt.Key.Key_K)
    qtbot.waitUntil(author.isVisible)
    on.workspace.undo()
    qtbot.waitUntil(lambda: not author.isVisible())
    with qtbot.waitSignal(on.page.inspector.note.author_requested):
        on.page.inspector.note.author.click()


def test_a_note_that_nobody_edits_is_never_written(stage: Callable[[list[bytes]], Stage]) -> None:
    on = stage(SPACES)
    odd = "a\u00a0b\u2028c\r\nd"
    on.workspace.perform(review.set_note, on.page.model.ids[0], odd)
    on.settle()
    on.press(Qt.Key.Key_J)
    on.press(Qt.Key.Key_K)
    on.page.flush()
    on.settle()
    assert get_example(on.workspace, on.page.model.ids[0]).note == odd


def test_history_is_in_words_with_age(stage: Callable[[list[bytes]], Stage]) -> None:
    on = stage(SPACES)
    on.press(Qt.Key.Key_T)
    on.type("moon")
    on.press(Qt.Key.Key_Return)
    on.press(Qt.Key.Key_Escape)
    lines = on.page.inspector.history.lines
    on.qtbot.waitUntil(lambda: len([line for line in lines if line.isVisible()]) == 2)
    assert [line.full_text() for line in lines[:2]] == [
        "Tag example with moon · just now",
        "Import data.jsonl · just now",
    ]


def test_long_messages_are_not_cut(stage: Callable[[list[bytes]], Stage]) -> None:
    on = stage(
        [chat_line(("user", "a  b "), ("assistant", "c  d "), ("assistant", "e  f "), ("system", "g"))]
    )
    cards = on.page.inspector.findings.cards
    on.qtbot.waitUntil(lambda: len(cards) > 3 and all(each.height() > 0 for each in cards))
    for each in on.page.inspector.findings.cards:
        assert each.height() >= each.heightForWidth(each.width())
        assert each.message.height() >= each.message.heightForWidth(each.message.width())


def test_keys_go_from_finding_to_finding_and_fix(stage: Callable[[list[bytes]], Stage]) -> None:
    clean = chat_line(("user", "How far is the moon from here?"), ("assistant", "Very far."))
    on = stage([SPACES[0], clean, SPACES[1]])
    card(on, "Q105")
    on.press(Qt.Key.Key_F8)
    on.settle()
    assert on.focus().textCursor().selectedText() == "  "  # type: ignore[attr-defined]
    on.press(Qt.Key.Key_F8)
    on.qtbot.waitUntil(lambda: on.title() == "Example 3")
    on.settle()
    card(on, "Q105")
    on.press(Qt.Key.Key_F8)
    on.qtbot.waitUntil(lambda: bool(on.notices))
    on.press(Qt.Key.Key_Period, CONTROL)
    on.qtbot.waitUntil(lambda: answer(on, 2) == "Around 1,000 kilometers." and "Q105" not in codes(on))
    on.press(Qt.Key.Key_Period, CONTROL)
    on.qtbot.waitUntil(lambda: len(on.notices) > 1)
