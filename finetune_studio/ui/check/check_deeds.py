"""What page Check changes: each is one undo step, and says so with a way back."""

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Signal, Slot
from PySide6.QtWidgets import QDialog, QFileDialog, QWidget
from shiboken6 import isValid

from finetune_studio.domain.changes import Changes
from finetune_studio.domain.diagnostic import Applicability, Diagnostic, Severity
from finetune_studio.domain.errors import CancelledError, StudioError
from finetune_studio.domain.id_set import IdSet
from finetune_studio.lint.settings_file import FILE_NAME
from finetune_studio.ui.check.chart_data import write_statistics
from finetune_studio.ui.check.finding_rows import place_words
from finetune_studio.ui.check.fix_preview import (
    FixPreview,
    FixPreviewDialog,
    preview_findings,
    preview_fixes,
)
from finetune_studio.ui.check.page_facts import can_fix
from finetune_studio.ui.check.set_aside_dialog import SetAsideDialog
from finetune_studio.ui.commands.registry import CommandRegistry
from finetune_studio.workspace.operations import examples, fixes, imports, lint_settings, options
from finetune_studio.workspace.operations.new_like import new_example_like
from finetune_studio.workspace.queries.statistics import Bar
from finetune_studio.workspace.readiness import counted

if TYPE_CHECKING:
    from finetune_studio.workspace.workspace import Workspace


