import gc

import pytest
from PySide6.QtCore import QObject, Qt
from PySide6.QtWidgets import QPlainTextEdit, QPushButton, QVBoxLayout, QWidget
from pytestqt.qtbot import QtBot

from finetune_studio.domain.errors import InputError, UsageError
from finetune_studio.ui.commands import ALL_COMMANDS, CommandRegistry, CommandSpec
from finetune_studio.ui.commands.menus import build_menus
from finetune_studio.ui.commands.spec import check_table
from finetune_studio.ui.widgets import StudioTextEdit
from tests.helpers.qt import show


class Page(QObject):
    def __init__(self) -> None:
        super().__init__()
        self.done: list[str] = []

    def approve(self) -> None:
        self.done.append("approve")

    def undo(self) -> None:
        self.done.append("undo")

    def fail(self) -> None:
        raise InputError("Line 7 is not JSON.", "Mend it.")


def with_flags(commands: CommandRegistry) -> CommandRegistry:
    for flag in ("dataset", "writable", "page.write", "example"):
        commands.set_flag(flag, True)
    return commands


def test_the_table_is_sound() -> None:
    check_table(ALL_COMMANDS)
    assert all(spec.menu for spec in ALL_COMMANDS), "every command is in a menu"


def test_a_key_means_one_thing() -> None:
    with pytest.raises(UsageError, match="Ctrl\\+X"):
        check_table((CommandSpec("a.a", "A", "Ctrl+X"), CommandSpec("a.b", "B", "Ctrl+X")))


def test_a_command_needs_its_flags_and_a_handler(commands: CommandRegistry) -> None:
    page = Page()
    assert not commands.action("review.approve").isEnabled()
    commands.register("review.approve", page.approve)
    assert not commands.action("review.approve").isEnabled()
    with_flags(commands)
    assert commands.action("review.approve").isEnabled()
    assert commands.invoke("review.approve")
    commands.set_enabled("review.approve", False)
    assert not commands.invoke("review.approve")
    assert page.done == ["approve"]


def test_a_handler_goes_with_its_owner(commands: CommandRegistry) -> None:
    with_flags(commands)
    first, second = Page(), Page()
    commands.register("review.approve", first.approve)
    commands.register("review.approve", second.approve)
    commands.invoke("review.approve")
    del second
    gc.collect()
    commands.invoke("review.approve")
    assert first.done == ["approve"]
    commands.unregister(first)
    assert not commands.action("review.approve").isEnabled()


def test_an_expected_error_is_reported(commands: CommandRegistry, qtbot: QtBot) -> None:
    page = Page()
    with_flags(commands).register("review.approve", page.fail)
    with qtbot.waitSignal(commands.failed) as caught:
        commands.invoke("review.approve")
    assert caught.args is not None
    assert caught.args[0].text == "Line 7 is not JSON."


def test_titles_can_change_and_come_back(commands: CommandRegistry) -> None:
    commands.set_title("edit.undo", "Undo “R&D”")
    assert commands.title("edit.undo") == "Undo “R&D”"
    commands.set_title("edit.undo", "")
    assert commands.title("edit.undo") == "Undo"


def test_a_button_follows_its_command(commands: CommandRegistry, qtbot: QtBot) -> None:
    page, button = Page(), QPushButton("Approve")
    qtbot.addWidget(button)
    commands.bind_button(button, "review.approve")
    assert not button.isEnabled()
    with_flags(commands).register("review.approve", page.approve)
    assert button.isEnabled()
    assert "(A)" in button.toolTip()
    qtbot.mouseClick(button, Qt.MouseButton.LeftButton)
    assert page.done == ["approve"]


def test_a_key_may_mean_one_thing_on_each_page() -> None:
    write = CommandSpec("one", "One", "R", when=("dataset", "page.write"))
    check = CommandSpec("two", "Two", "R", when=("dataset", "page.check", "group"))
    check_table((write, check))
    for other in (CommandSpec("three", "Three", "R"), CommandSpec("four", "Four", "R", when=("page.check",))):
        with pytest.raises(UsageError):
            check_table((write, check, other))


def test_single_letters_wait_while_an_editor_has_the_focus(commands: CommandRegistry, qtbot: QtBot) -> None:
    page = Page()
    window = QWidget()
    layout = QVBoxLayout(window)
    editor, button = QPlainTextEdit(), QPushButton("Other")
    layout.addWidget(editor)
    layout.addWidget(button)
    with_flags(commands).register("review.approve", page.approve)
    commands.install(window)
    show(qtbot, window)
    editor.setFocus()
    qtbot.keyClick(editor, Qt.Key.Key_A)
    assert editor.toPlainText() == "a"
    assert page.done == []
    button.setFocus()
    qtbot.keyClick(button, Qt.Key.Key_A)
    assert page.done == ["approve"]
    editor.setReadOnly(True)
    editor.setFocus()
    qtbot.keyClick(editor, Qt.Key.Key_A)
    assert page.done == ["approve", "approve"]


def test_undo_in_our_editor_is_the_history_of_the_dataset(commands: CommandRegistry, qtbot: QtBot) -> None:
    page, editor = Page(), StudioTextEdit()
    with_flags(commands).register("edit.undo", page.undo)
    commands.install(editor)
    show(qtbot, editor)
    editor.setFocus()
    qtbot.keyClicks(editor, "abc")
    qtbot.keyClick(editor, Qt.Key.Key_Z, Qt.KeyboardModifier.ControlModifier)
    assert page.done == ["undo"]
    assert editor.toPlainText() == "abc"


def test_the_menus_hold_every_command_once(commands: CommandRegistry, qtbot: QtBot) -> None:
    host = QWidget()
    qtbot.addWidget(host)
    seen: list[str] = []
    for menu in build_menus(commands, host).values():
        for action in menu.actions():
            inner = action.menu()
            actions = inner.actions() if inner is not None else [action]  # type: ignore[attr-defined]
            seen.extend(str(each.data()) for each in actions if each.data())
    assert sorted(seen) == sorted(spec.id for spec in ALL_COMMANDS)


def test_an_owner_that_goes_with_a_half_collected_registry_is_no_error(qtbot: QtBot) -> None:
    commands = CommandRegistry(ALL_COMMANDS)
    commands.__dict__.clear()  # What Python's collector does to the parts of a cycle, in any order.
    commands.refresh()


def test_an_owner_that_registers_again_and_again_is_looked_at_once_when_it_goes(
    qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    commands, page = CommandRegistry(ALL_COMMANDS), Page()
    for _ in range(3):
        commands.register("review.approve", page.approve)
        commands.register("edit.undo", page.undo)
    looks: list[str] = []
    monkeypatch.setattr(commands, "_refresh", lambda entry: looks.append(entry.spec.id))
    del page
    gc.collect()
    assert looks == [spec.id for spec in commands.specs()]
