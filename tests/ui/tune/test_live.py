"""What the service itself says while the page is in front: its models, its jobs, that it has closed."""

import json
from datetime import date
from urllib.request import Request, urlopen

import pytest
from pytestqt.qtbot import QtBot

from finetune_studio.domain.job import JobState
from finetune_studio.providers.secrets import Secret
from finetune_studio.targets.user_profiles import save_override
from finetune_studio.ui.tune.adopt_dialog import AdoptDialog
from finetune_studio.ui.tune.tune_page import TunePage
from finetune_studio.workspace.workspace import Workspace
from tests.helpers.fake_provider_server import FakeProviderServer


def _choose(page: TunePage, workspace: Workspace, service: FakeProviderServer, key: str = "") -> None:
    profile = workspace.sending.profiles["custom"]
    workspace.sending.connections.keys.keep(profile, service.base_url, Secret(key or service.key))
    page.form.where.choose("custom", "tiny", "supervised", service.base_url)


def _add_job(service: FakeProviderServer) -> str:
    """A job that somebody started at the service without the app."""
    service.state.files["file-9"] = {
        "id": "file-9",
        "object": "file",
        "bytes": 900,
        "filename": "theirs.jsonl",
        "purpose": "fine-tune",
        "created_at": 1_780_000_000,
        "status": "processed",
        "asked": 0,
    }
    body = json.dumps({"model": "tiny", "training_file": "file-9", "suffix": "theirs"}).encode()
    headers = {"Authorization": f"Bearer {service.key}", "Content-Type": "application/json"}
    with urlopen(Request(f"{service.base_url}fine_tuning/jobs", body, headers)) as answer:
        return str(json.loads(answer.read())["id"])


def test_models_are_read_live_with_the_day_they_shut_down(
    qtbot: QtBot, page: TunePage, workspace: Workspace, service: FakeProviderServer
) -> None:
    _choose(page, workspace, service)
    where = page.form.where
    qtbot.waitUntil(lambda: where.model.findData("tiny") >= 0, timeout=10_000)
    assert "14 January 2099" in where.warning.text()
    asked = service.calls("GET", "/models")
    page.on_shown()
    page.desk.ask_models()
    assert service.calls("GET", "/models") == asked == 1


def test_a_key_that_is_not_accepted_is_told_before_anything_is_sent(
    qtbot: QtBot, page: TunePage, workspace: Workspace, service: FakeProviderServer
) -> None:
    _choose(page, workspace, service, "sk-expired-key-of-some-length")
    state = page.form.where.key.state
    qtbot.waitUntil(lambda: "does not accept" in state.text(), timeout=10_000)
    assert "sk-expired" not in state.text()
    assert service.calls("POST", "/files") == 0


@pytest.mark.parametrize(
    ("kind", "said"),
    [
        ("html", "answered with a web page"),
        ("garbage", "an answer that cannot be read"),
        ("reset_before", "broke off"),
        ("moved", "sends questions on to sign-in.example.com"),
        ("clock_skew", "This computer's clock is 3 hours behind"),
    ],
)
def test_what_the_service_answers_is_told_and_forgotten_once_it_is_mended(
    qtbot: QtBot, page: TunePage, workspace: Workspace, service: FakeProviderServer, kind: str, said: str
) -> None:
    service.inject("GET", "/models", kind)
    _choose(page, workspace, service)
    state = page.form.where.key.state
    qtbot.waitUntil(lambda: said in state.text(), timeout=10_000)
    page.on_shown()
    qtbot.waitUntil(lambda: said not in state.text(), timeout=10_000)
    assert "in this computer's keyring" in state.text()
    assert page.form.where.model.findData("tiny") >= 0


def test_a_service_that_has_closed_is_told_and_nothing_is_frozen(
    qtbot: QtBot, page: TunePage, workspace: Workspace, service: FakeProviderServer
) -> None:
    closing = {"text": "It takes no more jobs.", "kind": "closing", "at": date(2026, 1, 1)}
    save_override(workspace.sending.profiles_folder, "custom", {"notices": [closing]})
    workspace.sending.reload_profiles()
    page.desk.show_profiles("custom")
    _choose(page, workspace, service)
    assert "It takes no more jobs" in page.form.where.warning.text()
    page._on_start()
    qtbot.waitUntil(page.form.problem.isVisible, timeout=10_000)
    assert "Nothing was sent" in page.form.problem.text()
    assert not page.book.rows
    assert service.calls("POST", "/files") == 0


def test_a_job_of_the_account_is_adopted_and_followed(
    qtbot: QtBot, page: TunePage, workspace: Workspace, service: FakeProviderServer
) -> None:
    service.script = ("running", "running", "succeeded")
    job_id = _add_job(service)
    _choose(page, workspace, service)
    profile = workspace.sending.profiles["custom"]
    dialog = AdoptDialog(workspace, profile, service.base_url, page)
    qtbot.addWidget(dialog)
    dialog.show()
    qtbot.waitUntil(lambda: dialog.list.count() == 1, timeout=10_000)
    assert "theirs" in dialog.list.item(0).text()
    with qtbot.waitSignal(dialog.accepted, timeout=10_000):
        dialog.adopt_button.click()
    page.book.load()
    page.choose_job(dialog.adopted[0])
    qtbot.waitUntil(lambda: _state(page) is JobState.SUCCEEDED, timeout=20_000)
    row = page.book.rows[0]
    assert row.job is not None
    assert row.job.id == job_id
    assert page.jobs.row == row
    assert "0 examples" not in page.jobs.card.sent_part.training.full_text()
    again = AdoptDialog(workspace, profile, service.base_url, page)
    qtbot.addWidget(again)
    again.show()
    qtbot.waitUntil(lambda: "in the list already" in again.about.text(), timeout=10_000)
    assert again.list.count() == 0


def _state(page: TunePage) -> JobState | None:
    job = page.book.rows[0].job if page.book.rows else None
    return job.state if job is not None else None


def test_what_goes_wrong_when_the_account_is_asked_is_said(
    qtbot: QtBot, page: TunePage, workspace: Workspace, service: FakeProviderServer
) -> None:
    _choose(page, workspace, service)
    service.inject("GET", "/fine_tuning/jobs", "html", times=9)
    dialog = AdoptDialog(workspace, workspace.sending.profiles["custom"], service.base_url, page)
    qtbot.addWidget(dialog)
    dialog.show()
    qtbot.waitUntil(dialog.banner.isVisible, timeout=10_000)
    assert "web page" in dialog.banner.label.text()
    assert not dialog.adopt_button.isEnabled()
