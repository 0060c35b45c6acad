"""The program as a person starts it: without a screen, with the sample, and with files that are wrong."""

import os
from pathlib import Path

import pytest
from PySide6.QtCore import QTimer
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from finetune_studio.domain.errors import StudioError
from finetune_studio.settings.paths import app_paths
from finetune_studio.ui.application import Studio
from tests.e2e.bad_files import BAD_DATASETS, BAD_FILES, make_bad_files
from tests.e2e.support import run_apart, state_of
from tests.helpers.window import stub_pages

_START = """
import sys
from PySide6.QtCore import QTimer
import finetune_studio.ui.application as application
from finetune_studio.__main__ import main
class Quitting(application.Studio):
    def start(self, file=None, sample=False):
        super().start(file, sample)
        self.window.datasets.opened.connect(self.on_opened)
    def on_opened(self, workspace):
        print("opened", workspace.path.name, workspace.examples().count(), flush=True)
        QTimer.singleShot(200, self.window.close)
application.Studio = Quitting
sys.exit(main(sys.argv[1:]))
"""


def test_without_a_screen_it_says_so(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("QT_QPA_PLATFORM", "DISPLAY", "WAYLAND_DISPLAY"):
        monkeypatch.delenv(name, raising=False)
    for words in ((), ("--sample",), ("data.jsonl",), ("--dark", "data.jsonl")):
        ended = run_apart(tmp_path, *words)
        assert ended.code == 2
        assert ended.out == ""
        assert "needs a display" in ended.err
        assert "finetune-studio lint" in ended.err
        assert "Traceback" not in ended.err
        assert len(ended.err.splitlines()) == 1
    assert list(tmp_path.iterdir()) == []


def test_it_opens_the_sample_and_ends_cleanly(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("QT_QPA_PLATFORM", "offscreen")
    for _ in range(2):
        ended = run_apart(tmp_path, "--sample", "--light", code=_START)
        assert ended.code == 0, ended.err
        assert ended.out == "opened marv.ftset 48\n"
        assert "Traceback" not in ended.err
    left = [path.name for path in (tmp_path / "data" / "datasets").iterdir()]
    assert left == ["marv.ftset"]


def test_the_window_tells_what_is_wrong_with_a_file(qapp: QApplication, qtbot: QtBot, tmp_path: Path) -> None:
    make_bad_files(tmp_path)
    before = state_of(tmp_path)
    studio = Studio(qapp, app_paths(), "light", stub_pages())
    studio.start()
    datasets = studio.window.datasets
    datasets.failed.disconnect()  # its message box would wait for a person
    try:
        for bad in (*BAD_FILES, *BAD_DATASETS):
            with qtbot.waitSignal(datasets.failed, timeout=10_000) as told:
                datasets.open_path(tmp_path / bad.name)
            error = told.args[0]
            assert isinstance(error, StudioError), bad.name
            assert datasets.workspace is None
        with qtbot.waitSignal(datasets.opened, timeout=10_000):
            datasets.open_path(tmp_path / "good.ftset")
        with qtbot.waitSignal(datasets.failed, timeout=10_000):
            datasets.open_path(tmp_path / "a.pdf")
        assert datasets.workspace is not None
        assert datasets.workspace.examples().count() == 200
        datasets.close_patiently()
    finally:
        QTimer.singleShot(0, studio.window.close)
        qtbot.waitUntil(lambda: not studio.window.isVisible())
        studio.stop()
    assert state_of(tmp_path) == before
    assert os.access(tmp_path / "good.ftset", os.R_OK)
