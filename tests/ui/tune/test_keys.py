"""Keys through the window: kept where the person wants, and never anywhere else."""

import logging
import os
import stat
from pathlib import Path

import pytest
from PySide6.QtWidgets import QLabel, QLineEdit, QMessageBox, QPlainTextEdit, QWidget
from pytestqt.qtbot import QtBot

from finetune_studio.providers.key_file import KeyFile
from finetune_studio.providers.key_store import KeyPlace, KeyStore
from finetune_studio.providers.secrets import Secret
from finetune_studio.settings.paths import app_paths
from finetune_studio.storage.submission_copies import stamps_of
from finetune_studio.ui.crash_dialog import CrashDialog
from finetune_studio.ui.tune.add_service_dialog import AddServiceDialog
from finetune_studio.ui.tune.export_files_dialog import ExportFilesDialog
from finetune_studio.ui.tune.key_row import KeyDialog
from finetune_studio.ui.tune.service_dialog import ServiceDialog
from finetune_studio.ui.tune.tune_page import TunePage
from finetune_studio.workspace.report_writing import ReportFormat, write_report
from finetune_studio.workspace.submission_kept import stale_copies
from finetune_studio.workspace.submission_order import Order
from finetune_studio.workspace.workspace import Workspace
from tests.helpers.dialogs import on_next_dialog
from tests.helpers.fake_provider_server import FakeProviderServer
from tests.helpers.memory_keyring import MemoryKeyring

CANARY = "sk-canary-7b1e93f0c4d2a86f55"


class _NoKeyring(MemoryKeyring):
    def set_password(self, service: str, username: str, password: str) -> None:
        raise RuntimeError("no backend")


@pytest.fixture
def keyless(workspace: Workspace) -> KeyStore:
    """No keyring answers, and a file may be written."""
    keys = KeyStore(_NoKeyring, environment={}, file=KeyFile(app_paths().config / "keys.json"))
    workspace.sending.connections.keys = keys
    return keys


def _dialog(qtbot: QtBot, page: TunePage, workspace: Workspace, service: FakeProviderServer) -> KeyDialog:
    profile = workspace.sending.profiles["custom"]
    dialog = KeyDialog(workspace, profile, service.base_url, page, can_forget=True)
    qtbot.addWidget(dialog)
    dialog.show()
    return dialog


def test_without_a_keyring_it_says_so_and_writes_a_file_only_after_a_yes(
    qtbot: QtBot,
    page: TunePage,
    workspace: Workspace,
    service: FakeProviderServer,
    keyless: KeyStore,
) -> None:
    assert keyless.file is not None
    dialog = _dialog(qtbot, page, workspace, service)
    dialog.key.setText(service.key)
    dialog.keep_button.click()
    qtbot.waitUntil(dialog.file_button.isVisible, timeout=10_000)
    assert "until the app closes" in dialog.banner.label.text()
    assert not keyless.file.path.exists()
    told: list[str] = []

    def say(wanted: str) -> object:
        def act(box: QMessageBox) -> None:
            told.append(box.text() + box.informativeText())
            next(button for button in box.buttons() if button.text() == wanted).click()

        return act

    on_next_dialog(QMessageBox, say("Do not"))
    dialog.file_button.click()
    assert not keyless.file.path.exists()
    assert "without encryption" in told[0]
    on_next_dialog(QMessageBox, say("Write it"))
    with qtbot.waitSignal(dialog.accepted, timeout=10_000):
        dialog.file_button.click()
    if os.name == "posix":
        assert stat.S_IMODE(keyless.file.path.stat().st_mode) == 0o600
    profile = workspace.sending.profiles["custom"]
    found = keyless.find(profile, service.base_url)
    assert found is not None
    assert found.place is KeyPlace.FILE
    assert keyless.find(profile, "https://elsewhere.invalid/v1") is None
    again = _dialog(qtbot, page, workspace, service)
    with qtbot.waitSignal(again.accepted, timeout=10_000):
        again.forget_button.click()
    assert keyless.find(profile, service.base_url) is None
    assert not keyless.file.path.exists()


def test_until_the_app_closes_is_enough(
    qtbot: QtBot, page: TunePage, workspace: Workspace, service: FakeProviderServer, keyless: KeyStore
) -> None:
    dialog = _dialog(qtbot, page, workspace, service)
    dialog.key.setText(service.key)
    dialog.keep_button.click()
    qtbot.waitUntil(dialog.file_button.isVisible, timeout=10_000)
    with qtbot.waitSignal(dialog.accepted):
        dialog.keep_button.click()
    found = keyless.find(workspace.sending.profiles["custom"], service.base_url)
    assert found is not None
    assert found.place is KeyPlace.SESSION


def test_a_file_with_wider_rights_is_narrowed_and_a_broken_one_is_empty(tmp_path: Path) -> None:
    file = KeyFile(tmp_path / "keys.json")
    file.keep("custom https://a/v1", Secret("one-key-of-some-length"))
    if os.name == "posix":
        file.path.chmod(0o644)
        assert file.find("custom https://a/v1") == Secret("one-key-of-some-length")
        assert stat.S_IMODE(file.path.stat().st_mode) == 0o600
    file.path.write_text("{broken")
    assert file.find("custom https://a/v1") is None
    assert [path.name for path in tmp_path.iterdir()] == ["keys.json"]


