"""What exactly is sent: the lines of the frozen files, read only, each with the example it comes from."""

import json
from functools import partial
from typing import TYPE_CHECKING

from PySide6.QtCore import QAbstractListModel, QModelIndex, QObject, QPersistentModelIndex, Qt, Signal, Slot
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import (
    QDialog,
    QHBoxLayout,
    QListView,
    QPlainTextEdit,
    QVBoxLayout,
    QWidget,
)
from shiboken6 import isValid

from finetune_studio.domain.errors import CancelledError, StudioError
from finetune_studio.ui.theme.fonts import mono_font
from finetune_studio.ui.tune.words import count_text, size_text
from finetune_studio.ui.widgets import (
    Banner,
    Button,
    ElidedLabel,
    Label,
    LineHeightLabel,
    ProgressRow,
    Segmented,
)
from finetune_studio.ui.widgets.dialog_parts import button_row, dialog_column
from finetune_studio.workspace.queries.summaries import summary_of
from finetune_studio.workspace.sent_file import SentFile, SentFiles
from finetune_studio.workspace.task import TaskContext, TaskHandle

if TYPE_CHECKING:
    from collections.abc import Callable

    from finetune_studio.workspace.workspace import Workspace

Index = QModelIndex | QPersistentModelIndex
_BEGINNING = 4_000
_SHOWN_BYTES = 200_000
_WRAPPED = 20_000
"""Characters without a break, from which wrapping would freeze the view."""
_READABLE, _EXACT = "readable", "exact"

_FIGURE_SPACE = "\u2007"
"""As wide as a digit, so that the numbers of the lines end at one place."""


class LinesModel(QAbstractListModel):
    """The lines of one file; only the beginnings that are seen are read."""

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._file: SentFile | None = None

    def set_file(self, file: SentFile | None) -> None:
        self.beginResetModel()
        self._file = file
        self.endResetModel()

    def rowCount(self, parent: Index = QModelIndex()) -> int:  # noqa: B008
        return 0 if parent.isValid() or self._file is None else self._file.count

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> object:
        if self._file is None or not index.isValid() or role != Qt.ItemDataRole.DisplayRole:
            return None
        try:
            whole = self._file.size_of(index.row()) <= _BEGINNING
            data = self._file.read(index.row(), _BEGINNING).removeprefix(b"\xef\xbb\xbf")
            title = summary_of(data)[0] if whole else data.decode("utf-8", "replace")[:200]
        except StudioError:
            title = ""
        width = len(f"{self._file.count:,}")
        number = f"{index.row() + 1:,}".rjust(width, _FIGURE_SPACE)
        return f"{number}   {title}"


