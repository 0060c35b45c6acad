"""The main window with stub pages and real datasets."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from PySide6.QtCore import QMimeData, QPoint, QPointF, Qt, QUrl
from PySide6.QtGui import QAccessible, QDragEnterEvent, QDropEvent
from PySide6.QtWidgets import QApplication, QFileDialog, QWidget
from pytestqt.qtbot import QtBot

from finetune_studio.domain.errors import CancelledError, InputError
from finetune_studio.settings.paths import app_paths
from finetune_studio.ui.application import Studio
from finetune_studio.ui.crash_dialog import CrashDialog
from finetune_studio.ui.shell.raiser import WindowRaiser
from finetune_studio.workspace.operations.examples import new_example
from finetune_studio.workspace.tasks import ImmediateRunner
from finetune_studio.workspace.workspace import Workspace
from tests.helpers.window import StubPage, close_studio, make_studio, write_chat_file


@pytest.fixture
def studio(qapp: QApplication, qtbot: QtBot) -> Iterator[Studio]:
    made = make_studio(qapp, qtbot)
    yield made
    close_studio(made)


def open_file(studio: Studio, qtbot: QtBot, path: Path) -> None:
    with qtbot.waitSignal(studio.window.datasets.opened, timeout=20_000):
        studio.window.datasets.open_path(path)


def page(studio: Studio, key: str) -> StubPage:
    found = studio.window.pages.page(key)
    assert isinstance(found, StubPage)
    return found


def test_it_starts_on_the_welcome_page(studio: Studio) -> None:
    window = studio.window
    assert window.welcome.isVisible()
    assert not window.header.tab("write").isVisible()
    assert window.windowTitle() == "Finetune Studio"
    assert not studio.commands.action("file.export").isEnabled()
    assert studio.commands.action("file.open").isEnabled()


def test_a_file_becomes_a_dataset_with_pages(studio: Studio, qtbot: QtBot, tmp_path: Path) -> None:
    window = studio.window
    open_file(studio, qtbot, write_chat_file(tmp_path / "data.jsonl", 12))
    assert (tmp_path / "data.ftset").is_file()
    assert window.windowTitle() == "data.ftset – Finetune Studio"
    assert window.pages.current_key == "write"
    assert window.pages.page("check") is None, "pages are made when first shown"
    qtbot.mouseClick(window.header.tab("check"), Qt.MouseButton.LeftButton)
    assert window.pages.current_key == "check"
    assert page(studio, "check").workspace is window.workspace
    qtbot.keyClick(window, Qt.Key.Key_3, Qt.KeyboardModifier.ControlModifier)
    assert window.pages.current_key == "tune"
    assert window.header.tab("tune").isChecked()
    assert studio.settings.recent() == [tmp_path / "data.ftset"]


def test_the_status_bar_says_the_numbers(studio: Studio, qtbot: QtBot, tmp_path: Path) -> None:
    open_file(studio, qtbot, write_chat_file(tmp_path / "data.jsonl", 12))
    bar = studio.window.status_bar
    qtbot.waitUntil(lambda: "Checked 12 / 12" in bar.checked.text(), timeout=20_000)
    assert bar.examples.text() == "12 examples"
    assert bar.tokens.text().endswith(" trained")
    assert bar.saved.text() == "All changes saved"


def test_unreadable_lines_are_told_and_shown(studio: Studio, qtbot: QtBot, tmp_path: Path) -> None:
    source = write_chat_file(tmp_path / "data.jsonl", 3)
    source.write_bytes(source.read_bytes() + b"{not json\n")
    open_file(studio, qtbot, source)
    assert studio.window.banner.label.text().startswith("1 line of data.jsonl could not be read.")
    qtbot.mouseClick(studio.window.banner.action, Qt.MouseButton.LeftButton)
    assert ("findings", "unreadable") in page(studio, "check").calls


def test_f5_checks_again_from_any_page(studio: Studio, qtbot: QtBot, tmp_path: Path) -> None:
    open_file(studio, qtbot, write_chat_file(tmp_path / "data.jsonl", 3))
    workspace = studio.window.workspace
    assert workspace is not None
    qtbot.waitUntil(lambda: workspace.lint.summary.checked == 3 and not workspace.lint.is_running)
    studio.window.setFocus()
    qtbot.keyClick(studio.window, Qt.Key.Key_F5)
    assert workspace.lint.is_running
    qtbot.waitUntil(lambda: not workspace.lint.is_running)


def test_undo_and_redo_say_what_they_do(studio: Studio, qtbot: QtBot, tmp_path: Path) -> None:
    open_file(studio, qtbot, write_chat_file(tmp_path / "data.jsonl", 3))
    commands, workspace = studio.commands, studio.window.workspace
    assert workspace is not None
    workspace.perform(new_example)
    qtbot.waitUntil(lambda: commands.title("edit.undo") == "Undo “new example”", timeout=5000)
    studio.window.setFocus()
    qtbot.keyClick(studio.window, Qt.Key.Key_Z, Qt.KeyboardModifier.ControlModifier)
    qtbot.waitUntil(lambda: commands.title("edit.redo") == "Redo “new example”", timeout=5000)
    assert commands.action("edit.redo").isEnabled()
    assert ("flush", None) in page(studio, "write").calls


def test_closing_goes_back_to_the_welcome_page(studio: Studio, qtbot: QtBot, tmp_path: Path) -> None:
    open_file(studio, qtbot, write_chat_file(tmp_path / "data.jsonl", 3))
    studio.commands.invoke("file.close")
    qtbot.waitUntil(lambda: studio.window.workspace is None, timeout=5000)
    assert studio.window.welcome.isVisible()
    assert not studio.commands.has_flag("dataset")
    open_file(studio, qtbot, tmp_path / "data.ftset")
    assert studio.window.pages.current_key == "write"


def test_a_page_may_ask_to_stay(studio: Studio, qtbot: QtBot, tmp_path: Path) -> None:
    open_file(studio, qtbot, write_chat_file(tmp_path / "data.jsonl", 3))
    page(studio, "write").may_close = False
    assert not studio.window.close()
    assert studio.window.workspace is not None
    page(studio, "write").may_close = True


def test_pages_reach_each_other_through_the_window(studio: Studio, qtbot: QtBot, tmp_path: Path) -> None:
    open_file(studio, qtbot, write_chat_file(tmp_path / "data.jsonl", 3))
    window = studio.window
    window.pages.show_page("check")
    page(studio, "check").open_example_requested.emit((2, None))
    assert window.pages.current_key == "write"
    assert ("open", (2, None)) in page(studio, "write").calls
    page(studio, "check").filter_requested.emit("rule:D201")
    assert ("filter", "rule:D201") in page(studio, "write").calls
    page(studio, "check").ask_model_requested.emit("ft:x")
    assert ("model", "ft:x") in page(studio, "try").calls
    window.status_bar.findings_requested.emit("error")
    assert ("findings", "error") in page(studio, "check").calls


def test_find_goes_to_the_search_field_of_the_page(studio: Studio, qtbot: QtBot, tmp_path: Path) -> None:
    open_file(studio, qtbot, write_chat_file(tmp_path / "data.jsonl", 3))
    studio.commands.invoke("edit.find")
    assert page(studio, "write").search_field.hasFocus()


def test_the_key_of_the_palette_closes_it_too(studio: Studio) -> None:
    studio.commands.invoke("view.palette")
    assert studio.window.views.palette.isVisible()
    studio.commands.invoke("view.palette")
    assert not studio.window.views.palette.isVisible()


def test_the_palette_searches_the_examples(studio: Studio, qtbot: QtBot, tmp_path: Path) -> None:
    open_file(studio, qtbot, write_chat_file(tmp_path / "data.jsonl", 3))
    studio.window.pages.show_page("check")
    qtbot.keyClick(studio.window, Qt.Key.Key_K, Qt.KeyboardModifier.ControlModifier)
    assert studio.window.views.palette.isVisible()
    qtbot.keyClicks(studio.window.focusWidget(), "zq moon")
    qtbot.keyClick(studio.window.focusWidget(), Qt.Key.Key_Return)
    assert ("filter", "zq moon") in page(studio, "write").calls


@pytest.mark.parametrize(
    ("name", "content", "words"),
    [
        ("empty.jsonl", b"", "empty"),
        ("gone.jsonl", None, "does not exist"),
        ("folder.jsonl", "folder", "folder"),
    ],
)
def test_a_file_that_cannot_be_opened_says_why(
    studio: Studio, qtbot: QtBot, tmp_path: Path, name: str, content: object, words: str
) -> None:
    path = tmp_path / name
    if isinstance(content, bytes):
        path.write_bytes(content)
    elif content == "folder":
        path.mkdir()
    with qtbot.waitSignal(studio.window.datasets.failed, timeout=10_000):
        studio.window.datasets.open_path(path)
    assert studio.window.banner.isVisible()
    assert words in studio.window.banner.label.text()
    assert studio.window.welcome.isVisible()


def test_the_sample_is_made_once(studio: Studio, qtbot: QtBot) -> None:
    for _time in range(2):
        with qtbot.waitSignal(studio.window.datasets.opened, timeout=20_000):
            studio.commands.invoke("file.sample")
        assert studio.window.workspace is not None
        assert studio.window.workspace.examples().count() >= 24
        studio.commands.invoke("file.close")


def test_opening_what_is_open_says_so(studio: Studio, qtbot: QtBot, tmp_path: Path) -> None:
    source = write_chat_file(tmp_path / "data.jsonl", 3)
    open_file(studio, qtbot, source)
    for path in (source, tmp_path / "data.ftset"):
        with qtbot.waitSignal(studio.window.datasets.failed):
            studio.window.datasets.open_path(path)
        assert "is open already" in studio.window.banner.label.text()
    assert studio.window.workspace is not None


def test_a_template_starts_a_dataset(
    studio: Studio, qtbot: QtBot, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    wanted = tmp_path / "mine"
    monkeypatch.setattr(QFileDialog, "getSaveFileName", lambda *_args, **_kwargs: (str(wanted), ""))
    with qtbot.waitSignal(studio.window.datasets.opened, timeout=20_000):
        studio.window.welcome.template_requested.emit(studio.window.welcome.template("persona"))
    assert studio.window.workspace is not None
    assert studio.window.workspace.path == tmp_path / "mine.ftset"
    assert studio.window.workspace.examples().count() > 0
    with qtbot.waitSignal(studio.window.datasets.failed, timeout=10_000):
        studio.commands.invoke("file.new")
    assert "exists already" in studio.window.banner.label.text()


def drop(studio: Studio, url: QUrl) -> bool:
    data = QMimeData()
    data.setUrls([url])
    buttons, keys = Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier
    enter = QDragEnterEvent(QPoint(50, 200), Qt.DropAction.CopyAction, data, buttons, keys)
    enter.ignore()
    studio.window.dragEnterEvent(enter)
    if enter.isAccepted():
        studio.window.dropEvent(QDropEvent(QPointF(50, 200), Qt.DropAction.CopyAction, data, buttons, keys))
    return enter.isAccepted()


def test_a_dropped_file_is_opened_and_the_next_imported(studio: Studio, qtbot: QtBot, tmp_path: Path) -> None:
    first = write_chat_file(tmp_path / "first.jsonl", 4)
    with qtbot.waitSignal(studio.window.datasets.opened, timeout=20_000):
        assert drop(studio, QUrl.fromLocalFile(str(first)))
    second = write_chat_file(tmp_path / "second.jsonl", 3)
    with qtbot.waitSignal(studio.commands.noticed, timeout=20_000) as caught:
        assert drop(studio, QUrl.fromLocalFile(str(second)))
    assert caught.args is not None
    assert caught.args[0] == "Imported 3 examples from second.jsonl."
    assert studio.window.toast.isVisible()


def test_a_toast_undoes_its_own_step_alone(studio: Studio, qtbot: QtBot, tmp_path: Path) -> None:
    open_file(studio, qtbot, write_chat_file(tmp_path / "data.jsonl", 3))
    workspace = studio.window.workspace
    assert workspace is not None
    toast = studio.window.toast

    def add(told: str) -> None:
        done: list[object] = []
        workspace.perform(new_example, done=done.append)
        qtbot.waitUntil(lambda: bool(done))
        studio.commands.notice(told, "Undo", studio.window.history._on_undo)

    add("One")
    assert toast.isVisible()
    workspace.undo()
    qtbot.waitUntil(lambda: not toast.isVisible())
    add("Two")
    workspace.perform(new_example)  # is not done yet when the toast is pressed
    qtbot.mouseClick(toast.action, Qt.MouseButton.LeftButton)
    qtbot.waitUntil(lambda: not workspace.pending_writes)
    assert workspace.examples().count() == 5
    studio.commands.notice("Three", "Undo", studio.window.history._on_undo)
    qtbot.mouseClick(toast.action, Qt.MouseButton.LeftButton)
    qtbot.waitUntil(lambda: workspace.examples().count() == 4)
    assert not toast.isVisible()


def test_an_address_is_never_taken_for_a_file(studio: Studio) -> None:
    assert not drop(studio, QUrl("https://example.org/data.jsonl"))
    assert not drop(studio, QUrl("file://server/share/data.jsonl"))


def test_the_chosen_theme_is_remembered(studio: Studio) -> None:
    studio.commands.invoke("view.theme_dark")
    assert studio.theme.theme.dark
    assert studio.settings.get("look.theme") == "dark"
    assert studio.commands.action("view.theme_dark").isChecked()
    studio.commands.invoke("view.theme_light")


def test_recent_files_are_in_the_menu_and_can_be_forgotten(
    studio: Studio, qtbot: QtBot, tmp_path: Path
) -> None:
    open_file(studio, qtbot, write_chat_file(tmp_path / "data.jsonl", 3))
    studio.commands.invoke("file.close")
    studio.window.welcome.forget_requested.emit(tmp_path / "data.ftset")
    assert studio.settings.recent() == []


def test_expected_errors_are_a_banner_and_bugs_a_dialog(studio: Studio, qtbot: QtBot) -> None:
    studio.commands.report_error(CancelledError())
    assert not studio.window.banner.isVisible()
    studio.commands.report_error(InputError("Line 7 is not JSON.", "Mend it."))
    assert studio.window.banner.label.text() == "Line 7 is not JSON. Mend it."
    studio.commands.report_error(ValueError("a secret of the dataset"))
    dialogs = studio.window.findChildren(CrashDialog)
    assert len(dialogs) == 1
    assert "secret" not in dialogs[0].report
    assert "ValueError" in dialogs[0].report
    dialogs[0].close()


def test_a_dataset_of_another_window_brings_that_to_the_front(
    studio: Studio, qtbot: QtBot, tmp_path: Path
) -> None:
    source = write_chat_file(tmp_path / "data.jsonl", 3)
    other = Workspace.open_any(source, paths=app_paths(), runner=ImmediateRunner())
    try:
        with qtbot.waitSignal(studio.window.datasets.failed, timeout=10_000):
            studio.window.datasets.open_path(source)
        assert studio.window.banner.action.text() == "Open for reading only"
        raiser = WindowRaiser()
        raiser.listen(other.path)
        with qtbot.waitSignals([studio.window.datasets.failed, raiser.raise_requested], timeout=10_000):
            studio.window.datasets.open_path(other.path)
        assert "open in another window" in studio.window.banner.label.text()
        raiser.stop()
        with qtbot.waitSignal(studio.window.datasets.opened, timeout=10_000):
            qtbot.mouseClick(studio.window.banner.action, Qt.MouseButton.LeftButton)
        assert studio.window.workspace is not None
        assert studio.window.workspace.read_only
        assert not studio.commands.action("file.import").isEnabled()
        assert studio.window.status_bar.saved.text() == "Read only"
    finally:
        studio.window.datasets.close_patiently()
        other.close()


def test_a_damaged_dataset_can_be_recovered(studio: Studio, qtbot: QtBot, tmp_path: Path) -> None:
    open_file(studio, qtbot, write_chat_file(tmp_path / "data.jsonl", 400))
    studio.commands.invoke("file.close")
    path = tmp_path / "data.ftset"
    content = bytearray(path.read_bytes())
    pages = len(content) // 4096
    for number in range(pages // 2, pages, 3):
        content[number * 4096 : number * 4096 + 4096] = b"\xa5" * 4096
    path.write_bytes(content)
    with qtbot.waitSignal(studio.window.datasets.failed, timeout=10_000):
        studio.window.datasets.open_path(path)
    assert studio.window.banner.action.text() == "Recover into a new file"
    with qtbot.waitSignal(studio.window.datasets.opened, timeout=20_000):
        qtbot.mouseClick(studio.window.banner.action, Qt.MouseButton.LeftButton)
    assert studio.window.workspace is not None
    assert studio.window.workspace.path.name == "data recovered.ftset"
    assert bytes(content) == path.read_bytes(), "the damaged file is never written to"


def test_a_copy_is_a_dataset_of_its_own(
    studio: Studio, qtbot: QtBot, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    open_file(studio, qtbot, write_chat_file(tmp_path / "data.jsonl", 5))
    copy = tmp_path / "copy.ftset"
    monkeypatch.setattr(QFileDialog, "getSaveFileName", lambda *_args, **_kwargs: (str(copy), ""))
    with qtbot.waitSignal(studio.commands.noticed, timeout=10_000):
        studio.commands.invoke("file.save_copy")
    open_file(studio, qtbot, copy)
    assert studio.window.workspace is not None
    assert studio.window.workspace.examples().count() == 5


def test_every_control_has_a_name(studio: Studio, qtbot: QtBot, tmp_path: Path) -> None:
    assert nameless(studio) == []
    open_file(studio, qtbot, write_chat_file(tmp_path / "data.jsonl", 3))
    assert nameless(studio) == []


def nameless(studio: Studio) -> list[str]:
    return [
        f"{type(widget).__name__} in {type(widget.parent()).__name__}"
        for widget in studio.window.findChildren(QWidget)
        if widget.isVisible() and widget.focusPolicy() & Qt.FocusPolicy.TabFocus and not spoken_name(widget)
    ]


def spoken_name(widget: QWidget) -> str:
    interface = QAccessible.queryAccessibleInterface(widget)
    return interface.text(QAccessible.Text.Name) if interface is not None else ""
