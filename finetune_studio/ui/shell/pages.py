"""The four pages: named once, made when first shown."""

from collections.abc import Callable
from dataclasses import dataclass
from importlib import import_module
from importlib.util import find_spec
from typing import TYPE_CHECKING, Any

from PySide6.QtWidgets import QWidget

from finetune_studio.ui.commands.registry import CommandRegistry
from finetune_studio.ui.theme.manager import ThemeManager

if TYPE_CHECKING:
    from finetune_studio.workspace.workspace import Workspace

PageFactory = Callable[["Workspace", CommandRegistry, ThemeManager, QWidget | None], QWidget]


@dataclass(frozen=True, slots=True)
class PageSpec:
    """`key` is what commands and flags call it ("view.write", "page.write")."""

    key: str
    title: str
    icon: str
    factory: PageFactory


def _importing(module: str, name: str) -> PageFactory:
    """A factory that imports its page when it is first made: start-up must not pay for it."""

    def make(
        workspace: "Workspace", commands: CommandRegistry, theme: ThemeManager, parent: QWidget | None
    ) -> QWidget:
        page_class: Any = getattr(import_module(module), name)
        page: QWidget = page_class(workspace, commands, theme, parent)
        return page

    return make


_PAGES = (
    ("write", "Write", "pencil", "finetune_studio.ui.write.write_page", "WritePage"),
    ("check", "Check", "list-checks", "finetune_studio.ui.check.check_page", "CheckPage"),
    ("tune", "Fine-tune", "sliders-horizontal", "finetune_studio.ui.tune.tune_page", "TunePage"),
    ("try", "Try", "messages-square", "finetune_studio.ui.try_out.try_page", "TryPage"),
)


def preload_pages() -> None:
    """Import what the pages need, in a thread that may take its time: the first page then shows at once."""
    for _key, _title, _icon, module, _name in _PAGES:
        if find_spec(module) is not None:
            import_module(module)


def page_specs() -> tuple[PageSpec, ...]:
    """The pages of this installation, in the order of the tabs."""
    return tuple(
        PageSpec(key, title, icon, _importing(module, name))
        for key, title, icon, module, name in _PAGES
        if find_spec(module) is not None
    )
