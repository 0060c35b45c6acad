"""What changed since a job was sent: examples that came, went and were edited, with their words."""

from dataclasses import dataclass
from typing import TYPE_CHECKING

from PySide6.QtCore import Qt, Signal, Slot
from PySide6.QtWidgets import QDialog, QHBoxLayout, QListWidget, QListWidgetItem, QWidget
from shiboken6 import isValid

from finetune_studio.domain.errors import CancelledError, StudioError
from finetune_studio.ui.tune.words import count_text, name_of
from finetune_studio.ui.widgets import Button, Label, LineHeightLabel
from finetune_studio.ui.widgets.dialog_parts import dialog_column
from finetune_studio.ui.write.diff_column import DiffColumn
from finetune_studio.workspace.provenance import SinceSent, changes_since
from finetune_studio.workspace.queries.versions import (
    ChangedExample,
    title_of_body,
)
from finetune_studio.workspace.submission_records import Submission

if TYPE_CHECKING:
    from finetune_studio.workspace.workspace import Workspace

_SHOWN = 500
_LIST_HEIGHT = 190


@dataclass(frozen=True, slots=True)
class _Shown:
    """One line of the list; an example that differs may have lost its older text (body None)."""

    word: str
    example: ChangedExample
    title: str


def _shown_changes(workspace: "Workspace", ref: str) -> tuple[SinceSent, list[_Shown]]:
    found = changes_since(workspace, ref)
    listed = [
        (word, each)
        for word, some in (("Edited", found.changed), ("Added", found.added), ("Not sent now", found.removed))
        for each in some
    ]
    return found, [
        _Shown(word, each, title_of_body(workspace, each.new or each.old or 0))
        for word, each in listed[:_SHOWN]
    ]


class ChangesDialog(QDialog):
    """Reads in the background; `example_requested(example id)`."""

    example_requested = Signal(object)

    def __init__(self, workspace: "Workspace", row: Submission, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setWindowTitle("What changed since")
        self.resize(860, 620)
        self._workspace = workspace
        self._gone_text = (
            "This text is no longer in the history of the dataset. It is in the file that was sent."
        )
        self.summary = LineHeightLabel("Comparing…", type="secondary")
        self.list = QListWidget()
        self.list.setAccessibleName("Examples that differ")
        self.list.hide()
        self.diff = DiffColumn(("As it was sent", "Now"))
        self.open_button = Button("Open the example", icon_name="arrow-right")
        self.open_button.hide()
        self.close_button = Button("Close")
        outer = dialog_column(self, 12)
        outer.addWidget(Label(f"What changed since {name_of(row)} was sent", type="title"))
        outer.addWidget(self.summary)
        outer.addWidget(self.list)
        outer.addWidget(self.diff, 1)
        foot = QHBoxLayout()
        foot.addWidget(self.open_button)
        foot.addStretch(1)
        foot.addWidget(self.close_button)
        outer.addLayout(foot)
        self.list.currentRowChanged.connect(self._on_row_chosen)
        self.open_button.clicked.connect(self._on_open_clicked)
        self.close_button.clicked.connect(self.reject)
        workspace.ask(
            _shown_changes, row.ref, done=self._on_compared, failed=self._on_failed, title="Comparing"
        )

    def _on_compared(self, answer: tuple[SinceSent, list[_Shown]]) -> None:
        if not isValid(self):
            return
        found, shown = answer
        self.summary.setText(_summary(found))
        ranks = self._workspace.ranks(wait=False)
        for each in shown:
            rank = ranks.rank_of(each.example.example_id)
            name = "" if rank is None else f"Example {rank + 1:,} · "
            item = QListWidgetItem(f"{each.word} · {name}{' '.join(each.title.split())[:120]}")
            item.setData(Qt.ItemDataRole.UserRole, (each, rank is not None))
            self.list.addItem(item)
        self.list.setVisible(bool(shown))
        height = self.list.sizeHintForRow(0) * len(shown) + 2 * self.list.frameWidth() + 4
        self.list.setFixedHeight(max(40, min(_LIST_HEIGHT, height)))
        if shown:
            self.list.setCurrentRow(0)

    @property
    def current(self) -> tuple[_Shown, bool] | None:
        """The chosen example, and whether it is in the dataset now."""
        item = self.list.currentItem()
        return None if item is None else item.data(Qt.ItemDataRole.UserRole)

    @Slot(int)
    def _on_row_chosen(self, _row: int) -> None:
        current = self.current
        self.open_button.setVisible(current is not None and current[1])
        if current is None:
            return
        shown, _ = current
        each = shown.example
        if each.old is None and shown.word != "Added":
            self.diff.say(self._gone_text)
            return
        self.diff.ask(self._workspace, each.old, each.new, self._on_failed)

    @Slot()
    def _on_open_clicked(self) -> None:
        current = self.current
        if current is not None:
            self.accept()
            self.example_requested.emit(current[0].example.example_id)

    def _on_failed(self, error: StudioError) -> None:
        if isValid(self) and not isinstance(error, CancelledError):
            self.summary.setText(f"{error.text} {error.advice}".strip())


def _summary(found: SinceSent) -> str:
    parts = [
        f"{len(some):,} {word}"
        for some, word in ((found.changed, "edited"), (found.added, "added"), (found.removed, "not sent now"))
        if some
    ]
    sent = count_text(found.sent, "example")
    if not parts:
        return f"Nothing: the {sent} that were sent are as they were."
    text = f"Of {sent} that were sent, {found.same:,} are as they were. {', '.join(parts)}."
    return text + (f" The first {_SHOWN:,} are listed." if len(found.all) > _SHOWN else "")
