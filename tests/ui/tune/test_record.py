"""The record of a job: what was sent, what changed since, two jobs compared, files deleted, going further."""

import shutil
from pathlib import Path

import pytest
from PySide6.QtWidgets import QMessageBox
from pytestqt.qtbot import QtBot

from finetune_studio.domain.example import ReviewState
from finetune_studio.domain.id_set import IdSet
from finetune_studio.domain.job import JobState
from finetune_studio.domain.split import Split
from finetune_studio.providers.secrets import Secret
from finetune_studio.ui.commands import CommandRegistry
from finetune_studio.ui.tune.changes_dialog import ChangesDialog
from finetune_studio.ui.tune.compare_dialog import CompareDialog
from finetune_studio.ui.tune.job_commands import _used_by
from finetune_studio.ui.tune.sent_dialog import SentDialog
from finetune_studio.ui.tune.tune_page import TunePage
from finetune_studio.ui.tune.words import size_text
from finetune_studio.workspace.operations import examples, messages, review
from finetune_studio.workspace.operations.splits import assign_splits, set_split
from finetune_studio.workspace.provenance import changes_since, compare_data, jobs_of_example
from finetune_studio.workspace.queries.examples import list_ids
from finetune_studio.workspace.queries.search import parse_query
from finetune_studio.workspace.sent_examples import ids_sent
from finetune_studio.workspace.sent_file import SentFiles, files_sent, files_to_send
from finetune_studio.workspace.submission_kept import stale_copies
from finetune_studio.workspace.submission_records import Submission
from finetune_studio.workspace.task import TaskContext
from finetune_studio.workspace.workspace import Workspace
from tests.helpers.dialogs import on_next_dialog
from tests.helpers.fake_provider_server import FakeProviderServer
from tests.ui.tune.conftest import press


def _send(
    qtbot: QtBot, page: TunePage, workspace: Workspace, service: FakeProviderServer, suffix: str
) -> Submission:
    profile = workspace.sending.profiles["custom"]
    workspace.sending.connections.keys.keep(profile, service.base_url, Secret(service.key))
    page.form.where.choose("custom", "tiny", "supervised", service.base_url)
    page.form.suffix.setText(suffix)
    page._on_start()
    qtbot.waitUntil(lambda: bool(page.book.rows) and page.book.rows[0].plan.suffix == suffix, timeout=10_000)
    qtbot.waitUntil(
        lambda: page.book.rows[0].job is not None and page.book.rows[0].job.state.is_final, timeout=20_000
    )
    page.jobs.choose(page.book.rows[0].ref)
    return page.book.rows[0]


def _is_over(row: Submission) -> bool:
    return row.job is not None and row.job.state.is_final


def _wait_for_writes(qtbot: QtBot, workspace: Workspace) -> None:
    qtbot.waitUntil(lambda: not workspace.pending_writes, timeout=10_000)


def _ids(workspace: Workspace) -> list[int]:
    return list(list_ids(workspace))


@pytest.fixture
def sent(qtbot: QtBot, page: TunePage, workspace: Workspace, service: FakeProviderServer) -> Submission:
    """A job that was trained on all twelve examples."""
    return _send(qtbot, page, workspace, service, "first")


def test_the_examples_of_a_job_are_a_filter(
    qtbot: QtBot, page: TunePage, workspace: Workspace, commands: CommandRegistry, sent: Submission
) -> None:
    ids = _ids(workspace)
    workspace.perform(examples.delete_examples, IdSet.of([ids[0]]))
    _wait_for_writes(qtbot, workspace)
    with qtbot.waitSignal(page.filter_requested) as asked:
        commands.invoke("tune.examples")
    assert asked.args == [f"job:{sent.ref}"]
    for text in (asked.args[0], "job:first", f"job:{sent.job.id}" if sent.job else ""):
        assert list(list_ids(workspace, parse_query(text))) == ids[1:]
    assert list(list_ids(workspace, parse_query("-job:FIRST"))) == []
    assert list(list_ids(workspace, parse_query("job:unheard"))) == []
    assert ids_sent(workspace, sent.ref) == ids


def test_an_example_knows_its_jobs_and_whether_it_was_edited_since(
    qtbot: QtBot, page: TunePage, workspace: Workspace, sent: Submission
) -> None:
    ids = _ids(workspace)
    found = jobs_of_example(workspace, ids[4])
    assert [(item.submission.ref, item.part, item.line, item.is_same) for item in found] == [
        (sent.ref, "training", 5, True)
    ]
    workspace.perform(messages.set_message_text, ids[4], 1, "Another answer.")
    _wait_for_writes(qtbot, workspace)
    assert [item.is_same for item in jobs_of_example(workspace, ids[4])] == [False]
    assert jobs_of_example(workspace, 10_000) == []


