"""Commands on the dataset as a whole: find and replace, prompts, what is trained, roles."""

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import QObject, Signal, Slot
from PySide6.QtWidgets import QApplication, QDialog, QFileDialog, QPlainTextEdit, QWidget
from shiboken6 import isValid

from finetune_studio.domain.errors import StudioError
from finetune_studio.domain.example import messages_of
from finetune_studio.ui.commands.registry import CommandRegistry
from finetune_studio.ui.widgets.questions import ask_text
from finetune_studio.ui.write.bulk import BulkRewrites
from finetune_studio.ui.write.example_commands import ExampleCommands
from finetune_studio.ui.write.list_controller import ListController
from finetune_studio.workspace.backups import copy_for_sharing
from finetune_studio.workspace.operations import prompts
from finetune_studio.workspace.operations.rewriting import RewriteReport
from finetune_studio.workspace.queries.examples import get_example
from finetune_studio.workspace.workspace import Workspace

if TYPE_CHECKING:
    from finetune_studio.ui.write.replace_dialog import ReplaceDialog


def chosen_text() -> str:
    """What is selected in the text editor that has the focus, when it is on one line."""
    editor = QApplication.focusWidget()
    text = editor.textCursor().selectedText() if isinstance(editor, QPlainTextEdit) else ""
    return "" if "\u2029" in text else text