def test_a_marked_key_is_in_no_file_and_on_no_screen(
    qtbot: QtBot,
    page: TunePage,
    workspace: Workspace,
    service: FakeProviderServer,
    tmp_path: Path,
    caplog: pytest.LogCaptureFixture,
) -> None:
    """Through every flow of the page that a key takes part in, errors that echo it included."""
    caplog.set_level(logging.DEBUG)
    service.key = CANARY
    added = AddServiceDialog(workspace, page)
    qtbot.addWidget(added)
    added.show()
    for fault in ("400", "503_before", "garbage", ""):
        if fault:
            service.inject("GET", "/models", fault)
        added.name.setText("Marked")
        added.address.setText(service.base_url)
        added.key.setText(CANARY)
        added.banner.hide()
        added.keep_button.click()
        qtbot.waitUntil(lambda: added.banner.isVisible() or added.added is not None, timeout=10_000)
        assert CANARY not in _shown(added).replace(added.key.text(), "")
    assert added.added is not None
    page.desk.show_profiles(added.added.profile.id)
    page.form.where.model.setEditText("tiny")
    service.inject("POST", "/fine_tuning/jobs", "400")
    page._on_start()
    qtbot.waitUntil(page.jobs.card.error.isVisible, timeout=10_000)
    service.script = ("running", "failed")
    service.job_error = {"code": "odd", "message": f"Refused for Bearer {CANARY}"}
    page.form.suffix.setText("again")
    page._on_start()
    qtbot.waitUntil(lambda: "failed" in _status(page), timeout=20_000)
    profile = page.form.where.profile
    failed = _tested(qtbot, workspace, page, service)
    _write_reports(workspace, tmp_path)
    qtbot.waitUntil(lambda: stale_copies(workspace) == [], timeout=10_000)
    assert stamps_of(workspace.reader()), "the dataset has its record of both jobs"
    for dialog in (
        failed,
        CrashDialog(_crash_over_the_key(workspace, page), page),
        ServiceDialog(workspace, profile, page),
        KeyDialog(workspace, profile, profile.base_url, page),
        _exported(qtbot, workspace, page, tmp_path),
    ):
        qtbot.addWidget(dialog)
        assert CANARY not in _shown(dialog)
    assert CANARY not in _shown(page)
    assert "/fine_tuning/jobs" in caplog.text, "the calls are logged"
    assert CANARY not in caplog.text
    assert _files_with(tmp_path, CANARY) == []
    assert _files_with(tmp_path, "Refused for"), "what the service said is kept, without the key"


def _tested(qtbot: QtBot, workspace: Workspace, page: TunePage, service: FakeProviderServer) -> KeyDialog:
    """The dialog of a key that the service refused when it was tested; the key is still in its field."""
    dialog = _dialog(qtbot, page, workspace, service)
    service.inject("GET", "/models", "401")
    dialog.key.setText(CANARY)
    dialog.keep_button.click()
    qtbot.waitUntil(dialog.banner.isVisible, timeout=10_000)
    dialog.reject()
    return dialog


def _write_reports(workspace: Workspace, tmp_path: Path) -> None:
    """What the checks and the numbers of the dataset say, in every form that a person can ask for."""
    for form in ReportFormat:
        write_report(workspace, tmp_path / f"report.{form.value}", form)


def _crash_over_the_key(workspace: Workspace, page: TunePage) -> BaseException:
    """A bug that strikes while the key is at hand."""
    profile = page.form.where.profile
    found = workspace.sending.connections.keys.find(profile, profile.base_url)
    assert found is not None
    try:
        raise RuntimeError(f"Bearer {found.secret.reveal()}")
    except RuntimeError as error:
        return error


def _status(page: TunePage) -> str:
    job = page.book.rows[0].job if page.book.rows else None
    return job.status if job is not None else ""


def _exported(qtbot: QtBot, workspace: Workspace, page: TunePage, tmp_path: Path) -> ExportFilesDialog:
    assert page.form.target is not None
    folder = tmp_path / "out"
    folder.mkdir()
    dialog = ExportFilesDialog(workspace, Order(page.form.target), page)
    dialog.folder.setText(str(folder))
    dialog.export_button.click()
    qtbot.waitUntil(lambda: bool(dialog.reports), timeout=10_000)
    return dialog


def _shown(widget: QWidget) -> str:
    """All text that a person, or a screen reader, gets of a widget and what is in it."""
    texts: list[str] = []
    for part in (widget, *widget.findChildren(QWidget)):
        texts += [part.toolTip(), part.accessibleName(), part.accessibleDescription()]
        if isinstance(part, QLabel):
            texts.append(part.text())
        if isinstance(part, QLineEdit):
            texts.append(part.displayText())
        if isinstance(part, QPlainTextEdit):
            texts.append(part.toPlainText())
    return "\n".join(texts)


def _files_with(folder: Path, text: str) -> list[str]:
    found = [path for path in folder.rglob("*") if path.is_file()]
    return [str(path) for path in found if text.encode() in path.read_bytes()]
