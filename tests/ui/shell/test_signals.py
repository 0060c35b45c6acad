import os
import signal
import sys

import pytest
from pytestqt.qtbot import QtBot

from finetune_studio.ui.shell.signals import SignalWatch


@pytest.mark.skipif(sys.platform == "win32", reason="signals of POSIX")
def test_ending_signals_are_told_and_given_back(qtbot: QtBot) -> None:
    before = signal.getsignal(signal.SIGTERM)
    watch = SignalWatch()
    with qtbot.waitSignal(watch.asked_to_end, timeout=2000):
        os.kill(os.getpid(), signal.SIGTERM)
    watch.stop()
    assert signal.getsignal(signal.SIGTERM) is before
