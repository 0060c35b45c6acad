"""Cycles are collected on the window's thread, and only there."""

import gc
import threading
import weakref

from pytestqt.qtbot import QtBot

from finetune_studio.ui import garbage
from finetune_studio.ui.garbage import GarbageCollector


class Ring:
    """Refers to itself."""

    def __init__(self) -> None:
        self.me = self


def test_cycles_go_on_this_thread_only(qtbot: QtBot) -> None:
    collector = GarbageCollector()
    try:
        where: list[int] = []
        ring = Ring()
        weakref.finalize(ring, lambda: where.append(threading.get_ident()))
        del ring
        thread = threading.Thread(target=lambda: [Ring() for _ in range(2_000)])
        thread.start()
        thread.join()
        assert where == []
        collector.collect()
        assert where == [threading.get_ident()]
    finally:
        collector.stop()
    assert gc.isenabled()


def test_everything_is_looked_at_now_and_then(qtbot: QtBot) -> None:
    collector = GarbageCollector()
    try:
        ring = Ring()
        alive = weakref.ref(ring)
        gc.collect()
        del ring
        collector.collect()
        assert alive() is not None, "it has grown old"
        collector._whole_due = 0.0
        collector.collect()
        assert alive() is None
        assert collector._whole_due > garbage.monotonic()
    finally:
        collector.stop()


def test_what_comes_in_bulk_is_set_aside_until_all_is_looked_at(qtbot: QtBot) -> None:
    collector = GarbageCollector()
    try:
        collector.collect()
        data = [Ring() for _ in range(garbage._BULK + 1)]
        alive = weakref.ref(data[0])
        before = gc.get_freeze_count()
        collector.collect()
        assert gc.get_freeze_count() >= before + len(data)
        data.clear()
        gc.collect()
        assert alive() is not None, "no look reaches it"
        collector.look_at_all()
        collector.collect()
        assert alive() is None
    finally:
        collector.stop()
