"""Bugs: a dialog with a report that can be copied and holds nothing of the dataset."""

import platform
import sys
import threading
import traceback
from collections.abc import Callable
from pathlib import Path
from types import TracebackType

from PySide6.QtCore import Qt, Slot, qVersion
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QDialog, QHBoxLayout, QVBoxLayout, QWidget

from finetune_studio import __version__
from finetune_studio.ui.widgets import Button, IconDisc, Label, LineHeightLabel, StudioTextEdit


def crash_report(error: BaseException) -> str:
    """Versions, and where it happened. The exception's message stays out: it may quote the dataset."""
    lines = [
        f"Finetune Studio {__version__}",
        f"Python {platform.python_version()}, Qt {qVersion()}, {platform.system()} {platform.release()}",
        "",
    ]
    chain: list[BaseException] = []
    current: BaseException | None = error
    while current is not None and current not in chain:
        chain.append(current)
        current = current.__cause__ or current.__context__
    for number, each in enumerate(reversed(chain)):
        if number:
            lines.append("then:")
        frames = traceback.extract_tb(each.__traceback__)
        lines.extend(f"  {_short(frame.filename)}:{frame.lineno} in {frame.name}" for frame in frames)
        lines.append(f"{type(each).__module__}.{type(each).__qualname__}")
    return "\n".join(lines)


def _short(filename: str) -> str:
    """The path below the package, or the file's name: a home folder names a person."""
    parts = Path(filename).parts
    for root in ("finetune_studio", "site-packages"):
        if root in parts:
            return "/".join(parts[len(parts) - parts[::-1].index(root) - 1 :])
    return parts[-1] if parts else filename


class CrashDialog(QDialog):
    """Says that something went wrong inside, and offers the report."""

    def __init__(self, error: BaseException, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setWindowTitle("Something went wrong")
        self.resize(600, 420)
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.report = crash_report(error)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(24, 24, 24, 20)
        layout.setSpacing(12)
        head = QHBoxLayout()
        head.setSpacing(14)
        head.addWidget(IconDisc("triangle-alert", 44, "warning"), 0, Qt.AlignmentFlag.AlignTop)
        texts = QVBoxLayout()
        texts.setSpacing(2)
        texts.addWidget(Label("Something went wrong inside the app", type="title"))
        texts.addWidget(
            LineHeightLabel(
                "Your dataset is safe: every change that you saw was already on disk. You can go on working. "
                "The report below names places in the program and nothing of your data.",
                type="secondary",
            )
        )
        head.addLayout(texts, 1)
        layout.addLayout(head)
        view = StudioTextEdit(type="mono")
        view.setReadOnly(True)
        view.setAccessibleName("Report")
        view.set_text(self.report)
        layout.addWidget(view, 1)
        buttons = QHBoxLayout()
        self.copy_button = Button("Copy the report", icon_name="copy")
        self.close_button = Button("Go on", kind="primary")
        self.copy_button.clicked.connect(self._on_copy_clicked)
        self.close_button.clicked.connect(self.accept)
        self.close_button.setDefault(True)
        self.close_button.setFocus()
        buttons.addWidget(self.copy_button)
        buttons.addStretch(1)
        buttons.addWidget(self.close_button)
        layout.addLayout(buttons)

    @Slot()
    def _on_copy_clicked(self) -> None:
        QGuiApplication.clipboard().setText(self.report)
        self.copy_button.setText("Copied")


def install_crash_hook(tell: Callable[[BaseException], object]) -> Callable[[], None]:
    """Send exceptions of slots, paint events and threads to `tell`; returns how to take it off.

    `tell` may be called in any thread. Ctrl+C and exit keep their meaning.
    """
    before, before_thread = sys.excepthook, threading.excepthook

    def hook(kind: type[BaseException], error: BaseException, trace: TracebackType | None) -> None:
        before(kind, error, trace)
        if not issubclass(kind, KeyboardInterrupt | SystemExit):
            tell(error)

    def thread_hook(args: threading.ExceptHookArgs) -> None:
        before_thread(args)
        if args.exc_value is not None and not isinstance(args.exc_value, SystemExit):
            tell(args.exc_value)

    sys.excepthook, threading.excepthook = hook, thread_hook

    def remove() -> None:
        sys.excepthook, threading.excepthook = before, before_thread

    return remove
