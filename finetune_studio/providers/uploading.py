"""Sending a file in a thread that can be left at any time, with progress told in the caller's thread."""

import threading
from collections.abc import Callable
from pathlib import Path
from typing import TypeVar

from finetune_studio.providers.base import Cancelled, Progress
from finetune_studio.providers.cancellable import call_cancellable
from finetune_studio.providers.upload_stream import UploadStream

T = TypeVar("T")


def upload_cancellable(
    path: Path,
    send: Callable[[UploadStream], T],
    progress: Progress | None,
    cancelled: Cancelled,
    part: tuple[int, int] | None = None,
) -> T:
    """What `send` gives for a stream over the file; raises CancelledError within a second of a cancel.

    `part` is (offset, length) of the piece of the file to send; progress counts the whole file.
    """
    sent: list[tuple[int, int]] = []
    left = threading.Event()

    def note(done: int, total: int) -> None:
        sent[:] = [(done, total)]

    def work() -> T:
        with UploadStream(path, note, lambda: left.is_set() or cancelled(), part) as stream:
            return send(stream)

    def report() -> None:
        if progress is not None and sent:
            progress(*sent[0])

    try:
        value = call_cancellable(work, cancelled, report)
    finally:
        left.set()
    report()
    return value
