"""The File menu: asks for paths, then lets Datasets and the workspace work."""

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, QStandardPaths, Slot
from PySide6.QtWidgets import QFileDialog, QMainWindow, QMenu

from finetune_studio.domain.errors import StorageFullError, StudioError
from finetune_studio.settings.store import Settings
from finetune_studio.ui.commands.registry import CommandRegistry
from finetune_studio.ui.shell.datasets import Datasets
from finetune_studio.ui.shell.page_stack import PageStack
from finetune_studio.ui.welcome.templates import DatasetTemplate

if TYPE_CHECKING:
    from finetune_studio.workspace.operations.imports import ImportReport

OPEN_FILTER = "Datasets and JSONL (*.ftset *.jsonl *.json *.ndjson *.xz *.gz *.bz2);;All files (*)"
IMPORT_FILTER = "JSONL (*.jsonl *.json *.ndjson *.xz *.gz *.bz2);;All files (*)"
DATASET_FILTER = "Dataset (*.ftset)"


class FileCommands(QObject):
    """Remembers the folder of the last file dialog."""

    def __init__(
        self,
        commands: CommandRegistry,
        window: QMainWindow,
        datasets: Datasets,
        pages: PageStack,
        settings: Settings,
    ) -> None:
        super().__init__(window)
        self._commands = commands
        self._window = window
        self._datasets = datasets
        self._pages = pages
        self._settings = settings
        for command_id, handler in (
            ("file.new", self._on_new),
            ("file.open", self._on_open),
            ("file.sample", self._on_sample),
            ("file.import", self._on_import),
            ("file.export", self._on_export),
            ("file.save_copy", self._on_save_copy),
            ("file.close", self._on_close),
            ("file.quit", self._on_quit),
        ):
            commands.register(command_id, handler)

    def fill_recent_menu(self, menu: QMenu) -> None:
        """The recent datasets as menu entries."""
        menu.clear()
        for path in self._settings.recent():
            action = menu.addAction(path.name.replace("&", "&&"))
            action.setData(str(path))
            action.triggered.connect(self._on_recent_triggered)
        menu.setEnabled(not menu.isEmpty())

    @Slot(object)
    def open_path(self, path: Path) -> None:
        self._datasets.open_path(path)

    @Slot(object)
    def start_from_template(self, template: DatasetTemplate) -> None:
        path = self._ask_new_path(f"{template.id}.ftset")
        if path is not None:
            self._datasets.create(path, template.file)

    def take_dropped(self, paths: list[Path]) -> None:
        """One file dropped on the welcome page is opened; dropped on a dataset, JSONL files are imported."""
        workspace = self._datasets.workspace
        datasets = [path for path in paths if path.suffix == ".ftset"]
        if workspace is None or datasets:
            self._datasets.open_path((datasets or paths)[0])
            return
        for path in paths:
            self._import(path)

    def _on_new(self) -> None:
        path = self._ask_new_path("dataset.ftset")
        if path is not None:
            self._datasets.create(path)

    def _on_open(self) -> None:
        name, _filter = QFileDialog.getOpenFileName(self._window, "Open", self._folder(), OPEN_FILTER)
        if name:
            self._remember(Path(name))
            self._datasets.open_path(Path(name))

    def _on_sample(self) -> None:
        self._datasets.open_sample()

    def _on_import(self) -> None:
        names, _filter = QFileDialog.getOpenFileNames(
            self._window, "Import into this dataset", self._folder(), IMPORT_FILTER
        )
        for name in names:
            self._remember(Path(name))
            self._import(Path(name))

    def import_new_lines(self, path: Path) -> None:
        """Add what a file says now and the dataset never had."""
        from finetune_studio.workspace.operations.imports import import_new_lines

        self._bring_in(path, import_new_lines)

    def _import(self, path: Path) -> None:
        from finetune_studio.workspace.operations.imports import import_file

        self._bring_in(path, import_file)

    def _bring_in(self, path: Path, operation: "Callable[..., ImportReport]") -> None:
        workspace = self._datasets.workspace
        if workspace is None:
            return
        if workspace.read_only:
            raise StudioError(f"{workspace.name} is open for reading only.", "Save a copy to change it.")
        self._pages.flush()
        workspace.perform(
            operation, path, title=f"Importing {path.name}", visible=True, done=self._on_imported
        )

    def _on_imported(self, report: "ImportReport") -> None:
        workspace = self._datasets.workspace
        if workspace is not None and (report.n_bad or report.notices):
            from finetune_studio.ui.importing.import_report_dialog import show_import_report

            show_import_report(workspace, self._commands, self._window, report)
            return
        self._commands.notice(
            f"Imported {_count(report.imported, 'example')} from {report.name}.", "Undo", self._undo
        )

    def _undo(self) -> None:
        self._commands.invoke("edit.undo")

    def _on_export(self) -> None:
        workspace = self._datasets.workspace
        if workspace is None:
            return
        from finetune_studio.ui.exporting.export_dialog import ExportDialog

        self._pages.flush()
        dialog = ExportDialog(workspace, self._commands, self._folder(), self._window)
        dialog.exec()
        dialog.deleteLater()

    def _on_save_copy(self) -> None:
        workspace = self._datasets.workspace
        if workspace is None:
            return
        self._pages.flush()
        proposed = f"{workspace.path.stem} copy.ftset"
        path = self._ask_new_path(proposed, "Save a copy", overwrite=True)
        if path is None or path == workspace.path:
            return
        from finetune_studio.storage.copies import save_copy

        self._copy_name = path.name
        workspace.tasks.run(
            lambda _context: save_copy(workspace.database, path),
            title=f"Copying to {path.name}",
            done=self._on_copied,
            uses_store=True,
            visible=True,
        )

    def _on_copied(self, _result: object) -> None:
        self._commands.notice(f"The copy {self._copy_name} is written.")

    def _on_close(self) -> None:
        self._pages.flush()
        if self._pages.may_close() and not self._datasets.close():
            self._commands.notice("Writing the last changes to disk, then the dataset closes.")
            self._datasets.close_patiently()

    def _on_quit(self) -> None:
        self._window.close()

    @Slot()
    def _on_recent_triggered(self) -> None:
        self._datasets.open_path(Path(str(self.sender().data())))  # type: ignore[attr-defined]

    def _ask_new_path(
        self, proposed: str, title: str = "New dataset", overwrite: bool = False
    ) -> Path | None:
        options = QFileDialog.Option(0) if overwrite else QFileDialog.Option.DontConfirmOverwrite
        start = str(Path(self._folder()) / proposed)
        name, _filter = QFileDialog.getSaveFileName(
            self._window, title, start, DATASET_FILTER, options=options
        )
        if not name:
            return None
        path = Path(name)
        path = path if path.suffix == ".ftset" else path.with_name(f"{path.name}.ftset")
        self._remember(path)
        return path

    def _folder(self) -> str:
        last = self._settings.get("files.last_folder")
        if last and Path(last).is_dir():
            return str(last)
        documents = QStandardPaths.StandardLocation.DocumentsLocation
        return QStandardPaths.writableLocation(documents) or str(Path.home())

    def _remember(self, path: Path) -> None:
        try:
            self._settings.set("files.last_folder", str(path.parent))
            self._settings.save()
        except StorageFullError as error:
            self._commands.report_error(error)


def _count(number: int, word: str) -> str:
    return f"1 {word}" if number == 1 else f"{number:,} {word}s"
