"""Finds the local fine-tuning server of a data folder, starts it where there is none, stops it.

The server is another process and is spoken to over HTTP only. Its hand-shake file holds pid, port,
token and version; that the server behind the port knows the token is proven before anything is sent.
"""

import hashlib
import hmac
import json
import os
import secrets
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Any, Literal
from urllib.error import HTTPError
from urllib.parse import quote
from urllib.request import ProxyHandler, Request, build_opener

from finetune_studio import __version__
from finetune_studio.domain.errors import CancelledError, ProviderError
from finetune_studio.providers.secrets import Secret

_PACKAGE = "finetune_studio"
_POLL_SECONDS = 0.05
_ANSWER_SECONDS = 5.0
_MAX_LOG = 1_000_000


@dataclass(frozen=True, slots=True)
class LocalServer:
    """A server that answered just now. `base_url` ends in /v1; `token` is its API key."""

    base_url: str
    token: Secret
    pid: int
    version: str


def find_local_server(data: Path) -> LocalServer | None:
    """The running server of the app's data folder; None where there is none that answers."""
    try:
        value = json.loads((data / "local" / "server.json").read_bytes())
        pid, port, token = int(value["pid"]), int(value["port"]), str(value["token"])
        version = str(value["version"])
    except (OSError, ValueError, KeyError, TypeError):
        return None
    challenge = secrets.token_hex(16)
    health = _ask(f"http://127.0.0.1:{port}/health?challenge={quote(challenge)}")
    proof = hmac.new(token.encode(), challenge.encode(), hashlib.sha256).hexdigest()
    if health is None or health.get("pid") != pid or not hmac.compare_digest(str(health.get("proof")), proof):
        return None
    return LocalServer(f"http://127.0.0.1:{port}/v1", Secret(token), pid, version)


def ensure_local_server(
    data: Path,
    *,
    timeout: float = 30.0,
    cancelled: Callable[[], bool] | None = None,
    command: Sequence[str] | None = None,
) -> LocalServer:
    """Find the server or start it, and wait until it answers; seconds are bounded by `timeout`.

    Several programs may ask at once: the server itself holds a lock, and a second one ends at once.
    Raises ProviderError where it does not come up, CancelledError when asked to stop waiting.
    """
    found = find_local_server(data)
    if found is not None and (found.version == __version__ or not _retire(found)):
        return found
    retired = found
    deadline = time.monotonic() + timeout
    process = _spawn(data, command)
    while time.monotonic() < deadline:
        found = find_local_server(data)
        if found is not None and (retired is None or found.pid != retired.pid):
            return found
        if cancelled is not None and cancelled():
            raise CancelledError
        code = _ended(process)
        if code == 0:
            # Another server had the folder, perhaps one that was about to end.
            process = _spawn(data, command)
        elif code is not None:
            raise _did_not_start(data, f"It ended with code {code}.")
    raise _did_not_start(data, f"It did not answer within {timeout:,.0f} seconds.")


def stop_local_server(
    data: Path, when: Literal["now", "jobs_done"] = "now", *, timeout: float = 15.0
) -> bool:
    """Ask the server to end; True once it is gone, or has agreed to go when its jobs are done.

    "now" keeps the state of a running job: it goes on when a server is started again.
    """
    found = find_local_server(data)
    if found is None:
        return True
    url = found.base_url.removesuffix("/v1") + "/shutdown"
    if _ask(url, {"when": when}, found.token) is None:
        return False
    if when == "jobs_done":
        return True
    deadline = time.monotonic() + timeout
    pause = threading.Event()
    while (data / "local" / "server.json").exists() and time.monotonic() < deadline:
        pause.wait(_POLL_SECONDS)
    return find_local_server(data) is None


def _retire(server: LocalServer) -> bool:
    """Ask a server of another version to end, for ours to take over; False while it has a job."""
    url = server.base_url.removesuffix("/v1") + "/shutdown"
    answer = _ask(url, {"when": "if_idle"}, server.token)
    return answer is not None and answer.get("status") == "stopping"


def _ask(url: str, body: dict[str, Any] | None = None, token: Secret | None = None) -> dict[str, Any] | None:
    """The JSON object of an answer, None for anything else; proxies are never asked about loopback."""
    headers = {"Content-Type": "application/json"}
    if token is not None:
        headers["Authorization"] = f"Bearer {token.reveal()}"
    data = None if body is None else json.dumps(body).encode()
    request = Request(url, data=data, headers=headers)  # noqa: S310 (always http to loopback)
    try:
        with build_opener(ProxyHandler({})).open(request, timeout=_ANSWER_SECONDS) as answer:
            value = json.loads(answer.read(65_536))
    except HTTPError as error:
        error.close()
        return None
    except (OSError, ValueError):
        return None
    return value if isinstance(value, dict) else None


def _spawn(data: Path, command: Sequence[str] | None) -> "subprocess.Popen[bytes]":
    folder = data / "local"
    try:
        folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        with _open_log(folder / "server.log") as log:
            process = subprocess.Popen(  # noqa: S603
                [*(command or _default_command()), "--background", "--data-folder", str(data)],
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                env=_environment(),
                **_detached(),
            )
    except OSError as error:
        raise ProviderError(
            f"The local server could not be started: {error.strerror or error}.",
            "Check that the app's data folder can be written to.",
            code="local_server",
        ) from error
    # Collects its exit, and keeps it from being taken for forgotten.
    threading.Thread(target=process.wait, name="local server", daemon=True).start()
    return process


def _default_command() -> list[str]:
    if getattr(sys, "frozen", False):
        return [sys.executable, "serve"]
    return [sys.executable, "-m", _PACKAGE, "serve"]


def _environment() -> dict[str, str]:
    """Ours, with the folder that the package was imported from, and one thread for matrix products."""
    environment = dict(os.environ)
    root = str(Path(__file__).resolve().parents[2])
    known = [path for path in environment.get("PYTHONPATH", "").split(os.pathsep) if path]
    environment["PYTHONPATH"] = os.pathsep.join(dict.fromkeys([*known, root]))
    environment.setdefault("OPENBLAS_NUM_THREADS", "1")
    return environment


def _detached() -> dict[str, Any]:
    """The server outlives the window and does not get its Ctrl+C."""
    if sys.platform == "win32":
        flags = subprocess.CREATE_NEW_PROCESS_GROUP | subprocess.CREATE_NO_WINDOW
        return {"creationflags": flags}
    return {"start_new_session": True}


def _open_log(path: Path) -> IO[bytes]:
    too_long = path.exists() and path.stat().st_size > _MAX_LOG
    return path.open("wb" if too_long else "ab")


def _ended(process: "subprocess.Popen[bytes]") -> int | None:
    try:
        return process.wait(_POLL_SECONDS)
    except subprocess.TimeoutExpired:
        return None


def _did_not_start(data: Path, reason: str) -> ProviderError:
    log = data / "local" / "server.log"
    try:
        last = log.read_text("utf-8", "replace").strip().splitlines()[-1:]
    except OSError:
        last = []
    text = f"The local server did not start. {reason}"
    if last:
        text += f" Its last words: {last[0][:300]}"
    return ProviderError(text, f"More is in {log}.", code="local_server")
