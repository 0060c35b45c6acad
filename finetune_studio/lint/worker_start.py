"""Where a worker process begins: imports nothing, so that whoever starts it need not wait for numpy."""

from typing import Any


def start_worker(connection: Any) -> None:
    """Run worker.worker_main."""
    from finetune_studio.lint.worker import worker_main

    worker_main(connection)
