"""How Markdown is laid out."""

from PySide6.QtGui import QFont, QTextDocument, QTextListFormat, QTextTable
from pytestqt.qtbot import QtBot

from finetune_studio.ui.theme.current import color
from finetune_studio.ui.widgets.prose import lay_out_prose

_TEXT = """Some **strong** words.

* one
* two
    * inner

| key | does |
|-----|------|
| L   | left |
"""


def _document() -> QTextDocument:
    document = QTextDocument()
    document.setMarkdown(_TEXT)
    lay_out_prose(document)
    return document


def test_strong_words_have_a_weight_that_the_font_has(qtbot: QtBot) -> None:
    document = _document()
    found = document.find("strong")
    assert found.charFormat().fontWeight() == QFont.Weight.DemiBold


def test_bullets_go_by_depth(qtbot: QtBot) -> None:
    document = _document()
    styles = [document.find(word).currentList().format().style() for word in ("two", "inner")]
    assert styles == [QTextListFormat.Style.ListDisc, QTextListFormat.Style.ListCircle]


def test_tables_have_the_lines_of_the_theme(qtbot: QtBot) -> None:
    document = _document()
    tables = [frame for frame in document.rootFrame().childFrames() if isinstance(frame, QTextTable)]
    style = tables[0].format().toTableFormat()
    assert style.borderCollapse()
    assert style.borderBrush().color() == color("line")
