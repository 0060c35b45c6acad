"""The plain questions."""

from PySide6.QtCore import Qt, QTimer
from PySide6.QtWidgets import QApplication, QLabel, QMessageBox
from pytestqt.qtbot import QtBot

from finetune_studio.ui.widgets.questions import QuestionBox, TextQuestion, ask_text


def _answer(qtbot: QtBot, text: str, key: Qt.Key) -> None:
    def act() -> None:
        question = QApplication.activeModalWidget()
        assert isinstance(question, TextQuestion)
        question.field.setText(text)
        qtbot.keyClick(question.field, key)

    QTimer.singleShot(0, act)


def test_return_gives_the_text_and_escape_gives_none(qtbot: QtBot) -> None:
    _answer(qtbot, "Second reading", Qt.Key.Key_Return)
    assert ask_text(None, "Name this version", "Name of the version") == ("Second reading", True)
    _answer(qtbot, "Third", Qt.Key.Key_Escape)
    assert ask_text(None, "Name this version", "Name of the version")[1] is False


def test_the_text_there_is_can_be_typed_over(qtbot: QtBot) -> None:
    question = TextQuestion("Rename the filter", "Name of the filter", "Long ones")
    qtbot.addWidget(question)
    assert question.field.selectedText() == "Long ones"
    assert question.field.accessibleName() == "Name of the filter"


def test_a_question_shows_its_text_plain_and_whole(qtbot: QtBot) -> None:
    box = QuestionBox()
    qtbot.addWidget(box)
    box.setText("marv-train.jsonl and <b>marv-validation.jsonl</b> exist in this folder. Replace them?")
    box.addButton("Replace", QMessageBox.ButtonRole.AcceptRole)
    box.show()
    label = box.findChild(QLabel, "qt_msgbox_label")
    assert isinstance(label, QLabel)
    assert label.textFormat() == Qt.TextFormat.PlainText
    assert label.height() >= label.heightForWidth(label.width())
    assert label.wordWrap() or label.width() >= label.sizeHint().width()
