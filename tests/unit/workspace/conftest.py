"""Workspaces for tests: synchronous ones, and a stand-in for a GUI thread."""

import queue
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from finetune_studio.settings.paths import AppPaths
from finetune_studio.workspace.tasks import ImmediateRunner
from finetune_studio.workspace.workspace import Workspace


class Face:
    """Stands in for a GUI thread: calls wait in a queue until the test lets them run."""

    def __init__(self) -> None:
        self.calls: queue.SimpleQueue[Callable[[], None]] = queue.SimpleQueue()

    def until(self, condition: Callable[[], bool]) -> None:
        """Run calls until something is true; fails after half a minute without a call."""
        while not condition():
            self.calls.get(timeout=30)()

    def run_waiting(self) -> None:
        """Run what is there."""
        while not self.calls.empty():
            self.calls.get()()


@pytest.fixture
def face() -> Face:
    return Face()


@pytest.fixture
def paths(tmp_path: Path) -> AppPaths:
    return AppPaths(tmp_path / "config", tmp_path / "data", tmp_path / "cache")


@pytest.fixture
def workspace(tmp_path: Path, paths: AppPaths) -> Iterator[Workspace]:
    """A new, empty dataset; everything happens at once."""
    opened = Workspace.create(tmp_path / "set.ftset", paths=paths, runner=ImmediateRunner())
    yield opened
    opened.close()
