"""Export beside the submit: the files of a job, or the splits for a trainer of one's own, into a folder."""

from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QUrl, Slot
from PySide6.QtGui import QDesktopServices
from PySide6.QtWidgets import QCheckBox, QDialog, QFileDialog, QHBoxLayout, QWidget
from shiboken6 import isValid

from finetune_studio.domain.example import ExampleKind
from finetune_studio.formats.training_layouts import Layout
from finetune_studio.ui.exporting.export_run import ExportRun
from finetune_studio.ui.tune.words import count_text
from finetune_studio.ui.widgets import (
    Banner,
    Button,
    ComboBox,
    FormRow,
    Label,
    LineHeightLabel,
    ProgressRow,
    StudioLineEdit,
)
from finetune_studio.ui.widgets.dialog_parts import button_row, dialog_column
from finetune_studio.workspace.exporting import ExportReport
from finetune_studio.workspace.submission_export import export_parts, manifest_path, part_paths
from finetune_studio.workspace.submission_order import Order
from finetune_studio.workspace.task import TaskContext
from finetune_studio.workspace.training_export import (
    LayoutOrder,
    LayoutReport,
    count_untrained,
    export_layout,
    files_beside,
    paths_for,
)

if TYPE_CHECKING:
    from finetune_studio.workspace.workspace import Workspace

SHOWN_REASONS = 4
_ABOUT = {
    Layout.TRL: "Tool arguments as objects; a script with the trainer and its settings beside.",
    Layout.MLX: "A folder of train, valid and test; settings for mlx_lm.lora beside.",
    Layout.AXOLOTL: "Messages that are not to be trained say so; a YAML file with the settings beside.",
    Layout.LLAMA_FACTORY: "With dataset_info.json and a YAML file with the settings.",
}


