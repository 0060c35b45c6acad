"""The findings of one rule: a list that opens the example at the character, and what to do about them."""

from PySide6.QtCore import QModelIndex, Qt, Signal, Slot
from PySide6.QtGui import QKeyEvent, QResizeEvent
from PySide6.QtWidgets import QAbstractItemView, QHBoxLayout, QListView, QVBoxLayout, QWidget

from finetune_studio.domain.diagnostic import Applicability, Diagnostic
from finetune_studio.ui.check.chart_data import ChartData
from finetune_studio.ui.check.chart_panel import ChartPanel
from finetune_studio.ui.check.findings_delegate import FindingsDelegate
from finetune_studio.ui.check.findings_model import FetchRows, FindingsModel
from finetune_studio.ui.check.heading import Heading
from finetune_studio.ui.check.page_facts import ALL_RULES, RuleFindings, can_fix
from finetune_studio.ui.check.sizes import SCROLL_BAR
from finetune_studio.ui.widgets import (
    Button,
    FlowLayout,
    IconButton,
    plain_tooltip,
    set_style_property,
)

MOST_SELECTED = 20_000
MOST_WHOLE = 6
"""Findings up to which all are shown with the whole message."""
MOST_COUNTED = 5_000
"""Chosen findings up to which those that can be fixed are counted."""


