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
    """Raise UsageError when an id is declared twice, or a shortcut on one page: a key must mean one thing."""
    ids: set[str] = set()
    keys: dict[str, list[CommandSpec]] = {}
    for spec in table:
        if spec.id in ids:
            raise UsageError(f"The command {spec.id} is declared twice.")
        ids.add(spec.id)
        for key in spec.shortcut.split():
            for other in keys.setdefault(key, []):
                if _share_a_page(spec, other):
                    raise UsageError(f"{key} is the key of {other.id} and of {spec.id}.")
            keys[key].append(spec)


def _share_a_page(one: CommandSpec, other: CommandSpec) -> bool:
    """Whether both can be enabled at once: commands of two pages cannot, as one page is in front."""
    pages = [{flag for flag in spec.when if flag.startswith("page.")} for spec in (one, other)]
    return not (pages[0] and pages[1]) or pages[0] == pages[1]
