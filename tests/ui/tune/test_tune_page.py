"""Page Fine-tune, against the real server of this computer and against a service that fails on demand."""

import json
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QLabel, QMessageBox, QWidget
from pytestqt.qtbot import QtBot

from finetune_studio.domain.job import JobState
from finetune_studio.domain.split import Split
from finetune_studio.providers.key_store import KeyPlace
from finetune_studio.providers.secrets import Secret
from finetune_studio.ui.commands import ALL_COMMANDS, CommandRegistry
from finetune_studio.ui.theme.manager import ThemeManager
from finetune_studio.ui.tune.export_files_dialog import ExportFilesDialog
from finetune_studio.ui.tune.gate_dialog import GateDialog
from finetune_studio.ui.tune.key_row import KeyDialog
from finetune_studio.ui.tune.tune_page import TunePage
from finetune_studio.workspace.submission_order import Order
from finetune_studio.workspace.submission_records import Submission, SubmissionState
from finetune_studio.workspace.workspace import Workspace
from tests.helpers.dialogs import on_next_dialog
from tests.helpers.fake_provider_server import FakeProviderServer
from tests.helpers.memory_keyring import MemoryKeyring
from tests.ui.tune.conftest import chat_lines, press

_SECRET = "My key is sk-proj-Zx81Kd93LmQp72VtBn64RwYc05HsGf38JaUe19Xo"


def _row(page: TunePage) -> Submission:
    return page.book.rows[0]


def _state(page: TunePage) -> JobState | None:
    job = page.book.rows[0].job if page.book.rows else None
    return job.state if job is not None else None


def _with_epochs(page: TunePage, epochs: int) -> None:
    field = page.form.hyperparameters.fields["n_epochs"].field
    field.setValue(epochs)  # type: ignore[union-attr, arg-type]


def _choose_service(page: TunePage, workspace: Workspace, server: FakeProviderServer, key: str) -> None:
    profile = workspace.sending.profiles["custom"]
    if key:
        workspace.sending.connections.keys.keep(profile, server.base_url, Secret(key))
    assert page.form.where.choose("custom", "tiny", "supervised", server.base_url)


def test_what_is_not_seen_at_first_is_not_made(qtbot: QtBot, page: TunePage) -> None:
    qtbot.waitUntil(lambda: page.book.is_read)
    made = {type(child).__name__ for child in page.findChildren(QWidget)}
    assert {"TargetFields", "ForecastCard", "JobsList", "EmptyState"} <= made
    assert not made & {"JobCard", "Curves", "ExtraFields", "ProgressRow"}


def test_a_status_that_nobody_knows_is_shown_as_it_is_and_explained(
    qtbot: QtBot, page: TunePage, workspace: Workspace, service: FakeProviderServer
) -> None:
    service.script = ("warming_up",)
    _choose_service(page, workspace, service, service.key)
    page._on_start()
    qtbot.waitUntil(lambda: bool(page.book.rows) and page.jobs.card.badge.text() == "Warming up")
    qtbot.waitUntil(page.jobs.card.offline.isVisible)
    assert "says “warming_up”, a word that is not known here" in page.jobs.card.offline.label.text()
    assert page.jobs.card.buttons["cancel"].isVisible()
    for empty in (page.jobs.card.curves.table_button, page.jobs.card.curves.which):
        assert not empty.isVisible()


def test_the_gate_counts_what_it_does_not_name(qtbot: QtBot) -> None:
    dialog = GateDialog("OpenAI", 7, [("F001", "Not JSON.")] * 3)
    qtbot.addWidget(dialog)
    assert "and 4 more" in [label.text() for label in dialog.findChildren(QLabel)]


def test_a_rehearsal_runs_to_its_end_and_can_be_tried(
    qtbot: QtBot, page: TunePage, workspace: Workspace, commands: CommandRegistry, local_server: None
) -> None:
    qtbot.waitUntil(lambda: page.jobs.empty is not None and page.jobs.empty.isVisible())
    assert page.form.where.profile.is_local
    assert "Not a model to use" in page.form.where.about.text()
    assert page.form.card.cost.value.text() == "nothing"
    assert page.form.card.training.value.text().startswith("12 examples · ")
    _with_epochs(page, 4)
    with qtbot.waitSignal(page.book.order_sent, timeout=10_000):
        qtbot.mouseClick(page.form.start, Qt.MouseButton.LeftButton)
    assert not page.form.start.isEnabled()
    with qtbot.waitSignal(page.book.ended, timeout=30_000):
        pass
    row = _row(page)
    assert row.job is not None
    assert row.job.state is JobState.SUCCEEDED
    assert row.plan.dataset_uid == workspace.uid
    assert row.plan.forecast_tokens == row.job.trained_tokens
    assert len(page.jobs.card.curves.chart.table()[1]) > 3
    assert page.jobs.card.events.lines()
    assert page.jobs.card.bar.value() == 1000
    assert page.form.start.isEnabled()
    assert page.jobs.empty is None or not page.jobs.empty.isVisible()
    with qtbot.waitSignal(page.ask_model_requested) as asked:
        qtbot.mouseClick(page.jobs.card.buttons["try"], Qt.MouseButton.LeftButton)
    assert asked.args[0].fine_tuned_model == row.job.fine_tuned_model
    with qtbot.waitSignal(page.ask_model_requested) as asked:
        page.jobs.card.checkpoints.try_requested.emit("ft:checkpoint")
    assert asked.args == ["ft:checkpoint"]
    assert not commands.action("tune.cancel").isEnabled()