class FindingsList(QListView):
    """`open_requested` on Return or a double click."""

    open_requested = Signal()
    current_moved = Signal()
    selection_changed = Signal()

    def __init__(self, fetch: FetchRows, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.found = FindingsModel(fetch, self)
        self.painter_of_rows = FindingsDelegate(self.found, self)
        self.setModel(self.found)
        self.setItemDelegate(self.painter_of_rows)
        self.setUniformItemSizes(True)
        self.setMouseTracking(True)
        self.setProperty("panel", "clear")
        self.setAccessibleName("Findings of the rule")
        self.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        self.setVerticalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setSelectionMode(QAbstractItemView.SelectionMode.ExtendedSelection)
        self.doubleClicked.connect(self._on_double_clicked)
        self.selectionModel().currentChanged.connect(self._on_current_changed)
        self.selectionModel().selectionChanged.connect(self.selection_changed)

    def selectAll(self) -> None:
        """Choosing a hundred thousand rows takes Qt seconds; for all there is “Fix all”."""
        if self.found.rowCount() <= MOST_SELECTED:
            super().selectAll()

    def fit_rows(self) -> None:
        """Few findings show their messages whole; the list is no taller than its rows."""
        found, painter = self.found.findings, self.painter_of_rows
        wanted = [painter.lines_for(one.message, self.viewport().width()) for one in found[:MOST_WHOLE]]
        lines = max(wanted, default=1) if len(found) <= MOST_WHOLE else 1
        if lines != painter.lines:
            painter.lines = lines
            self.scheduleDelayedItemsLayout()
        self.setMaximumHeight(min(max(1, len(found)), 1000) * painter.row_height + 2)

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self.fit_rows()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            self.open_requested.emit()
        elif event.text().strip():
            event.ignore()  # letters are commands of the window
        else:
            super().keyPressEvent(event)

    @Slot(QModelIndex)
    def _on_double_clicked(self, _index: QModelIndex) -> None:
        self.open_requested.emit()

    @Slot(QModelIndex, QModelIndex)
    def _on_current_changed(self, _current: QModelIndex, _previous: QModelIndex) -> None:
        self.current_moved.emit()


class FindingsView(QWidget):
    """Wishes carry nothing: the page reads `current()`, `selected()` and `findings()`."""

    open_requested = Signal()
    fix_requested = Signal()
    fix_all_requested = Signal()
    set_aside_requested = Signal()
    current_changed = Signal()

    def __init__(self, fetch: FetchRows, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        head = Heading(gap=4)
        self.title, self.facts = head.title, head.fact
        self.previous = IconButton("chevron-up", "Previous finding", shortcut_hint="Shift+F8", parent=self)
        self.next = IconButton("chevron-down", "Next finding", shortcut_hint="F8", parent=self)
        self.list = FindingsList(fetch, self)
        self.open = Button("Open", parent=self)
        self.aside = Button("Set aside…", parent=self)
        self.fix = Button("Fix", parent=self)
        self.fix_all = Button("Fix all", kind="primary", parent=self)
        self._chart_room = QWidget(self)
        self.chart = ChartPanel("Chart", parent=self._chart_room)
        self._chart_room.setMaximumHeight(380)
        self._chart_room.hide()
        self._can_write = True
        self._fixable_of_all = 0
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(12)
        head.add_buttons(self.previous, self.next)
        layout.addLayout(head)
        layout.addWidget(self.list, 200)
        layout.addLayout(self._foot())
        room = QHBoxLayout(self._chart_room)
        room.setContentsMargins(0, 0, SCROLL_BAR, 0)
        room.addWidget(self.chart)
        layout.addWidget(self._chart_room, 200)
        layout.addStretch(1)
        self.list.open_requested.connect(self.open_requested)
        self.list.selection_changed.connect(self._on_selection_changed)
        self.list.current_moved.connect(self._on_current_moved)
        self.open.clicked.connect(self.open_requested)
        self.fix.clicked.connect(self.fix_requested)
        self.fix_all.clicked.connect(self.fix_all_requested)
        self.aside.clicked.connect(self.set_aside_requested)
        self.previous.clicked.connect(self._on_previous)
        self.next.clicked.connect(self._on_next)

    def _foot(self) -> QHBoxLayout:
        """Where there is no room side by side the buttons at the left stand below each other."""
        foot = QHBoxLayout()
        foot.setContentsMargins(0, 0, SCROLL_BAR, 0)
        foot.setSpacing(8)
        left = FlowLayout(spacing=8, line_spacing=8)
        left.addWidget(self.open)
        left.addWidget(self.aside)
        foot.addLayout(left, 1)
        foot.addWidget(self.fix, 0, Qt.AlignmentFlag.AlignTop)
        foot.addWidget(self.fix_all, 0, Qt.AlignmentFlag.AlignTop)
        return foot

    def set_writable(self, can_write: bool) -> None:
        """A dataset that is open for reading only offers no changes."""
        self._can_write = can_write
        self._show_current()

    def show_findings(self, name: str, rule: RuleFindings) -> None:
        """Show a rule's findings; the current one stays current when it is still there."""
        before, at = self.current(), self.list.currentIndex().row()
        value = self.list.verticalScrollBar().value()
        found = rule.found
        self._fixable_of_all = rule.fixable
        self.title.setText(name)
        self.facts.setText(rule.text)
        self.list.painter_of_rows.has_text = rule.has_text
        self.list.painter_of_rows.has_code = rule.code == ALL_RULES
        self.list.found.set_findings(found)
        row = self.list.found.row_of(before) if before is not None else 0
        if row < 0:
            row = min(max(at, 0), len(found) - 1)
        self.go_to(row)
        self.list.verticalScrollBar().setValue(value if before is not None else 0)
        self.list.fit_rows()
        self._show_buttons(rule)
        self._show_current()

    def show_first(self) -> None:
        """Begin with the first finding: another rule is shown."""
        self.list.found.set_findings([])
        self.show_chart(None)

    def show_chart(self, data: ChartData | None) -> None:
        """A chart below findings that are about the dataset."""
        self._chart_room.setVisible(data is not None)
        if data is not None:
            self.chart.show_data(data)

    def findings(self) -> list[Diagnostic]:
        return self.list.found.findings

    def current(self) -> Diagnostic | None:
        """The finding that is chosen."""
        row = self.list.currentIndex().row()
        found = self.list.found.findings
        return found[row] if 0 <= row < len(found) else None

    def selected(self) -> list[Diagnostic]:
        """The findings that are chosen, in order; at least the current one."""
        found = self.list.found.findings
        ranges = sorted(self._selected_ranges())
        chosen = [one for top, bottom in ranges for one in found[top : bottom + 1]]
        current = self.current()
        return chosen if len(chosen) > 1 or current is None else [current]

    def _selected_count(self) -> int:
        return sum(bottom - top + 1 for top, bottom in self._selected_ranges())

    def _selected_ranges(self) -> list[tuple[int, int]]:
        """First and last row of each stretch that is chosen: all of a long list is one."""
        selection = self.list.selectionModel().selection()
        stretches = map(selection.at, range(selection.count()))
        return [(each.top(), each.bottom()) for each in stretches]

    def _fixable(self, count: int) -> int | None:
        """How many of those that are chosen can be fixed; None where counting would keep a person waiting."""
        if count == len(self.findings()):
            return self._fixable_of_all
        return sum(map(can_fix, self.selected())) if count <= MOST_COUNTED else None

    def current_row(self) -> int:
        return self.list.currentIndex().row()

    def go_to(self, row: int) -> bool:
        """Choose a row; False when there is no such row."""
        if not 0 <= row < len(self.list.found.findings):
            return False
        index = self.list.found.index(row)
        flags = self.list.selectionModel().SelectionFlag
        self.list.selectionModel().setCurrentIndex(index, flags.ClearAndSelect)
        self.list.scrollTo(index)
        return True

    def _show_buttons(self, rule: RuleFindings) -> None:
        self.fix.setVisible(rule.fixable > 0)
        self.fix_all.setVisible(rule.fixable > 1)
        set_style_property(self.fix, "kind", "primary" if rule.fixable == 1 else "")
        self.fix_all.setText(f"Fix all {rule.fixable:,}…")
        self.open.setVisible(bool(rule.found) and rule.found[0].location.example is not None)
        for button in (self.previous, self.next):
            button.setVisible(len(rule.found) > 1)

    def _show_current(self) -> None:
        one = self.current()
        row = self.current_row()
        self.previous.setEnabled(row > 0)
        self.next.setEnabled(row + 1 < len(self.findings()))
        self.fix_all.setEnabled(self._can_write)
        self.open.setEnabled(one is not None and one.location.example is not None)
        self.aside.setEnabled(one is not None and self._can_write)
        count = self._selected_count()
        if count > 1:
            fixable = self._fixable(count)
            self.aside.setText(f"Set {count:,} aside…")
            self.fix.setText("Fix…" if fixable is None else f"Fix {fixable:,}…")
            self.fix.setToolTip("")
            self.fix.setEnabled(fixable != 0 and self._can_write)
            return
        self.aside.setText("Set aside…")
        self.fix.setEnabled(one is not None and can_fix(one) and self._can_write)
        is_unsafe = one is not None and one.fix is not None and one.fix.applicability is Applicability.UNSAFE
        self.fix.setText("Fix…" if is_unsafe else "Fix")
        self.fix.setToolTip(plain_tooltip(one.fix.title) if one is not None and one.fix is not None else "")

    @Slot()
    def _on_current_moved(self) -> None:
        self._show_current()
        self.current_changed.emit()

    @Slot()
    def _on_selection_changed(self) -> None:
        self._show_current()

    @Slot()
    def _on_previous(self) -> None:
        self.go_to(self.current_row() - 1)

    @Slot()
    def _on_next(self) -> None:
        self.go_to(self.current_row() + 1)
