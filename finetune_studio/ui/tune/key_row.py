"""The key of a service: where it was found, and the dialog that takes one, tests it and keeps it."""

from dataclasses import dataclass
from typing import TYPE_CHECKING

from PySide6.QtCore import Qt, QUrl, Signal, Slot
from PySide6.QtGui import QDesktopServices
from PySide6.QtWidgets import QHBoxLayout, QMessageBox, QWidget

from finetune_studio.domain.errors import StudioError
from finetune_studio.targets.profile import Profile
from finetune_studio.ui.tune.asking_dialog import AskingDialog
from finetune_studio.ui.widgets import Button, FormRow, Label, LineHeightLabel
from finetune_studio.ui.widgets.dialog_parts import button_row, dialog_column
from finetune_studio.ui.widgets.questions import QuestionBox
from finetune_studio.workspace.task import TaskContext

if TYPE_CHECKING:
    from finetune_studio.workspace.workspace import Workspace


_SESSION = "session"


@dataclass(frozen=True, slots=True)
class KeyState:
    """`text` is for people; `is_known` says whether there is a key (or none is needed)."""

    text: str
    tone: str
    is_known: bool
    can_forget: bool = False


def find_key(workspace: "Workspace", profile: Profile, base_url: str) -> KeyState:
    """Look for a key; asks the keyring, so for a task. An address that is not complete has none."""
    from finetune_studio.providers.key_store import KeyPlace
    from finetune_studio.providers.registry import address_of

    try:
        url = address_of(profile, base_url)
    except StudioError:
        return KeyState("Give the address first.", "", False)
    found = workspace.sending.connections.keys.find(profile, url)
    if found is None:
        return KeyState("No key is known for this address.", "warning", False)
    hint = found.secret.hint
    where = {
        KeyPlace.KEYRING: f"Key {hint} in this computer's keyring",
        KeyPlace.SESSION: f"Key {hint}, for this session only: it is forgotten when the app closes",
        KeyPlace.FILE: f"Key {hint} in a file of yours, not encrypted",
        KeyPlace.ENVIRONMENT: f"Key {hint} from {found.detail}",
    }[found.place]
    return KeyState(where, "", True, found.place is not KeyPlace.ENVIRONMENT)


class KeyRow(QWidget):
    """One line below the service: the state of its key, and the button to enter one."""

    enter_requested = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(8)
        self.state = LineHeightLabel("", type="small", parent=self)
        self.button = Button("Enter key…", icon_name="key-round", parent=self)
        self.button.clicked.connect(self.enter_requested)
        row.addWidget(self.state, 1)
        row.addWidget(self.button)

    def show_state(self, state: KeyState) -> None:
        self.state.setText(state.text)
        self.state.set_tone(state.tone)
        self.button.setText("Change…" if state.is_known else "Enter key…")


