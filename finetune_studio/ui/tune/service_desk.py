"""The dialogs of services and their keys, over the form of the Fine-tune page."""

from functools import partial
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Signal, Slot
from PySide6.QtWidgets import QDialog, QWidget
from shiboken6 import isValid

from finetune_studio.domain.errors import CancelledError, StudioError
from finetune_studio.ui.commands.registry import CommandRegistry
from finetune_studio.ui.tune.add_service_dialog import AddServiceDialog
from finetune_studio.ui.tune.job_book import JobBook
from finetune_studio.ui.tune.key_row import KeyDialog, KeyState, find_key
from finetune_studio.ui.tune.service_dialog import ServiceDialog
from finetune_studio.ui.tune.tune_form import TuneForm
from finetune_studio.workspace.submission_records import Submission
from finetune_studio.workspace.task import TaskContext

if TYPE_CHECKING:
    from finetune_studio.providers.base import RemoteModel
    from finetune_studio.workspace.workspace import Workspace

_NOT_THERE = (
    "connection",
    "dns",
    "garbled_answer",
    "moved",
    "not_a_service",
    "timeout",
    "tls",
    "tls_clock",
    "unreachable",
)
"""Errors that say that this is not the service, or that it is not reached."""


class ServiceDesk(QObject):
    """Looks for keys, takes them, adds services and changes them; `profiles_changed` after the latter."""

    profiles_changed = Signal()

    def __init__(
        self,
        workspace: "Workspace",
        commands: CommandRegistry,
        form: TuneForm,
        book: JobBook,
        parent: QWidget,
    ) -> None:
        super().__init__(parent)
        self._workspace = workspace
        self._commands = commands
        self._form = form
        self._book = book
        self._key_state = KeyState("", "", False)
        self._is_key_known = False
        self._asked = ("", "", "")
        """Profile, address and key that were asked for their models."""
        form.where.key_wanted.connect(self.look_for_key)
        form.where.key.enter_requested.connect(self._on_key_enter_requested)
        form.where.add_requested.connect(self._on_add_requested)
        form.where.edit_requested.connect(self._on_edit_requested)

    @Slot()
    def look_for_key(self) -> None:
        """Say whether there is a key for what the form shows."""
        profile, base_url = self._form.where.profile, self._form.where.base_url
        self._is_key_known = not profile.needs_key
        if not profile.needs_key:
            self.ask_models()
            return
        self._form.where.key.show_state(KeyState("Looking for a key…", "", False))
        workspace = self._workspace

        def look(_context: TaskContext) -> KeyState:
            return find_key(workspace, profile, base_url)

        workspace.tasks.run(
            look, title="Look for a key", done=self._on_key_found, failed=self._on_key_failed, key="tune key"
        )

    def _on_key_found(self, state: KeyState) -> None:
        if isValid(self._form):
            self._form.where.key.show_state(state)
            self._key_state, self._is_key_known = state, state.is_known
            self.ask_models()

    def ask_models(self) -> None:
        """One cheap call while the page is in front: which models there are, and whether the key is taken."""
        profile, base_url = self._form.where.profile, self._form.where.base_url
        if profile.is_local or not self._is_key_known or not self._form.isVisible():
            return
        asked = (profile.id, base_url, self._key_state.text)
        if asked == self._asked:
            return
        self._asked = asked
        sending = self._workspace.sending

        def ask(_context: TaskContext) -> "tuple[RemoteModel, ...]":
            return sending.connections.provider(profile, base_url).list_models()

        self._workspace.tasks.run(
            ask,
            title="Look at the models",
            done=partial(self._on_models, asked),
            failed=partial(self._on_models_failed, asked),
            key="tune models",
        )

    def _on_models(self, asked: tuple[str, str, str], models: "tuple[RemoteModel, ...]") -> None:
        if not isValid(self._form):
            return
        where = self._form.where
        where.set_live(asked[0], asked[1], models)
        if (where.profile.id, where.base_url) == asked[:2] and where.profile.needs_key:
            where.key.show_state(self._key_state)  # what was wrong before is so no more

    def _on_models_failed(self, asked: tuple[str, str, str], error: StudioError) -> None:
        where = self._form.where if isValid(self._form) else None
        if where is None or asked != self._asked or isinstance(error, CancelledError):
            return
        self._asked = ("", "", "")  # another look may find it mended
        if (where.profile.id, where.base_url) != asked[:2]:
            return
        status = getattr(error, "status", None)
        said = f"{error.text} {error.advice}" if "clock" in error.advice else error.text
        if status in (401, 403):
            where.key.show_state(KeyState(said, "error", True))
        elif getattr(error, "code", "") in _NOT_THERE:
            text = f"{self._key_state.text}. {said}" if self._key_state.text else said
            where.key.show_state(KeyState(text, "warning", True))

    def _on_key_failed(self, error: StudioError) -> None:
        if isValid(self._form) and not isinstance(error, CancelledError):
            self._form.where.key.show_state(KeyState(error.text, "error", False))

    @Slot()
    def _on_key_enter_requested(self) -> None:
        problem = self._form.where.address_problem()
        if problem:
            self._form.show_problem(problem)
            self._form.where.address.setFocus()
            return
        where = self._form.where
        can_forget = self._key_state.can_forget
        dialog = KeyDialog(self._workspace, where.profile, where.base_url, self._form, can_forget=can_forget)
        if dialog.exec() == QDialog.DialogCode.Accepted:
            self._form.show_problem("")
            self._asked = ("", "", "")
            self.look_for_key()
        dialog.deleteLater()

    @Slot(object)
    def enter_key_of(self, row: Submission) -> None:
        """Take another key for the service of a submission, which then goes on."""
        profile = self._book.profile_of(row)
        if profile is not None and not profile.is_local:
            dialog = KeyDialog(self._workspace, profile, row.plan.base_url, self._form)
            if dialog.exec() == QDialog.DialogCode.Accepted:
                self.look_for_key()
                self._book.resume_sending(row.ref)
            dialog.deleteLater()

    # Services

    @Slot()
    def _on_add_requested(self) -> None:
        dialog = AddServiceDialog(self._workspace, self._form)
        if dialog.exec() == QDialog.DialogCode.Accepted and dialog.added is not None:
            self.show_profiles(dialog.added.profile.id)
            self._form.where.model.setFocus()
            text = f"{dialog.added.profile.title} was added"
            if dialog.added.key_place == "session":
                text += "; no keyring answers here, so its key is kept until the app closes"
            self._commands.notice(text)
        dialog.deleteLater()

    @Slot()
    def _on_edit_requested(self) -> None:
        profile = self._form.where.profile
        dialog = ServiceDialog(self._workspace, profile, self._form)
        if dialog.exec() == QDialog.DialogCode.Accepted:
            self.show_profiles(profile.id)
        dialog.deleteLater()

    def show_profiles(self, chosen: str) -> None:
        """The facts of services are others than before."""
        self._form.where.set_profiles(self._workspace.sending.profiles, chosen)
        self.profiles_changed.emit()
