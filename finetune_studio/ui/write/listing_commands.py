"""Commands that arrange the list: sort, group, and the filters that have a name."""

from collections.abc import Callable
from dataclasses import replace

from PySide6.QtCore import QObject, QPoint, Slot
from PySide6.QtWidgets import QMenu, QWidget
from shiboken6 import isValid

from finetune_studio.domain.changes import ChangeKind, Changes
from finetune_studio.domain.errors import StudioError
from finetune_studio.ui.commands.listing import GROUPINGS, SORTS
from finetune_studio.ui.commands.registry import CommandRegistry
from finetune_studio.ui.theme.icons import icon
from finetune_studio.ui.widgets.questions import ask_text
from finetune_studio.ui.write.list_controller import ListController
from finetune_studio.ui.write.list_memory import ListMemory
from finetune_studio.ui.write.list_panel import ListPanel
from finetune_studio.workspace.operations import saved_filters
from finetune_studio.workspace.operations.saved_filters import SavedFilter
from finetune_studio.workspace.queries.ordering import Grouping, Order, Sort
from finetune_studio.workspace.workspace import Workspace

_PALETTE = "Saved filters"


class _Choice(QObject):
    """A command that calls something with a value."""

    def __init__(self, call: Callable[[str], object], value: str, parent: QObject) -> None:
        super().__init__(parent)
        self._call = call
        self._value = value

    def run(self) -> None:
        self._call(self._value)


