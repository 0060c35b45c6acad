"""The main window: builds the parts and connects them; every deed is in a part."""

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QByteArray, QSettings, QSize, Qt, QTimer, Signal, Slot
from PySide6.QtGui import QCloseEvent, QDragEnterEvent, QDragLeaveEvent, QDropEvent, QIcon
from PySide6.QtWidgets import QMainWindow, QMenu, QStackedWidget, QVBoxLayout, QWidget

from finetune_studio.resource_files import resource
from finetune_studio.settings.paths import AppPaths
from finetune_studio.settings.store import Settings
from finetune_studio.ui.commands.menus import build_menus
from finetune_studio.ui.commands.registry import CommandRegistry
from finetune_studio.ui.shell.author_command import AuthorCommand
from finetune_studio.ui.shell.datasets import Datasets
from finetune_studio.ui.shell.errors import ErrorDisplay
from finetune_studio.ui.shell.file_commands import FileCommands
from finetune_studio.ui.shell.header import APP_NAME, Header
from finetune_studio.ui.shell.help_commands import HelpCommands
from finetune_studio.ui.shell.history_commands import HistoryCommands
from finetune_studio.ui.shell.notices import Notices
from finetune_studio.ui.shell.notifications import Notifications
from finetune_studio.ui.shell.open_jobs import OpenJobs
from finetune_studio.ui.shell.page_stack import PageStack
from finetune_studio.ui.shell.pages import PageSpec
from finetune_studio.ui.shell.reading_only import ReadingOnly
from finetune_studio.ui.shell.report_command import ReportCommand
from finetune_studio.ui.shell.source_watch import SourceWatch
from finetune_studio.ui.shell.split_command import SplitCommand
from finetune_studio.ui.shell.status_bar import StatusBar
from finetune_studio.ui.shell.status_watch import StatusWatch
from finetune_studio.ui.shell.task_display import TaskDisplay
from finetune_studio.ui.shell.view_commands import ViewCommands
from finetune_studio.ui.shell.wiring import PageWiring
from finetune_studio.ui.task_runner import QtTaskRunner
from finetune_studio.ui.theme.manager import ThemeManager
from finetune_studio.ui.welcome.welcome_page import WelcomePage
from finetune_studio.ui.widgets import Banner, Toast

if TYPE_CHECKING:
    from finetune_studio.ui.shell.arriving_page import ArrivingPage
    from finetune_studio.ui.shell.raiser import WindowRaiser
    from finetune_studio.workspace.opening import Preview
    from finetune_studio.workspace.workspace import Workspace

FIRST_SIZE = QSize(1440, 900)


