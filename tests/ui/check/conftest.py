"""Page Check on small datasets; every task runs at once."""

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from pytestqt.qtbot import QtBot

from finetune_studio.settings.paths import app_paths
from finetune_studio.ui.check.check_page import CheckPage
from finetune_studio.ui.commands import CommandRegistry
from finetune_studio.ui.theme.manager import ThemeManager
from finetune_studio.workspace.tasks import ImmediateRunner
from finetune_studio.workspace.workspace import Workspace
from tests.helpers.builders import chat_line
from tests.helpers.qt import show

MakePage = Callable[[Workspace], CheckPage]


def good_line(number: int) -> bytes:
    return chat_line(("user", f"What is {number} and {number}?"), ("assistant", f"It is {2 * number}."))


FLAWED = (
    *map(good_line, range(1, 13)),
    chat_line(("user", "Where is Lima?"), ("assistant", "In  Peru, of course. ")),
    chat_line(("user", "Where is Oslo?"), ("assistant", " In Norway.")),
    good_line(3),
    chat_line(("user", "Where is Rome?"), ("assistant", "")),
)
"""12 good ones; Q105 in examples 13 (twice) and 14; a copy of example 3; an empty answer in 16."""


@pytest.fixture
def workspace(tmp_path: Path) -> Iterator[Workspace]:
    source = tmp_path / "data.jsonl"
    source.write_bytes(b"".join(FLAWED))
    opened = Workspace.open_any(source, paths=app_paths(), runner=ImmediateRunner())
    opened.lint.start()
    yield opened
    opened.close()


@pytest.fixture
def make_page(commands: CommandRegistry, theme: ThemeManager, qtbot: QtBot) -> Iterator[MakePage]:
    made: list[CheckPage] = []

    def make(workspace: Workspace) -> CheckPage:
        page = CheckPage(workspace, commands, theme)
        made.append(page)
        for flag in ("dataset", "writable", "page.check"):
            commands.set_flag(flag, True)
        show(qtbot, page, 1440, 820)
        page.on_shown()
        return page

    yield make
    for page in made:
        page.close_page()


@pytest.fixture
def page(make_page: MakePage, workspace: Workspace) -> CheckPage:
    return make_page(workspace)
