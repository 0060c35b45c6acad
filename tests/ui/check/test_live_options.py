"""Options of rules over the dataset: what they find follows while they move, before anything is written."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from pytestqt.qtbot import QtBot

from finetune_studio.domain.id_set import IdSet
from finetune_studio.domain.split import Split
from finetune_studio.settings.paths import app_paths
from finetune_studio.ui.check.check_page import CheckPage
from finetune_studio.ui.check.option_trials import OneAtATime
from finetune_studio.ui.check.rule_option_row import NumberRow
from finetune_studio.workspace.lint_runs import LintRuns
from finetune_studio.workspace.operations import splits
from finetune_studio.workspace.queries.examples import list_ids
from finetune_studio.workspace.tasks import ImmediateRunner
from finetune_studio.workspace.workspace import Workspace
from tests.helpers.builders import chat_line
from tests.ui.check.conftest import MakePage

_MARV = "You are Marv, a chatbot that is also sarcastic, and never wastes a word."
_LIMA = "It lies in the middle of Peru,"


def _labels() -> list[bytes]:
    """8 positive and 24 negative ones; two of the prompts miss a comma."""
    return [
        chat_line(
            ("system", _MARV.replace(", and", " and") if number in (3, 7) else _MARV),
            ("user", f"Number {number} came and I thought about it."),
            ("assistant", "positive" if number % 4 == 0 else "negative"),
        )
        for number in range(32)
    ]


@pytest.fixture
def live(make_page: MakePage, tmp_path: Path) -> CheckPage:
    source = tmp_path / "live.jsonl"
    source.write_bytes(b"".join(_labels()))
    workspace = Workspace.open_any(source, paths=app_paths(), runner=ImmediateRunner())
    workspace.lint.start()
    return make_page(workspace)


@pytest.fixture
def asked(make_page: MakePage, tmp_path: Path) -> CheckPage:
    """Two answers to one question that share half of their words."""
    source = tmp_path / "asked.jsonl"
    source.write_bytes(
        chat_line(("user", "Where is Lima?"), ("assistant", f"{_LIMA} on the coast."))
        + chat_line(("user", "Where is Lima?"), ("assistant", f"{_LIMA} by the sea."))
        + chat_line(("user", "Where is Oslo?"), ("assistant", "In Norway."))
    )
    workspace = Workspace.open_any(source, paths=app_paths(), runner=ImmediateRunner())
    workspace.lint.start()
    return make_page(workspace)


def _move(page: CheckPage, key: str, value: float) -> NumberRow:
    row = next(row for row in page.rule_panel.options if row.option.key == key)
    assert isinstance(row, NumberRow)
    if row._slider is not None:
        row._slider.setValue(round(value * 100))
    else:
        assert row._number is not None
        row._number.setValue(int(value) if isinstance(row.option.default, int) else value)
    assert row.is_waiting, "nothing is written yet"
    return row


def _count(page: CheckPage, code: str) -> str:
    return next(row.count for row in page.rail.rules.rows if row.key == code)


def test_contradictions_follow_both_sliders(asked: CheckPage, qtbot: QtBot) -> None:
    workspace, groups = asked._workspace, asked.middle.groups
    asked.show_rule("D203")
    assert asked.middle.currentWidget() is asked.middle.empty
    _move(asked, "answer", 0.9)
    assert asked.middle.currentWidget() is groups
    assert groups.facts.full_text() == "1 group, 2 examples. Group 1 of 1"
    assert len(groups.cards()) == 2
    assert _count(asked, "D203") == "1"
    _move(asked, "question", 1.0)
    assert asked.middle.currentWidget() is groups, "both values count, though none is written"
    _move(asked, "answer", 0.1)
    assert asked.middle.currentWidget() is asked.middle.empty
    assert _count(asked, "D203") == "0"
    assert workspace.lint.findings("D203") == []
    row = _move(asked, "answer", 0.9)
    qtbot.waitUntil(lambda: not row.is_waiting)
    assert workspace.lint.config.options["D203.answer"] == 0.9
    assert len(workspace.lint.findings("D203")) == 1
    qtbot.waitUntil(lambda: not asked._refresh_timer.isActive())
    assert asked.middle.currentWidget() is groups
    assert workspace.history.can_undo
    workspace.undo()
    workspace.undo()
    qtbot.waitUntil(lambda: asked.middle.currentWidget() is asked.middle.empty)
    assert "D203.answer" not in workspace.lint.config.options
    assert _count(asked, "D203") == "0"


def test_prompts_follow_the_slider(live: CheckPage) -> None:
    live.show_rule("D204")
    groups = live.middle.groups
    assert groups.facts.full_text() == "1 group, 3 examples. Group 1 of 1"
    assert _count(live, "D204") == "2"
    _move(live, "similar", 1.0)
    assert live.middle.currentWidget() is live.middle.empty
    assert _count(live, "D204") == "0"
    _move(live, "similar", 0.7)
    assert live.middle.currentWidget() is groups
    assert _count(live, "D204") == "2", "findings are counted, and the groups are prompts"
    _move(live, "share", 0.01)
    assert live.middle.currentWidget() is live.middle.empty
    live.flush()
    assert live._workspace.lint.findings("D204") == []


def test_a_measure_of_balance_follows_its_number(live: CheckPage) -> None:
    live.show_rule("B401")
    found = live.middle.findings
    assert live.middle.currentWidget() is live.middle.empty
    chips = sum(live._facts.counts.values()) if live._facts is not None else 0
    _move(live, "ratio", 2.5)
    assert live.middle.currentWidget() is found
    assert "only 8" in found.findings()[0].message
    assert _count(live, "B401") == "1"
    assert live._facts is not None
    assert sum(live._facts.counts.values()) == chips + 1
    _move(live, "ratio", 3.5)
    assert live.middle.currentWidget() is live.middle.empty
    row = _move(live, "ratio", 2.5)
    row.reset.click()
    assert live.middle.currentWidget() is live.middle.empty, "the default is shown at once too"
    assert _count(live, "B401") == "0"


def test_what_the_filters_let_through_is_shown_while_moving(asked: CheckPage) -> None:
    workspace = asked._workspace
    ids = list(list_ids(workspace))
    workspace.perform(splits.set_split, IdSet.of(ids[2:]), Split.VALIDATION)
    asked.show_rule("D203")
    combo = asked.rail.filters.split
    combo.setCurrentIndex(combo.findData("validation"))
    combo.activated.emit(combo.currentIndex())
    _move(asked, "answer", 0.9)
    assert asked.middle.currentWidget() is asked.middle.empty
    asked.rail.filters.reset()
    assert asked.middle.currentWidget() is asked.middle.groups, "a value that waits holds after a new look"
    assert _count(asked, "D203") == "1"


def test_what_is_chosen_is_shown_until_the_rules_have_run(
    asked: CheckPage, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked.show_rule("D203")
    monkeypatch.setattr(LintRuns, "judge_dataset", lambda *_: None)
    _move(asked, "answer", 0.9)
    asked.flush()
    asked.refresh()
    assert asked._workspace.lint.findings("D203") == []
    assert asked.middle.currentWidget() is asked.middle.groups
    assert _count(asked, "D203") == "1"


def test_an_option_of_single_examples_is_not_tried(live: CheckPage, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(live._filler, "try_options", None)
    live.show_rule("D206")
    _move(live, "words", 20)
    live.flush()
    assert live._workspace.lint.config.options["D206.words"] == 20


class _Later:
    """A workspace whose answers come when they are called for."""

    def __init__(self) -> None:
        self.calls: list[Callable[[], None]] = []

    def ask(
        self, query: Callable[..., Any], *arguments: Any, done: Callable[[Any], None], failed: object
    ) -> None:
        self.calls.append(lambda: done(query(self, *arguments)))


def test_one_question_runs_and_the_newest_comes_next() -> None:
    workspace = _Later()
    questions = OneAtATime(workspace)  # type: ignore[arg-type]
    got: list[int] = []

    def ask(number: int) -> None:
        questions.ask(lambda _workspace, value: value, number, done=got.append)

    for number in range(5):
        ask(number)
    assert len(workspace.calls) == 1
    workspace.calls.pop(0)()
    assert len(workspace.calls) == 1
    workspace.calls.pop(0)()
    assert got == [0, 4]
    assert workspace.calls == []
    ask(5)
    ask(6)
    questions.forget()
    workspace.calls.pop(0)()
    assert got == [0, 4, 5]
    assert workspace.calls == []


def test_the_two_that_are_shown_stay_when_others_join(make_page: MakePage, tmp_path: Path) -> None:
    words = [f"word{number}" for number in range(40)]
    texts = [" ".join(words[: 40 - own] + ["other"] * own) for own in (0, 1, 2, 7)]
    source = tmp_path / "near.jsonl"
    source.write_bytes(b"".join(chat_line(("user", text), ("assistant", "It is so.")) for text in texts))
    workspace = Workspace.open_any(source, paths=app_paths(), runner=ImmediateRunner())
    workspace.lint.start()
    page = make_page(workspace)
    page.show_rule("D202")
    groups = page.middle.groups
    assert groups.facts.full_text() == "1 group, 3 examples. Group 1 of 1"
    before = groups.cards()
    _move(page, "threshold", 0.5)
    assert groups.facts.full_text() == "1 group, 4 examples. Group 1 of 1"
    assert groups.cards() == before
    assert [card.picker.count() for card in before if card.picker is not None] == [4, 4]
    assert groups.keep_all.text() == "Keep all 4"
    _move(page, "threshold", 0.9)
    assert page.middle.currentWidget() is page.middle.empty
    _move(page, "threshold", 0.8)
    assert groups.facts.full_text() == "1 group, 3 examples. Group 1 of 1"
    assert [card.member.rank for card in groups.cards()] == [0, 1]
