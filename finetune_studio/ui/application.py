"""The window's parts, put together around one QApplication."""

import sys
from collections.abc import Sequence
from functools import partial
from pathlib import Path

from PySide6.QtCore import QObject, QTimer, Slot
from PySide6.QtWidgets import QApplication

from finetune_studio.settings.paths import AppPaths
from finetune_studio.settings.store import Settings
from finetune_studio.ui.commands import ALL_COMMANDS, CommandRegistry
from finetune_studio.ui.crash_dialog import install_crash_hook
from finetune_studio.ui.garbage import GarbageCollector
from finetune_studio.ui.main_window import MainWindow
from finetune_studio.ui.shell.pages import PageSpec, page_specs
from finetune_studio.ui.task_runner import Postman, QtTaskRunner
from finetune_studio.ui.theme.manager import ThemeManager

_TIDY_AFTER = 20.0
"""Seconds after the start, when nobody waits for anything."""
_LOCK_HELD = 0.0005
"""Seconds for which a thread of the pool may keep Python's lock while the window's thread wants it. Python's
own 5 ms are paid at every step from Qt into Python: some ten times in a frame."""


class Studio(QObject):
    """Owns settings, theme, commands, tasks and the window; `start` shows it."""

    def __init__(
        self,
        app: QApplication,
        paths: AppPaths,
        theme_choice: str = "",
        pages: Sequence[PageSpec] | None = None,
    ) -> None:
        super().__init__()
        self._app = app
        self._switch_interval = sys.getswitchinterval()
        sys.setswitchinterval(_LOCK_HELD)
        self.settings = Settings(paths.config / "settings.toml")
        self.theme = ThemeManager(app, theme_choice or self.settings.get("look.theme"), self)
        self.commands = CommandRegistry(ALL_COMMANDS, self)
        self.tasks = QtTaskRunner(self)
        self._garbage = GarbageCollector(self)
        self._postman = Postman(self)
        self._remove_hook = install_crash_hook(self._on_crash)
        specs = page_specs() if pages is None else pages
        self.window = MainWindow(self.commands, self.theme, self.settings, self.tasks, paths, specs)
        self._paths = paths
        self._file: Path | None = None
        self._sample = False
        self.window.closing.connect(self._on_window_closing)
        self.window.datasets.closed.connect(self._garbage.look_at_all)

    def start(self, file: Path | None = None, sample: bool = False) -> None:
        """Show the window at once; a file, or the sample, is opened after the first paint."""
        self._file, self._sample = file, sample
        self.window.show()
        QTimer.singleShot(0, self._on_first_idle)

    def stop(self) -> None:
        """End the threads and take the crash hook off."""
        self._remove_hook()
        self.tasks.runner.close(5)
        self._garbage.stop()
        sys.setswitchinterval(self._switch_interval)

    @Slot()
    def _on_first_idle(self) -> None:
        if self.settings.problem:
            self.window.errors.show_notice(self.settings.problem, "warning")
        if self._file is not None:
            self.window.datasets.open_path(self._file)
        elif self._sample:
            self.window.datasets.open_sample()
        else:
            self.tasks.runner.run(_warm_up, title="Getting ready")
        self.tasks.runner.later(_TIDY_AFTER, self._tidy, "tidy up", housekeeping=True)

    def _tidy(self) -> None:
        self.tasks.runner.run(partial(_remove_leftovers, self._paths.data), title="Tidy up")

    def _on_crash(self, error: BaseException) -> None:
        self._postman.deliver(_Call(self.window.errors.show_error, error))

    @Slot()
    def _on_window_closing(self) -> None:
        self._app.quit()


class _Call:
    """A call with its argument, for the postman."""

    def __init__(self, function: object, argument: object) -> None:
        self._function = function
        self._argument = argument

    def __call__(self) -> None:
        if callable(self._function):
            self._function(self._argument)


def _remove_leftovers(data: Path, _context: object) -> int:
    from finetune_studio.workspace.leftovers import remove_leftovers

    return remove_leftovers(data)


def _warm_up(_context: object) -> None:
    """Import what opening a dataset needs while the person looks at the welcome page."""
    import finetune_studio.workspace.opening  # noqa: F401
