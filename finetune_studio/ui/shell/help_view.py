"""The help: Markdown files of resources/help, shown without fetching or opening anything by itself."""

from dataclasses import dataclass
from pathlib import Path

from PySide6.QtCore import QModelIndex, QStringListModel, Qt, Slot
from PySide6.QtWidgets import QDialog, QHBoxLayout, QListView, QVBoxLayout, QWidget

from finetune_studio.resource_files import resource
from finetune_studio.ui.widgets import SafeBrowser, SearchField, SidePanel


@dataclass(frozen=True, slots=True)
class HelpPage:
    """`key` is the path below resources/help without its ending, such as "rules/F001"."""

    key: str
    title: str
    path: Path


def help_pages() -> list[HelpPage]:
    """The guide first, then the rules, each in the order of their file names."""
    root = resource("help")
    pages = []
    for section in ("guide", "rules"):
        for path in sorted((root / section).glob("*.md"), key=_order):
            key = f"{section}/{path.stem}"
            pages.append(HelpPage(key, _title_of(path), path))
    return pages


def _order(path: Path) -> tuple[bool, str]:
    """Getting started comes first."""
    return not path.stem.startswith("getting"), path.stem


def _title_of(path: Path) -> str:
    """The first heading, else the file's name."""
    with path.open(encoding="utf-8") as file:
        for line in file:
            if line.startswith("# "):
                return line[2:].strip()
    return path.stem


class HelpBrowser(SafeBrowser):
    """A page of the help."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setAccessibleName("Help text")
        self.document().setDocumentMargin(28)


class HelpDialog(QDialog):
    """Pages at the left, text at the right; stays open beside the work."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setWindowTitle("Help")
        self.resize(980, 680)
        self._pages = help_pages()
        self._shown: list[HelpPage] = []
        self.search = SearchField("Find in the help")
        self._titles = QStringListModel(self)
        self.list = QListView()
        self.list.setAccessibleName("Help pages")
        self.list.setModel(self._titles)
        self.list.setEditTriggers(QListView.EditTrigger.NoEditTriggers)
        self.list.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.browser = HelpBrowser()
        side = SidePanel("right")
        side.setFixedWidth(290)
        side.body.addWidget(self.search)
        side.body.addWidget(self.list, 1)
        layout = QHBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(0)
        layout.addWidget(side)
        right = QVBoxLayout()
        right.addWidget(self.browser)
        layout.addLayout(right, 1)
        self.search.search_changed.connect(self._on_search_changed)
        self.search.down_requested.connect(self.list.setFocus)
        self.list.selectionModel().currentChanged.connect(self._on_current_changed)
        self._fill("")

    def show_page(self, key: str) -> None:
        """Show the page of this key, or the first whose key begins so ("rules")."""
        self.search.clear_now()
        for number, page in enumerate(self._shown):
            if page.key == key or page.key.startswith(f"{key}/"):
                self.list.setCurrentIndex(self._titles.index(number))
                return

    def titles(self) -> list[str]:
        return self._titles.stringList()

    def _fill(self, text: str) -> None:
        words = text.casefold().split()
        self._shown = [page for page in self._pages if _holds(page, words)]
        self._titles.setStringList([page.title for page in self._shown])
        if self._shown:
            self.list.setCurrentIndex(self._titles.index(0))
        else:
            self.browser.show_markdown("No page of the help has these words.")

    @Slot(object)
    def _on_search_changed(self, text: object) -> None:
        self._fill(str(text))

    @Slot(QModelIndex)
    def _on_current_changed(self, index: QModelIndex) -> None:
        if index.isValid() and index.row() < len(self._shown):
            self.browser.show_markdown(self._shown[index.row()].path.read_text("utf-8"))


def _holds(page: HelpPage, words: list[str]) -> bool:
    if not words:
        return True
    text = f"{page.title} {page.path.read_text('utf-8')}".casefold()
    return all(word in text for word in words)
