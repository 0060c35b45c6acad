"""Loss and accuracy over the steps of a job, as a chart or as a table."""

from collections.abc import Sequence

from PySide6.QtCore import Slot
from PySide6.QtWidgets import QHBoxLayout, QSizePolicy, QStackedWidget, QTableView, QVBoxLayout, QWidget

from finetune_studio.domain.job import Metrics
from finetune_studio.ui.widgets import IconButton, Segmented
from finetune_studio.ui.widgets.charts import LineChart, Series, TableModel, plain_table

LOSS = "loss"
ACCURACY = "accuracy"


class Curves(QWidget):
    """Training and validation; the toggle to accuracy is there when the service gives any."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._points: tuple[Metrics, ...] = ()
        self._total: int | None = None
        self._stack = QStackedWidget(self)
        self.chart = LineChart("Loss over the steps", self._stack)
        self.which = Segmented(((LOSS, "Loss"), (ACCURACY, "Accuracy")), "What the curves show", self)
        self.table_button = IconButton("table-2", "Show the numbers as a table", checkable=True, parent=self)
        self.which.hide()
        self.table_button.hide()
        self._model: TableModel | None = None
        self.table: QTableView | None = None
        """Made when it is first asked for."""
        self._stack.addWidget(self.chart)
        self._stack.setMinimumHeight(180)
        self._stack.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Ignored)
        top = QHBoxLayout()
        top.addWidget(self.which)
        top.addStretch(1)
        top.addWidget(self.table_button)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(4)
        column.addLayout(top)
        column.addWidget(self._stack, 1)
        self.which.chosen.connect(self._on_which_chosen)
        self.table_button.toggled.connect(self._on_table_toggled)

    @property
    def point_count(self) -> int:
        """How many points the curves have."""
        return len(self._points)

    def set_points(self, points: Sequence[Metrics], total_steps: int | None) -> None:
        """Show these points; the axis goes as far as the job will."""
        if tuple(points) == self._points and total_steps == self._total:
            return
        self._points, self._total = tuple(points), total_steps
        self.table_button.setVisible(bool(self._points))
        has_accuracy = bool(series_of(self._points, ACCURACY))
        self.which.setVisible(has_accuracy)
        if not has_accuracy:
            self.which.set_current(LOSS)
        self._draw()

    def _draw(self) -> None:
        x_max = float(self._total) if self._total else None
        series = series_of(self._points, self.which.current())
        self.chart.set_series(series or [Series("Training loss", (), ())])
        self.chart.set_axes("Step", "", x_max)
        if self._model is not None and self.table_button.isChecked():
            self._model.set_table(self.chart.table())

    @Slot(str)
    def _on_which_chosen(self, _key: str) -> None:
        self._draw()

    @Slot(bool)
    def _on_table_toggled(self, shown: bool) -> None:
        if not shown:
            self._stack.setCurrentWidget(self.chart)
            return
        self._model = self._model or TableModel(parent=self)
        if self.table is None:
            self.table = plain_table("Loss over the steps", self._model, self._stack)
            self.table.setProperty("panel", "clear")
            self._stack.addWidget(self.table)
        self._model.set_table(self.chart.table())
        self.table.resizeColumnsToContents()
        self._stack.setCurrentWidget(self.table)


def series_of(
    points: Sequence[Metrics], which: str, prefix: str = "", tones: tuple[str, str] = ("accent", "success")
) -> list[Series]:
    """The curves that the points give: of training and of validation; `prefix` begins their names."""
    training, validation = ("Training", "Validation") if not prefix else ("training", "validation")
    if which == ACCURACY:
        lines = [
            _series(f"{prefix}{training} accuracy", tones[0], points, "train_accuracy"),
            _series(
                f"{prefix}{validation} accuracy", tones[1], points, "valid_accuracy", "full_valid_accuracy"
            ),
        ]
    else:
        lines = [
            _series(f"{prefix}{training} loss", tones[0], points, "train_loss"),
            _series(f"{prefix}{validation} loss", tones[1], points, "valid_loss", "full_valid_loss"),
        ]
    return [line for line in lines if line.xs]


def _series(name: str, tone: str, points: Sequence[Metrics], *fields: str) -> Series:
    """The points that have a value; of several fields the first that has one."""
    found: list[tuple[float, float]] = []
    for point in points:
        values = [getattr(point, field) for field in fields]
        value = next((value for value in values if value is not None), None)
        if value is not None:
            found.append((float(point.step), float(value)))
    return Series(name, tuple(x for x, _ in found), tuple(y for _, y in found), tone)