class CheckDeeds(QObject):
    """Belongs to the page, which is the parent of its dialogs. `made(id)` when an example was written."""

    made = Signal(object)

    def __init__(self, workspace: "Workspace", commands: CommandRegistry, page: QWidget) -> None:
        super().__init__(page)
        self._workspace = workspace
        self._commands = commands
        self._page = page
        self._names: dict[str, str] = {}
        self._aside: list[Diagnostic] = []
        self.dialog: QDialog | None = None

    # Fixes

    def fix(self, finding: Diagnostic, name: str) -> None:
        """Apply one finding's fix; one that is unsafe is shown first."""
        if not can_fix(finding) or finding.location.example is None:
            return
        if _is_unsafe(finding):
            self.fix_each([finding], name)
        else:
            self._apply(finding)

    def _apply(self, finding: Diagnostic) -> None:
        self._workspace.perform(
            fixes.apply_fix,
            finding.location.example,
            finding,
            done=self._on_fixed,
            failed=self.on_failed,
        )

    def _ask_preview(self, query: Callable[..., FixPreview], *arguments: object) -> None:
        self._workspace.ask(
            query, *arguments, done=self._on_preview, failed=self.on_failed, key="check preview"
        )

    def fix_rule(self, code: str, name: str) -> None:
        """Fix everything a rule found, with a preview."""
        self._names[code] = name
        self._ask_preview(preview_fixes, code)

    def fix_each(self, findings: list[Diagnostic], name: str) -> None:
        """Fix these findings and no other ones, with a preview."""
        wanted = [one for one in findings if can_fix(one)]
        if wanted:
            self._names[wanted[0].code] = name
            self._ask_preview(preview_findings, wanted)

    def fix_everything(self) -> None:
        """Apply all safe fixes of all rules, with a preview."""
        self._ask_preview(preview_fixes, "")

    def _fix_all(self, code: str | None, unsafe: bool) -> None:
        self._workspace.perform(
            fixes.fix_all,
            code,
            unsafe,
            done=self._on_all_fixed,
            failed=self.on_failed,
            title="Fix all",
            visible=True,
        )

    def _on_fixed(self, _changes: Changes) -> None:
        self.notice("Fixed")

    def _on_all_fixed(self, report: fixes.FixReport) -> None:
        if not report.n_examples:
            self._commands.notice("There was nothing to fix.")
            return
        count = sum(report.fixed.values())
        self.notice(f"Fixed {counted(count, 'finding')} in {counted(report.n_examples, 'example')}")

    def _on_preview(self, preview: FixPreview) -> None:
        if not isValid(self):
            return
        dialog = FixPreviewDialog(preview, self._names.get(preview.code, ""), self._page)
        dialog.accepted.connect(self._on_preview_accepted)
        self._open(dialog)

    @Slot()
    def _on_preview_accepted(self) -> None:
        if not isinstance(self.dialog, FixPreviewDialog):
            return
        preview = self.dialog.preview
        if len(preview.findings) == 1:
            self._apply(preview.findings[0])
        elif preview.findings:
            self._workspace.perform(
                fixes.apply_each,
                list(preview.findings),
                done=self._on_all_fixed,
                failed=self.on_failed,
                title="Fix",
                visible=True,
            )
        else:
            self._fix_all(preview.code or None, unsafe=bool(preview.code) and preview.is_unsafe)

    # Setting aside

    def set_aside_each(self, findings: list[Diagnostic], name: str) -> None:
        """Ask for a reason, then set several findings aside."""
        self._aside = findings
        dialog = SetAsideDialog(findings[0], name, "These examples", self._page, count=len(findings))
        dialog.accepted.connect(self._on_each_accepted)
        self._open(dialog)

    @Slot()
    def _on_each_accepted(self) -> None:
        dialog = self.dialog
        if isinstance(dialog, SetAsideDialog):
            told = f"{counted(len(self._aside), 'finding')} set aside"
            self.perform(
                options.suppress_each, self._aside, dialog.reason(), dialog.whole_example(), told=told
            )

    def set_aside(self, finding: Diagnostic, name: str) -> None:
        """Ask for a reason, then set a finding aside."""
        example_id = finding.location.example
        rank = None if example_id is None else self._workspace.ranks(wait=False).rank_of(example_id)
        dialog = SetAsideDialog(finding, name, place_words(finding.location, rank), self._page)
        dialog.accepted.connect(self._on_set_aside_accepted)
        self._open(dialog)

    @Slot()
    def _on_set_aside_accepted(self) -> None:
        dialog = self.dialog
        if isinstance(dialog, SetAsideDialog):
            self.perform(
                options.suppress, dialog.finding(), dialog.reason(), dialog.whole_example(), told="Set aside"
            )

    def ask_reason(self, finding: Diagnostic, aside: list[Diagnostic]) -> None:
        """Ask why a group is meant, then set its findings aside."""
        dialog = SetAsideDialog(finding, "is meant", "this group", self._page, for_group=True)
        self._aside = aside
        dialog.accepted.connect(self._on_meant_accepted)
        self._open(dialog)

    @Slot()
    def _on_meant_accepted(self) -> None:
        dialog = self.dialog
        if isinstance(dialog, SetAsideDialog):
            told = "Marked as meant"
            if dialog.everywhere.isChecked():
                self.perform(options.suppress, dialog.finding(), dialog.reason(), told=told)
            else:
                self.perform(options.suppress_each, self._aside, dialog.reason(), told=told)

    @Slot(object)
    def bring_back(self, suppression_id: int) -> None:
        self.perform(options.unsuppress, suppression_id)

    @Slot(object)
    def remove_unused(self, suppression_ids: list[int]) -> None:
        """Forget set-asides that match nothing any more."""
        told = f"{counted(len(suppression_ids), 'set-aside')} removed"
        self.perform(options.unsuppress_each, suppression_ids, told=told)

    # Copies

    def delete(self, ids: list[int]) -> None:
        """Delete examples as one step."""
        if ids:
            self._workspace.perform(
                examples.delete_examples, IdSet.of(ids), done=self._on_deleted, failed=self.on_failed
            )

    def _on_deleted(self, changes: Changes) -> None:
        self.notice(f"{counted(len(changes.example_ids), 'example')} deleted")

    # New ones

    @Slot(object)
    def new_like(self, bar: Bar) -> None:
        """Write one more example of a class."""
        self._workspace.perform(
            new_example_like,
            bar.query,
            bar.label if bar.more == "tag" else "",
            bar.label if bar.more == "label" else "",
            done=self._on_made,
            failed=self.on_failed,
        )

    def _on_made(self, changes: Changes) -> None:
        if isValid(self):
            self.made.emit(next(iter(changes.example_ids)))

    # The rule

    @Slot(str, object)
    def set_severity(self, code: str, severity: Severity | None) -> None:
        self.perform(options.set_rule_severity, code, severity)

    @Slot(str, bool)
    def set_enabled(self, code: str, enabled: bool) -> None:
        self.perform(options.set_rule_enabled, code, enabled)

    @Slot(str, str, object)
    def set_option(self, code: str, key: str, value: object) -> None:
        self.perform(options.set_rule_option, code, key, value)

    # Lines

    @Slot(object)
    def repair(self, line: tuple[int, str]) -> None:
        self.perform(imports.repair_unreadable_line, *line)

    @Slot(object)
    def remove_line(self, line_id: int) -> None:
        self.perform(imports.remove_unreadable_line, line_id, told="Line removed")

    # Commands of the window

    @Slot()
    def ask_report(self) -> None:
        self._commands.invoke("check.report")

    @Slot()
    def ask_split(self) -> None:
        self._commands.invoke("check.split")

    # Files

    @Slot(str)
    def export_statistics(self, key: str) -> None:
        """Ask where to, then write the table below a chart."""
        folder = self._workspace.path.with_name(f"{self._workspace.name} {key}.csv")
        path, _ = QFileDialog.getSaveFileName(
            self._page, "Export the statistics", str(folder), "Tables (*.csv *.html *.json)"
        )
        if path:
            chosen = Path(path) if Path(path).suffix else Path(path).with_suffix(".csv")
            self._workspace.ask(
                write_statistics, str(chosen), key, done=self._on_written, failed=self.on_failed
            )

    @Slot()
    def import_settings(self) -> None:
        """Ask for a file of settings, then take them."""
        folder = str(self._workspace.path.parent)
        kinds = "Settings (finetune-studio.toml pyproject.toml *.toml)"
        path, _ = QFileDialog.getOpenFileName(self._page, "Import settings of the checks", folder, kinds)
        if path:
            self._workspace.perform(
                lint_settings.import_settings, Path(path), done=self._on_imported, failed=self.on_failed
            )

    def _on_imported(self, _changes: Changes) -> None:
        self.notice("Settings imported")

    @Slot()
    def export_settings(self) -> None:
        """Ask where to, then write the settings of the checks."""
        folder = str(self._workspace.path.with_name(FILE_NAME))
        path, _ = QFileDialog.getSaveFileName(
            self._page, "Export settings of the checks", folder, "Settings (*.toml)"
        )
        if path:
            self._workspace.ask(
                lint_settings.export_settings, Path(path), done=self._on_written, failed=self.on_failed
            )

    def _on_written(self, path: str | Path) -> None:
        self._commands.notice(f"{Path(path).name} written")

    # Helpers

    def undo(self) -> None:
        """Take back the newest step."""
        if self._workspace.history.can_undo:
            self._workspace.undo()

    def perform(self, operation: Callable[..., Changes], *arguments: object, told: str = "") -> None:
        """Queue an operation; what fails is shown, and `told` is said when it is done."""

        def done(_changes: Changes) -> None:
            if told:
                self.notice(told)

        self._workspace.perform(operation, *arguments, done=done, failed=self.on_failed)

    def notice(self, text: str) -> None:
        """Say what was done, with the way back."""
        if isValid(self):
            self._commands.notice(text, "Undo", self.undo)

    @Slot(str)
    def say(self, text: str) -> None:
        """Say what was done, where there is nothing to undo."""
        self._commands.notice(text)

    def on_failed(self, error: StudioError) -> None:
        """Show what could not be done; what was cancelled is no failure."""
        if isValid(self) and not isinstance(error, CancelledError):
            self._commands.report_error(error)

    def _open(self, dialog: QDialog) -> None:
        dialog.finished.connect(dialog.deleteLater)
        self.dialog = dialog
        dialog.open()


def _is_unsafe(finding: Diagnostic) -> bool:
    return finding.fix is not None and finding.fix.applicability is Applicability.UNSAFE
