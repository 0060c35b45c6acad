"""Page Write on a dataset of the test's module."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from finetune_studio.ui.theme.manager import ThemeManager
from tests.helpers.stray_windows import StrayWindows
from tests.ui.write.page_parts import Stage


@pytest.fixture
def stage(
    request: pytest.FixtureRequest, tmp_path: Path, theme: ThemeManager, qtbot: QtBot
) -> Iterator[Stage]:
    """The page on the examples that the module names LINES, the first one open."""
    path = tmp_path / "data.jsonl"
    path.write_bytes(b"".join(request.module.LINES))
    made = Stage(path, theme, qtbot)
    yield made
    made.stop()


@pytest.fixture
def no_stray_windows(qapp: QApplication) -> Iterator[None]:
    """Nothing becomes a window by accident."""
    strays = StrayWindows()
    qapp.installEventFilter(strays)
    yield
    qapp.removeEventFilter(strays)
    assert strays.found == []
