"""The menus, built from the table of commands."""

from PySide6.QtWidgets import QMenu, QWidget

from finetune_studio.ui.commands.registry import CommandRegistry
from finetune_studio.ui.commands.table import MENUS


def build_menu(commands: CommandRegistry, name: str, parent: QWidget) -> QMenu:
    """One menu ("File") with its submenus ("View/Theme")."""
    menu = QMenu(name, parent)
    menu.setToolTipsVisible(False)
    submenus: dict[str, QMenu] = {}
    for spec in commands.specs():
        path = spec.menu.split("/")
        if path[0] != name:
            continue
        target = menu
        if len(path) > 1:
            if path[1] not in submenus:
                if spec.separator_before:
                    menu.addSeparator()
                submenus[path[1]] = menu.addMenu(path[1])
            target = submenus[path[1]]
        elif spec.separator_before:
            menu.addSeparator()
        target.addAction(commands.action(spec.id))
    return menu


def build_menus(commands: CommandRegistry, parent: QWidget) -> dict[str, QMenu]:
    """All menus by name, in order; a menu without commands is left out."""
    menus = {name: build_menu(commands, name, parent) for name in MENUS}
    return {name: menu for name, menu in menus.items() if not menu.isEmpty()}
