"""Page Fine-tune in every state of a submission, against a service on loopback that fails on demand."""

import json
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from PySide6.QtWidgets import QDialog

from finetune_studio.domain.job import JobState
from finetune_studio.providers.key_store import KeyStore
from finetune_studio.providers.secrets import Secret
from finetune_studio.settings.paths import app_paths
from finetune_studio.ui.tune.add_service_dialog import AddServiceDialog
from finetune_studio.ui.tune.service_dialog import ServiceDialog
from finetune_studio.ui.tune.tune_page import TunePage
from finetune_studio.workspace.connections import Connections
from finetune_studio.workspace.submission_records import Submission, SubmissionState
from tests.helpers.fake_provider_server import FakeProviderServer
from tests.helpers.memory_keyring import MemoryKeyring
from tests.screens.stage import Stage

_RUNNING = ("queued", *["running"] * 6)
_UPLOADED_LINES = 2_000


def tune_states(stage: Stage) -> None:
    """Every state but the upload: without a key, refused, queued, running, offline, at its end."""
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
    stage.open(stage.folder / "marv.jsonl")


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
    page = _page(stage)
    added = AddServiceDialog(stage.workspace, page)
    added.name.setText("Our gateway")
    added.address.setText("https://example.invalid/v1")
    added.banner.show_message(
        "The address of Our gateway (https://example.invalid/v1/) was not found. "
        "Check the address and the network connection.",
        "error",
    )
    added.anyway_button.show()
    _shoot(stage, "tune-add-service", added)
    profile = stage.workspace.sending.profiles["openai"]
    _shoot(stage, "tune-service", ServiceDialog(stage.workspace, profile, page))


def _shoot(stage: Stage, name: str, dialog: QDialog) -> None:
    dialog.show()
    stage.settle(500)
    stage.shoot(name, dialog)
    dialog.reject()
    dialog.deleteLater()


SCENES: dict[str, Callable[[Stage], None]] = {
    "tune_dialogs": tune_dialogs,
    "tune_states": tune_states,
    "tune_uploading": tune_uploading,
}
