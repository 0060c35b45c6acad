"""What all fake services share: a real HTTP server on loopback that fails on demand.

A service is a subclass with `act`; its state is counted and looked into by the tests.
"""

import contextlib
import json
import re
import socket
import struct
import threading
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any, Self
from urllib.parse import parse_qsl, unquote, urlsplit

FAULTS = (
    "timeout_before",
    "timeout_after",
    "400",
    "401",
    "403",
    "404",
    "429",
    "500_before",
    "500_after",
    "503_before",
    "reset_before",
    "reset_after",
    "garbage",
    "html",
    "empty",
    "truncated",
    "wrong_shape",
    "moved",
    "clock_skew",
)
"""Every way in which a call can go wrong; "after" ones (and the last five) fail once the server has acted."""

ACTS_FIRST = {
    "timeout_after",
    "500_after",
    "reset_after",
    "garbage",
    "html",
    "empty",
    "truncated",
    "wrong_shape",
}


@dataclass
class Fault:
    method: str
    path: str
    kind: str
    times: int = 1


Answer = tuple[int, Any] | tuple[int, Any, dict[str, str]]
STREAM = object()
"""The answer of a chat call that comes in pieces."""


class FakeService:
    """`prefix` is the path below which the service answers; `slow_reading` seconds go by for each 64 KiB."""

    prefix = "/v1"

    def __init__(self, *, key: str = "sk-fake-service-key-0001") -> None:
        self.key = key
        self.answer_pieces = ["Paris", ", as if ", "everyone doesn't know."]
        self.retry_after = "0"
        self.slow_reading: float = 0.0
        self.hold_chat = False
        self.faults: list[Fault] = []
        self.requests: list[tuple[str, str]] = []
        self.headers: list[dict[str, str]] = []
        self.lock = threading.RLock()
        self.closing = threading.Event()
        self.on_close: list[Callable[[], None]] = []
        """Clients of the server, closed with it: an open socket is a warning, and a warning fails a test."""
        server = self

        class Handler(_Handler):
            fake = server

        self._http = _Server(("127.0.0.1", 0), Handler)
        self._thread = threading.Thread(target=self._http.serve_forever, args=(0.02,), daemon=True)
        self._thread.start()

    @property
    def root(self) -> str:
        return f"http://127.0.0.1:{self._http.server_address[1]}"

    @property
    def base_url(self) -> str:
        return f"{self.root}{self.prefix}/"

    def act(
        self, method: str, path: str, query: dict[str, str], body: bytes, headers: dict[str, str]
    ) -> Answer:
        raise NotImplementedError

    def is_open(self, path: str) -> bool:
        """Whether a path is asked without the key: what the service handed out as signed."""
        return False

    def inject(self, method: str, path: str, kind: str, times: int = 1) -> None:
        """Let the next `times` calls of this method whose path matches (a regular expression) fail."""
        assert kind in FAULTS, kind
        self.faults.append(Fault(method, path, kind, times))

    def take_fault(self, method: str, path: str) -> str | None:
        with self.lock:
            for fault in self.faults:
                if fault.times and re.fullmatch(fault.method, method) and re.fullmatch(fault.path, path):
                    fault.times -= 1
                    return fault.kind
        return None

    def calls(self, method: str, path: str) -> int:
        return sum(1 for m, p in self.requests if m == method and re.fullmatch(path, p))

    def close(self) -> None:
        self.closing.set()
        for close in self.on_close:
            close()
        self._http.shutdown()
        self._http.server_close()
        self._thread.join(5)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()


def multipart(body: bytes) -> dict[str, tuple[str, bytes]]:
    """The fields of a multipart body: name to (file name, content)."""
    boundary = body[: body.index(b"\r\n")]
    found: dict[str, tuple[str, bytes]] = {}
    for part in body.split(boundary)[1:-1]:
        head, _, content = part.removeprefix(b"\r\n").partition(b"\r\n\r\n")
        name = re.search(rb' name="([^"]*)"', head)
        file_name = re.search(rb'filename="([^"]*)"', head)
        assert name is not None
        found[name[1].decode()] = (file_name[1].decode() if file_name else "", content.removesuffix(b"\r\n"))
    return found


class _Server(ThreadingHTTPServer):
    daemon_threads = True
    block_on_close = False

    def handle_error(self, request: Any, client_address: Any) -> None:
        """Clients that leave are part of the tests."""


