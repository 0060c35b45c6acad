"""The pages of the open dataset: made when first shown, gone when it closes."""

from collections.abc import Sequence
from typing import TYPE_CHECKING

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QStackedWidget, QWidget

from finetune_studio.ui.commands.registry import CommandRegistry
from finetune_studio.ui.shell.pages import PageSpec
from finetune_studio.ui.theme.manager import ThemeManager

if TYPE_CHECKING:
    from finetune_studio.workspace.workspace import Workspace


class PageStack(QStackedWidget):
    """`made(key, page)` lets the main window wire a new page; `shown(key)` follows each switch."""

    made = Signal(str, object)
    shown = Signal(str)

    def __init__(
        self,
        specs: Sequence[PageSpec],
        commands: CommandRegistry,
        theme: ThemeManager,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self._specs = {spec.key: spec for spec in specs}
        self._commands = commands
        self._theme = theme
        self._workspace: Workspace | None = None
        self._pages: dict[str, QWidget] = {}
        self._current = ""

    @property
    def current_key(self) -> str:
        """The key of the page in front, or an empty text."""
        return self._current

    def keys(self) -> list[str]:
        return list(self._specs)

    def page(self, key: str) -> QWidget | None:
        """A page that was made already."""
        return self._pages.get(key)

    def set_workspace(self, workspace: "Workspace | None") -> None:
        """Drop the pages of the dataset before; pages of the new one are made when shown."""
        for page in self._pages.values():
            _call(page, "close_page")
            self._commands.unregister(page)
            self.removeWidget(page)
            page.deleteLater()
        self._pages.clear()
        self._set_current("")
        self._workspace = workspace

    def show_page(self, key: str) -> QWidget | None:
        """Bring a page to the front; None when there is no such page or no dataset."""
        if self._workspace is None or key not in self._specs:
            return None
        if key != self._current:
            self.flush()
        page = self._made(key, self._workspace)
        self.setCurrentWidget(page)
        self._set_current(key)
        _call(page, "on_shown")
        return page

    def prepare(self, key: str) -> None:
        """Make a page behind the one in front."""
        if self._workspace is not None and key in self._specs:
            self._made(key, self._workspace)

    def _made(self, key: str, workspace: "Workspace") -> QWidget:
        page = self._pages.get(key)
        if page is None:
            page = self._specs[key].factory(workspace, self._commands, self._theme, self)
            self._pages[key] = page
            self.addWidget(page)
            self.made.emit(key, page)
        return page

    def flush(self) -> None:
        """Let every page commit the text that it still holds."""
        for page in self._pages.values():
            _call(page, "flush")

    def may_close(self) -> bool:
        """False when a page asked the person and the answer was to stay."""
        return all(_call(page, "confirm_close") is not False for page in self._pages.values())

    def _set_current(self, key: str) -> None:
        for each in self._specs:
            self._commands.set_flag(f"page.{each}", each == key)
        if key != self._current:
            self._current = key
            self.shown.emit(key)


def _call(page: QWidget, name: str) -> object:
    """Call an optional method of a page."""
    method = getattr(page, name, None)
    return method() if callable(method) else None