def test_what_changed_since_is_told_with_its_words(
    qtbot: QtBot, page: TunePage, workspace: Workspace, sent: Submission
) -> None:
    ids = _ids(workspace)
    since = changes_since(workspace, sent.ref)
    assert (since.sent, since.same, since.all) == (12, 12, [])
    workspace.perform(messages.set_message_text, ids[1], 1, "That is one and nothing else.")
    workspace.perform(examples.delete_examples, IdSet.of([ids[2]]))
    workspace.perform(review.set_status, IdSet.of([ids[3]]), ReviewState.REJECTED)
    workspace.perform(examples.duplicate_example, ids[5])
    _wait_for_writes(qtbot, workspace)
    since = changes_since(workspace, sent.ref)
    assert [each.example_id for each in since.changed] == [ids[1]]
    assert sorted(each.example_id for each in since.removed) == [ids[2], ids[3]]
    assert len(since.added) == 1
    assert since.same == 9
    dialog = ChangesDialog(workspace, sent)
    qtbot.addWidget(dialog)
    dialog.show()
    qtbot.waitUntil(lambda: dialog.list.count() == 4, timeout=10_000)
    assert "9 are as they were" in dialog.summary.text()
    assert dialog.list.item(0).text().startswith("Edited · Example 2")
    qtbot.waitUntil(lambda: len(dialog.diff._parts) == 1)
    with qtbot.waitSignal(dialog.example_requested) as opened:
        dialog.open_button.click()
    assert opened.args == [ids[1]]


def test_what_was_sent_is_read_line_by_line(
    qtbot: QtBot, page: TunePage, workspace: Workspace, sent: Submission
) -> None:
    workspace.perform(messages.set_message_text, _ids(workspace)[2], 1, "Edited since.")
    _wait_for_writes(qtbot, workspace)
    dialog = SentDialog(workspace, "Sent", lambda w, c: _files(w, sent, c))
    qtbot.addWidget(dialog)
    dialog.show()
    qtbot.waitUntil(lambda: dialog.model.rowCount() == 12, timeout=10_000)
    assert sent.training.sha256 in dialog.about.full_text()
    dialog.go_to(3)
    assert "Edited since" not in dialog.text.toPlainText()
    assert '"role": "user"' in dialog.text.toPlainText()
    assert "Line 3" in dialog.place.text()
    assert "example 3" in dialog.place.text()
    with qtbot.waitSignal(dialog.example_requested) as opened:
        dialog.open_button.click()
    assert opened.args == [_ids(workspace)[2]]


def _files(workspace: Workspace, row: Submission, context: TaskContext) -> SentFiles:
    return files_sent(workspace, row.ref, context)


def test_a_frozen_file_that_was_changed_is_not_shown_as_what_was_sent(
    qtbot: QtBot, page: TunePage, workspace: Workspace, sent: Submission
) -> None:
    path = workspace.sending.journal.frozen_path(sent.training)
    path.chmod(0o600)
    path.write_bytes(path.read_bytes() + b"{}\n")
    dialog = SentDialog(workspace, "Sent", lambda w, c: _files(w, sent, c))
    qtbot.addWidget(dialog)
    dialog.show()
    qtbot.waitUntil(dialog.left_out.isVisible, timeout=10_000)
    assert "was changed" in dialog.left_out.label.text()
    assert dialog.model.rowCount() == 0


def test_what_would_be_sent_is_shown_and_leaves_nothing_behind(
    qtbot: QtBot, page: TunePage, workspace: Workspace
) -> None:
    workspace.perform(assign_splits, {})
    workspace.perform(set_split, IdSet.of(_ids(workspace)[:2]), Split.VALIDATION, True)
    _wait_for_writes(qtbot, workspace)
    dialog = SentDialog(workspace, "Would be sent", lambda w, c: _to_send(w, page, c))
    qtbot.addWidget(dialog)
    dialog.show()
    qtbot.waitUntil(lambda: dialog.model.rowCount() == 10, timeout=10_000)
    assert len(list(Path(workspace.paths.cache).glob("to-send-*"))) == 1
    dialog.part.set_current("validation")
    dialog._on_part_chosen("validation")
    assert dialog.model.rowCount() == 2
    dialog.reject()
    assert list(Path(workspace.paths.cache).glob("to-send-*")) == []


def _to_send(workspace: Workspace, page: TunePage, context: TaskContext) -> SentFiles:
    assert page.form.target is not None
    return files_to_send(workspace, page.form.target, True, context)


def test_two_jobs_are_compared(
    qtbot: QtBot, page: TunePage, workspace: Workspace, service: FakeProviderServer, sent: Submission
) -> None:
    ids = _ids(workspace)
    workspace.perform(messages.set_message_text, ids[1], 1, "Edited between.")
    workspace.perform(examples.delete_examples, IdSet.of([ids[2]]))
    _wait_for_writes(qtbot, workspace)
    service.script = ("running", "running", "succeeded")
    second = _send(qtbot, page, workspace, service, "second")
    data = compare_data(workspace, sent, second)
    assert (data.both, data.edited, data.only_first, data.only_second) == (11, 1, 1, 0)
    dialog = CompareDialog(workspace, second, [sent])
    qtbot.addWidget(dialog)
    dialog.show()
    qtbot.waitUntil(lambda: dialog.facts.rowCount() > 5, timeout=10_000)
    assert "11 examples in both, 1 of them edited between" in dialog.data.text()
    names = [dialog.facts.data(dialog.facts.index(n, 0)) for n in range(dialog.facts.rowCount())]
    assert "Last training loss" in names
    assert any("second" in header for header in dialog.chart.table()[0])