class ListingCommands(QObject):
    """Keeps the ticks of the commands, the line over the list and the palette in step."""

    def __init__(
        self,
        workspace: Workspace,
        commands: CommandRegistry,
        panel: ListPanel,
        listed: ListController,
        memory: ListMemory,
        parent: QWidget,
    ) -> None:
        super().__init__(parent)
        self._workspace = workspace
        self._commands = commands
        self._memory = memory
        self._panel = panel
        self._list = listed
        self._page = parent
        self.filters: list[SavedFilter] = []
        self._choices: list[_Choice] = []
        for value, _word in SORTS:
            self._register_choice(f"list.sort_{value}", self.sort_by, value)
        for value, _word in GROUPINGS:
            self._register_choice(f"list.group_{value}", self.group_by, value)
        for command_id, handler in (
            ("list.reverse", self._on_reverse),
            ("list.shuffle", self._on_shuffle),
            ("list.close_groups", listed.close_groups),
            ("list.open_groups", listed.open_groups),
            ("list.save_filter", self._on_save_filter),
            ("list.filters", self._on_filters),
            ("list.choose_all", panel.view.selectAll),
        ):
            commands.register(command_id, handler)
        panel.order.sort_button.clicked.connect(self._on_sort_button_clicked)
        panel.order.filters_button.clicked.connect(self._on_filters_button_clicked)
        listed.start_with(memory.order())
        self._show_order()
        self._read()

    def _register_choice(self, command_id: str, call: Callable[[str], object], value: str) -> None:
        choice = _Choice(call, value, self)
        self._choices.append(choice)
        self._commands.register(command_id, choice.run)

    def close(self) -> None:
        """The page goes; its commands and what the palette shows of it go too."""
        self._commands.offer(_PALETTE, ())
        for owner in (*self._choices, self, self._list, self._panel.view):
            self._commands.unregister(owner)

    # Order

    def sort_by(self, value: str) -> None:
        """Sort otherwise: numbers begin with the largest, as that is what one looks for."""
        sort = Sort(value)
        if sort is not self._list.order.sort:
            descending = sort in (Sort.TOKENS, Sort.FINDINGS, Sort.EDITED)
            self._set(replace(self._list.order, sort=sort, descending=descending))
        self._show_order()

    def group_by(self, value: str) -> None:
        """Group otherwise, or ("none") not at all."""
        self._set(replace(self._list.order, grouping=None if value == "none" else Grouping(value)))

    def _on_reverse(self) -> None:
        self._set(replace(self._list.order, descending=not self._list.order.descending))

    def _on_shuffle(self) -> None:
        order = self._list.order
        self._set(replace(order, sort=Sort.RANDOM, descending=False, seed=order.seed + 1))

    def _set(self, order: Order) -> None:
        self._list.set_order(order)
        self._memory.keep(order)
        self._show_order()

    def _show_order(self) -> None:
        order = self._list.order
        self._panel.order.show_order(order)
        for value, _word in SORTS:
            self._commands.set_checked(f"list.sort_{value}", order.sort == value)
        for value, _word in GROUPINGS:
            chosen = order.grouping.value if order.grouping else "none"
            self._commands.set_checked(f"list.group_{value}", chosen == value)
        self._commands.set_checked("list.reverse", order.descending)
        self._commands.set_enabled("list.reverse", order.sort is not Sort.RANDOM)
        for command_id in ("list.close_groups", "list.open_groups"):
            self._commands.set_enabled(command_id, order.grouping is not None)

    def make_sort_menu(self) -> QMenu:
        """What the button over the list opens."""
        menu = QMenu(self._page)
        menu.addAction("Sort by").setEnabled(False)
        for value, word in SORTS:
            self._add(menu, word, f"list.sort_{value}")
        menu.addSeparator()
        self._add(menu, "The other way round", "list.reverse")
        if self._list.order.sort is Sort.RANDOM:
            self._add(menu, "Shuffle again", "list.shuffle")
        menu.addSeparator()
        menu.addAction("Group by").setEnabled(False)
        for value, word in GROUPINGS:
            self._add(menu, word, f"list.group_{value}")
        if self._list.order.grouping is not None:
            menu.addSeparator()
            self._add(menu, "Close all groups", "list.close_groups")
            self._add(menu, "Open all groups", "list.open_groups")
        return menu

    def _add(self, menu: QMenu, text: str, command_id: str) -> None:
        known = self._commands.action(command_id)
        action = menu.addAction(text)
        action.setCheckable(known.isCheckable())
        action.setChecked(known.isChecked())
        action.setEnabled(known.isEnabled())
        action.triggered.connect(known.trigger)

    # Filters with a name

    def take(self, changes: Changes) -> None:
        """Keep up with a change of the dataset."""
        if ChangeKind.FILTERS in changes.kinds:
            self._read()

    def use(self, name: str) -> None:
        """Filter and arrange the list as a saved filter says."""
        found = next((each for each in self.filters if each.name == name), None)
        if found is not None:
            self._set(replace(found.order, seed=self._list.order.seed))
            self._panel.filter.set_query(found.query)

    def save(self, name: str) -> None:
        """Give what the list shows now a name."""
        self._workspace.perform(
            saved_filters.save_filter,
            name,
            self._panel.filter.text(),
            self._list.order,
            done=self._on_saved,
            failed=self._on_failed,
        )

    def make_filters_menu(self) -> QMenu:
        """What the bookmark opens."""
        menu = QMenu(self._page)
        for each in self.filters:
            action = menu.addAction(icon("bookmark"), each.name.replace("&", "&&"))
            action.triggered.connect(_Choice(self.use, each.name, menu).run)
        if self.filters:
            menu.addSeparator()
        menu.addAction(self._commands.action("list.save_filter"))
        manage = menu.addAction("Rename or delete…")
        manage.setEnabled(bool(self.filters))
        manage.triggered.connect(self._on_filters)
        return menu

    def _read(self) -> None:
        self._workspace.ask(saved_filters.saved_filters, done=self._on_read, key=f"saved filters {id(self)}")

    def _on_read(self, filters: list[SavedFilter]) -> None:
        if isValid(self):
            self.filters = filters
            offers = [(each.name, "bookmark", _Choice(self.use, each.name, self).run) for each in filters]
            self._commands.offer(_PALETTE, offers)

    def _on_save_filter(self) -> None:
        proposed = self._panel.filter.text().strip() or "All examples"
        name, ok = ask_text(self._page.window(), "Save the filter", "Name of the filter", text=proposed)
        if ok and name.strip():
            self.save(name)

    def _on_filters(self) -> None:
        from finetune_studio.ui.write.saved_filters_dialog import SavedFiltersDialog

        dialog = SavedFiltersDialog(self._workspace, self._commands, self.filters, self._page.window())
        if dialog.exec() and dialog.chosen:
            self.use(dialog.chosen)
        dialog.deleteLater()

    def _on_saved(self, _changes: Changes) -> None:
        self._commands.notice("The filter is saved in the dataset.")

    def _on_failed(self, error: StudioError) -> None:
        self._commands.report_error(error)

    @Slot()
    def _on_sort_button_clicked(self) -> None:
        button = self._panel.order.sort_button
        self._open(self.make_sort_menu(), button)

    @Slot()
    def _on_filters_button_clicked(self) -> None:
        self._open(self.make_filters_menu(), self._panel.order.filters_button)

    def _open(self, menu: QMenu, button: QWidget) -> None:
        menu.aboutToHide.connect(menu.deleteLater)
        left = button.width() - menu.sizeHint().width()
        menu.popup(button.mapToGlobal(QPoint(left, button.height() + 2)))
