"""How texts are shown: zoom, marks, code in mono, Markdown that is safe, collapsed messages."""

from pathlib import Path

import pytest
from PySide6.QtCore import QPoint, QPointF, Qt, QUrl
from PySide6.QtGui import QImage, QTextBlock, QTextDocument, QWheelEvent
from PySide6.QtWidgets import QApplication, QMessageBox
from pytestqt.qtbot import QtBot

from finetune_studio.ui.theme.current import color
from finetune_studio.ui.write.character_names import names_in
from finetune_studio.ui.write.markdown_view import MarkdownView
from finetune_studio.ui.write.message_editor import BIG_TEXT, MessageEditor
from finetune_studio.ui.write.text_look import TextLook, next_zoom
from tests.helpers.builders import chat_line
from tests.helpers.qt import show
from tests.ui.write.conversation_parts import (
    CONTROL,
    SHIFT,
    an_example,
    editor_at,
    message,
    press,
    shown_view,
    type_text,
)
from tests.ui.write.page_parts import Stage

MARKED = "# Moon\n\nA **bold** word, [a link](https://example.com), ![pic](file:///etc/passwd)\n\n```\ncode\n```\n<b>html</b>"
LINES = [chat_line(("user", "hi"), ("assistant", MARKED)), chat_line(("user", "two"), ("assistant", "lines"))]


def pixel_size(stage: Stage) -> int:
    return editor_at(stage.page.pane.conversation, 0).fontInfo().pixelSize()


def test_zoom_by_key_and_wheel_is_kept(stage: Stage) -> None:
    view = stage.page.pane.conversation
    card = view.card_at(1)
    assert card is not None
    before, height = pixel_size(stage), card.height()
    stage.press(Qt.Key.Key_Plus, CONTROL)
    stage.press(Qt.Key.Key_Equal, CONTROL)
    assert view.look.zoom == 125
    assert pixel_size(stage) == round(before * 1.25)
    assert card.height() > height
    place = QPointF(20, 20)
    wheel = QWheelEvent(
        place,
        place,
        QPoint(),
        QPoint(0, 120),
        Qt.MouseButton.NoButton,
        CONTROL,
        Qt.ScrollPhase.NoScrollPhase,
        False,
    )
    QApplication.sendEvent(view.viewport(), wheel)
    assert view.look.zoom == 150
    stage.page.tools.looks._settings.sync()
    assert stage.page.tools.looks._kept().zoom == 150
    stage.press(Qt.Key.Key_0, CONTROL)
    assert pixel_size(stage) == before


def test_zoom_has_a_last_step() -> None:
    assert [next_zoom(zoom, by) for zoom, by in ((100, 1), (100, -1), (200, 1), (80, -1))] == [
        110,
        90,
        200,
        80,
    ]


def ink(editor: MessageEditor) -> set[str]:
    """The colours of an editor's pixels."""
    image = editor.viewport().grab().toImage()
    return {image.pixelColor(x, y).name() for x in range(image.width()) for y in range(image.height())}


def test_white_space_can_be_seen_fainter_than_the_text(stage: Stage) -> None:
    editor = editor_at(stage.page.pane.conversation, 0)
    editor.insert_true_text("a  b\tc\u00a0d\nxxx ")
    stage.page.panel.view.setFocus()
    width = editor.document().firstBlock().layout().lineAt(0).naturalTextWidth()
    plain = ink(editor)
    stage.press(Qt.Key.Key_P, CONTROL | SHIFT)
    assert color("faint").name() in ink(editor)
    assert color("faint").name() not in plain
    assert editor.document().firstBlock().layout().lineAt(0).naturalTextWidth() == width
    assert stage.commands.action("view.marks").isChecked()
    stage.press(Qt.Key.Key_P, CONTROL | SHIFT)
    assert ink(editor) == plain


@pytest.mark.parametrize(
    ("text", "names"),
    [
        ("Zero\u200bwidth", ["ZWSP"]),
        ("a\u202eb\u202c", ["RLO", "PDF"]),
        ("a\u00a0b", ["NBSP"]),
        ("Quoi\u202f? 10\u00a0000 \u00ab\u00a0oui\u00a0\u00bb 5\u00a0kg", []),
        ("\U0001f469\u200d\U0001f680 \u2764\ufe0f", []),
        ("a\ue0001b \x07 \U000e0041", ["0007", "E0041"]),
        ("nothing odd", []),
    ],
)
def test_characters_are_named(text: str, names: list[str]) -> None:
    assert [name for _, name, _ in names_in(text)] == names


def test_an_invisible_character_has_room_for_its_name_and_is_told_at_the_caret(qtbot: QtBot) -> None:
    view = shown_view(qtbot, an_example(message("user", "Zero\u200bwidth"), message("user", "Zerowidth")))
    editor, card = editor_at(view, 0), view.card_at(0)
    assert card is not None

    def width(index: int) -> float:
        return editor_at(view, index).document().firstBlock().layout().lineAt(0).naturalTextWidth()

    qtbot.waitUntil(lambda: width(0) > width(1) + 20)
    view.focus_message(0)
    editor.select(5, 5)
    assert card.header.note == "U+200B zero width space"
    editor.select(2, 2)
    assert card.header.note == ""
    editor.select(4, 4)
    view.focus_message(1)
    assert card.header.note == ""
    assert color("warning").name() in ink(editor)
    view.focus_message(0)
    editor.select(4, 4)
    press(Qt.Key.Key_Delete)
    assert editor.true_text == "Zerowidth"
    assert editor._code is None
    assert width(0) == width(1)
    assert card.header.note == ""