class ExportFilesDialog(QDialog):
    """Writes in the background; closing it while it works cancels, and old files stay."""

    def __init__(self, workspace: "Workspace", order: Order, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setWindowTitle("Export files")
        self.resize(540, 10)
        self._workspace = workspace
        self._order = order
        self._untrained = 0
        self.reports: list[ExportReport] = []
        self.what = ComboBox("For")
        self.what.addItem(order.target.profile.title, "")
        for layout in Layout:
            self.what.addItem(layout.name_for_people, layout.value)
        self.about = LineHeightLabel("", type="secondary")
        self.weights = LineHeightLabel("", type="small", tone="warning")
        self.split = QCheckBox("Split such examples, so that only what is trained bears loss")
        self.folder = StudioLineEdit(str(workspace.path.parent))
        self.browse = Button("Choose…")
        self.names = LineHeightLabel("", type="secondary")
        self.banner = Banner(closable=False)
        self.progress = ProgressRow("Exporting", cancellable=True)
        self._run = ExportRun(workspace, self.banner, self.progress, self)
        self.export_button = Button("Export", kind="primary")
        self.open_button = Button("Open the folder")
        self.open_button.hide()
        self.close_button = Button("Cancel")
        self._lay_out()
        self._connect()
        self._show_choice()
        workspace.ask(count_untrained, done=self._on_untrained_counted, title="Look at the weights")

    def _lay_out(self) -> None:
        column = dialog_column(self, 12)
        column.addWidget(Label("Export files", type="title"))
        column.addWidget(FormRow("For", self.what))
        column.addWidget(self.about)
        column.addWidget(self.weights)
        column.addWidget(self.split)
        holder = QWidget()
        row = QHBoxLayout(holder)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(8)
        row.addWidget(self.folder, 1)
        row.addWidget(self.browse)
        self.folder.setAccessibleName("Folder")
        column.addWidget(FormRow("Folder", holder))
        for part in (self.names, self.banner, self.progress):
            column.addWidget(part)
        buttons = button_row(None, spacing=8)
        for button in (self.open_button, self.close_button, self.export_button):
            buttons.addWidget(button)
        column.addLayout(buttons)

    def _connect(self) -> None:
        self.what.currentIndexChanged.connect(self._on_what_chosen)
        self.split.toggled.connect(self._on_what_chosen)
        self.folder.textChanged.connect(self._on_folder_changed)
        self.browse.clicked.connect(self._on_browse_clicked)
        self.export_button.clicked.connect(self._on_export_clicked)
        self.open_button.clicked.connect(self._on_open_clicked)
        self.close_button.clicked.connect(self.reject)
        self._run.busy_changed.connect(self._on_busy_changed)
        self._run.done.connect(self._on_done)
        self.export_button.setDefault(True)

    # What is chosen

    @property
    def layout_order(self) -> LayoutOrder | None:
        """None for the files that the service of the form takes."""
        chosen = str(self.what.currentData())
        if not chosen:
            return None
        order = self._order
        is_pair = order.target.is_preference
        return LayoutOrder(
            Layout(chosen),
            ExampleKind.PREFERENCE if is_pair else ExampleKind.CONVERSATION,
            split=self.split.isChecked() and self.split.isVisibleTo(self),
            with_validation=order.with_validation,
            hyperparameters=order.hyperparameters,
            seed=order.seed,
        )

    def paths(self) -> list[Path]:
        """All files that are written."""
        folder = Path(self.folder.text().strip() or ".")
        order = self.layout_order
        if order is not None:
            found = paths_for(self._workspace, order, folder)
            return [*found.values(), *files_beside(self._workspace, order, folder)]
        training, validation = part_paths(self._workspace, self._order.target, folder)
        parts = [training, validation] if self._order.with_validation else [training]
        return [*parts, manifest_path(self._workspace, self._order.target, folder)]

    def start(self) -> None:
        """Write the files; asks before any is replaced."""
        folder, order, layout = Path(self.folder.text().strip()), self._order, self.layout_order

        def work(workspace: "Workspace", context: TaskContext) -> list[ExportReport] | LayoutReport:
            if layout is not None:
                return export_layout(workspace, layout, folder, context)
            return export_parts(
                workspace,
                order.target,
                folder,
                with_validation=order.with_validation,
                settings=_settings(order),
                context=context,
            )

        self._run.start(work, "Exporting files", self.paths())

    # What is shown

    def _show_choice(self) -> None:
        order = self.layout_order
        title = self._order.target.title
        if order is None:
            text = f"In the form that {title} takes: the same bytes that a job would send."
        else:
            text = _ABOUT[order.layout]
        self.about.setText(f"{text} Rejected examples stay out.")
        has_lost = order is not None and not order.layout.has_weights and self._untrained > 0
        has_lost = has_lost and order is not None and order.kind is ExampleKind.CONVERSATION
        self.split.setVisible(has_lost)
        self.weights.setVisible(has_lost)
        number = count_text(self._untrained, "example")
        self.weights.setText(
            f"{number} {'has' if self._untrained == 1 else 'have'} answers of weight 0, which are not to be"
            " trained. This layout cannot say so for a single message."
        )
        self._show_names()
        self.resize(self.width(), self.minimumSizeHint().height())

    def _show_names(self) -> None:
        self.names.setText("\n".join(path.name for path in self.paths()))
        self.export_button.setEnabled(Path(self.folder.text().strip() or ".").is_dir())

    def _on_untrained_counted(self, number: int) -> None:
        if isValid(self):
            self._untrained = number
            self._show_choice()

    @Slot(bool)
    def _on_busy_changed(self, busy: bool) -> None:
        for part in (self.what, self.folder, self.browse, self.split, self.export_button):
            part.setEnabled(not busy)

    @Slot(object)
    def _on_done(self, result: list[ExportReport] | LayoutReport) -> None:
        self.reports = list(result.reports) if isinstance(result, LayoutReport) else result
        lines = [f"{report.path.name}: {count_text(report.written, 'line')}" for report in self.reports]
        if isinstance(result, LayoutReport):
            lines += [path.name for path in result.beside]
            lines += [f"{count_text(number, 'example')}: {text}." for text, number in result.lost]
        left_out = [item for report in self.reports for item in report.left_out]
        total = sum(report.n_left_out for report in self.reports)
        if total:
            lines.append(f"{total:,} left out:")
            lines += [f"example {item.rank or 0:,}: {item.reason}" for item in left_out[:SHOWN_REASONS]]
        grave = total or (isinstance(result, LayoutReport) and result.lost)
        self.banner.show_message("\n".join(lines), "warning" if grave else "success")
        self.export_button.hide()
        self.open_button.show()
        self.close_button.setText("Close")
        self.close_button.setFocus()

    def reject(self) -> None:
        self._run.cancel()
        super().reject()

    @Slot()
    def _on_what_chosen(self) -> None:
        self._show_choice()

    @Slot()
    def _on_folder_changed(self) -> None:
        self._show_names()

    @Slot()
    def _on_browse_clicked(self) -> None:
        found = QFileDialog.getExistingDirectory(self, "Folder for the files", self.folder.text())
        if found:
            self.folder.setText(found)

    @Slot()
    def _on_export_clicked(self) -> None:
        self.start()

    @Slot()
    def _on_open_clicked(self) -> None:
        QDesktopServices.openUrl(QUrl.fromLocalFile(self.folder.text().strip()))


def _settings(order: Order) -> dict[str, object]:
    return {
        "target": order.target.text,
        "method": order.target.method,
        "hyperparameters": order.hyperparameters.as_dict(),
        "suffix": order.suffix,
        "seed": order.seed,
    }