class DatasetCommands(QObject):
    """`flush_requested` before each; `example_requested(example id, Location)` to show a place."""

    flush_requested = Signal()
    example_requested = Signal(int, object)

    def __init__(
        self,
        workspace: Workspace,
        commands: CommandRegistry,
        examples: ExampleCommands,
        listed: ListController,
        parent: QWidget,
    ) -> None:
        super().__init__(parent)
        self._workspace = workspace
        self._commands = commands
        self._examples = examples
        self._list = listed
        self._page = parent
        self._replace: ReplaceDialog | None = None
        self._bulk = BulkRewrites(workspace, commands)
        for command_id, handler in (
            ("edit.replace", self._on_replace),
            ("example.system_prompt", self._on_system_prompt),
            ("example.train_last", self._on_train_last),
            ("example.train_all", self._on_train_all),
            ("example.retype", self._on_retype),
            ("example.earlier", self._on_earlier),
            ("edit.history", self._on_history),
            ("file.name_version", self._on_name_version),
            ("file.versions", self._on_versions),
            ("file.share", self._on_share),
            ("file.purge", self._on_purge),
        ):
            commands.register(command_id, handler)

    def close(self) -> None:
        """Close what is open; the page goes."""
        if self._replace is not None and isValid(self._replace):
            self._replace.reject()

    # Find and replace

    def _on_replace(self) -> None:
        from finetune_studio.ui.write.replace_dialog import ReplaceDialog

        self.flush_requested.emit()
        chosen = chosen_text()
        if self._replace is None or not isValid(self._replace):
            dialog = ReplaceDialog(
                self._workspace, self._commands, self._query, self.flush_requested.emit, self._page.window()
            )
            dialog.example_requested.connect(self.example_requested)
            dialog.finished.connect(dialog.deleteLater)
            dialog.finished.connect(self._on_replace_finished)
            self._replace = dialog
        if chosen:
            self._replace.set_text(chosen)
        self._replace.show()
        self._replace.raise_()
        self._replace.activateWindow()

    @Slot()
    def _on_replace_finished(self) -> None:
        self._replace = None

    def _query(self) -> str:
        return self._list.query

    # History and versions

    def _on_history(self) -> None:
        from finetune_studio.ui.write.history_dialogs import HistoryDialog

        self._show(HistoryDialog(self._workspace, self._commands, self._page.window()))

    def _on_earlier(self) -> None:
        from finetune_studio.ui.write.history_dialogs import EarlierTextsDialog

        if self._list.current_id is not None:
            window = self._page.window()
            self._show(EarlierTextsDialog(self._workspace, self._commands, self._list.current_id, window))

    def _on_versions(self) -> None:
        from finetune_studio.ui.write.versions_dialog import VersionsDialog

        self._show(VersionsDialog(self._workspace, self._commands, self._page.window()))

    def _on_name_version(self) -> None:
        from finetune_studio.workspace.operations.versions import name_version

        self.flush_requested.emit()
        name, ok = ask_text(self._page.window(), "Name this version", "Name of the version")
        if ok and name.strip():

            def done(_version: object) -> None:
                self._commands.notice(f"Version “{name.strip()}” is kept.")

            self._workspace.perform(name_version, name.strip(), done=done, failed=self._on_failed)

    def _on_share(self) -> None:
        from finetune_studio.ui.write.privacy_dialogs import ShareDialog

        self.flush_requested.emit()
        dialog = ShareDialog(self._page.window())
        accepted = dialog.exec() == QDialog.DialogCode.Accepted
        dialog.deleteLater()
        if not accepted:
            return
        own = self._workspace.path
        proposed = str(own.with_name(f"{own.stem} for sharing.ftset"))
        window = self._page.window()
        name, _filter = QFileDialog.getSaveFileName(window, "Copy for sharing", proposed, "Dataset (*.ftset)")
        if name:
            path = Path(name)
            self.share(path if path.suffix == ".ftset" else path.with_name(f"{path.name}.ftset"))

    def share(self, path: Path) -> None:
        """Write a copy without history."""

        def done(_result: object) -> None:
            self._commands.notice(f"The copy {path.name} is written, without history.")

        self._workspace.tasks.run(
            lambda _context: copy_for_sharing(self._workspace, path),
            title=f"Copying to {path.name}",
            done=done,
            failed=self._on_failed,
            uses_store=True,
            visible=True,
        )

    def _on_purge(self) -> None:
        from finetune_studio.ui.write.privacy_dialogs import PurgeDialog

        self._show(PurgeDialog(self._workspace, self._commands, self._page.window()))

    def _show(self, dialog: QDialog) -> None:
        self.flush_requested.emit()
        dialog.exec()
        dialog.deleteLater()

    # Many examples

    def _on_system_prompt(self) -> None:
        from finetune_studio.ui.write.prompt_dialog import PromptDialog

        ids = self._examples.chosen_ids()
        if not ids:
            return
        self.flush_requested.emit()
        dialog = PromptDialog(self._workspace, ids, self._prompt_of_open(), self._page.window())
        if dialog.exec() == QDialog.DialogCode.Accepted:
            self._rewrite(prompts.set_system_prompt, ids, dialog.text, dialog.is_append)
        dialog.deleteLater()

    def _prompt_of_open(self) -> str:
        if self._list.current_id is None:
            return ""
        try:
            messages = messages_of(get_example(self._workspace, self._list.current_id).record)
        except StudioError:
            return ""
        return messages[0].text if messages and messages[0].role in ("system", "developer") else ""

    def _on_train_last(self) -> None:
        self._rewrite(prompts.train_last_answer, self._examples.chosen_ids())

    def _on_train_all(self) -> None:
        self._rewrite(prompts.train_all_answers, self._examples.chosen_ids())

    def _on_retype(self) -> None:
        from finetune_studio.ui.write.prompt_dialog import RetypeDialog

        ids = self._examples.chosen_ids()
        if not ids:
            return
        dialog = RetypeDialog(len(ids), self._page.window())
        if dialog.exec() == QDialog.DialogCode.Accepted:
            self._rewrite(prompts.retype_role, ids, dialog.role, dialog.to)
        dialog.deleteLater()

    def _rewrite(self, operation: Callable[..., RewriteReport], ids: Any, *arguments: Any) -> None:
        if ids:
            self.flush_requested.emit()
            self._bulk.rewrite(operation, ids, *arguments, told="{} changed.")

    def _on_failed(self, error: StudioError) -> None:
        self._commands.report_error(error)
