"""Shows Markdown that came from anywhere: fetches nothing, renders no HTML, opens nothing by itself."""

from PySide6.QtCore import Qt, QUrl, Slot
from PySide6.QtGui import QDesktopServices, QImage, QTextCharFormat, QTextCursor, QTextDocument
from PySide6.QtWidgets import QMessageBox, QTextBrowser, QWidget

from finetune_studio.ui.theme.current import color, current_theme
from finetune_studio.ui.widgets.labels import plain_tooltip
from finetune_studio.ui.widgets.prose import lay_out_prose
from finetune_studio.ui.widgets.questions import QuestionBox

ALLOWED = ("https", "http")
"""Schemes of addresses that may be opened, after a question that shows the address."""


class SafeBrowser(QTextBrowser):
    """`scale` enlarges headings and code with a text that is zoomed."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setOpenLinks(False)
        self.setProperty("kind", "bare")
        self.anchorClicked.connect(self._on_anchor_clicked)
        self.highlighted.connect(self._on_highlighted)

    def loadResource(self, type: int, name: QUrl | str) -> object:  # noqa: A002
        """An empty picture, whatever is asked for: on no answer Qt would read the file itself."""
        return QImage(1, 1, QImage.Format.Format_ARGB32_Premultiplied)

    def show_markdown(self, text: str, scale: float = 1.0) -> None:
        """Show a text; HTML in it is shown as text."""
        theme = current_theme()
        self.document().setDefaultStyleSheet(
            f"a {{ color: {theme.hex('accent')}; }} code {{ font-family: 'JetBrains Mono'; }}"
        )
        github = QTextDocument.MarkdownFeature.MarkdownDialectGitHub
        self.document().setMarkdown(text, github | QTextDocument.MarkdownFeature.MarkdownNoHTML)
        name_images(self.document())
        lay_out_prose(self.document(), scale)
        self.moveCursor(self.textCursor().MoveOperation.Start)

    def ask_to_open(self, url: QUrl) -> bool:
        """Show an address and open it in the browser if the person says so."""
        question = QuestionBox(self)
        question.setWindowTitle("Open in the browser")
        question.setTextFormat(Qt.TextFormat.PlainText)
        shown = url.toString(QUrl.ComponentFormattingOption.FullyEncoded)
        question.setText(f"Open this address in your browser?\n\n{shown}")
        question.setStandardButtons(QMessageBox.StandardButton.Open | QMessageBox.StandardButton.Cancel)
        question.setDefaultButton(QMessageBox.StandardButton.Cancel)
        return question.exec() == QMessageBox.StandardButton.Open

    @Slot(QUrl)
    def _on_anchor_clicked(self, url: QUrl) -> None:
        if url.scheme() in ALLOWED and self.ask_to_open(url):
            QDesktopServices.openUrl(url)

    @Slot(QUrl)
    def _on_highlighted(self, url: QUrl) -> None:
        """Where a link leads is said before it is pressed."""
        address = url.toString(QUrl.ComponentFormattingOption.FullyEncoded)
        self.viewport().setToolTip(plain_tooltip(address) if address else "")


def name_images(document: QTextDocument) -> None:
    """Write the address of each picture in its place: none is shown."""
    found: list[tuple[int, str]] = []
    block = document.begin()
    while block.isValid():
        pieces = block.begin()
        while not pieces.atEnd():
            piece = pieces.fragment()
            if piece.charFormat().isImageFormat():
                address = piece.charFormat().toImageFormat().name()
                found += [(piece.position() + n, address) for n in range(piece.length())]
            pieces += 1
        block = block.next()
    style = QTextCharFormat()
    style.setForeground(color("secondary"))
    for position, address in reversed(found):
        cursor = QTextCursor(document)
        cursor.setPosition(position)
        cursor.setPosition(position + 1, QTextCursor.MoveMode.KeepAnchor)
        cursor.insertText(f"[image: {address}]", style)