def test_files_are_deleted_after_saying_which_jobs_they_made(
    qtbot: QtBot,
    page: TunePage,
    workspace: Workspace,
    service: FakeProviderServer,
    commands: CommandRegistry,
    sent: Submission,
) -> None:
    service.script = ("running",)
    profile = workspace.sending.profiles["custom"]
    assert profile.can_submit
    text = _used_by(sent, page.book.rows)
    assert "first: Succeeded" in text
    told: list[str] = []

    def confirm(box: QMessageBox) -> None:
        told.append(box.informativeText())
        next(button for button in box.buttons() if button.text() == "Delete them").click()

    on_next_dialog(QMessageBox, confirm)
    with qtbot.waitSignal(page.book.files_deleted, timeout=10_000):
        commands.invoke("tune.delete_files")
    assert told == [text]
    assert not service.state.files


def test_a_tuned_model_is_offered_and_trained_further(
    qtbot: QtBot,
    page: TunePage,
    workspace: Workspace,
    commands: CommandRegistry,
    service: FakeProviderServer,
    sent: Submission,
) -> None:
    assert sent.job is not None
    model = sent.job.fine_tuned_model
    assert sent.job.state is JobState.SUCCEEDED
    where = page.form.where
    assert where.model.findData(model) >= 0
    commands.invoke("tune.further")
    assert page.form.target is not None
    assert page.form.target.model.id == model
    page.form.suffix.setText("further")
    page._on_start()
    qtbot.waitUntil(lambda: len(service.state.jobs) == 2, timeout=20_000)
    assert service.state.bodies[-1]["model"] == model


def test_openai_begins_with_a_tuned_model_under_its_own_name(page: TunePage) -> None:
    name = "ft:gpt-4.1-mini-2025-04-14:acme:marv:abc"
    assert page.form.where.choose("openai", name)
    assert page.form.target is not None
    assert page.form.target.model.id == name
    assert page.form.target.model.price is not None


def test_the_dataset_shows_its_own_record_where_the_journal_is_gone(
    qtbot: QtBot, page: TunePage, workspace: Workspace, sent: Submission, commands: CommandRegistry
) -> None:
    qtbot.waitUntil(lambda: stale_copies(workspace) == [], timeout=10_000)
    data = workspace.paths.data
    shutil.rmtree(data / "submissions")
    (data / "submissions.db").unlink()
    page.book.updates.clear()
    with qtbot.waitSignal(page.book.rows_changed):
        page.book.load(reconcile=True)
    (row,) = page.book.rows
    assert row.is_record
    page.jobs.choose(row.ref)
    qtbot.waitUntil(lambda: row.ref in page.book.updates)
    card = page.jobs.card
    assert "record that the dataset keeps" in card.offline.label.text()
    assert not any(button.isVisibleTo(card) for button in card.buttons.values())
    assert not card.sent_part.look_button.isVisibleTo(card)
    enabled = {
        name: commands.action(name).isEnabled()
        for name in ("tune.examples", "tune.changes", "tune.sent", "tune.delete_files")
    }
    assert enabled == {
        "tune.examples": True,
        "tune.changes": True,
        "tune.sent": False,
        "tune.delete_files": False,
    }


def test_frozen_files_are_deleted_after_a_question_that_names_their_size(
    qtbot: QtBot,
    page: TunePage,
    workspace: Workspace,
    sent: Submission,
    commands: CommandRegistry,
) -> None:
    path = workspace.sending.journal.frozen_path(sent.training)
    part = page.jobs.card.sent_part
    assert part.look_button.isVisibleTo(part)
    asked: list[str] = []

    def act(box: QMessageBox, button: str) -> None:
        asked.append(box.text())
        press(box, button)

    on_next_dialog(QMessageBox, lambda box: act(box, "Keep"))
    commands.invoke("tune.delete_frozen")
    assert path.exists()
    on_next_dialog(QMessageBox, lambda box: act(box, "Delete"))
    with qtbot.waitSignal(page.book.records.frozen_deleted, timeout=10_000):
        commands.invoke("tune.delete_frozen")
    assert asked[0] == f"Delete 1 frozen file of first, {size_text(sent.training.size)}, on this computer?"
    assert not path.exists()
    assert part.gone.isVisibleTo(part)
    assert not part.look_button.isVisibleTo(part)
    assert not commands.action("tune.delete_frozen").isEnabled()
    assert not commands.action("tune.sent").isEnabled()
    ids = _ids(workspace)
    assert [item.line for item in jobs_of_example(workspace, ids[4])] == [5]
