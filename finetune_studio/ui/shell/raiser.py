"""Opening a dataset that another window has open brings that window to the front (local socket)."""

import getpass
import hashlib
from pathlib import Path

from PySide6.QtCore import QObject, Signal, Slot
from PySide6.QtNetwork import QLocalServer, QLocalSocket

_PATIENCE = 300
"""Milliseconds to wait for the other window."""


class WindowRaiser(QObject):
    """`raise_requested` when another process wants this window in front."""

    raise_requested = Signal()

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._server = QLocalServer(self)
        self._server.setSocketOptions(QLocalServer.SocketOption.UserAccessOption)
        self._server.newConnection.connect(self._on_new_connection)

    def listen(self, dataset: Path) -> None:
        """Answer for this dataset; its lock is held here, so a socket left by a crash is removed."""
        self.stop()
        name = server_name(dataset)
        QLocalServer.removeServer(name)
        self._server.listen(name)

    def stop(self) -> None:
        self._server.close()

    @Slot()
    def _on_new_connection(self) -> None:
        socket = self._server.nextPendingConnection()
        if socket is not None:
            socket.disconnectFromServer()
            socket.deleteLater()
        self.raise_requested.emit()


def raise_other(dataset: Path) -> bool:
    """Ask the window that has `dataset` open to come to the front; whether there is one."""
    socket = QLocalSocket()
    socket.connectToServer(server_name(dataset))
    there = socket.waitForConnected(_PATIENCE)
    socket.abort()
    return there


def server_name(dataset: Path) -> str:
    """The same for every path to one file, and another for each person."""
    text = f"{getpass.getuser()}\n{dataset.resolve()}"
    return f"finetune-studio-{hashlib.sha256(text.encode('utf-8', 'surrogatepass')).hexdigest()[:20]}"