def families(block: QTextBlock) -> set[str]:
    return {name for each in block.layout().formats() for name in each.format.fontFamilies() or ()}


def test_blocks_of_code_are_mono(qtbot: QtBot) -> None:
    view = shown_view(
        qtbot, an_example(message("assistant", "a\n```py\nx = 1\n```\nb"), message("user", "plain"))
    )
    document = editor_at(view, 0).document()
    mono = [bool(families(document.findBlockByNumber(n))) for n in range(5)]
    assert mono == [False, True, True, True, False]
    assert editor_at(view, 0).tabStopDistance() == 32
    assert editor_at(view, 1)._code is None
    view.focus_message(1)
    type_text("```")
    assert families(editor_at(view, 1).document().findBlockByNumber(0)) == set()
    editor_at(view, 1).insert_true_text("\n```\ny")
    editor = editor_at(view, 1)
    qtbot.waitUntil(lambda: families(editor.document().findBlockByNumber(1)) == {"JetBrains Mono"})


def test_a_text_of_many_plain_lines_has_no_highlighter(qtbot: QtBot) -> None:
    view = shown_view(qtbot, an_example(message("user", "one\ntwo\r\nthree"), message("user", "a\n\u200bb")))
    assert editor_at(view, 0)._code is None
    assert editor_at(view, 1)._code is not None


def test_a_big_text_has_no_highlighter(qtbot: QtBot) -> None:
    view = shown_view(qtbot, an_example(message("user", "```\n" + "x y\n" * BIG_TEXT)))
    assert editor_at(view, 0)._code is None


def test_markdown_is_shown_and_text_again(stage: Stage) -> None:
    view = stage.page.pane.conversation
    view.focus_message(1)
    stage.press(Qt.Key.Key_M, CONTROL)
    card = view.card_at(1)
    assert card is not None
    preview = card.body.previews[0]
    assert "# Moon" not in preview.toPlainText()
    assert "<b>html</b>" in preview.toPlainText()
    assert stage.focus() is preview
    stage.press(Qt.Key.Key_Return)
    assert stage.focus() is editor_at(view, 1)
    assert next(iter(stage.workspace.examples().bodies()))[3] == LINES[0]


def test_all_as_markdown_but_what_tools_say(qtbot: QtBot) -> None:
    view = shown_view(
        qtbot, an_example(message("user", "*a*"), message("tool", "*b*"), message("assistant", ""))
    )
    view.set_look(TextLook(is_markdown=True))
    kinds = [len(card.body.previews) for index in range(3) if (card := view.card_at(index)) is not None]
    assert kinds == [1, 0, 0]
    view.reveal(0, 0, 1)
    assert editor_at(view, 0).textCursor().selectedText() == "*"


def test_markdown_loads_and_opens_nothing(
    qtbot: QtBot, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    opened: list[QUrl] = []
    asked: list[str] = []
    monkeypatch.setattr("PySide6.QtGui.QDesktopServices.openUrl", opened.append)

    def answer(box: QMessageBox) -> int:
        asked.append(box.text())
        assert box.textFormat() is Qt.TextFormat.PlainText
        return int(QMessageBox.StandardButton.Cancel)

    monkeypatch.setattr(QMessageBox, "exec", answer)
    view = MarkdownView()
    show(qtbot, view, 400, 300)
    secret = tmp_path / "secret.txt"
    view.show_text(MARKED.replace("/etc/passwd", str(secret)), 100)
    image = QTextDocument.ResourceType.ImageResource.value
    secret.write_text("a secret")
    for kind in (image, QTextDocument.ResourceType.StyleSheetResource.value):
        loaded = view.document().resource(kind, QUrl.fromLocalFile(str(secret)))
        assert isinstance(loaded, QImage)
    assert f"[image: file://{secret}]" in view.toPlainText()
    for address in ("file:///etc/passwd", "javascript:alert(1)", "smb://host/x", "https://example.com/<b>"):
        view.anchorClicked.emit(QUrl(address))
    assert opened == []
    assert asked == ["Open this address in your browser?\n\nhttps://example.com/%3Cb%3E"]


def test_a_collapsed_message_shows_its_first_line(stage: Stage) -> None:
    view = stage.page.pane.conversation
    view.focus_message(1)
    card = view.card_at(1)
    assert card is not None
    height = card.height()
    stage.press(Qt.Key.Key_L, CONTROL | SHIFT)
    assert card.body.notes()[0].startswith("# Moon A **bold**")
    assert card.height() < height
    assert view.focused_index() == 1
    stage.press(Qt.Key.Key_L, CONTROL | SHIFT)
    assert card.height() == height
    stage.commands.invoke("view.collapse_all")
    assert [len(each.body.editors) for each in view.cards()] == [0, 0]
    view.reveal(1, 0, 3)
    assert editor_at(view, 1).textCursor().selectedText() == "# M"
    stage.commands.invoke("view.collapse_all")
    stage.commands.invoke("view.collapse_all")
    assert [len(each.body.editors) for each in view.cards()] == [1, 1]
