"""The menus of a card."""

from collections.abc import Sequence

from PySide6.QtCore import QObject, Qt, Signal, Slot
from PySide6.QtGui import QAction
from PySide6.QtWidgets import QMenu, QWidget

from finetune_studio.domain.message import Role
from finetune_studio.ui.theme.icons import icon
from finetune_studio.ui.write.message_rows import Row

ROLES = (Role.SYSTEM, Role.DEVELOPER, Role.USER, Role.ASSISTANT, Role.TOOL)


class CardMenus(QObject):
    """Opens the menus; `chosen(row, action)`, where "role:user" is a role."""

    chosen = Signal(object, str)

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self._parent = parent
        self._row: Row | None = None
        self._menu: QMenu | None = None

    def open_roles(self, row: Row, anchor: QWidget) -> QMenu:
        menu = self._new(row, "Role")
        self._add_roles(menu, row)
        return self._open(menu, anchor)

    def open_more(
        self, row: Row, anchor: QWidget, can: dict[str, bool], shows_preview: bool = False
    ) -> QMenu:
        """`can` says which of the actions make sense for this message."""
        menu = self._new(row, "Message")
        self._add(menu, "move_up", "Move up", "arrow-up", "Alt+Up", can)
        self._add(menu, "move_down", "Move down", "arrow-down", "Alt+Down", can)
        menu.addSeparator()
        if can.get("add_text"):
            self._add(menu, "add_text", "Add text", "pencil", "", can)
        if can.get("add_call"):
            self._add(menu, "add_call", "Add a tool call", "wrench", "", can)
        if can.get("add_image"):
            self._add(menu, "add_image", "Add an image…", "image", "Ctrl+Shift+I", can)
        if can.get("plain"):
            self._add(menu, "plain", "Make it plain text", "pencil", "", can)
        if can.get("pretty"):
            self._add(menu, "pretty", "Lay out the JSON", "braces", "", can)
            self._add(menu, "one_line", "Put the JSON on one line", "minus", "", can)
        self._add(menu, "duplicate", "Duplicate", "copy", "", can)
        self._add(
            menu, "preview", "Edit as text" if shows_preview else "Preview as Markdown", "eye", "Ctrl+M", can
        )
        collapse = "Show all of it" if row.is_collapsed else "Collapse"
        self._add(menu, "collapse", collapse, "chevrons-down-up", "Ctrl+Shift+L", can)
        self._add(menu, "copy", "Copy the text", "message-square", "", can)
        self._add(menu, "split", "Split at the cursor", "split", "", can)
        self._add(menu, "merge", "Merge with the next", "merge", "", can)
        roles = menu.addMenu("Change the role")
        roles.setEnabled(can.get("role", True))
        self._add_roles(roles, row)
        menu.addSeparator()
        self._add(menu, "reword", "Draft other words", "wand-sparkles", "", can)
        self._add(menu, "shorten", "Draft it shorter", "wand-sparkles", "", can)
        menu.addSeparator()
        self._add(menu, "delete", "Delete", "trash-2", "Ctrl+Shift+Backspace", can)
        return self._open(menu, anchor)

    def open_answers(self, row: Row, anchor: QWidget, calls: Sequence[tuple[str, str, bool]]) -> QMenu:
        """The calls that a tool message may answer: (id, name, whether another message answers it)."""
        menu = self._new(row, "Call that is answered")
        for call_id, name, is_taken in calls:
            words = f"{call_id[:60]}  {name[:60]}" + ("  (changes places)" if is_taken else "")
            action = menu.addAction(" ".join(words.replace("&", "&&").split("\n")))
            action.setData(f"answer:{call_id}")
            action.setCheckable(True)
            action.setChecked(call_id == row.message.tool_call_id)
        if not calls:
            menu.addAction("No message before this one calls a tool").setEnabled(False)
        return self._open(menu, anchor)

    def _new(self, row: Row, name: str) -> QMenu:
        self._row = row
        menu = QMenu(self._parent)
        menu.setAccessibleName(name)
        menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        menu.triggered.connect(self._on_menu_triggered)
        return menu

    def _open(self, menu: QMenu, anchor: QWidget) -> QMenu:
        self._menu = menu
        place = anchor.mapToGlobal(anchor.rect().bottomLeft())
        menu.popup(place)
        return menu

    def _add(self, menu: QMenu, name: str, text: str, icon_name: str, key: str, can: dict[str, bool]) -> None:
        action = menu.addAction(icon(icon_name), f"{text}\t{key}" if key else text)
        action.setData(name)
        action.setEnabled(can.get(name, True))

    def _add_roles(self, menu: QMenu, row: Row) -> None:
        for role in ROLES:
            action = menu.addAction(role.capitalize())
            action.setData(f"role:{role}")
            action.setCheckable(True)
            action.setChecked(row.message.role == role)

    @Slot(QAction)
    def _on_menu_triggered(self, action: QAction) -> None:
        if self._row is not None and action.data():
            self.chosen.emit(self._row, str(action.data()))
