"""What the storage tests share."""

import sqlite3
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from finetune_studio.storage.example_store import ExampleStore
from finetune_studio.storage.history_store import HistoryStore
from finetune_studio.storage.rows import NewExample

START = datetime(2026, 1, 1, tzinfo=UTC)


class Clock:
    """A clock that stands still until it is told."""

    def __init__(self) -> None:
        self.now = START

    def __call__(self) -> datetime:
        return self.now

    def advance(self, seconds: float) -> None:
        self.now += timedelta(seconds=seconds)


def body(number: int, text: str = "hello") -> bytes:
    return b'{"messages": [{"role": "user", "content": "%d %s"}]}\n' % (number, text.encode())


def add_examples(history: HistoryStore, count: int, start: int = 0) -> None:
    with history.step("new_examples") as step:
        step.insert_examples(NewExample(body(number)) for number in range(start, start + count))


def content(connection: sqlite3.Connection) -> list[Any]:
    """All that a person sees of a dataset, comparable."""
    store = ExampleStore(connection)
    ids = [example_id for chunk in store.ids() for example_id in chunk]
    return [
        [(line.position, line.example_id, line.data) for line in store.lines()],
        store.rows(ids),
        store.tags(),
        sorted(store.options().items()),
        store.suppressions(),
        store.sources(),
    ]


def files_in(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.iterdir())