def test_a_running_job_is_cancelled(
    qtbot: QtBot, page: TunePage, commands: CommandRegistry, local_server: None
) -> None:
    _with_epochs(page, 50)
    commands.invoke("tune.start")
    qtbot.waitUntil(lambda: _state(page) is JobState.RUNNING, timeout=20_000)
    qtbot.waitUntil(commands.action("tune.cancel").isEnabled)
    commands.invoke("tune.cancel")
    qtbot.waitUntil(lambda: _state(page) is JobState.CANCELLED, timeout=20_000)
    assert page.jobs.card.badge.text() == "Cancelled"
    assert not page.jobs.card.buttons["try"].isVisible()


@pytest.mark.parametrize("lines", [chat_lines(12, _SECRET)])
def test_the_gate_stops_and_a_reason_passes_it_and_is_kept(
    qtbot: QtBot, page: TunePage, workspace: Workspace, local_server: None
) -> None:
    assert "stops the submit" in page.form.card.gate.text.text()
    with qtbot.waitSignal(page.findings_requested) as asked:
        qtbot.mouseClick(page.form.card.gate.button, Qt.MouseButton.LeftButton)
    assert asked.args == ["error"]
    seen: list[bool] = []

    def refuse(dialog: GateDialog) -> None:
        seen.append(dialog.anyway.isEnabled())
        dialog.cancel.click()

    def pass_it(dialog: GateDialog) -> None:
        qtbot.keyClicks(dialog.reason_field, "It is not a real key")
        seen.append(dialog.anyway.isEnabled())
        dialog.anyway.click()

    on_next_dialog(GateDialog, refuse)
    page._on_start()
    assert not page.book.is_sending
    _with_epochs(page, 1)
    on_next_dialog(GateDialog, pass_it)
    with qtbot.waitSignal(page.book.order_sent, timeout=10_000):
        page._on_start()
    assert seen == [False, True]
    row = workspace.sending.journal.get(_row(page).ref)
    assert row.plan.override_reason == "It is not a real key"
    assert row.plan.findings[0] >= 1
    assert "It is not a real key" in page.jobs.card.sent_part.override.text()
    qtbot.waitUntil(lambda: _state(page) is JobState.SUCCEEDED, timeout=20_000)


def test_without_a_key_it_says_where_one_goes(
    qtbot: QtBot, page: TunePage, workspace: Workspace, service: FakeProviderServer
) -> None:
    _choose_service(page, workspace, service, "")
    qtbot.waitUntil(lambda: "No key is known" in page.form.where.key.state.text())
    page._on_start()
    qtbot.waitUntil(page.form.problem.isVisible)
    assert "No API key is known" in page.form.problem.text()
    assert not page.book.rows
    assert service.calls("POST", "/files") == 0


def test_a_key_is_tested_and_kept(
    qtbot: QtBot, page: TunePage, workspace: Workspace, service: FakeProviderServer, keyring: MemoryKeyring
) -> None:
    _choose_service(page, workspace, service, "")
    dialog = KeyDialog(workspace, page.form.where.profile, service.base_url, page)
    qtbot.addWidget(dialog)
    dialog.key.setText("sk-a-wrong-key-of-some-length")
    dialog.keep_button.click()
    qtbot.waitUntil(dialog.keep_button.isEnabled, timeout=10_000)
    assert "does not accept the API key" in dialog.banner.label.text()
    assert "sk-a-wrong-key" not in dialog.banner.label.text()
    assert not keyring.kept
    dialog.key.setText(service.key)
    with qtbot.waitSignal(dialog.accepted, timeout=10_000):
        dialog.keep_button.click()
    assert list(keyring.kept.values()) == [service.key]
    page.desk.look_for_key()
    qtbot.waitUntil(lambda: "keyring" in page.form.where.key.state.text())
    found = workspace.sending.connections.keys.find(page.form.where.profile, service.base_url)
    assert found is not None
    assert found.place is KeyPlace.KEYRING


