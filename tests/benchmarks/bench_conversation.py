"""The conversation editor with 1,000 messages: opening, jumping, scrolling, typing."""

import json
import os
import random
import time
from collections.abc import Callable, Sequence

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")

from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication

from finetune_studio.domain.example import Example
from finetune_studio.formats.records import decode
from finetune_studio.ui.theme.manager import ThemeManager
from finetune_studio.ui.write.conversation_view import ConversationView
from tests.benchmarks.framework import Result, percentile

MESSAGES = 1_000
OPEN_TARGET = 40.0
FRAME_TARGET = 16.0


def run(sizes: Sequence[int]) -> list[Result]:
    """Milliseconds, painting included; the sizes of datasets do not matter here."""
    app = QApplication.instance() or QApplication([])
    assert isinstance(app, QApplication)
    theme = ThemeManager(app, "light")
    view = ConversationView()
    view.resize(760, 860)
    view.show()
    view.activateWindow()
    long, short = _example(1, MESSAGES), _example(2, 3)
    view.set_example(long)
    results = _opening(app, view, long, short) + _moving(app, view) + _typing(app, view)
    view.deleteLater()
    theme.deleteLater()
    return results


def _opening(app: QApplication, view: ConversationView, long: Example, short: Example) -> list[Result]:
    opened = []
    for _ in range(7):
        view.set_example(short)
        app.processEvents()
        opened += _timed(app, 1, lambda: view.set_example(long))
    chance = random.Random(7)
    jumps = _timed(app, 40, lambda: view.reveal(chance.randrange(MESSAGES), 0, 4))
    return [
        Result("open 1,000 messages", percentile(opened, 0.5), "ms", OPEN_TARGET, note="median"),
        Result("jump to a message", percentile(jumps, 0.95), "ms", OPEN_TARGET, note="p95"),
    ]


def _moving(app: QApplication, view: ConversationView) -> list[Result]:
    bar = view.verticalScrollBar()
    wheel = _timed(app, 60, lambda: bar.setValue(bar.value() + 60))
    return [Result("scroll in 1,000 messages", percentile(wheel, 0.95), "ms", FRAME_TARGET, note="p95")]


def _typing(app: QApplication, view: ConversationView) -> list[Result]:
    view.focus_message(MESSAGES // 2)
    keys = _timed(app, 60, lambda: QTest.keyClick(app.focusWidget(), Qt.Key.Key_X))
    lines = _timed(app, 20, lambda: QTest.keyClick(app.focusWidget(), Qt.Key.Key_Return))
    cards = float(len(view.cards()))
    return [
        Result("key in 1,000 messages", percentile(keys, 0.95), "ms", FRAME_TARGET, note="p95"),
        Result("key that grows the card", percentile(lines, 0.95), "ms", FRAME_TARGET, note="p95"),
        Result("cards alive", cards, "", note="of 1,000 messages"),
    ]


def _timed(app: QApplication, times: int, work: Callable[[], object]) -> list[float]:
    found = []
    for _ in range(times):
        start = time.perf_counter()
        work()
        app.processEvents()
        found.append((time.perf_counter() - start) * 1000)
    return found


def _example(example_id: int, count: int) -> Example:
    messages = [
        {"role": ("user", "assistant")[n % 2], "content": f"Message {n + 1} goes on. " * (1 + n % 40)}
        for n in range(count)
    ]
    body = json.dumps({"messages": messages}).encode() + b"\n"
    kind, record = decode(body)
    return Example(example_id, "uid", kind, body, record)
