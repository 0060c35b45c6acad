"""Runs the server: lock, hand-shake file, jobs, and its end."""

import asyncio
import contextlib
import json
import logging
import os
import secrets
import signal
import socket
import threading
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

from finetune_studio import __version__
from finetune_studio.domain.errors import StudioError
from finetune_studio.local.folders import LocalFolders
from finetune_studio.local.lock import FolderLock, write_private

_log = logging.getLogger(__name__)
IDLE_SECONDS = 600.0
_HOST = "127.0.0.1"


class _Runner(Protocol):
    def has_open_jobs(self) -> bool: ...


class _Server(Protocol):
    should_exit: bool
    started: bool


class AlreadyRunningError(StudioError):
    """Another server has the data folder."""


@dataclass(frozen=True, slots=True)
class ServeOptions:
    """`idle_seconds` None keeps the server until it is told to stop; `port` 0 takes a free one."""

    data: Path
    cache: Path | None = None
    port: int = 0
    idle_seconds: float | None = IDLE_SECONDS


@dataclass(frozen=True, slots=True)
class Address:
    """What another program needs to use the server."""

    base_url: str
    token: str
    pid: int


class _Ending:
    """Decides when the server ends."""

    def __init__(self, runner: _Runner, idle_seconds: float | None) -> None:
        self._runner = runner
        self._idle_seconds = idle_seconds
        self._wish: str = ""

    def request(self, when_done: bool) -> None:
        self._wish = "jobs_done" if when_done else "now"

    async def watch(self, server: _Server, idle_seconds: Callable[[], float]) -> None:
        while not self._is_due(idle_seconds()):
            await asyncio.sleep(0.1)
        server.should_exit = True

    def _is_due(self, idle: float) -> bool:
        if self._wish == "now":
            return True
        over = self._idle_seconds is not None and idle >= self._idle_seconds
        return (over or self._wish == "jobs_done") and not self._runner.has_open_jobs()


def serve(options: ServeOptions, on_ready: Callable[[Address], None] | None = None) -> None:
    """Serve until told to stop, idle for long, or interrupted. Raises AlreadyRunningError, StudioError."""
    limit_numeric_threads()
    folders = LocalFolders(options.data / "local", options.cache)
    folders.prepare()
    lock = FolderLock(folders.lock)
    if not lock.acquire():
        raise AlreadyRunningError(
            "A local server already runs on this data folder.", "Use it, or stop it first."
        )
    try:
        listener = _listen(options.port)
        with listener:
            _serve_on(listener, options, folders, on_ready)
    finally:
        lock.release()


def limit_numeric_threads() -> None:
    """One thread for matrix products: ours are small, and the other core is the window's."""
    for name in ("OPENBLAS_NUM_THREADS", "OMP_NUM_THREADS", "MKL_NUM_THREADS"):
        os.environ.setdefault(name, "1")


def _listen(port: int) -> socket.socket:
    listener = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
    try:
        if os.name == "posix":
            listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        listener.bind((_HOST, port))
    except OSError as error:
        listener.close()
        raise StudioError(
            f"Port {port} of this computer cannot be used: {error.strerror}.", "Choose another port."
        ) from error
    return listener


def _serve_on(
    listener: socket.socket,
    options: ServeOptions,
    folders: LocalFolders,
    on_ready: Callable[[Address], None] | None,
) -> None:
    import uvicorn

    from finetune_studio.local.context import ServerContext
    from finetune_studio.local.engines.registry import default_engines
    from finetune_studio.local.housekeeping import tidy
    from finetune_studio.local.runner import JobRunner
    from finetune_studio.local.server import create_app
    from finetune_studio.local.store import Store

    store = Store(folders.database)
    tidy(store, folders)
    engines = default_engines()
    runner = JobRunner(store, folders, engines)
    ending = _Ending(runner, options.idle_seconds)
    context = ServerContext(store, folders, engines, runner, request_shutdown=ending.request)
    token = secrets.token_urlsafe(32)
    app = create_app(context, token)
    config = uvicorn.Config(
        app,
        lifespan="off",
        log_config=None,
        access_log=False,
        ws="none",
        timeout_graceful_shutdown=5,
        server_header=False,
    )
    server = uvicorn.Server(config)
    # Ours end the loop and let the rest be tidied; uvicorn's would raise the signal again and die.
    server.capture_signals = contextlib.nullcontext  # type: ignore[method-assign,assignment]
    port = listener.getsockname()[1]
    address = Address(f"http://{_HOST}:{port}/v1", token, os.getpid())

    async def main() -> None:
        _end_on_signals(ending)
        watch = asyncio.create_task(ending.watch(server, context.activity.idle_seconds))
        announce = asyncio.create_task(_announce(server, folders, port, address, on_ready))
        await server.serve(sockets=[listener])
        watch.cancel()
        announce.cancel()

    runner.start()
    try:
        asyncio.run(main())
    finally:
        folders.handshake.unlink(missing_ok=True)
        runner.stop()
        store.close()


def _end_on_signals(ending: _Ending) -> None:
    """Ctrl+C and a polite kill end the server as /shutdown does."""
    if threading.current_thread() is not threading.main_thread():
        return
    loop = asyncio.get_running_loop()
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, lambda *_: loop.call_soon_threadsafe(ending.request, False))


async def _announce(
    server: _Server,
    folders: LocalFolders,
    port: int,
    address: Address,
    on_ready: Callable[[Address], None] | None,
) -> None:
    """Write server.json once requests are taken."""
    while not server.started:
        await asyncio.sleep(0.01)
    value = {"pid": address.pid, "port": port, "token": address.token, "version": __version__}
    write_private(folders.handshake, json.dumps(value))
    if on_ready is not None:
        on_ready(address)
