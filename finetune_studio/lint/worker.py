"""What a worker process does: facts of one piece after another, until told to end or the parent is gone."""

import gc
import os
import threading
from multiprocessing import parent_process
from multiprocessing.connection import Connection, wait
from typing import Any

from finetune_studio.lint.batch import counter_for
from finetune_studio.lint.config import LintConfig
from finetune_studio.lint.context import RuleContext
from finetune_studio.lint.jobs import Job


def worker_main(connection: "Connection[Any, Any]", *alive: int) -> None:
    """Loop over messages: a LintConfig sets the configuration, (ticket, Job) is answered by (ticket, facts).

    An exception is the answer in place of facts. None ends the loop, and so does the end of the parent or of
    who holds the other ends of the pipes `alive`.
    """
    threading.Thread(target=_end_with_parent, args=alive, daemon=True).start()
    config = LintConfig()
    while (message := _receive(connection)) is not None:
        if isinstance(message, LintConfig):
            config = message
            counter_for(RuleContext(config).limits.encoding).count("ready")
            continue
        ticket, job = message
        try:
            connection.send((ticket, _run(job, config)))
        except (BrokenPipeError, ConnectionResetError):
            return


def _run(job: Job, config: LintConfig) -> Any:
    try:
        return job.run(config)
    except Exception as error:
        return error
    finally:
        gc.collect(0)


def _receive(connection: "Connection[Any, Any]") -> Any:
    try:
        return connection.recv()
    except (EOFError, OSError):
        return None


def _end_with_parent(*alive: int) -> None:
    """Wait on the pipe that breaks when the parent dies, however it dies, or on others like it."""
    parent = parent_process()
    if parent is not None:
        wait([parent.sentinel, *alive])
        os._exit(0)
