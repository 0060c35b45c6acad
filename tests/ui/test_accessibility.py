"""Screen reader and keyboard, over the real window: every page and every dialog that can be opened."""

import shutil
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from PySide6.QtCore import Qt, QTimer
from PySide6.QtGui import QAccessible
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QDialog, QFileDialog, QHBoxLayout, QMenu, QWidget
from pytestqt.qtbot import QtBot

from finetune_studio.domain.diagnostic import Diagnostic, Location, Severity
from finetune_studio.providers.local_server import stop_local_server
from finetune_studio.resource_files import resource
from finetune_studio.settings.paths import app_paths
from finetune_studio.targets.registry import resolve_target
from finetune_studio.ui.application import Studio
from finetune_studio.ui.check.check_page import CheckPage
from finetune_studio.ui.check.set_aside_dialog import SetAsideDialog
from finetune_studio.ui.commands import ALL_COMMANDS
from finetune_studio.ui.crash_dialog import CrashDialog
from finetune_studio.ui.importing.import_report_dialog import ImportReportDialog
from finetune_studio.ui.tune.add_service_dialog import AddServiceDialog
from finetune_studio.ui.tune.gate_dialog import GateDialog
from finetune_studio.ui.tune.key_row import KeyDialog
from finetune_studio.ui.tune.sent_dialog import SentDialog
from finetune_studio.ui.tune.service_dialog import ServiceDialog
from finetune_studio.ui.widgets import Button, StudioLineEdit
from finetune_studio.ui.write.compare_dialog import CompareDialog
from finetune_studio.ui.write.write_page import WritePage
from finetune_studio.workspace.operations import prompts
from finetune_studio.workspace.sent_file import files_to_send
from finetune_studio.workspace.workspace import Workspace
from tests.helpers.accessibility import audit
from tests.helpers.qt import show
from tests.helpers.window import close_studio

PAGES = ("write", "check", "tune", "try")
_MORE = ("help.guide", "help.rules", "help.keys", "help.about")
"""Commands that open a dialog without asking for anything."""
_ELSEWHERE = (
    "file.new",
    "file.open",
    "file.import",
    "file.save_copy",
    "check.import_settings",
    "check.set_aside",
)
"""Commands that open a dialog of the system, or one that needs a finding and is looked at below."""


@pytest.fixture
def studio(qapp: QApplication, qtbot: QtBot, tmp_path: Path) -> Iterator[Studio]:
    """The whole app with the sample, checked, and a line that cannot be read."""
    path = tmp_path / "marv.jsonl"
    shutil.copy(resource("samples", "marv.jsonl"), path)
    with path.open("ab") as file:
        file.write(b'{"messages": [}\n')
    made = Studio(qapp, app_paths(), "light")
    made.start()
    made.window.resize(1440, 900)
    qtbot.waitUntil(made.window.isActiveWindow)
    made.window.datasets.open_path(path)
    qtbot.waitUntil(lambda: _is_checked(made), timeout=30_000)
    yield made
    close_studio(made)
    stop_local_server(app_paths().data)


def _is_checked(studio: Studio) -> bool:
    workspace = studio.window.workspace
    if workspace is None:
        return False
    summary = workspace.lint.summary
    return summary.total > 0 and not summary.is_running and summary.checked == summary.total


def _page(studio: Studio, key: str, qtbot: QtBot) -> QWidget:
    page = studio.window.pages.show_page(key)
    assert page is not None
    studio.window.activateWindow()
    qtbot.waitUntil(studio.window.isActiveWindow)
    qtbot.wait(400)  # A page fills itself in several steps that nothing announces.
    return page


def test_every_page_can_be_used_by_keys_and_heard(studio: Studio, qtbot: QtBot) -> None:
    problems = []
    for key in PAGES:
        _page(studio, key, qtbot)
        found = audit(studio.window)
        problems += [f"{key}: {problem}" for problem in found.problems]
        assert len(found.visited) >= 8, key
    assert problems == []


def test_tab_goes_through_page_check_as_the_eye_does(studio: Studio, qtbot: QtBot) -> None:
    page = _page(studio, "check", qtbot)
    assert isinstance(page, CheckPage)
    lines = page.rail.card.lines()
    assert len(lines) > 1
    lines[0].setFocus()
    for line in lines[1:]:
        QTest.keyClick(QApplication.focusWidget(), Qt.Key.Key_Tab)
        assert QApplication.focusWidget() is line
    QTest.keyClick(lines[-1], Qt.Key.Key_Tab)
    after = QApplication.focusWidget()
    assert after is not None
    assert page.rail.isAncestorOf(after), "the rest of the rail comes next"


