"""From the command to a painted window, beside a bare painted Qt window."""

import os
import tempfile
from collections.abc import Sequence
from statistics import median

from tests.benchmarks.framework import Result
from tests.benchmarks.measured_process import run_measured

_BARE = """
import sys, time
from PySide6.QtWidgets import QApplication, QMainWindow
from PySide6.QtCore import QTimer
app = QApplication(sys.argv)
window = QMainWindow(); window.resize(1440, 900); window.show(); window.grab()
"""

_OURS = """
import sys
from finetune_studio.app import make_application
from finetune_studio.settings.paths import app_paths
from finetune_studio.ui.application import Studio
app = make_application()
studio = Studio(app, app_paths())
studio.window.show(); studio.window.grab()
heavy = {'numpy', 'pandas', 'openai', 'tiktoken', 'httpx'} & set(sys.modules)
assert not heavy, heavy
studio.stop()
"""


def run(sizes: Sequence[int]) -> list[Result]:
    """Median of seven starts each, files in the disk cache."""
    with tempfile.TemporaryDirectory() as home:
        environment = {"FINETUNE_STUDIO_HOME": home, "QT_QPA_PLATFORM": os.environ["QT_QPA_PLATFORM"]}
        for code in (_BARE, _OURS):
            run_measured(("-c", code), environment)
        bare = median(run_measured(("-c", _BARE), environment).seconds for _ in range(7))
        ours = median(run_measured(("-c", _OURS), environment).seconds for _ in range(7))
    return [
        Result("bare Qt window painted", bare, "s"),
        Result("window painted after start", ours, "s", 0.5, note=f"{ours / bare:.1f} times a bare window"),
    ]
