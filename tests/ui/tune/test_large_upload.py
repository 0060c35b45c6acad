"""An upload in parts through the window: its progress, cancelling it, going on after a restart."""

import threading
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

import pytest
from pytestqt.qtbot import QtBot

from finetune_studio.domain.job import JobState
from finetune_studio.providers.secrets import Secret
from finetune_studio.ui.commands import CommandRegistry
from finetune_studio.ui.theme.manager import ThemeManager
from finetune_studio.ui.tune.tune_page import TunePage
from finetune_studio.workspace.services import change_service
from finetune_studio.workspace.submission_records import SubmissionState
from finetune_studio.workspace.workspace import Workspace
from tests.helpers.fake_provider_server import FakeProviderServer
from tests.ui.tune.conftest import chat_lines

LINES = chat_lines(600)
PART = 4_096


@dataclass
class Gate:
    """Lets so many parts through and holds the next one until it is opened."""

    places: threading.Semaphore = field(default_factory=lambda: threading.Semaphore(5))
    opened: threading.Event = field(default_factory=threading.Event)
    asked: list[str] = field(default_factory=list)

    def pass_through(self, path: str) -> None:
        self.asked.append(path)
        if not self.places.acquire(blocking=False):
            self.opened.wait(30)


@pytest.fixture
def gate(service: FakeProviderServer) -> Iterator[Gate]:
    """Holds parts at the service."""
    made, act = Gate(), service.act

    def guarded(method: str, path: str, *rest: Any) -> Any:
        if path.endswith("/parts"):
            made.pass_through(path)
        return act(method, path, *rest)

    service.act = guarded  # type: ignore[method-assign]
    yield made
    made.opened.set()


@pytest.mark.parametrize("lines", [LINES])
def test_a_large_upload_is_cancelled_at_once_and_goes_on_after_a_restart(
    qtbot: QtBot,
    page: TunePage,
    workspace: Workspace,
    service: FakeProviderServer,
    gate: Gate,
    commands: CommandRegistry,
    theme: ThemeManager,
) -> None:
    profile = change_service(workspace.sending, "custom", {"upload": {"part_bytes": PART}})
    workspace.sending.connections.keys.keep(profile, service.base_url, Secret(service.key))
    page.desk.show_profiles("custom")
    assert page.form.where.choose("custom", "tiny", "supervised", service.base_url)
    shown: list[int] = []
    page.jobs.card.bar.valueChanged.connect(shown.append)
    page._on_start()
    qtbot.waitUntil(lambda: len(gate.asked) == 6, timeout=20_000)
    qtbot.waitUntil(lambda: "Uploading" in page.jobs.card.badge.text())
    qtbot.waitUntil(lambda: page.jobs.card.bar.value() > 0)
    assert page.jobs.card.bar.value() < 1000
    row = page.book.rows[0]
    started = time.monotonic()
    page.jobs.card.buttons["cancel"].click()
    qtbot.waitUntil(lambda: not page.book.is_sending, timeout=5_000)
    assert time.monotonic() - started < 1.0, "the call to the service hangs, cancelling does not"
    qtbot.waitUntil(lambda: page.book.rows[0].state is SubmissionState.CANCELLED)
    assert [value for value in shown if value > 0] == sorted(value for value in shown if value > 0)
    page.close_page()

    workspace.sending.journal.update(row.ref, state=SubmissionState.UPLOADING)  # as a killed app leaves it
    gate.opened.set()
    after = TunePage(workspace, commands, theme)
    qtbot.addWidget(after)
    after.show()
    after.on_shown()
    go_on = after.jobs.card.buttons["continue"]
    qtbot.waitUntil(go_on.isVisible, timeout=10_000)
    assert go_on.text() == "Continue"
    go_on.click()

    def is_over() -> bool:
        job = after.book.rows[0].job
        return job is not None and job.state is JobState.SUCCEEDED

    qtbot.waitUntil(is_over, timeout=20_000)
    after.close_page()
    whole = -(-row.training.size // PART)
    (upload,) = service.part_uploads.values()
    assert len(gate.asked) <= whole + 1, "only the part that was on its way is sent again"
    assert upload["status"] == "completed"
    assert len(service.state.files) == 1
    assert len(service.state.jobs) == 1
