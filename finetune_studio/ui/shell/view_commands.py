"""The View menu: pages, theme, full screen, palette."""

from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Qt, Slot
from PySide6.QtWidgets import QMainWindow, QWidget

from finetune_studio.settings.store import Settings
from finetune_studio.ui.commands.registry import CommandRegistry
from finetune_studio.ui.shell.header import Header
from finetune_studio.ui.shell.page_stack import PageStack
from finetune_studio.ui.theme.manager import ThemeManager

if TYPE_CHECKING:
    from finetune_studio.ui.commands.palette import CommandPalette


class ViewCommands(QObject):
    """Remembers the chosen theme in the settings; the palette opens over `host`."""

    def __init__(
        self,
        commands: CommandRegistry,
        window: QMainWindow,
        host: QWidget,
        pages: PageStack,
        header: Header,
        theme: ThemeManager,
        settings: Settings,
    ) -> None:
        super().__init__(window)
        self._commands = commands
        self._window = window
        self._host = host
        self._pages = pages
        self._header = header
        self._theme = theme
        self._settings = settings
        self._palette: CommandPalette | None = None
        for command_id, handler in (
            ("view.palette", self._on_palette),
            ("view.menu", self._on_menu),
            ("view.write", self._on_write),
            ("view.check", self._on_check),
            ("view.tune", self._on_tune),
            ("view.try", self._on_try),
            ("view.theme_system", self._on_theme_system),
            ("view.theme_light", self._on_theme_light),
            ("view.theme_dark", self._on_theme_dark),
            ("view.full_screen", self._on_full_screen),
            ("edit.find", self._on_find),
        ):
            commands.register(command_id, handler)
        pages.shown.connect(self._on_page_shown)
        self._show_theme()

    @property
    def palette(self) -> "CommandPalette":
        """The command palette, made when first opened."""
        if self._palette is None:
            from finetune_studio.ui.commands.palette import CommandPalette

            self._palette = CommandPalette(self._commands, self._host)
            self._palette.search_requested.connect(self._on_search_requested)
        return self._palette

    def _on_palette(self) -> None:
        if self.palette.isVisible():
            self.palette.close_palette()
        else:
            self.palette.open()

    def _on_menu(self) -> None:
        self._header.open_menu()

    def _on_write(self) -> None:
        self._pages.show_page("write")

    def _on_check(self) -> None:
        self._pages.show_page("check")

    def _on_tune(self) -> None:
        self._pages.show_page("tune")

    def _on_try(self) -> None:
        self._pages.show_page("try")

    def _on_theme_system(self) -> None:
        self._choose_theme("system")

    def _on_theme_light(self) -> None:
        self._choose_theme("light")

    def _on_theme_dark(self) -> None:
        self._choose_theme("dark")

    def _choose_theme(self, choice: str) -> None:
        self._theme.set_choice(choice)
        self._show_theme()
        self._settings.set("look.theme", choice)
        self._settings.save()

    def _show_theme(self) -> None:
        for choice in ("system", "light", "dark"):
            self._commands.set_checked(f"view.theme_{choice}", choice == self._theme.choice)

    def _on_full_screen(self) -> None:
        self._window.setWindowState(self._window.windowState() ^ Qt.WindowState.WindowFullScreen)
        self._commands.set_checked("view.full_screen", self._window.isFullScreen())

    def _on_find(self) -> None:
        """Give the focus to the page's own search field, or else to the one of Write."""
        page = self._pages.currentWidget()
        if getattr(page, "search_field", None) is None:
            page = self._pages.show_page("write")
        field = getattr(page, "search_field", None)
        if field is not None:
            field.setFocus(Qt.FocusReason.ShortcutFocusReason)
            field.selectAll()

    @Slot(str)
    def _on_page_shown(self, key: str) -> None:
        for each in self._pages.keys():  # noqa: SIM118
            self._commands.set_checked(f"view.{each}", each == key)

    @Slot(object)
    def _on_search_requested(self, text: object) -> None:
        page = self._pages.show_page("write")
        set_filter = getattr(page, "set_filter", None)
        if callable(set_filter):
            set_filter(text)