def test_a_wrong_key_is_told_and_nothing_starts(
    qtbot: QtBot, page: TunePage, workspace: Workspace, service: FakeProviderServer
) -> None:
    _choose_service(page, workspace, service, "sk-a-wrong-key-of-some-length")
    page._on_start()
    qtbot.waitUntil(lambda: page.jobs.card.error.isVisible(), timeout=10_000)
    assert "does not accept the API key" in page.jobs.card.error.label.text()
    assert _row(page).job is None
    assert not service.state.jobs
    profile = workspace.sending.profiles["custom"]
    workspace.sending.connections.keys.keep(profile, service.base_url, Secret(service.key))
    qtbot.mouseClick(page.jobs.card.buttons["continue"], Qt.MouseButton.LeftButton)
    qtbot.waitUntil(lambda: _state(page) is JobState.SUCCEEDED, timeout=20_000)
    assert len(page.book.rows) == 1


def test_a_blocked_organisation_is_told_and_the_file_can_be_deleted(
    qtbot: QtBot,
    page: TunePage,
    workspace: Workspace,
    service: FakeProviderServer,
) -> None:
    service.inject("POST", "/fine_tuning/jobs", "403")
    _choose_service(page, workspace, service, service.key)
    page._on_start()
    qtbot.waitUntil(lambda: page.jobs.card.error.isVisible(), timeout=10_000)
    assert "no longer lets this organisation" in page.jobs.card.error.label.text()
    assert "Choose another provider" in page.jobs.card.error.label.text()
    assert _row(page).state is SubmissionState.REFUSED
    on_next_dialog(QMessageBox, lambda box: press(box, "Keep them"))
    page.jobs.card.buttons["delete_files"].click()
    assert service.state.files, "it asks first"
    on_next_dialog(QMessageBox, lambda box: press(box, "Delete them"))
    with qtbot.waitSignal(page.book.files_deleted, timeout=10_000):
        page.jobs.card.buttons["delete_files"].click()
    assert not service.state.files


def test_sending_is_cancelled(
    qtbot: QtBot, page: TunePage, workspace: Workspace, service: FakeProviderServer
) -> None:
    service.inject("POST", "/files", "reset_before", times=99)
    _choose_service(page, workspace, service, service.key)
    page._on_start()
    qtbot.waitUntil(lambda: bool(page.book.rows), timeout=10_000)
    assert page.jobs.card.buttons["cancel"].isVisible()
    page.jobs.card.buttons["cancel"].click()
    qtbot.waitUntil(lambda: not page.book.is_sending, timeout=20_000)
    qtbot.waitUntil(lambda: _row(page).state is SubmissionState.CANCELLED)
    assert page.jobs.card.badge.text() == "Cancelled"


def test_offline_is_told_while_a_job_is_watched(
    qtbot: QtBot, page: TunePage, workspace: Workspace, service: FakeProviderServer
) -> None:
    service.script = ("running",)
    _choose_service(page, workspace, service, service.key)
    page._on_start()
    qtbot.waitUntil(lambda: _state(page) is JobState.RUNNING, timeout=20_000)
    service.inject("GET", "/fine_tuning/jobs/.*", "reset_before", times=999)
    qtbot.waitUntil(page.jobs.card.offline.isVisible, timeout=20_000)
    assert "It is asked again" in page.jobs.card.offline.label.text()
    assert _state(page) is JobState.RUNNING


@pytest.mark.parametrize("lines", [chat_lines(12)])
def test_a_failure_that_names_a_line_opens_its_example(
    qtbot: QtBot, page: TunePage, workspace: Workspace, service: FakeProviderServer
) -> None:
    service.script = ("failed",)
    _choose_service(page, workspace, service, service.key)
    page._on_start()
    qtbot.waitUntil(lambda: _state(page) is JobState.FAILED, timeout=20_000)
    assert page.jobs.list._model.data(page.jobs.list._model.index(0)) is not None
    qtbot.waitUntil(lambda: bool(page.jobs.card._example_buttons))
    button = page.jobs.card._example_buttons[0]
    assert button.text() == "Open example 3"
    with qtbot.waitSignal(page.open_example_requested) as opened:
        button.click()
    sent = workspace.sending.journal.example_at(_row(page).ref, 3)
    assert sent is not None
    assert opened.args[0] == (sent.example_id, None)


def test_an_unknown_status_is_shown_as_it_came(
    qtbot: QtBot, page: TunePage, workspace: Workspace, service: FakeProviderServer
) -> None:
    service.script = ("warming_up",)
    _choose_service(page, workspace, service, service.key)
    page._on_start()
    qtbot.waitUntil(lambda: _state(page) is JobState.UNKNOWN, timeout=20_000)
    assert page.jobs.card.badge.text() == "Warming up"
    assert page.jobs.card.buttons["cancel"].isVisible()


