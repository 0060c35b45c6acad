"""Page Fine-tune in every state of a submission, against a service on loopback that fails on demand."""

import json
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import partial

from PySide6.QtCore import QPoint

from finetune_studio.domain.id_set import IdSet
from finetune_studio.domain.job import JobState
from finetune_studio.domain.split import Split
from finetune_studio.providers.key_store import KeyStore
from finetune_studio.providers.secrets import Secret
from finetune_studio.settings.paths import app_paths
from finetune_studio.ui.tune.add_service_dialog import AddServiceDialog
from finetune_studio.ui.tune.changes_dialog import ChangesDialog
from finetune_studio.ui.tune.compare_dialog import CompareDialog
from finetune_studio.ui.tune.export_files_dialog import ExportFilesDialog
from finetune_studio.ui.tune.sent_dialog import SentDialog
from finetune_studio.ui.tune.service_dialog import ServiceDialog
from finetune_studio.ui.tune.tune_page import TunePage
from finetune_studio.workspace.connections import Connections
from finetune_studio.workspace.operations.examples import delete_examples
from finetune_studio.workspace.operations.messages import set_message_text
from finetune_studio.workspace.operations.splits import assign_splits
from finetune_studio.workspace.queries.examples import list_ids
from finetune_studio.workspace.sent_file import SentFiles, files_sent
from finetune_studio.workspace.submission_order import Order
from finetune_studio.workspace.submission_records import Submission, SubmissionState
from finetune_studio.workspace.task import TaskContext
from finetune_studio.workspace.workspace import Workspace
from tests.helpers.fake_provider_server import FakeProviderServer
from tests.helpers.memory_keyring import MemoryKeyring
from tests.screens.stage import Stage

_RUNNING = ("queued", *["running"] * 6)
_UPLOADED_LINES = 2_000
_NOBODY = "http://127.0.0.1:9/v1/"
"""The port of a service that computers no longer run."""


def tune_states(stage: Stage) -> None:
    """Every state but the upload: without a key, refused, queued, running, offline, at its end."""
    stage.open_sample()
    page = _page(stage)
    with _service(stage) as service:
        _choose(stage, page, service, key="")
        stage.shoot("tune-no-key")
        _choose(stage, page, service, key="sk-a-key-that-has-expired")
        _start(stage, page, lambda row: bool(row.error))
        stage.shoot("tune-wrong-key")
        _choose(stage, page, service, service.key)
        service.inject("POST", "/fine_tuning/jobs", "403")
        page.form.suffix.setText("marv-blocked")
        _start(stage, page, lambda row: row.state is SubmissionState.REFUSED)
        stage.shoot("tune-blocked")
        for name, script, state in (
            ("queued", ("queued",), JobState.QUEUED),
            ("unknown", ("warming_up",), JobState.UNKNOWN),
            ("failed", ("failed",), JobState.FAILED),
            ("running", _RUNNING, JobState.RUNNING),
        ):
            service.script = script
            page.form.suffix.setText(f"marv-{name}")
            _start(stage, page, _reached(state))
            if name == "running":
                stage.wait(lambda: page.jobs.card.curves.point_count > 4, what="the curve")
            stage.settle(800)
            stage.shoot(f"tune-{name}")
        service.inject("GET", "/fine_tuning/jobs/.*", "reset_before", times=999)
        stage.wait(page.jobs.card.offline.isVisible, 60, "being offline")
        stage.shoot("tune-offline-while-watched")
        service.faults.clear()
        _cancel_and_succeed(stage, page, service)
    profile = stage.workspace.sending.profiles["custom"]
    stage.workspace.sending.connections.keys.keep(profile, _NOBODY, Secret("sk-nobody-answers-there"))
    page.form.where.choose("custom", "llama-3.1-8b", "supervised", _NOBODY)
    page.form.suffix.setText("marv-offline")
    _start(stage, page, lambda row: bool(row.error))
    stage.shoot("tune-offline")


def tune_uploading(stage: Stage) -> None:
    """A file on its way, large enough to be seen."""
    path = stage.folder / "long.jsonl"
    with path.open("w", encoding="utf-8") as out:
        for number in range(_UPLOADED_LINES):
            text = f"Answer {number}: " + " ".join(f"word{number * 7 + n}" for n in range(330))
            pair = [
                {"role": "user", "content": f"Question {number}?"},
                {"role": "assistant", "content": text},
            ]
            out.write(json.dumps({"messages": pair}) + "\n")
    stage.open(path)
    page = _page(stage)
    with _service(stage) as service:
        service.slow_reading = 0.1
        _choose(stage, page, service, service.key)
        page.form.start.click()
        stage.wait(lambda: _uploaded(page) > 0.35, 120, "the upload")
        stage.shoot("tune-uploading")
        page.jobs.card.buttons["cancel"].click()
        stage.wait(lambda: not page.book.is_sending, what="the upload to stop")
        stage.settle(400)
        stage.shoot("tune-upload-cancelled")


def _cancel_and_succeed(stage: Stage, page: TunePage, service: FakeProviderServer) -> None:
    page.book.steer(page.book.rows[0].ref, "cancel")
    stage.wait(lambda: _reached(JobState.CANCELLED)(page.book.rows[0]), what="the job to be cancelled")
    stage.settle(400)
    stage.shoot("tune-cancelled")
    service.script = (*["running"] * 4, "succeeded")
    page.form.suffix.setText("marv-sarcastic")
    _start(stage, page, _reached(JobState.SUCCEEDED))
    stage.settle(800)
    stage.shoot("tune-billed")


