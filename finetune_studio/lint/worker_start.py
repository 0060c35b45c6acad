"""Where worker processes begin: imports nothing, so that whoever starts them need not wait for numpy."""

import gc
import os
import signal
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from threading import Thread
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from finetune_studio.lint.config import LintConfig

CAN_FORK = sys.platform == "linux"
"""Elsewhere a forked process may not use the system's libraries."""


def is_one_thread() -> bool:
    """Whether this process may be forked, as no other thread of it can hold a lock; false where unsure."""
    try:
        return len(os.listdir("/proc/self/task")) == 1
    except OSError:
        return False


@contextmanager
def not_interrupted() -> Iterator[None]:
    """What is started meanwhile is deaf to Ctrl+C from its first moment; who starts it hears it later."""
    if sys.platform == "win32":
        yield
        return
    before = signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT})
    try:
        yield
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, before)


def start_workers(connections: Sequence[Any], held: Sequence[Any], config: "LintConfig") -> None:
    """Run worker.worker_main for each connection: for the first in this process, for the others in forks.

    What all need for the configuration that will come is imported and loaded before, once. The forks end with
    this process, however it ends. `held` are the other ends, where this process is a fork of who has them.
    """
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # whoever started it tells it to end
    _close(held)
    gc.disable()
    os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")  # no thread may run where a process is forked
    loading = Thread(target=_load_vocabulary)
    loading.start()
    from finetune_studio.lint.registry import rules_of
    from finetune_studio.lint.worker import worker_main

    rules_of(config)
    loading.join()
    gc.freeze()  # what is there stays: no collection looks at it, and forks go on sharing it
    alive, kept = os.pipe()
    forks = []
    for own in connections[1:]:
        if (fork := os.fork()) == 0:
            os.close(kept)
            _close(other for other in connections if other is not own)
            worker_main(own, alive)
            os._exit(0)
        forks.append(fork)
    _close(connections[1:])
    worker_main(connections[0])
    for fork in forks:
        os.waitpid(fork, 0)
    os._exit(0)  # nothing is left to do, and taking all apart that was loaded takes as long as a piece


def _load_vocabulary() -> None:
    """That of nearly every target. What is wrong with it is told where it is needed."""
    from finetune_studio.domain.errors import StudioError
    from finetune_studio.tokens.counting import TokenCounter

    with suppress(StudioError):
        TokenCounter().count("ready")


def _close(connections: Any) -> None:
    for connection in connections:
        connection.close()