class _Handler(BaseHTTPRequestHandler):
    fake: FakeService
    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True
    _skewed = False

    def log_message(self, *_: Any) -> None: ...

    def do_GET(self) -> None:
        self._serve()

    def do_POST(self) -> None:
        self._serve()

    def do_PUT(self) -> None:
        self._serve()

    def do_DELETE(self) -> None:
        self._serve()

    def _serve(self) -> None:
        parts = urlsplit(self.path)
        path = unquote(parts.path.removeprefix(self.fake.prefix))
        fake = self.fake
        with fake.lock:
            headers = {key.lower(): value for key, value in self.headers.items()}
            fake.requests.append((self.command, path))
            fake.headers.append(headers)
        kind = fake.take_fault(self.command, path)
        if kind == "reset_before":
            self.rfile.read(min(int(self.headers.get("content-length") or 0), 20_000))
            self._reset()
            return
        body = self._read_body()
        if kind is not None and kind not in ACTS_FIRST:
            self._fail(kind)
            return
        if not fake.is_open(path) and self.headers.get("authorization") != f"Bearer {fake.key}":
            self._error(401, "invalid_api_key", f"Incorrect API key: {self.headers.get('authorization')}")
            return
        with fake.lock:
            status, answer, *more = fake.act(self.command, path, dict(parse_qsl(parts.query)), body, headers)
        if kind is not None:
            self._fail(kind)
        elif answer is STREAM:
            self._stream()
        else:
            self._send(status, answer, *more)

    def _read_body(self) -> bytes:
        length = int(self.headers.get("content-length") or 0)
        pieces = []
        while length > 0:
            piece = self.rfile.read(min(length, 1 << 16))
            if not piece:
                break
            pieces.append(piece)
            length -= len(piece)
            if self.fake.slow_reading:
                self.fake.closing.wait(self.fake.slow_reading)
        return b"".join(pieces)

    # failing

    def _fail(self, kind: str) -> None:
        if kind.startswith("timeout"):
            self.fake.closing.wait(20)
            self.close_connection = True
        elif kind.startswith("reset"):
            self._reset()
        elif kind == "garbage":
            self._raw(200, b'{"id": "x", nonsense', "application/json")
        elif kind == "html":
            self._raw(200, b"<!DOCTYPE html><html><body>Sign in</body></html>", "text/html")
        elif kind == "empty":
            self._raw(200, b"", "application/json")
        elif kind == "wrong_shape":
            self._raw(200, b'{"data": 7, "hello": "world"}', "application/json")
        elif kind == "truncated":
            self.wfile.write(
                b'HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: 500\r\n\r\n{"id"'
            )
            self.wfile.flush()
            self.close_connection = True
        elif kind == "moved":
            self._raw(302, b"", "text/html", {"Location": "https://sign-in.example.com/"})
        elif kind == "clock_skew":
            self._skewed = True
            self._error(401, "expired_token", "The request is from another time.")
        elif kind == "429":
            self._error(
                429, "rate_limit_exceeded", "Too many requests", {"Retry-After": self.fake.retry_after}
            )
        elif kind == "403":
            self._error(403, "training_not_available", "Fine-tuning is not available to this organization.")
        else:
            status = int(kind[:3])
            self._error(
                status, f"code_{status}", f"Injected {status} for {self.headers.get('authorization')}"
            )

    def _reset(self) -> None:
        with contextlib.suppress(OSError):
            self.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
            self.connection.close()
        self.close_connection = True

    # answering

    def _error(self, status: int, code: str, message: str, headers: dict[str, str] | None = None) -> None:
        body = json.dumps({"error": {"message": message, "type": "error", "param": None, "code": code}})
        self._raw(status, body.encode(), "application/json", headers)

    def _send(self, status: int, answer: Any, headers: dict[str, str] | None = None) -> None:
        if isinstance(answer, bytes):
            self._raw(status, answer, "application/octet-stream", headers)
        else:
            self._raw(status, json.dumps(answer).encode(), "application/json", headers)

    def date_time_string(self, timestamp: float | None = None) -> str:
        there = datetime.now(UTC) + (timedelta(hours=3) if self._skewed else timedelta(0))
        return format_datetime(there, usegmt=True)

    def _raw(self, status: int, body: bytes, kind: str, headers: dict[str, str] | None = None) -> None:
        self.send_response(status)
        self.send_header("Content-Type", kind)
        self.send_header("Content-Length", str(len(body)))
        for name, value in (headers or {}).items():
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(body)

    def _stream(self) -> None:
        self.send_response(200)
        self.send_header("Content-Type", "text/event-stream; charset=utf-8")
        self.send_header("Connection", "close")
        self.end_headers()
        for piece in self.fake.answer_pieces:
            chunk = {
                "id": "c",
                "object": "chat.completion.chunk",
                "choices": [{"index": 0, "delta": {"content": piece}}],
            }
            self.wfile.write(b"data: " + json.dumps(chunk).encode() + b"\n\n")
            self.wfile.flush()
            if self.fake.hold_chat:
                self.fake.closing.wait(20)
        self.wfile.write(b"data: [DONE]\n\n")
        self.wfile.flush()
        self.close_connection = True
