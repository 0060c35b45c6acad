"""The form: what few need, and what a service does not take."""

import pytest
from PySide6.QtCore import Qt
from pytestqt.qtbot import QtBot

from finetune_studio.domain.errors import UsageError
from finetune_studio.providers.base import JobRequest
from finetune_studio.providers.job_body import job_body
from finetune_studio.providers.secrets import Secret
from finetune_studio.providers.wire_facts import wire_facts
from finetune_studio.targets.user_profiles import save_override
from finetune_studio.ui.tune.key_row import KeyDialog
from finetune_studio.ui.tune.tune_page import TunePage
from finetune_studio.workspace.submission_choices import pairs_of
from finetune_studio.workspace.workspace import Workspace
from tests.helpers.dialogs import on_next_dialog
from tests.helpers.fake_provider_server import FakeProviderServer
from tests.ui.tune.conftest import chat_lines


def test_metadata_and_reporting_are_there_where_the_service_takes_them(page: TunePage) -> None:
    where, more = page.form.where, page.form.more
    where.choose("local")
    assert not more.isVisibleTo(page)
    where.choose("custom", "tiny", "supervised", "https://example.invalid/v1")
    more.toggle.setChecked(True)
    assert more.fields.metadata.isVisibleTo(page)
    assert not more.fields.project.isVisibleTo(page)
    where.choose("openai", "gpt-4.1-mini")
    assert more.fields.project.isVisibleTo(page)
    more.fields.metadata.setText("team=marv, ticket = 42")
    more.fields.project.setText("sarcasm")
    page.form.suffix.setText("marv-9")
    order = page.form.order()
    assert order.metadata == (("team", "marv"), ("ticket", "42"))
    assert order.wandb == (("project", "sarcasm"), ("name", "marv-9"))
    request = JobRequest("ref-1", "m", "file-1", metadata=order.metadata, wandb=order.wandb)
    body = job_body(request, wire_facts(where.profile))
    assert body["metadata"] == {"team": "marv", "ticket": "42", "fts_ref": "ref-1"}
    assert body["integrations"] == [{"type": "wandb", "wandb": {"project": "sarcasm", "name": "marv-9"}}]
    where.choose("nebius")
    assert page.form.order().wandb == ()


@pytest.mark.parametrize("text", ["marv", "=1", "a=", "a=1, a=2", "fts_ref=1", "k" * 65 + "=1"])
def test_metadata_that_cannot_be_is_said(page: TunePage, text: str) -> None:
    with pytest.raises(UsageError):
        pairs_of(text)
    page.form.where.choose("openai", "gpt-4.1-mini")
    page.form.more.fields.metadata.setText(text)
    page._on_start()
    assert page.form.problem.text()
    assert not page.book.is_sending


def test_metadata_reaches_the_service_and_comes_back_into_the_form(
    qtbot: QtBot, page: TunePage, workspace: Workspace, service: FakeProviderServer
) -> None:
    profile = workspace.sending.profiles["custom"]
    workspace.sending.connections.keys.keep(profile, service.base_url, Secret(service.key))
    page.form.where.choose("custom", "tiny", "supervised", service.base_url)
    page.form.more.fields.metadata.setText("team=marv")
    page._on_start()
    qtbot.waitUntil(lambda: bool(service.state.jobs), timeout=10_000)
    assert next(iter(service.state.jobs.values()))["metadata"]["team"] == "marv"
    plan = workspace.sending.journal.get(page.book.rows[0].ref).plan
    assert plan.metadata == (("team", "marv"),)
    page.form.more.fields.metadata.clear()
    page.form.show_plan(plan)
    assert page.form.more.fields.metadata.text() == "team=marv"


def test_a_wrong_key_is_changed_from_the_job_which_then_goes_on(
    qtbot: QtBot, page: TunePage, workspace: Workspace, service: FakeProviderServer
) -> None:
    profile = workspace.sending.profiles["custom"]
    keys = workspace.sending.connections.keys
    keys.keep(profile, service.base_url, Secret("sk-expired-key-of-some-length"))
    page.form.where.choose("custom", "tiny", "supervised", service.base_url)
    page._on_start()
    button = page.jobs.card.buttons["key"]
    qtbot.waitUntil(button.isVisible, timeout=10_000)

    def enter(dialog: KeyDialog) -> None:
        dialog.key.setText(service.key)
        dialog.keep_button.click()

    on_next_dialog(KeyDialog, enter)
    qtbot.mouseClick(button, Qt.MouseButton.LeftButton)
    qtbot.waitUntil(lambda: bool(service.state.jobs), timeout=10_000)
    assert len(page.book.rows) == 1


@pytest.mark.parametrize("lines", [chat_lines(12, "HARM is what this one asks for")])
def test_what_moderation_flags_stays_here_and_opens(
    qtbot: QtBot, page: TunePage, workspace: Workspace, service: FakeProviderServer
) -> None:
    changes = {"service": {"moderation_model": "m"}}
    save_override(workspace.sending.profiles_folder, "custom", changes)
    workspace.sending.reload_profiles()
    page.desk.show_profiles("custom")
    profile = workspace.sending.profiles["custom"]
    workspace.sending.connections.keys.keep(profile, service.base_url, Secret(service.key))
    page.form.where.choose("custom", "tiny", "supervised", service.base_url)
    page.form.more.toggle.setChecked(True)
    assert page.form.more.fields.moderate.isVisibleTo(page)
    page.form.more.fields.moderate.setChecked(True)
    page._on_start()
    qtbot.waitUntil(page.jobs.card.error.isVisible, timeout=10_000)
    assert "flags 1 example" in page.jobs.card.error.label.text()
    assert service.calls("POST", "/files") == 0
    qtbot.waitUntil(lambda: bool(page.jobs.card._example_buttons))
    assert page.jobs.card._example_buttons[0].text() == "Open example 1"
    page.form.where.choose("nebius")
    assert not page.form.order().moderate
