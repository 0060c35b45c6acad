"""What a person can invoke: declared once, shown in menus, keys and the palette."""

from dataclasses import dataclass

from finetune_studio.domain.errors import UsageError


@dataclass(frozen=True, slots=True)
class CommandSpec:
    """`when` names the flags that must all be set; `menu` is "Menu" or "Menu/Submenu", empty for none.

    `shortcut` is a portable key text ("Ctrl+K"), several separated by a blank. A command that is
    `checkable` shows a tick in the menu. `palette` false keeps it out of the palette.
    """

    id: str
    title: str
    shortcut: str = ""
    icon: str = ""
    when: tuple[str, ...] = ()
    menu: str = ""
    checkable: bool = False
    separator_before: bool = False
    palette: bool = True

    @property
    def category(self) -> str:
        """The first part of the menu path, for the palette."""
        return self.menu.split("/")[0] if self.menu else self.id.split(".")[0].capitalize()


def check_table(table: tuple[CommandSpec, ...]) -> None:
    """Raise UsageError when an id or a shortcut is declared twice: a key must mean one thing."""
    ids: set[str] = set()
    keys: dict[str, str] = {}
    for spec in table:
        if spec.id in ids:
            raise UsageError(f"The command {spec.id} is declared twice.")
        ids.add(spec.id)
        for key in spec.shortcut.split():
            if key in keys:
                raise UsageError(f"{key} is the key of {keys[key]} and of {spec.id}.")
            keys[key] = spec.id