_MENUS = {"role": (1, "role_menu"), "more": (2, "more_menu"), "prompt": (0, "prompt_menu")}
"""Message and action of each menu that a card opens."""


def test_the_menus_of_a_message_can_be_used_by_keys_and_heard(studio: Studio, qtbot: QtBot) -> None:
    page = _page(studio, "write", qtbot)
    assert isinstance(page, WritePage)
    _workspace(studio).perform(
        prompts.set_dataset_prompt, "Marv is a factual chatbot that is also sarcastic."
    )
    qtbot.waitUntil(lambda: page.pane.conversation.rows()[0].prompt != "")
    problems = []
    for name, (index, action) in _MENUS.items():
        page.pane.conversation.focus_message(index)
        card = page.pane.conversation.card_at(index)
        assert card is not None
        button = {"role": card.header.role, "more": card.header.more, "prompt": card.header.prompt}[name]
        button.setFocus()
        card.action.emit(card, action)
        qtbot.waitUntil(lambda: isinstance(QApplication.activePopupWidget(), QMenu))
        menu = QApplication.activePopupWidget()
        assert isinstance(menu, QMenu)
        problems += _problems_of_menu(name, menu)
        QTest.keyClick(menu, Qt.Key.Key_Escape)
        qtbot.waitUntil(lambda: QApplication.activePopupWidget() is None)
        if QApplication.focusWidget() is not button:
            problems.append(f"{name}: the focus does not come back to the button")
    assert problems == []


def _problems_of_menu(name: str, menu: QMenu) -> list[str]:
    """What a screen reader would miss, and whether the arrow keys reach every item that can be chosen."""
    QAccessible.setActive(True)
    spoken = QAccessible.queryAccessibleInterface(menu)
    assert spoken is not None
    problems = [] if spoken.role() is QAccessible.Role.PopupMenu else [f"{name}: is no menu"]
    items = [spoken.child(n) for n in range(spoken.childCount())]
    usual = [each for each in items if each is not None and each.role() is QAccessible.Role.MenuItem]
    problems += [f"{name}: an item has no name" for each in usual if not each.text(QAccessible.Text.Name)]
    wanted = [
        each for each in menu.actions() if each.isEnabled() and each.isVisible() and not each.isSeparator()
    ]
    reached = []
    for _ in wanted:
        QTest.keyClick(menu, Qt.Key.Key_Down)
        reached.append(menu.activeAction())
    if sorted(map(id, reached)) != sorted(map(id, wanted)) or not wanted:
        problems.append(f"{name}: the arrow keys reach {len(set(map(id, reached)))} of {len(wanted)} items")
    return problems


def test_the_first_page_can_be_used_by_keys_and_heard(qapp: QApplication, qtbot: QtBot) -> None:
    made = Studio(qapp, app_paths(), "light")
    made.start()
    qtbot.waitUntil(made.window.isActiveWindow)
    found = audit(made.window)
    made.window.close()
    made.stop()
    made.window.deleteLater()
    assert found.problems == []
    assert len(found.visited) >= 8


def _look_at_next(problems: list[str], seen: list[str]) -> None:
    """Look at the next dialog as soon as it is there and settled, and leave it."""
    left = [100, 8]

    def look() -> None:
        left[0] -= 1
        dialogs = (each for each in QApplication.topLevelWidgets() if isinstance(each, QDialog))
        dialog = next((each for each in dialogs if each.isVisible()), None)
        if dialog is None or not dialog.isActiveWindow() or left[1]:
            left[1] -= int(dialog is not None)
            if left[0]:
                QTimer.singleShot(25, look)
            return
        seen.append(type(dialog).__name__)
        try:
            if not isinstance(dialog, QFileDialog):
                found = audit(dialog)
                problems.extend(f"{found.title}: {problem}" for problem in found.problems)
                if not found.visited:
                    problems.append(f"{found.title}: nothing in it takes the focus")
        finally:
            dialog.reject()

    QTimer.singleShot(0, look)


