"""Page Write on a dataset of the test's module."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from pytestqt.qtbot import QtBot

from finetune_studio.ui.theme.manager import ThemeManager
from tests.helpers.stray_windows import stray_windows
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
def no_stray_windows() -> Iterator[None]:
    """Nothing becomes a window by accident."""
    with stray_windows() as found:
        yield
    assert found == []