class MainWindow(QMainWindow):
    """`closing` comes when the person closed the window and the dataset is closed."""

    closing = Signal()

    def __init__(
        self,
        commands: CommandRegistry,
        theme: ThemeManager,
        settings: Settings,
        tasks: QtTaskRunner,
        paths: AppPaths,
        pages: Sequence[PageSpec],
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self._commands = commands
        self._settings = settings
        self._geometry = QSettings(str(paths.config / "window.ini"), QSettings.Format.IniFormat)
        self._menu = QMenu(self)
        self.header = Header(pages, commands, self._menu)
        self.banner = Banner()
        self.banner.setProperty("edge", "full")
        self.welcome = WelcomePage(commands)
        self.arriving: ArrivingPage | None = None
        self.pages = PageStack(pages, commands, theme)
        self.status_bar = StatusBar()
        ground = self._lay_out()
        self.toast = Toast(ground)
        self.datasets = Datasets(tasks, paths, settings, self)
        self.errors = ErrorDisplay(self.banner, self.datasets.dataset_of, self)
        self.files = FileCommands(commands, self, self.datasets, self.pages, settings)
        self.views = ViewCommands(commands, self, ground, self.pages, self.header, theme, settings)
        self.helps = HelpCommands(commands, self)
        self.history = HistoryCommands(commands, self.pages, self)
        self.notices = Notices(commands, self.toast, self.pages, self)
        self.splitting = SplitCommand(commands, self.pages, self)
        self.reporting = ReportCommand(commands, self.pages, self)
        self.author = AuthorCommand(commands, settings, self)
        self.status = StatusWatch(self.status_bar, self)
        self.wiring = PageWiring(self.pages, self.helps, self)
        self.notifications = Notifications(commands, settings, self)
        self.open_jobs = OpenJobs(self.pages, self)
        self.reading = ReadingOnly(self.datasets, self.errors, self)
        self.sources = SourceWatch(self.files, self.errors, self)
        self._raiser: WindowRaiser | None = None
        self.tasks = TaskDisplay(tasks, self.status_bar, self)
        self._connect(tasks)
        self._fill_menu()
        commands.install(self)
        self.setAcceptDrops(True)
        self._set_workspace(None)
        self._restore_geometry()

    # Building

    def _lay_out(self) -> QWidget:
        self.setWindowTitle(APP_NAME)
        self.setWindowIcon(QIcon(str(resource("app", "finetune-studio-256.png"))))
        self.setMinimumSize(1060, 600)
        ground = QWidget()
        ground.setProperty("panel", "ground")
        ground.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        column = QVBoxLayout(ground)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        self._stack = QStackedWidget()
        self._stack.addWidget(self.welcome)
        self._stack.addWidget(self.pages)
        for part in (self.header, self.banner):
            column.addWidget(part)
        column.addWidget(self._stack, 1)
        column.addWidget(self.status_bar)
        self.setCentralWidget(ground)
        return ground

    def _fill_menu(self) -> None:
        menus = build_menus(self._commands, self)
        recent = QMenu("Open recent", self)
        file_menu = menus.pop("File")
        after = self._commands.action("file.sample")
        file_menu.insertMenu(after, recent)
        self._recent_menu = recent
        for action in file_menu.actions():
            if action.data() == "file.quit":
                break
            self._menu.addAction(action)
        self._menu.addSeparator()
        for menu in menus.values():
            self._menu.addMenu(menu)
        self._menu.addSeparator()
        self._menu.addAction(self._commands.action("file.quit"))
        self._menu.aboutToShow.connect(self._on_menu_about_to_show)

    def _connect(self, tasks: QtTaskRunner) -> None:
        self.header.page_chosen.connect(self._on_page_chosen)
        self.pages.shown.connect(self.header.set_page)
        self.pages.made.connect(self.wiring.connect_page)
        self.pages.made.connect(self.notifications.connect_page)
        self.welcome.open_requested.connect(self.files.open_path)
        self.welcome.template_requested.connect(self.files.start_from_template)
        self.welcome.forget_requested.connect(self._on_forget_requested)
        self.datasets.opening.connect(self.errors.start_over)
        self.datasets.previewed.connect(self._on_dataset_previewed)
        self.datasets.opened.connect(self._on_dataset_opened)
        self.datasets.failed.connect(self._on_dataset_failed)
        self.datasets.closed.connect(self._on_dataset_closed)
        self.datasets.failed.connect(self.errors.show_error)
        self.errors.read_only_requested.connect(self.datasets.open_read_only)
        self.errors.recover_requested.connect(self._on_recover_requested)
        self._commands.failed.connect(self.errors.show_error)
        tasks.failed.connect(self.errors.show_error)
        self.status.changed.connect(self.history.refresh)
        self.status.changed.connect(self.notices.refresh)
        self.status_bar.findings_requested.connect(self.wiring.show_findings)
        self.status_bar.page_requested.connect(self._on_page_chosen)

    # The dataset

    @property
    def workspace(self) -> "Workspace | None":
        return self.datasets.workspace

    def _set_workspace(self, workspace: "Workspace | None") -> None:
        self._stop_arriving()
        self.pages.set_workspace(workspace)
        self.status.set_workspace(workspace)
        self._commands.set_flag("dataset", workspace is not None)
        self._commands.set_flag("writable", workspace is not None and not workspace.read_only)
        self._commands.set_flag("example", False)
        self.history.set_workspace(workspace)
        self.notices.set_workspace(workspace)
        self.splitting.set_workspace(workspace)
        self.reporting.set_workspace(workspace)
        self.author.set_workspace(workspace)
        self.open_jobs.set_workspace(workspace)
        self.reading.set_workspace(workspace)
        self.sources.set_workspace(workspace)
        self._commands.register("check.run", self._on_check_run)
        name = workspace.path.name if workspace is not None else ""
        self.header.set_dataset(name, workspace is not None and workspace.read_only)
        self.setWindowTitle(f"{name} – {APP_NAME}" if name else APP_NAME)
        self.setWindowFilePath(str(workspace.path) if workspace is not None else "")
        if workspace is None:
            self.welcome.set_recent(self._settings.recent())
            self._stack.setCurrentWidget(self.welcome)
            self.welcome.sample.setFocus(Qt.FocusReason.OtherFocusReason)
        else:
            self._stack.setCurrentWidget(self.pages)
            self.pages.show_page(next(iter(self.pages.keys()), ""))

    @Slot(object)
    def _on_dataset_opened(self, workspace: "Workspace") -> None:
        self._set_workspace(workspace)
        if not workspace.read_only:
            self._listen(workspace.path)
        self._tell_of_unreadable_lines(workspace)
        workspace.lint.start()

    def _tell_of_unreadable_lines(self, workspace: "Workspace") -> None:
        report = workspace.import_report
        if report is None or not report.n_bad:
            return
        lines = "1 line" if report.n_bad == 1 else f"{report.n_bad:,} lines"
        text = f"{lines} of {report.name} could not be read. They are kept, so that you can repair them."
        self.errors.show_notice(text, "warning", "Show them", self._show_unreadable_lines)

    def _show_unreadable_lines(self) -> None:
        self.wiring.show_findings("unreadable")

    @Slot(object)
    def _on_dataset_previewed(self, preview: "Preview") -> None:
        if self.arriving is None:
            from finetune_studio.ui.shell.arriving_page import ArrivingPage

            self.arriving = ArrivingPage()
            self.arriving.due.connect(self._on_arriving_due)
            self._stack.addWidget(self.arriving)
        self.arriving.set_preview(preview)

    @Slot()
    def _on_arriving_due(self) -> None:
        if self.arriving is not None:
            self._stack.setCurrentWidget(self.arriving)

    @Slot(object)
    def _on_dataset_failed(self, _error: Exception) -> None:
        self._stop_arriving()
        if self.arriving is not None and self._stack.currentWidget() is self.arriving:
            self._stack.setCurrentWidget(self.welcome if self.workspace is None else self.pages)

    def _on_check_run(self) -> None:
        """Check everything again, from any page; page Check puts its own in place of this."""
        if self.workspace is not None:
            self.pages.flush()
            self.workspace.lint.start()

    def _stop_arriving(self) -> None:
        if self.arriving is not None:
            self.arriving.stop()

    @Slot()
    def _on_dataset_closed(self) -> None:
        self.errors.clear()
        self.toast.hide()
        if self._raiser is not None:
            self._raiser.stop()
        self._set_workspace(None)

    @Slot(object)
    def _on_recover_requested(self, path: Path) -> None:
        self.datasets.recover(path, path.with_name(f"{path.stem} recovered.ftset"))

    @Slot(object)
    def _on_forget_requested(self, path: Path) -> None:
        self._settings.remove_recent(path)
        self.welcome.set_recent(self._settings.recent())

    @Slot(str)
    def _on_page_chosen(self, key: str) -> None:
        self.pages.show_page(key)

    def _listen(self, dataset: Path) -> None:
        """Come to the front when another window opens this dataset; the network module loads only now."""
        from finetune_studio.ui.shell.raiser import WindowRaiser

        if self._raiser is None:
            self._raiser = WindowRaiser(self)
            self._raiser.raise_requested.connect(self._on_raise_requested)
        self._raiser.listen(dataset)

    @Slot()
    def _on_raise_requested(self) -> None:
        self.setWindowState(self.windowState() & ~Qt.WindowState.WindowMinimized)
        self.raise_()
        self.activateWindow()

    @Slot()
    def _on_menu_about_to_show(self) -> None:
        self.files.fill_recent_menu(self._recent_menu)

    # Events

    def dragEnterEvent(self, event: QDragEnterEvent) -> None:
        if _dropped_files(event):
            event.acceptProposedAction()
            self.welcome.set_drop_active(True)

    def dragLeaveEvent(self, event: QDragLeaveEvent) -> None:
        self.welcome.set_drop_active(False)

    def dropEvent(self, event: QDropEvent) -> None:
        self.welcome.set_drop_active(False)
        event.acceptProposedAction()
        self._dropped = _dropped_files(event)
        QTimer.singleShot(0, self._take_dropped)

    @Slot()
    def _take_dropped(self) -> None:
        self.files.take_dropped(self._dropped)

    def closeEvent(self, event: QCloseEvent) -> None:
        self.pages.flush()
        if not self.pages.may_close():
            event.ignore()
            return
        self._geometry.setValue("geometry", self.saveGeometry())
        if not self.datasets.close():
            self.banner.show_message("Writing the last changes to disk. The window closes when that is done.")
            self.banner.repaint()
            self.datasets.close_patiently()
        event.accept()
        self.closing.emit()

    def _restore_geometry(self) -> None:
        saved = self._geometry.value("geometry")
        if not (isinstance(saved, QByteArray) and self.restoreGeometry(saved)):
            room = self.screen().availableGeometry().size()
            self.resize(FIRST_SIZE.boundedTo(room))


def _dropped_files(event: QDropEvent) -> list[Path]:
    """Local files only; an address that somebody drops is never fetched."""
    urls = event.mimeData().urls()
    return [Path(url.toLocalFile()) for url in urls if url.isLocalFile() and url.host() == ""]
