"""The tools of the open example, above its messages: one line, or a list with what can be done to them."""

from collections.abc import Sequence

from PySide6.QtCore import QPoint, Qt, Signal, Slot
from PySide6.QtGui import QAction
from PySide6.QtWidgets import QFrame, QHBoxLayout, QMenu, QVBoxLayout, QWidget

from finetune_studio.ui.theme.icons import icon
from finetune_studio.ui.widgets import (
    Button,
    ComboBox,
    ElidedLabel,
    IconButton,
    Label,
    SectionLabel,
    plain_tooltip,
)
from finetune_studio.ui.write.tool_list import ROW_HEIGHT, ToolItem, ToolList

MOST_ROWS = 6
PARALLEL = (("Not set", None), ("Yes", True), ("No", False))
_NAMES = 12
_NONE = "None yet. A tool is a function that the assistant may call."
_DEEDS = (
    ("edit", "pencil", "Edit the tool", "Enter"),
    ("duplicate", "copy", "Duplicate the tool", ""),
    ("up", "arrow-up", "Move the tool up", "Alt+Up"),
    ("down", "arrow-down", "Move the tool down", "Alt+Down"),
    ("remove", "trash-2", "Remove the tool", "Del"),
)


class ToolsPane(QWidget):
    """`deed_requested(name, row)` with edit, duplicate, up, down, remove, save or share.

    `new_requested`, `library_requested`, `rewrite_requested` of the deprecated functions;
    `parallel_chosen(True, False or None)`; `leave_requested` by Escape.
    """

    deed_requested = Signal(str, int)
    new_requested = Signal()
    library_requested = Signal()
    rewrite_requested = Signal()
    parallel_chosen = Signal(object)
    leave_requested = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._is_open = False
        self._is_wanted = False
        self._writable = True
        self._parallel: bool | None = None
        self._has_old = False
        self._card = QFrame(self)
        self._body = QWidget(self._card)
        self.heading = SectionLabel("Tools", 0, self._card)
        self.names = ElidedLabel(type="secondary", parent=self._card)
        self.add = Button("Add", kind="ghost", icon_name="plus", parent=self._card)
        self.add.setAccessibleName("Add a tool")
        self.toggle = IconButton("chevron-down", "Show the tools", parent=self._card)
        self.old = QWidget(self._card)
        self.old_names = ElidedLabel(type="secondary", parent=self.old)
        self.rewrite = Button("Turn into tools", kind="link", parent=self.old)
        self.list = ToolList("Tools of the example", self._body)
        self.deeds = {
            name: IconButton(glyph, words, shortcut_hint=key, parent=self._body)
            for name, glyph, words, key in _DEEDS
        }
        self.more = IconButton("ellipsis", "More for this tool", parent=self._body)
        self.parallel = ComboBox("Parallel tool calls", self._body)
        for words, value in PARALLEL:
            self.parallel.addItem(words, value)
        self._menu = QMenu(self)
        self._menu.addAction(icon("plus"), "New tool…").triggered.connect(self.new_requested)
        self._menu.addAction(icon("book-open"), "From the library…").triggered.connect(self.library_requested)
        self.add.setMenu(self._menu)
        self._lay_out()
        self._connect()
        self._arrange()

    def _lay_out(self) -> None:
        head = QHBoxLayout()
        head.setSpacing(8)
        head.addWidget(self.heading)
        head.addWidget(self.names, 1)
        head.addWidget(self.add)
        head.addWidget(self.toggle)
        foot = QHBoxLayout()
        foot.setSpacing(2)
        for button in (*self.deeds.values(), self.more):
            foot.addWidget(button)
        foot.addStretch(1)
        words = Label("Parallel calls", type="secondary")
        words.setBuddy(self.parallel)
        foot.addWidget(words)
        foot.addSpacing(8)
        foot.addWidget(self.parallel)
        body = QVBoxLayout(self._body)
        body.setContentsMargins(0, 2, 0, 4)
        body.setSpacing(6)
        body.addWidget(self.list)
        body.addLayout(foot)
        card = self._card
        card.setProperty("panel", "card")
        inner = QVBoxLayout(card)
        inner.setContentsMargins(16, 4, 10, 4)
        inner.setSpacing(0)
        inner.addLayout(head)
        old = QHBoxLayout(self.old)
        old.setContentsMargins(0, 0, 6, 4)
        old.setSpacing(8)
        old.addWidget(self.old_names, 1)
        old.addWidget(self.rewrite)
        inner.addWidget(self.old)
        inner.addWidget(self._body)
        outer = QVBoxLayout(self)
        outer.setContentsMargins(0, 0, 0, 10)  # The gap to the first message goes with the pane.
        outer.addWidget(card)

    def _connect(self) -> None:
        self.toggle.clicked.connect(self._on_toggle_clicked)
        self.rewrite.clicked.connect(self.rewrite_requested)
        self.list.open_requested.connect(self._on_list_open_requested)
        self.list.remove_requested.connect(self._on_list_remove_requested)
        self.list.move_requested.connect(self._on_list_move_requested)
        self.list.leave_requested.connect(self.leave_requested)
        self.list.row_changed.connect(self._arrange_deeds)
        self.list.setContextMenuPolicy(Qt.ContextMenuPolicy.CustomContextMenu)
        self.list.customContextMenuRequested.connect(self._on_menu_requested)
        self.more.clicked.connect(self._on_more_clicked)
        self.parallel.activated.connect(self._on_parallel_activated)
        for name, button in self.deeds.items():
            button.setProperty("deed", name)
            button.clicked.connect(self._on_deed_clicked)

    # What is shown

    @property
    def is_open(self) -> bool:
        """Whether the list is shown, not only its heading."""
        return self._is_open

    def show_tools(
        self, items: Sequence[ToolItem], parallel: bool | None, writable: bool, chosen: int | None = None
    ) -> None:
        """The tools of an example; without any the pane hides until it is asked for."""
        self._writable = writable
        self._parallel = parallel
        self.list.show_items(items, chosen)
        self.heading.set_count(len(items) or None)
        names = ", ".join(item.name[:80] or "without a name" for item in items[:_NAMES])
        more = f" and {len(items) - _NAMES:,} more" if len(items) > _NAMES else ""
        self.names.setText(f"{names}{more}" if items else _NONE)
        self.parallel.setCurrentIndex([value for _words, value in PARALLEL].index(parallel))
        self.parallel.setEnabled(writable)
        self.add.setVisible(writable)
        self._arrange()

    def show_functions(self, functions: Sequence[ToolItem]) -> None:
        """The deprecated functions of the example, to be read, and to be turned into tools."""
        names = ", ".join(item.name[:80] or "without a name" for item in functions[:_NAMES])
        self._has_old = bool(functions)
        self.old_names.setText(f"In the old form “functions”: {names}")
        lines = (f"{item.name[:80]}: {item.description[:200]}" for item in functions[:_NAMES])
        self.old.setToolTip(plain_tooltip("\n".join(lines)))
        self.rewrite.setVisible(self._writable)
        self._arrange()

    def set_open(self, is_open: bool) -> None:
        """Show the list, or only the heading; an example without tools shows nothing then."""
        self._is_open = is_open
        self._is_wanted = is_open
        self._arrange()

    def focus_tools(self) -> None:
        """The focus to the chosen tool, or to what adds the first."""
        (self.list if self.list.tools.items else self.add).setFocus()

    @Slot()
    def _arrange(self) -> None:
        count = len(self.list.tools.items)
        has_any = bool(count) or self._parallel is not None
        self.old.setVisible(self._has_old)
        self.setVisible(has_any or self._has_old or self._is_wanted)
        self._body.setVisible(self._is_open and has_any)
        self.list.setVisible(bool(count))
        self.list.setFixedHeight(max(1, min(count, MOST_ROWS)) * ROW_HEIGHT + 2)
        self.names.setVisible(not (self._is_open and count))
        self.toggle.set_icon("chevron-up" if self._is_open else "chevron-down")
        self.toggle.set_label("Hide the tools" if self._is_open else "Show the tools", "Ctrl+T")
        self._arrange_deeds()

    @Slot()
    def _arrange_deeds(self) -> None:
        row, count = self.list.row, len(self.list.tools.items)
        can = dict.fromkeys(self.deeds, self._writable and row >= 0)
        can["up"] = can["up"] and row > 0
        can["down"] = can["down"] and row < count - 1
        for name, button in self.deeds.items():
            button.setEnabled(can[name])
            button.setVisible(bool(count))
        self.more.setEnabled(can["edit"])
        self.more.setVisible(bool(count))

    # What a person asks for

    @Slot()
    def _on_toggle_clicked(self) -> None:
        self.set_open(not self._is_open)

    @Slot()
    def _on_deed_clicked(self) -> None:
        button = self.sender()
        if isinstance(button, IconButton) and self.list.row >= 0:
            self.deed_requested.emit(str(button.property("deed")), self.list.row)

    @Slot(int)
    def _on_list_open_requested(self, row: int) -> None:
        if self._writable:
            self.deed_requested.emit("edit", row)

    @Slot(int)
    def _on_list_remove_requested(self, row: int) -> None:
        if self._writable:
            self.deed_requested.emit("remove", row)

    @Slot(int, int)
    def _on_list_move_requested(self, row: int, by: int) -> None:
        if self._writable and 0 <= row + by < len(self.list.tools.items):
            self.deed_requested.emit("up" if by < 0 else "down", row)

    @Slot(int)
    def _on_parallel_activated(self, index: int) -> None:
        value = PARALLEL[index][1]
        if value != self._parallel:
            self.parallel_chosen.emit(value)

    @Slot()
    def _on_more_clicked(self) -> None:
        self.open_menu(self.more.mapToGlobal(self.more.rect().bottomLeft()))

    @Slot(QPoint)
    def _on_menu_requested(self, at: QPoint) -> None:
        if self.list.row >= 0 and self._writable:
            self.open_menu(self.list.viewport().mapToGlobal(at))

    def open_menu(self, at: QPoint) -> QMenu:
        """What can be done to the chosen tool."""
        menu = QMenu(self)
        menu.setAccessibleName("Tool")
        menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        for name, glyph, words, key in _DEEDS:
            self._add_deed(menu, name, words.replace("the tool", "").strip(), glyph, key)
            if name == "duplicate":
                self._add_deed(menu, "save", "Save to the library", "save", "")
                self._add_deed(menu, "share", "Add to the chosen examples", "list-checks", "")
                menu.addSeparator()
        menu.triggered.connect(self._on_menu_triggered)
        menu.popup(at)
        return menu

    def _add_deed(self, menu: QMenu, name: str, words: str, glyph: str, key: str) -> None:
        action = menu.addAction(icon(glyph), f"{words}\t{key}" if key else words)
        action.setData(name)
        action.setEnabled(self.deeds[name].isEnabled() if name in self.deeds else True)

    @Slot(QAction)
    def _on_menu_triggered(self, action: QAction) -> None:
        if self.list.row >= 0:
            self.deed_requested.emit(str(action.data()), self.list.row)
