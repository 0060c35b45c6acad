"""Page Try, against the real server of this computer."""

from collections.abc import Iterator
from pathlib import Path

import pytest
import shiboken6
from PySide6.QtCore import Qt
from pytestqt.qtbot import QtBot

from finetune_studio.domain.job import FineTuneJob, JobState
from finetune_studio.formats.records import decode
from finetune_studio.settings.paths import app_paths
from finetune_studio.ui.commands import CommandRegistry
from finetune_studio.ui.task_runner import QtTaskRunner
from finetune_studio.ui.theme.manager import ThemeManager
from finetune_studio.ui.try_out.try_page import TryPage
from finetune_studio.workspace.model_choices import ModelKind
from finetune_studio.workspace.queries import examples
from finetune_studio.workspace.submission import freeze
from finetune_studio.workspace.submission_records import SentExample, SubmissionPlan
from finetune_studio.workspace.workspace import Workspace
from tests.helpers.builders import chat_line
from tests.helpers.local_server import running_server

_LINES = chat_line(("system", "Be brief."), ("user", "a"), ("assistant", "b")) * 3


@pytest.fixture
def workspace(qtbot: QtBot, tmp_path: Path) -> Iterator[Workspace]:
    source = tmp_path / "data.jsonl"
    source.write_bytes(_LINES)
    tasks = QtTaskRunner()
    opened = Workspace.open_any(source, paths=app_paths(), runner=tasks.runner)
    yield opened
    opened.close()
    tasks.runner.close(5)


@pytest.fixture
def page(
    qtbot: QtBot, workspace: Workspace, commands: CommandRegistry, theme: ThemeManager
) -> Iterator[TryPage]:
    widget = TryPage(workspace, commands, theme)
    qtbot.addWidget(widget)
    widget.resize(1200, 700)
    widget.show()
    yield widget
    widget.close_page()


def _find_models(qtbot: QtBot, page: TryPage) -> None:
    with qtbot.waitSignal(page._panel.changed, timeout=10_000):
        page.on_shown()


def _a_tuned_model(workspace: Workspace, name: str) -> None:
    journal = workspace.sending.journal
    plan = SubmissionPlan("local", "t", "local", "rehearsal", suffix="marv")
    row = freeze(journal, plan, [SentExample(_LINES.splitlines(keepends=True)[0], 1)])
    job = FineTuneJob("ftjob-1", "rehearsal", "succeeded", JobState.SUCCEEDED, fine_tuned_model=name)
    journal.set_job(row.ref, job)


def test_without_a_tuned_model_the_page_says_what_to_do(qtbot: QtBot, page: TryPage) -> None:
    _find_models(qtbot, page)
    assert page._system.text() == "Be brief."
    assert page._nothing_tuned.isVisible()
    assert not page._cards[1].isVisible()
    with qtbot.waitSignal(page.page_requested) as asked:
        qtbot.mouseClick(page._invitation.button, Qt.MouseButton.LeftButton)
    assert asked.args == ["tune"]


def test_an_answer_streams_in_and_becomes_an_example(
    qtbot: QtBot, page: TryPage, workspace: Workspace
) -> None:
    with running_server(app_paths().data):
        _find_models(qtbot, page)
        assert not page._send.isEnabled()
        qtbot.keyClicks(page._field, "Who are you?")
        qtbot.keyClick(page._field, Qt.Key.Key_Return)
        assert page._send.text() == "Stop"
        qtbot.waitUntil(lambda: not page.is_busy, timeout=20_000)
        answer = page._cards[0].text
        assert "rehearsal" in answer
        assert "tokens" in page._cards[0]._facts.text()
        with qtbot.waitSignal(page.open_example_requested, timeout=5000) as opened:
            page._cards[0]._adopt.click()
    example_id = opened.args[0][0]
    record = decode(examples.get_example(workspace, example_id).body)[1]
    assert record is not None
    assert [m.text for m in record.messages] == ["Be brief.", "Who are you?", answer]  # type: ignore[union-attr]


def test_each_side_tells_its_own_failure(qtbot: QtBot, page: TryPage, workspace: Workspace) -> None:
    _a_tuned_model(workspace, "ft:rehearsal:gone")
    with running_server(app_paths().data):
        _find_models(qtbot, page)
        assert page._panel.tuned is not None
        assert page._panel.tuned.model == "ft:rehearsal:gone"
        assert page._panel.against is not None
        assert page._panel.against.kind is ModelKind.BASE
        page._field.setPlainText("Hello?")
        page._on_send()
        qtbot.waitUntil(lambda: not page.is_busy, timeout=20_000)
    assert page._cards[0].text
    assert not page._cards[1].text
    assert "ft:rehearsal:gone" in page._cards[1]._hint.text()
    assert not page._cards[1]._adopt.isEnabled()


def test_start_over_empties_both_sides(qtbot: QtBot, page: TryPage) -> None:
    page._field.setPlainText("Hello?")
    page._cards[0].begin("Hello?")
    page._cards[0].add_piece("Hi")
    page._on_clear()
    assert page._cards[0].text == ""
    assert page._field.toPlainText() == ""


def test_models_found_after_the_page_went_are_dropped(
    workspace: Workspace, commands: CommandRegistry, theme: ThemeManager
) -> None:
    page = TryPage(workspace, commands, theme)
    page.close_page()
    shiboken6.delete(page)
    page._on_found(([], [], "Be brief."))
