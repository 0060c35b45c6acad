"""The help page of a rule, shown in a narrow panel: section by section, as plain as it is written."""

import re

from PySide6.QtCore import Qt
from PySide6.QtGui import QResizeEvent, QTextBlockFormat, QTextCharFormat, QTextCursor
from PySide6.QtWidgets import QSizePolicy, QVBoxLayout, QWidget

from finetune_studio.lint.help_pages import help_page
from finetune_studio.ui.shell.help_view import HelpBrowser
from finetune_studio.ui.theme.current import color
from finetune_studio.ui.widgets import Card, Label, LineHeightLabel, SectionLabel

SHOWN = ("What it does", "Why it harms training", "Example", "Use instead")


LINE_HEIGHT = 116.0
"""Per cent of the font's own line spacing: 140 % of the font size."""
_PER_CENT = re.compile(r"(?<=\d) %")
_CODE = re.compile(r"[{}\[\]<>\"'=\\]|  ")


def sections_of(markdown: str) -> dict[str, str]:
    """Title -> text of the second-level sections."""
    found: dict[str, str] = {}
    for part in re.split(r"^## ", markdown, flags=re.MULTILINE)[1:]:
        title, _, text = part.partition("\n")
        found[title.strip()] = text.strip("\n")
    return found


def code_of(text: str) -> str | None:
    """The text of a section that is nothing but an indented block."""
    lines = [line for line in text.splitlines() if line.strip()]
    if lines and all(line.startswith("    ") for line in lines):
        return "\n".join(line[4:] for line in lines)
    return None


def first_paragraph(text: str) -> str:
    """What fits beside the findings; the whole page is one click away. A list belongs to its paragraph."""
    parts = re.split(r"\n\s*\n", text.strip("\n"))
    is_list = len(parts) > 1 and parts[1].lstrip().startswith(("*", "-", "1."))
    return "\n\n".join(parts[: 2 if is_list else 1])


class HelpText(HelpBrowser):
    """Markdown that is as tall as its text."""

    def __init__(self, text: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.document().setDocumentMargin(0)
        self.setProperty("flush", True)
        self.setVerticalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Fixed)
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self._text = _PER_CENT.sub("\u00a0%", text)
        self.refresh()

    def refresh(self) -> None:
        """Show the text in the colours of the theme that is worn now."""
        self.show_markdown(self._text)
        ink = QTextCharFormat()
        ink.setForeground(color("secondary"))
        block = QTextBlockFormat()
        block.setLineHeight(LINE_HEIGHT, QTextBlockFormat.LineHeightTypes.ProportionalHeight.value)
        cursor = QTextCursor(self.document())
        cursor.select(QTextCursor.SelectionType.Document)
        cursor.mergeCharFormat(ink)
        cursor.mergeBlockFormat(block)
        self._fit()

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._fit()

    def _fit(self) -> None:
        self.document().setTextWidth(max(60, self.viewport().width()))
        self.setFixedHeight(round(self.document().size().height()) + 2)


class HelpSections(QWidget):
    """What a rule does, why it matters, an example."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._layout = QVBoxLayout(self)
        self._layout.setContentsMargins(0, 0, 0, 0)
        self._layout.setSpacing(8)
        self._code = ""

    def show_rule(self, code: str) -> None:
        """Show the page of a rule; a rule without a page shows nothing."""
        if code == self._code:
            return
        self._code = code
        while (item := self._layout.takeAt(0)) is not None:
            widget = item.widget()
            if widget is not None:
                widget.hide()
                widget.deleteLater()
        try:
            sections = sections_of(help_page(code))
        except FileNotFoundError:
            return
        for title in SHOWN:
            if text := sections.get(title, ""):
                self._add(title, text)

    def texts(self) -> list[str]:
        """Titles and plain texts, for tests."""
        found = [label.text() for label in self.findChildren(Label)]
        return found + [browser.toPlainText() for browser in self.findChildren(HelpText)]

    def refresh(self) -> None:
        """Another theme is worn."""
        for browser in self.findChildren(HelpText):
            browser.refresh()

    def _add(self, title: str, text: str) -> None:
        if title != SHOWN[0]:
            self._layout.addSpacing(4)
            self._layout.addWidget(SectionLabel(title))
        example = code_of(re.split(r"\n\n(?=\S)", text)[0])
        if example is None:
            self._layout.addWidget(HelpText(first_paragraph(text)))
            return
        card = Card(spacing=0, margin=10)
        card.body.addWidget(LineHeightLabel(example, type="mono" if _CODE.search(example) else ""))
        self._layout.addWidget(card)
