"""Cycles with Qt objects in them end in the test that made them, on its own thread."""

import gc
from collections.abc import Iterator

import pytest


@pytest.fixture(autouse=True)
def garbage_of_this_thread() -> Iterator[None]:
    """As in the app: Qt objects in cycles are never collected by a thread of the pool or of a server.

    What is still alive at the end is left out of later collections: those may run in any thread, and they
    stay as quick at the end of the suite as at its start.
    """
    gc.disable()
    yield
    gc.collect()
    gc.freeze()
    gc.enable()
