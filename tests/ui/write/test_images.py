"""Images of messages: pasted, dropped, chosen, moved and taken out, on page Write."""

import base64
import json
from pathlib import Path
from random import Random
from typing import Any

import pytest
from PySide6.QtCore import QByteArray, QMimeData, QPoint, QPointF, Qt, QUrl
from PySide6.QtGui import QColor, QDragEnterEvent, QDropEvent, QGuiApplication, QImage, QImageWriter
from PySide6.QtWidgets import QApplication, QFileDialog
from pytestqt.qtbot import QtBot

from finetune_studio.domain.errors import InputError, StudioError
from finetune_studio.domain.message import ContentPart, RawJson
from finetune_studio.ui.write.image_files import images_in, url_of_file, url_of_image, urls_of
from finetune_studio.ui.write.image_part import AT_ONCE, ImagePartView
from tests.helpers.builders import chat_line
from tests.helpers.qt import show
from tests.ui.write.page_parts import Stage

LINES = [chat_line(("user", "What is this?"), ("assistant", "A square."))]


def picture(side: int = 20, noisy: bool = False) -> QImage:
    if noisy:
        data = Random(1).randbytes(side * side * 4)
        return QImage(data, side, side, QImage.Format.Format_RGB32).copy()
    image = QImage(side, side, QImage.Format.Format_RGB32)
    image.fill(QColor("#336699"))
    return image


def content(stage: Stage, index: int = 0) -> Any:
    return json.loads(stage.bodies()[0])["messages"][index]["content"]


def views(stage: Stage) -> list[ImagePartView]:
    card = stage.page.pane.conversation.card_at(0)
    assert card is not None
    return card.body.images


def a_file(folder: Path, name: str, kind: bytes = b"PNG") -> Path:
    path = folder / name
    assert QImageWriter(str(path), QByteArray(kind)).write(picture())
    return path


def with_urls(*paths: Path) -> QMimeData:
    data = QMimeData()
    data.setUrls([QUrl.fromLocalFile(str(path)) for path in paths])
    return data


def test_an_image_of_the_clipboard_is_pasted_and_undone(stage: Stage) -> None:
    view = stage.page.pane.conversation
    view.focus_message(0)
    stage.type(" Look")
    QGuiApplication.clipboard().setImage(picture())
    stage.press(Qt.Key.Key_V, Qt.KeyboardModifier.ControlModifier)
    stage.settle()
    parts = content(stage)
    assert [part["type"] for part in parts] == ["text", "image_url"]
    assert parts[0]["text"] == "What is this? Look"
    assert parts[1]["image_url"]["url"].startswith("data:image/png;base64,")
    assert views(stage)[0].words.startswith("Image, PNG · 20 × 20 · ")
    assert views(stage)[0].has_thumbnail
    stage.commands.invoke("edit.undo")
    stage.settle()
    assert content(stage) == "What is this? Look"
    assert views(stage) == []


def test_files_are_dropped_on_a_card_and_keep_their_bytes(stage: Stage, tmp_path: Path) -> None:
    paths = [a_file(tmp_path, "a.png"), a_file(tmp_path, "b.jpg", b"JPEG")]
    data = with_urls(*paths)
    card = stage.page.pane.conversation.card_at(0)
    assert card is not None
    buttons, keys = Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier
    enter = QDragEnterEvent(QPoint(5, 5), Qt.DropAction.CopyAction, data, buttons, keys)
    QApplication.sendEvent(card, enter)
    assert enter.isAccepted()
    drop = QDropEvent(QPointF(5, 5), Qt.DropAction.CopyAction, data, buttons, keys)
    QApplication.sendEvent(card, drop)
    stage.settle()
    urls = [part["image_url"]["url"] for part in content(stage)[1:]]
    assert [url.partition(";")[0] for url in urls] == ["data:image/png", "data:image/jpeg"]
    assert [base64.b64decode(url.partition(",")[2]) for url in urls] == [path.read_bytes() for path in paths]
    lines = with_urls(tmp_path / "x.jsonl")
    other = QDragEnterEvent(QPoint(5, 5), Qt.DropAction.CopyAction, lines, buttons, keys)
    QApplication.sendEvent(card, other)
    assert not other.isAccepted(), "other files belong to the window"


