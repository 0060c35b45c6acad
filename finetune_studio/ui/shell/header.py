"""The top of the window: the dataset with the main menu, the four tabs, the search box."""

from collections.abc import Sequence

from PySide6.QtCore import QSize, Qt, Signal, Slot
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import (
    QButtonGroup,
    QFrame,
    QGridLayout,
    QHBoxLayout,
    QMenu,
    QPushButton,
    QSizePolicy,
    QToolButton,
    QWidget,
)

from finetune_studio.ui.commands.registry import CommandRegistry
from finetune_studio.ui.shell.pages import PageSpec
from finetune_studio.ui.theme.icons import icon
from finetune_studio.ui.widgets import Badge, Label, plain_tooltip

APP_NAME = "Finetune Studio"
_NAME_WIDTH = 230


class SearchButton(QPushButton):
    """Looks like a field, opens the palette; its key stands at the right."""

    def __init__(self, key: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setProperty("kind", "search")
        self.setAccessibleName("Search or run a command")
        self.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        layout = QHBoxLayout(self)
        layout.setContentsMargins(12, 0, 12, 0)
        self._text = Label("Search or run a command", tone="secondary")
        self._key = Label(key, type="small")
        for part in (self._text, self._key):
            part.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)
        layout.addWidget(self._text)
        layout.addStretch(1)
        layout.addWidget(self._key)
        self.setSizePolicy(QSizePolicy.Policy.Maximum, QSizePolicy.Policy.Fixed)

    def sizeHint(self) -> QSize:
        return QSize(280, super().sizeHint().height())

    def minimumSizeHint(self) -> QSize:
        return QSize(150, super().minimumSizeHint().height())

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        short = event.size().width() < 240
        self._text.setText("Search" if short else "Search or run a command")


class Header(QFrame):
    """`page_chosen(key)` when a tab is pressed."""

    page_chosen = Signal(str)

    def __init__(
        self,
        pages: Sequence[PageSpec],
        commands: CommandRegistry,
        menu: QMenu,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self.setProperty("panel", "header")
        self.setFixedHeight(52)
        self._name = self._make_name(menu)
        self._read_only = Badge("Read only", "warning")
        self._read_only.hide()
        self._search = SearchButton(commands.shortcut_text("view.palette"))
        self._commands = commands
        self._search.clicked.connect(self._on_search_clicked)
        self._group = QButtonGroup(self)
        self._tabs: dict[str, QToolButton] = {}
        self._lay_out(pages)
        self._group.buttonClicked.connect(self._on_tab_clicked)
        self.set_dataset("", read_only=False)

    def _make_name(self, menu: QMenu) -> QToolButton:
        button = QToolButton()
        button.setProperty("kind", "name")
        button.setIcon(icon("chevron-down", "secondary"))
        button.setIconSize(QSize(16, 16))
        button.setLayoutDirection(Qt.LayoutDirection.RightToLeft)
        button.setToolButtonStyle(Qt.ToolButtonStyle.ToolButtonTextBesideIcon)
        button.setPopupMode(QToolButton.ToolButtonPopupMode.InstantPopup)
        button.setMenu(menu)
        button.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        return button

    def _lay_out(self, pages: Sequence[PageSpec]) -> None:
        left, middle, right = QHBoxLayout(), QHBoxLayout(), QHBoxLayout()
        left.addWidget(self._name)
        left.addWidget(self._read_only)
        left.addStretch(1)
        middle.setSpacing(6)
        for page in pages:
            middle.addWidget(self._make_tab(page))
        right.addStretch(1)
        right.addWidget(self._search)
        grid = QGridLayout(self)
        grid.setContentsMargins(8, 0, 16, 0)
        for column, part in enumerate((left, middle, right)):
            grid.addLayout(part, 0, column)
        grid.setColumnStretch(0, 1)
        grid.setColumnStretch(2, 1)

    def _make_tab(self, page: PageSpec) -> QToolButton:
        tab = QToolButton()
        tab.setProperty("kind", "tab")
        tab.setProperty("page", page.key)
        tab.setText(page.title)
        tab.setAccessibleName(page.title)
        tab.setIcon(icon(page.icon, checked_tint="accent"))
        tab.setIconSize(QSize(20, 16))
        tab.setToolButtonStyle(Qt.ToolButtonStyle.ToolButtonTextBesideIcon)
        tab.setCheckable(True)
        tab.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        tab.setToolTip(plain_tooltip(f"{page.title} ({self._commands.shortcut_text(f'view.{page.key}')})"))
        self._group.addButton(tab)
        self._tabs[page.key] = tab
        return tab

    def set_dataset(self, name: str, read_only: bool) -> None:
        """Show the name of the open dataset; an empty one is the welcome page."""
        shown = name or APP_NAME
        elided = self._name.fontMetrics().elidedText(shown, Qt.TextElideMode.ElideMiddle, _NAME_WIDTH)
        self._name.setText(elided.replace("&", "&&"))
        self._name.setAccessibleName(f"{shown}, main menu")
        self._name.setToolTip(plain_tooltip(shown))
        self._read_only.setVisible(read_only)
        for tab in self._tabs.values():
            tab.setVisible(bool(name))

    def set_page(self, key: str) -> None:
        """Mark a tab without a signal."""
        if key in self._tabs:
            self._tabs[key].setChecked(True)

    def open_menu(self) -> None:
        self._name.showMenu()

    def tab(self, key: str) -> QToolButton:
        return self._tabs[key]

    @Slot(QToolButton)
    def _on_tab_clicked(self, tab: QToolButton) -> None:
        self.page_chosen.emit(str(tab.property("page")))

    @Slot()
    def _on_search_clicked(self) -> None:
        self._commands.invoke("view.palette")
