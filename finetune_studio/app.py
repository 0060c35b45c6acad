"""The composition root of the window."""

import os
import sys
from collections.abc import Sequence
from pathlib import Path

from PySide6.QtCore import QCoreApplication, Qt
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QApplication

from finetune_studio import __version__
from finetune_studio.settings.paths import app_paths
from finetune_studio.ui.application import Studio
from finetune_studio.ui.shell.signals import SignalWatch


def run(arguments: Sequence[str]) -> int:
    """Open the window with what the command line names, and return the exit code of the program."""
    app = make_application()
    theme = next((flag[2:] for flag in arguments if flag in ("--light", "--dark")), "")
    files = [item for item in arguments if not item.startswith("--")]
    studio = Studio(app, app_paths(), theme)
    signals = SignalWatch()
    signals.asked_to_end.connect(studio.window.close)
    studio.tasks.runner.spares_process = True
    studio.start(Path(files[0]) if files else None, sample="--sample" in arguments)
    code = app.exec()
    studio.stop()
    signals.stop()
    return code


def make_application() -> QApplication:
    """The QApplication with the names that the platform shows."""
    QGuiApplication.setHighDpiScaleFactorRoundingPolicy(Qt.HighDpiScaleFactorRoundingPolicy.PassThrough)
    if sys.platform == "darwin":
        os.environ.setdefault("QT_MAC_WANTS_LAYER", "1")
    QCoreApplication.setApplicationName("Finetune Studio")
    QCoreApplication.setApplicationVersion(__version__)
    QGuiApplication.setDesktopFileName("finetune-studio")
    app = QApplication(sys.argv[:1])
    app.setApplicationDisplayName("Finetune Studio")
    return app