def test_an_image_is_chosen_moved_given_a_detail_and_removed(
    stage: Stage, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = a_file(tmp_path, "a.png")

    def answer(*_args: object) -> tuple[list[str], str]:
        return [str(path)], ""

    monkeypatch.setattr(QFileDialog, "getOpenFileNames", answer)
    stage.commands.invoke("message.add_image")
    stage.settle()
    assert len(views(stage)) == 1
    image = views(stage)[0]
    menu = image.open_menu(QPoint())
    assert [action.isEnabled() for action in menu.actions()[:2]] == [True, False]
    menu.close()
    image.deed_requested.emit("up")
    stage.settle()
    assert [part["type"] for part in content(stage)] == ["image_url", "text"]
    views(stage)[0].deed_requested.emit("detail:low")
    stage.settle()
    assert content(stage)[0]["image_url"]["detail"] == "low"
    assert views(stage)[0].words.endswith(" · detail low")
    stage.window.activateWindow()  # The menu took the focus.
    views(stage)[0].more.setFocus()
    stage.qtbot.waitUntil(lambda: views(stage)[0].more.hasFocus())
    stage.press(Qt.Key.Key_Delete)
    stage.settle()
    assert content(stage) == [{"type": "text", "text": "What is this?"}]
    assert stage.notices == ["The image is removed; the text is still a list of parts."]
    stage.page.images._make_plain()
    stage.settle()
    assert stage.bodies() == LINES
    for _ in range(5):
        stage.commands.invoke("edit.undo")
        stage.settle()
    assert stage.bodies() == LINES


def test_a_file_that_is_no_image_is_told(stage: Stage, tmp_path: Path) -> None:
    path = tmp_path / "not.png"
    path.write_text("hello")
    stage.page.images.add(0, [path])
    stage.settle()
    assert [str(error) for error in stage.errors if isinstance(error, StudioError)]
    assert "no image that can be read" in stage.errors[0].text  # type: ignore[attr-defined]
    stage.errors.clear()
    assert stage.bodies() == LINES


def test_a_web_address_is_a_line_of_text(qtbot: QtBot) -> None:
    view = ImagePartView()
    show(qtbot, view, 400, 110)
    view.show_part(ContentPart("image_url", image_url="https://example.com/a.png"))
    assert view.words == "Image at an address, not fetched: https://example.com/a.png"
    assert not view.has_thumbnail


def test_a_large_image_is_read_beside_the_window(qtbot: QtBot) -> None:
    url = url_of_image(picture(420, noisy=True))
    assert len(url) > AT_ONCE
    view = ImagePartView()
    show(qtbot, view, 400, 110)
    view.show_part(ContentPart("image_url", image_url=url, raw=RawJson("{}")))
    assert view.is_reading
    assert view.words.endswith("being read")
    height = view.height_for(400)
    qtbot.waitUntil(lambda: view.has_thumbnail)
    assert view.words.startswith("Image, PNG · 420 × 420")
    assert view.height_for(400) == height, "what comes later moves nothing"


def test_what_counts_as_an_image(tmp_path: Path) -> None:
    text = QMimeData()
    text.setText("words")
    text.setImageData(picture())
    assert images_in(text) is None, "a text that brings a picture of itself is a text"
    both = with_urls(a_file(tmp_path, "a.png"), tmp_path / "b.txt")
    assert images_in(both) is None
    assert images_in(with_urls(tmp_path / "a.png")) == [tmp_path / "a.png"]


def test_files_say_what_they_are_by_their_content(tmp_path: Path) -> None:
    renamed = a_file(tmp_path, "a.png", b"JPEG")
    assert url_of_file(renamed).startswith("data:image/jpeg;base64,")
    bitmap = a_file(tmp_path, "b.png", b"BMP")
    with pytest.raises(InputError, match=r"b\.png is of type BMP"):
        urls_of([bitmap])
    with pytest.raises(InputError, match="cannot be read"):
        urls_of([tmp_path / "gone.png"])