class SentDialog(QDialog):
    """`example_requested(example id)`; `read` gives the files, in a task."""

    example_requested = Signal(object)

    def __init__(
        self,
        workspace: "Workspace",
        title: str,
        read: "Callable[[Workspace, TaskContext], SentFiles]",
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self.setWindowTitle(title)
        self.resize(980, 620)
        self._workspace = workspace
        self._files = SentFiles()
        self.title = Label(title, type="title")
        self.about = ElidedLabel("", type="secondary")
        self.part = Segmented((("training", "Training"), ("validation", "Validation")), "Which file")
        self.form = Segmented(((_READABLE, "Readable"), (_EXACT, "As it is sent")), "How a line is shown")
        self.progress = ProgressRow("Looking at the file", cancellable=True)
        self.left_out = Banner(closable=False)
        self.left_out.hide()
        self.model = LinesModel(self)
        self.list = QListView()
        self.text = QPlainTextEdit()
        self.place = LineHeightLabel("", type="secondary")
        self.open_button = Button("Open the example", icon_name="arrow-right")
        self.copy_button = Button("Copy the line", icon_name="copy")
        self.close_button = Button("Close")
        self._lay_out()
        self._connect()
        self._task: TaskHandle | None = workspace.ask(
            partial(_read, read), done=self._on_read, failed=self._on_failed, title=title
        )

    def _lay_out(self) -> None:
        self.list.setModel(self.model)
        self.list.setAccessibleName("Lines of the file")
        self.list.setUniformItemSizes(True)
        self.list.setFixedWidth(320)
        self.list.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.text.setReadOnly(True)
        self.text.setFont(mono_font())
        self.text.setAccessibleName("The line")
        head = QHBoxLayout()
        head.setSpacing(12)
        head.addWidget(self.title)
        head.addWidget(self.about, 1)
        head.addWidget(self.part)
        right = QWidget()
        column = QVBoxLayout(right)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(8)
        top = QHBoxLayout()
        top.setSpacing(8)
        top.addWidget(self.place, 1)
        top.addWidget(self.form)
        column.addLayout(top)
        column.addWidget(self.text, 1)
        columns = QHBoxLayout()
        columns.setSpacing(16)
        columns.addWidget(self.list)
        columns.addWidget(right, 1)
        outer = dialog_column(self, 12)
        outer.addLayout(head)
        for part in (self.progress, self.left_out):
            outer.addWidget(part)
        outer.addLayout(columns, 1)
        buttons = button_row(self.open_button, self.copy_button, None, self.close_button, spacing=8)
        outer.addLayout(buttons)
        for widget in (self.part, self.open_button, self.copy_button):
            widget.setVisible(False)

    def _connect(self) -> None:
        self.list.selectionModel().currentChanged.connect(self._on_line_chosen)
        self.part.chosen.connect(self._on_part_chosen)
        self.form.chosen.connect(self._on_form_chosen)
        self.open_button.clicked.connect(self._on_open_clicked)
        self.copy_button.clicked.connect(self._on_copy_clicked)
        self.close_button.clicked.connect(self.reject)
        self.progress.cancel_requested.connect(self.reject)

    @property
    def file(self) -> SentFile | None:
        """The file that is shown."""
        chosen = self.part.current()
        return next((file for file in self._files.files if file.part == chosen), None)

    def go_to(self, line: int) -> None:
        """Choose a line (1-based)."""
        self.list.setCurrentIndex(self.model.index(line - 1))

    def _on_read(self, files: SentFiles) -> None:
        self._task = None
        if not isValid(self):
            files.close()
            return
        self._files = files
        self.progress.hide()
        self.part.setVisible(len(files.files) > 1)
        self._show_file()

    def _on_failed(self, error: StudioError) -> None:
        self._task = None
        if isValid(self) and not isinstance(error, CancelledError):
            self.progress.hide()
            self.left_out.show_message(f"{error.text} {error.advice}".strip(), "error")

    def _show_file(self) -> None:
        file = self.file
        self.model.set_file(file)
        if file is None:
            return
        size = size_text(file.offsets[-1])
        self.about.setText(f"{count_text(file.count, 'line')} · {size} · sha256 {file.sha256}")
        self.left_out.setVisible(bool(file.left_out))
        if file.left_out:
            _, reason = file.left_out[0]
            more = f" The first: {reason}" if len(file.left_out) > 1 else f" {reason}"
            number = count_text(len(file.left_out), "example")
            self.left_out.show_message(f"{number} cannot be sent and stay here.{more}", "warning")
        self.go_to(1)
        self.list.setFocus()

    def _show_line(self) -> None:
        file, row = self.file, self.list.currentIndex().row()
        is_shown = file is not None and row >= 0
        for button in (self.copy_button, self.open_button):
            button.setVisible(is_shown)
        if file is None or row < 0:
            self.text.clear()
            return
        data = file.read(row, _SHOWN_BYTES)
        text = data.decode("utf-8", "replace")
        if self.form.current() == _READABLE:
            text = _readable(text)
        longest = max((len(word) for word in text.split()), default=0)
        wraps = longest < _WRAPPED
        mode = QPlainTextEdit.LineWrapMode
        self.text.setLineWrapMode(mode.WidgetWidth if wraps else mode.NoWrap)
        self.text.setPlainText(text)
        place = f"Line {row + 1:,} · {size_text(file.size_of(row))}"
        if file.size_of(row) > _SHOWN_BYTES:
            place += f", the first {size_text(_SHOWN_BYTES)} of it"
        example_id = file.ids[row] if row < len(file.ids) else -1
        rank = self._workspace.ranks(wait=False).rank_of(example_id) if example_id >= 0 else None
        place += f" · example {rank + 1:,}" if rank is not None else " · not in the dataset now"
        self.place.setText(place)
        self.open_button.setEnabled(rank is not None)

    @Slot()
    def _on_line_chosen(self) -> None:
        self._show_line()

    @Slot(str)
    def _on_part_chosen(self, _part: str) -> None:
        self._show_file()

    @Slot(str)
    def _on_form_chosen(self, _form: str) -> None:
        self._show_line()

    @Slot()
    def _on_open_clicked(self) -> None:
        file, row = self.file, self.list.currentIndex().row()
        if file is not None and 0 <= row < len(file.ids):
            self.accept()
            self.example_requested.emit(file.ids[row])

    @Slot()
    def _on_copy_clicked(self) -> None:
        file, row = self.file, self.list.currentIndex().row()
        if file is not None and row >= 0:
            QGuiApplication.clipboard().setText(file.read(row, file.size_of(row)).decode("utf-8", "replace"))

    def done(self, result: int) -> None:
        if self._task is not None:
            self._task.cancel()
        self.model.set_file(None)
        self._files.close()
        super().done(result)


def _read(
    read: "Callable[[Workspace, TaskContext], SentFiles]", workspace: "Workspace", context: TaskContext
) -> SentFiles:
    return read(workspace, context)


def _readable(text: str) -> str:
    """Indented; as it is where it is no whole JSON."""
    try:
        return json.dumps(json.loads(text.lstrip("\ufeff")), ensure_ascii=False, indent=2)
    except (ValueError, RecursionError):
        return text