def test_closing_asks_about_a_job_that_trains_here(
    qtbot: QtBot, page: TunePage, workspace: Workspace, local_server: None
) -> None:
    _with_epochs(page, 50)
    assert page.confirm_close()
    page._on_start()
    qtbot.waitUntil(lambda: _state(page) is JobState.RUNNING, timeout=20_000)
    answers = ["Stay", "Stop the job"]

    def answer(box: object) -> None:
        assert isinstance(box, QMessageBox)
        wanted = answers.pop(0)
        next(button for button in box.buttons() if button.text() == wanted).click()

    on_next_dialog(QMessageBox, answer)
    assert not page.confirm_close()
    on_next_dialog(QMessageBox, answer)
    assert page.confirm_close()
    qtbot.waitUntil(lambda: _state(page) is JobState.CANCELLED, timeout=20_000)


def test_files_are_exported_into_a_folder(
    qtbot: QtBot, page: TunePage, workspace: Workspace, tmp_path: Path
) -> None:
    assert page.form.target is not None
    dialog = ExportFilesDialog(workspace, Order(page.form.target))
    qtbot.addWidget(dialog)
    dialog.folder.setText(str(tmp_path / "none"))
    assert not dialog.export_button.isEnabled()
    dialog.folder.setText(str(tmp_path))
    dialog.export_button.click()
    qtbot.waitUntil(lambda: bool(dialog.reports))
    assert (tmp_path / "marv-local-train.jsonl").read_bytes() == chat_lines(12)
    assert "12 lines" in dialog.banner.label.text()
    manifest = json.loads((tmp_path / "marv-local-manifest.json").read_text())
    assert manifest["files"][0]["sha256"] == dialog.reports[0].sha256
    assert manifest["settings"]["target"] == "local:rehearsal"


def test_validation_is_offered_and_counted(qtbot: QtBot, page: TunePage, workspace: Workspace) -> None:
    assert page.form.validation.split_button.isVisible()
    with qtbot.waitSignal(page._signals.changed):
        qtbot.mouseClick(page.form.validation.split_button, Qt.MouseButton.LeftButton)
    qtbot.waitUntil(lambda: not page.form.validation.split_button.isVisible() or _no_validation(workspace))
    assert workspace.target == page.form.target


def _no_validation(workspace: Workspace) -> bool:
    return workspace.examples().count_by_split().get(Split.VALIDATION, 0) == 0


def test_the_checks_follow_the_target(qtbot: QtBot, page: TunePage, workspace: Workspace) -> None:
    assert page.form.where.choose("openai", "gpt-4.1")
    qtbot.waitUntil(lambda: workspace.target is not None and workspace.target.profile.id == "openai")
    qtbot.waitUntil(lambda: workspace.options().get("target") == "openai:gpt-4.1-2025-04-14")
    assert "6 January 2027" in page.form.where.warning.text()
    qtbot.waitUntil(lambda: page.form.card.cost.value.text().startswith("≈ $"))
    workspace.undo()
    qtbot.waitUntil(lambda: page.form.where.profile.is_local)
    qtbot.waitUntil(lambda: workspace.target is not None and workspace.target.profile.is_local)
    assert workspace.history.can_redo
    workspace.redo()
    qtbot.waitUntil(lambda: page.form.where.profile.id == "openai")


def test_the_form_says_what_is_missing(page: TunePage) -> None:
    page.form.where.choose("custom")
    page._on_start()
    assert "address" in page.form.problem.text()
    page.form.where.choose("azure")
    page._on_start()
    assert "RESOURCE" in page.form.problem.text()
    page.form.where.choose("local")
    page.form.suffix.setText("x" * 65)
    page._on_start()
    assert "64" in page.form.problem.text()


def test_the_form_shows_what_was_sent_last(
    qtbot: QtBot, page: TunePage, workspace: Workspace, theme: ThemeManager, service: FakeProviderServer
) -> None:
    _choose_service(page, workspace, service, service.key)
    page._sync.close()  # the dataset does not keep the target this time
    page.form.suffix.setText("marv-2")
    page._on_start()
    qtbot.waitUntil(lambda: _state(page) is JobState.SUCCEEDED, timeout=20_000)
    later = TunePage(workspace, CommandRegistry(ALL_COMMANDS), theme)
    qtbot.addWidget(later)
    qtbot.waitUntil(lambda: later.form.where.profile.id == "custom")
    assert later.form.suffix.text() == "marv-2"
    assert later.form.where.base_url == service.base_url
    assert workspace.options().get("target") is None
    later.close_page()