def test_every_dialog_of_a_command_can_be_used_by_keys_and_heard(studio: Studio, qtbot: QtBot) -> None:
    problems: list[str] = []
    seen: list[str] = []
    for key in PAGES:
        _page(studio, key, qtbot)
        for spec in ALL_COMMANDS:
            of_page = next((flag for flag in spec.when if flag.startswith("page.")), "page.write")
            opens = (spec.title.endswith("…") or spec.id in _MORE) and spec.id not in _ELSEWHERE
            if not opens or of_page != f"page.{key}" or not studio.commands.action(spec.id).isEnabled():
                continue
            number = len(seen)
            _look_at_next(problems, seen)
            studio.commands.invoke(spec.id)
            qtbot.waitUntil(lambda before=number: len(seen) > before, timeout=10_000)  # type: ignore[misc]
            # What a dialog asked for in the background (this computer's server, say) ends first.
            qtbot.waitUntil(lambda: not studio.tasks.runner.tasks(), timeout=30_000)
    assert problems == []
    assert len(seen) >= 20


_FINDING = Diagnostic("Q105", "Two spaces.", Severity.WARNING, Location(example=1, message_index=2))
_DIALOGS: dict[str, Callable[[Studio], QDialog]] = {
    "set aside": lambda studio: SetAsideDialog(_FINDING, "White space", "Example 1", studio.window),
    "gate": lambda studio: GateDialog("OpenAI", 7, [("F001", "Not JSON.")] * 7, studio.window),
    "crash": lambda studio: CrashDialog(ValueError("x"), studio.window),
    "compare the texts": lambda studio: CompareDialog("Message 1", "a b", "a c", studio.window),
    "key": lambda studio: _key_dialog(studio),
    "add a service": lambda studio: AddServiceDialog(_workspace(studio), studio.window),
    "service": lambda studio: _service_dialog(studio),
    "what is sent": lambda studio: _sent_dialog(studio),
    "import": lambda studio: ImportReportDialog(_workspace(studio), studio.commands, studio.window),
}


def _workspace(studio: Studio) -> Workspace:
    assert studio.window.workspace is not None
    return studio.window.workspace


def _service_dialog(studio: Studio) -> QDialog:
    workspace = _workspace(studio)
    return ServiceDialog(workspace, workspace.sending.profiles["openai"], studio.window)


def _sent_dialog(studio: Studio) -> QDialog:
    target = resolve_target("openai:gpt-4.1-mini")
    title = "What would be sent"
    return SentDialog(
        _workspace(studio), title, lambda w, c: files_to_send(w, target, True, c), studio.window
    )


def _key_dialog(studio: Studio) -> QDialog:
    profile = _workspace(studio).sending.profiles["openai"]
    return KeyDialog(_workspace(studio), profile, "https://api.example.org", studio.window)


def test_dialogs_that_no_command_opens_can_be_used_by_keys_and_heard(studio: Studio, qtbot: QtBot) -> None:
    problems = []
    for name, make in _DIALOGS.items():
        dialog = make(studio)
        dialog.show()
        dialog.activateWindow()
        qtbot.waitUntil(dialog.isActiveWindow)
        qtbot.wait(150)
        found = audit(dialog)
        dialog.reject()
        problems += [f"{name}: {problem}" for problem in found.problems]
        assert found.visited, name
    assert problems == []


def test_the_audit_finds_what_is_wrong(qtbot: QtBot) -> None:
    window = QWidget()
    window.setWindowTitle("Wrong")
    row = QHBoxLayout(window)
    fine, nameless, unreachable, unseen = (
        Button("Fine"),
        StudioLineEdit(),
        Button("Mouse only"),
        Button("Flat"),
    )
    unreachable.setFocusPolicy(unreachable.focusPolicy().NoFocus)
    unseen.setStyleSheet("QPushButton, QPushButton:focus { border: none; outline: none; }")
    for widget in (fine, nameless, unreachable, unseen):
        row.addWidget(widget)
    show(qtbot, window)
    fine.setFocus()
    found = audit(window)
    assert found.problems == [
        "StudioLineEdit “” in QWidget has no name",
        "Button “Flat” in QWidget looks the same with the focus",
        "Button “Mouse only” in QWidget is not reached by Tab",
    ]
    assert found.visited == [fine, nameless, unseen]
