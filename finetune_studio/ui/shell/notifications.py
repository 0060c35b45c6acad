"""Messages of the desktop for what ended while the window was not in front."""

from typing import Protocol

from PySide6.QtCore import QObject, Signal, Slot
from PySide6.QtWidgets import QApplication, QSystemTrayIcon, QWidget

from finetune_studio.domain.errors import StudioError
from finetune_studio.settings.options import NOTIFY
from finetune_studio.settings.store import Settings
from finetune_studio.ui.commands.registry import CommandRegistry


class Messenger(Protocol):
    """What shows a message outside the window."""

    def send(self, title: str, text: str) -> None: ...


class TrayMessenger(QObject):
    """By the system tray, whose icon is there while a message is; `clicked` when the person answers it.

    Where there is no tray the window asks for attention in the task bar only.
    """

    clicked = Signal()

    def __init__(self, window: QWidget) -> None:
        super().__init__(window)
        self._window = window
        self._icon: QSystemTrayIcon | None = None

    def send(self, title: str, text: str) -> None:
        QApplication.alert(self._window)
        if not QSystemTrayIcon.isSystemTrayAvailable() or not QSystemTrayIcon.supportsMessages():
            return
        if self._icon is None:
            self._icon = QSystemTrayIcon(self._window.windowIcon(), self)
            self._icon.messageClicked.connect(self._on_clicked)
            self._icon.activated.connect(self._on_clicked)
        self._icon.show()
        self._icon.showMessage(title, text, self._window.windowIcon())

    @Slot()
    def _on_clicked(self) -> None:
        if self._icon is not None:
            self._icon.hide()
        self.clicked.emit()


class Notifications(QObject):
    """Goes by the setting, and is silent while the window is in front: there a toast tells."""

    def __init__(
        self,
        commands: CommandRegistry,
        settings: Settings,
        window: QWidget,
        messenger: Messenger | None = None,
    ) -> None:
        super().__init__(window)
        self._commands = commands
        self._settings = settings
        self._window = window
        if messenger is None:
            tray = TrayMessenger(window)
            tray.clicked.connect(self._on_clicked)
            messenger = tray
        self._messenger = messenger
        commands.register("tune.notify", self._on_toggle)
        commands.set_checked("tune.notify", bool(settings.get(NOTIFY.key)))

    @Slot(str, object)
    def connect_page(self, _key: str, page: QWidget) -> None:
        """A page may have `notify_requested(title, text)`."""
        signal = getattr(page, "notify_requested", None)
        if signal is not None:
            signal.connect(self.notify)

    @Slot(str, str)
    def notify(self, title: str, text: str) -> None:
        """Tell it outside the window, where the person wants that and is not looking at the window."""
        if self._settings.get(NOTIFY.key) and not self._window.isActiveWindow():
            self._messenger.send(title, text)

    def _on_toggle(self) -> None:
        wanted = not self._settings.get(NOTIFY.key)
        self._settings.set(NOTIFY.key, wanted)
        self._commands.set_checked("tune.notify", wanted)
        try:
            self._settings.save()
        except StudioError as error:
            self._commands.report_error(error)

    @Slot()
    def _on_clicked(self) -> None:
        self._window.raise_()
        self._window.activateWindow()
        self._commands.invoke("view.tune")