def _page(stage: Stage) -> TunePage:
    page = stage.page("tune")
    assert isinstance(page, TunePage)
    return page


@contextmanager
def _service(stage: Stage) -> Iterator[FakeProviderServer]:
    """A service, and a keyring of its own that the page asks."""
    sending = stage.workspace.sending
    ring = MemoryKeyring()
    keys = KeyStore(lambda: ring, environment={})
    with FakeProviderServer() as server:
        sending.__dict__["connections"] = Connections(app_paths(), sending.profiles, keys)
        yield server


def _choose(stage: Stage, page: TunePage, service: FakeProviderServer, key: str) -> None:
    profile = stage.workspace.sending.profiles["custom"]
    if key:
        stage.workspace.sending.connections.keys.keep(profile, service.base_url, Secret(key))
    page.form.where.choose("custom", "llama-3.1-8b", "supervised", service.base_url)
    stage.settle(700)


def _start(stage: Stage, page: TunePage, reached: Callable[[Submission], bool]) -> None:
    """Start, and wait for the newest submission to come so far."""
    before = page.book.rows[0].ref if page.book.rows else ""
    stage.wait(page.form.start.isEnabled, what="Start")
    page.form.start.click()

    def has_reached() -> bool:
        rows = page.book.rows
        return bool(rows) and rows[0].ref != before and reached(rows[0])

    stage.wait(has_reached, 90, "the submission")
    page.jobs.choose(page.book.rows[0].ref)
    stage.settle(400)


def _reached(state: JobState) -> Callable[[Submission], bool]:
    return lambda row: row.job is not None and row.job.state is state


def _uploaded(page: TunePage) -> float:
    sent = page.book.sent(page.book.rows[0].ref) if page.book.rows else None
    return (sent.fraction or 0.0) if sent is not None and sent.text.startswith("Upload") else 0.0


def tune_dialogs(stage: Stage) -> None:
    """Adding a service, and the facts of one."""
    stage.open_sample()
    page = _page(stage)
    page.form.where.choose("openai", "gpt-4.1-mini")
    stage.workspace.perform(assign_splits, {Split.TRAIN: 0.9, Split.VALIDATION: 0.1})
    stage.settle(1200)
    page.form.more.toggle.setChecked(True)
    page.form.card.how.setChecked(True)
    stage.shoot("tune-openai")
    page.form.more.toggle.setChecked(False)
    page.form.card.how.setChecked(False)
    stage.workspace.undo()
    _record(stage, page)
    added = AddServiceDialog(stage.workspace, page)
    added.name.setText("Our gateway")
    added.address.setText("https://example.invalid/v1")
    added.banner.show_message(
        "The address of Our gateway (https://example.invalid/v1/) was not found. "
        "Check the address and the network connection.",
        "error",
    )
    added.anyway_button.show()
    stage.shoot_dialog("tune-add-service", added)
    stage.shoot_dialog("tune-export", _export(stage, page))
    profile = stage.workspace.sending.profiles["openai"]
    stage.shoot_dialog("tune-service", ServiceDialog(stage.workspace, profile, page))


def _record(stage: Stage, page: TunePage) -> None:
    """Two jobs, with edits between them: what was sent, what changed since, both compared."""
    workspace = stage.workspace
    ids = list_ids(workspace)
    with _service(stage) as service:
        service.script = (*["running"] * 5, "succeeded")
        _choose(stage, page, service, service.key)
        page.form.suffix.setText("marv-first")
        _start(stage, page, _reached(JobState.SUCCEEDED))
        first = page.book.rows[0]
        for operation, *arguments in (
            (set_message_text, ids[0], 2, "Paris, as nearly everyone has known since the year 987."),
            (set_message_text, ids[2], 2, "Around 384,400 kilometres, give or take a few."),
            (delete_examples, IdSet.of([ids[5]])),
        ):
            workspace.perform(operation, *arguments)
        stage.wait(lambda: not workspace.pending_writes)
        page.form.suffix.setText("marv-second")
        page.form.hyperparameters.fields["n_epochs"].set_value(5)
        _start(stage, page, _reached(JobState.SUCCEEDED))
        stage.settle(500)
        page.jobs.card.more.menu().popup(page.jobs.card.more.mapToGlobal(QPoint(-180, 30)))
        stage.shoot("tune-job-menu")
        page.jobs.card.more.menu().close()
        target = page.form.target
        assert target is not None
        sent = SentDialog(workspace, "What was sent for marv-first", partial(_files_of, first.ref), page)
        stage.shoot_dialog("tune-sent", sent)
        stage.shoot_dialog("tune-changes", ChangesDialog(workspace, first, page))
        others = [first]
        stage.shoot_dialog("tune-compare", CompareDialog(workspace, page.book.rows[0], others, page))
        write = stage.page("write")
        write.open_example(ids[0], None)  # type: ignore[attr-defined]
        stage.settle(900)
        stage.shoot("write-trained-in")
        stage.page("tune")


def _export(stage: Stage, page: TunePage) -> ExportFilesDialog:
    target = page.form.target
    assert target is not None
    dialog = ExportFilesDialog(page._workspace, Order(target), page)
    dialog.folder.setText("/home/anna/marv")
    dialog.what.setCurrentIndex(1)
    stage.settle(400)
    dialog._on_untrained_counted(3)
    return dialog


def _files_of(ref: str, workspace: Workspace, context: TaskContext) -> SentFiles:
    return files_sent(workspace, ref, context)


SCENES: dict[str, Callable[[Stage], None]] = {
    "tune_dialogs": tune_dialogs,
    "tune_states": tune_states,
    "tune_uploading": tune_uploading,
}
