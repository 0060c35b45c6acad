"""The local server on loopback, in a thread of the test process."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from urllib.request import Request, urlopen

from finetune_studio.local.serve import Address, ServeOptions, serve


@contextmanager
def running_server(data: Path, idle_seconds: float | None = None) -> Iterator[Address]:
    """Serve below `data` until the block ends."""
    ready = threading.Event()
    found: list[Address] = []

    def on_ready(address: Address) -> None:
        found.append(address)
        ready.set()

    options = ServeOptions(data, cache=data / "cache", idle_seconds=idle_seconds)
    thread = threading.Thread(target=serve, args=(options, on_ready), name="test server")
    thread.start()
    try:
        assert ready.wait(20), "the server did not start"
        yield found[0]
    finally:
        if thread.is_alive() and found:
            stop(found[0])
        thread.join(30)
        assert not thread.is_alive(), "the server did not end"


def stop(address: Address) -> None:
    """Ask the server to end now."""
    url = address.base_url.removesuffix("/v1") + "/shutdown"
    request = Request(url, method="POST", headers={"Authorization": f"Bearer {address.token}"})
    with urlopen(request, timeout=10) as answer:
        answer.read()