class KeyDialog(AskingDialog):
    """Takes a key, asks the service once whether it works, and keeps it; accepted once it is kept.

    Where no keyring answers it says so, and offers a file. `can_forget`: there is a key to forget.
    """

    def __init__(
        self,
        workspace: "Workspace",
        profile: Profile,
        base_url: str,
        parent: QWidget | None = None,
        *,
        can_forget: bool = False,
    ) -> None:
        verbs = ("Test and keep", "Keep without the test")
        super().__init__(workspace, f"Key for {profile.title}", verbs, parent)
        self.resize(460, 10)
        self._profile = profile
        self._base_url = base_url
        self._is_kept = self._was_tested = False
        self.key.setPlaceholderText("Paste the key here")
        self.forget_button = Button("Forget the key", kind="danger")
        self.forget_button.setVisible(can_forget)
        self.file_button = Button("Keep it in a file…")
        self.file_button.hide()
        self._lay_out()
        self.keep_requested.connect(self._on_keep_requested)
        self.forget_button.clicked.connect(self._on_forget_clicked)
        self.file_button.clicked.connect(self._on_file_clicked)
        self.key.textChanged.connect(self._on_text_changed)
        self._on_text_changed()

    def _lay_out(self) -> None:
        column = dialog_column(self, 12)
        column.addWidget(Label(f"Key for {self._profile.title}", type="title"))
        where = self._base_url or self._profile.base_url
        text = f"It is kept in this computer's keyring and sent to {where} only."
        column.addWidget(LineHeightLabel(text, type="secondary"))
        column.addWidget(FormRow("API key", self.key, self._profile.key_help))
        if self._profile.key_page:
            page = Button("Open the page with your keys", kind="link")
            page.clicked.connect(self._on_page_clicked)
            column.addWidget(page)
        column.addWidget(self.banner)
        buttons = button_row(self.forget_button, None, spacing=8)
        for button in (self.cancel_button, self.anyway_button, self.file_button, self.keep_button):
            buttons.addWidget(button)
        column.addLayout(buttons)

    @Slot(bool)
    def _on_keep_requested(self, test: bool) -> None:
        workspace, profile, base_url = self._workspace, self._profile, self._base_url
        text = self.key.text().strip()

        def work(_context: TaskContext) -> str:
            from finetune_studio.providers.registry import address_of, provider_for
            from finetune_studio.providers.secrets import Secret

            url, secret = address_of(profile, base_url), Secret(text)
            if test:
                provider = provider_for(profile, url, secret)
                try:
                    provider.list_models()
                finally:
                    provider.close()
            return workspace.sending.connections.keys.keep(profile, url, secret).value

        self._was_tested = test
        self._start(work, "Test the key" if test else "Keep the key", self._on_kept)

    def _on_kept(self, place: str) -> None:
        self._task = None
        if place == _SESSION:
            self._say_session()
            return
        self.key.clear()
        self.accept()

    def _say_session(self) -> None:
        """It works, and is kept until the app closes: the keyring does not answer."""
        works = "The key works. " if self._was_tested else ""
        text = f"{works}No keyring answers on this computer, so it is kept until the app closes."
        self.banner.show_message(text, "warning")
        for button in (self.anyway_button, self.forget_button, self.cancel_button):
            button.hide()
        self.file_button.show()
        self.keep_button.setText("Until the app closes")
        self.keep_button.setEnabled(True)
        self.keep_button.setFocus()
        self._is_kept = True

    @Slot()
    def _on_file_clicked(self) -> None:
        store = self._workspace.sending.connections.keys
        if store.file is None:
            return
        box = QuestionBox(self)
        box.setTextFormat(Qt.TextFormat.PlainText)
        box.setWindowTitle("Keep the key in a file")
        box.setText(f"Write the key to {store.file.path}, without encryption?")
        box.setInformativeText(
            "Only your account may read the file, but whoever can read your files can use the key."
        )
        yes = box.addButton("Write it", QMessageBox.ButtonRole.AcceptRole)
        box.addButton("Do not", QMessageBox.ButtonRole.RejectRole)
        box.exec()
        if box.clickedButton() is yes:
            self._keep_in_file()

    def _keep_in_file(self) -> None:
        workspace, profile, base_url = self._workspace, self._profile, self._base_url
        text = self.key.text().strip()

        def work(_context: TaskContext) -> str:
            from finetune_studio.providers.registry import address_of
            from finetune_studio.providers.secrets import Secret

            keys = workspace.sending.connections.keys
            return keys.keep_in_file(profile, address_of(profile, base_url), Secret(text)).value

        self._task = workspace.tasks.run(
            work, title="Keep the key", done=self._on_kept, failed=self._on_failed
        )

    @Slot()
    def _on_forget_clicked(self) -> None:
        workspace, profile, base_url = self._workspace, self._profile, self._base_url

        def work(_context: TaskContext) -> str:
            from finetune_studio.providers.registry import address_of

            workspace.sending.connections.keys.forget(profile, address_of(profile, base_url))
            return "forgotten"

        self._task = workspace.tasks.run(
            work, title="Forget the key", done=self._on_kept, failed=self._on_failed
        )

    def reject(self) -> None:
        if self._is_kept:
            self.key.clear()
            self.accept()
        else:
            super().reject()

    @Slot()
    def _on_text_changed(self) -> None:
        if not self._is_kept:
            self.keep_button.setEnabled(bool(self.key.text().strip()))

    @Slot()
    def _on_keep_clicked(self) -> None:
        if self._is_kept:
            self.key.clear()
            self.accept()
        else:
            super()._on_keep_clicked()

    @Slot()
    def _on_page_clicked(self) -> None:
        QDesktopServices.openUrl(QUrl(self._profile.key_page))
