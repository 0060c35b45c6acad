"""A fine-tuning service on loopback that fails on demand: a real HTTP server in threads.

with FakeProviderServer() as server:
    server.inject("POST", "/fine_tuning/jobs", "timeout_after")
    provider = OpenAIWireProvider(facts, server.base_url, Secret(server.key))
"""

import contextlib
import csv
import io
import json
import re
import socket
import struct
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any, Self
from urllib.parse import parse_qsl, urlsplit

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
)
"""Every way in which a call can go wrong; "after" ones (and the last five) fail once the server has acted."""

_ACTS_FIRST = {
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


@dataclass
class FakeState:
    files: dict[str, dict[str, Any]] = field(default_factory=dict)
    contents: dict[str, bytes] = field(default_factory=dict)
    jobs: dict[str, dict[str, Any]] = field(default_factory=dict)
    events: dict[str, list[dict[str, Any]]] = field(default_factory=dict)
    checkpoints: dict[str, list[dict[str, Any]]] = field(default_factory=dict)
    requests: list[tuple[str, str]] = field(default_factory=list)
    headers: list[dict[str, str]] = field(default_factory=list)
    bodies: list[Any] = field(default_factory=list)


class FakeProviderServer:
    """`script` is the statuses that a job passes, one for each time it is asked for."""

    def __init__(
        self,
        *,
        key: str = "sk-fake-service-key-0001",
        script: tuple[str, ...] = ("succeeded",),
        file_script: tuple[str, ...] = ("processed",),
        metadata: bool = True,
        metadata_filter: bool = True,
        metadata_rejected: bool = False,
        page_size: int | None = None,
        endless_pages: bool = False,
    ) -> None:
        self.key = key
        self.script = script
        self.file_script = file_script
        self.metadata = metadata
        self.metadata_filter = metadata_filter
        self.metadata_rejected = metadata_rejected
        self.page_size = page_size
        self.endless_pages = endless_pages
        self.state = FakeState()
        self.answer_pieces = ["Paris", ", as if ", "everyone doesn't know."]
        self.stream_chat = True
        self.job_error: dict[str, Any] = {}
        self.retry_after = "0"
        self.slow_reading: float = 0.0
        self.hold_chat = False
        self.faults: list[Fault] = []
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
    def base_url(self) -> str:
        return f"http://127.0.0.1:{self._http.server_address[1]}/v1/"

    def inject(self, method: str, path: str, kind: str, times: int = 1) -> None:
        """Let the next `times` calls of this method whose path matches (a regular expression) fail."""
        assert kind in FAULTS, kind
        self.faults.append(Fault(method, path, kind, times))

    def take_fault(self, method: str, path: str) -> str | None:
        with self.lock:
            for fault in self.faults:
                if fault.times and fault.method == method and re.fullmatch(fault.path, path):
                    fault.times -= 1
                    return fault.kind
        return None

    def calls(self, method: str, path: str) -> int:
        return sum(1 for m, p in self.state.requests if m == method and re.fullmatch(path, p))

    def add_event(self, job_id: str, message: str, **data: Any) -> None:
        events = self.state.events.setdefault(job_id, [])
        events.append(
            {
                "object": "fine_tuning.job.event",
                "id": f"ftevent-{len(events):05d}",
                "created_at": 1_780_000_000 + len(events),
                "level": "info",
                "message": message,
                "type": "metrics" if data else "message",
                "data": data or None,
            }
        )

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


class _Server(ThreadingHTTPServer):
    daemon_threads = True
    block_on_close = False

    def handle_error(self, request: Any, client_address: Any) -> None:
        """Clients that leave are part of the tests."""


class _Handler(BaseHTTPRequestHandler):
    fake: FakeProviderServer
    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True

    def log_message(self, *_: Any) -> None: ...

    def do_GET(self) -> None:
        self._serve()

    def do_POST(self) -> None:
        self._serve()

    def do_DELETE(self) -> None:
        self._serve()

    def _serve(self) -> None:
        parts = urlsplit(self.path)
        path = parts.path.removeprefix("/v1")
        fake = self.fake
        with fake.lock:
            fake.state.requests.append((self.command, path))
            fake.state.headers.append({key.lower(): value for key, value in self.headers.items()})
        kind = fake.take_fault(self.command, path)
        if kind == "reset_before":
            self.rfile.read(min(int(self.headers.get("content-length") or 0), 20_000))
            self._reset()
            return
        body = self._read_body()
        if kind is not None and kind not in _ACTS_FIRST:
            self._fail(kind)
            return
        if self.headers.get("authorization") != f"Bearer {fake.key}":
            self._error(401, "invalid_api_key", f"Incorrect API key: {self.headers.get('authorization')}")
            return
        with fake.lock:
            status, answer = self._act(self.command, path, dict(parse_qsl(parts.query)), body)
        if kind is not None:
            self._fail(kind)
        elif answer is _STREAM:
            self._stream()
        else:
            self._send(status, answer)

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

    # acting

    def _act(self, method: str, path: str, query: dict[str, str], body: bytes) -> tuple[int, Any]:
        state = self.fake.state
        if path == "/models":
            return 200, {
                "object": "list",
                "data": [
                    {"id": "tiny", "object": "model", "owned_by": "fake", "shutdown_date": "2027-01-14"}
                ],
            }
        if path == "/files":
            return (200, self._upload(body)) if method == "POST" else self._page(state.files, query)
        if match := re.fullmatch(r"/files/([^/]+)(/content)?", path):
            return self._file(method, match[1], bool(match[2]))
        if path == "/fine_tuning/jobs":
            return self._create(body) if method == "POST" else self._jobs(query)
        if match := re.fullmatch(r"/fine_tuning/jobs/([^/]+)(?:/(\w+))?", path):
            return self._job(match[1], match[2] or "", query)
        if path == "/chat/completions":
            state.bodies.append(json.loads(body))
            if self.fake.stream_chat:
                return 200, _STREAM
            text = "".join(self.fake.answer_pieces)
            return 200, {"choices": [{"index": 0, "message": {"role": "assistant", "content": text}}]}
        return 404, {"error": {"message": f"unknown {path}", "code": "not_found"}}

    def _upload(self, body: bytes) -> dict[str, Any]:
        name = re.search(rb'filename="([^"]*)"', body)
        start = body.index(b"\r\n\r\n", body.index(b"filename=")) + 4
        boundary = body[: body.index(b"\r\n")]
        content = body[start : body.index(b"\r\n" + boundary, start)]
        state = self.fake.state
        file_id = f"file-{len(state.files) + 1}"
        state.contents[file_id] = content
        state.files[file_id] = {
            "id": file_id,
            "object": "file",
            "bytes": len(content),
            "filename": (name[1] if name else b"").decode(),
            "purpose": "fine-tune",
            "created_at": int(time.time()),
            "status": self.fake.file_script[0],
            "asked": 0,
        }
        return self._shown_file(file_id)

    def _shown_file(self, file_id: str) -> dict[str, Any]:
        file = self.fake.state.files[file_id]
        script = self.fake.file_script
        file["status"] = script[min(file["asked"], len(script) - 1)]
        file["asked"] += 1
        return {key: value for key, value in file.items() if key != "asked"}

    def _file(self, method: str, file_id: str, content: bool) -> tuple[int, Any]:
        state = self.fake.state
        if content and file_id in state.contents:
            return 200, state.contents[file_id]
        if file_id not in state.files:
            return 404, {"error": {"message": f"No such File object: {file_id}", "code": "not_found"}}
        if method == "DELETE":
            del state.files[file_id]
            return 200, {"id": file_id, "object": "file", "deleted": True}
        return 200, self._shown_file(file_id)

    def _create(self, body: bytes) -> tuple[int, Any]:
        sent = json.loads(body)
        state = self.fake.state
        state.bodies.append(sent)
        if self.fake.metadata_rejected and "metadata" in sent:
            return 400, {"error": {"message": "Unknown parameter: 'metadata'.", "code": "unknown_parameter"}}
        if sent["training_file"] not in state.files:
            return 400, {"error": {"message": "invalid training_file", "code": "invalid_file"}}
        job_id = f"ftjob-{len(state.jobs) + 1}"
        state.jobs[job_id] = {
            "id": job_id,
            "object": "fine_tuning.job",
            "created_at": int(time.time()),
            "model": sent["model"],
            "training_file": sent["training_file"],
            "validation_file": sent.get("validation_file"),
            "status": "validating_files",
            "error": {},
            "result_files": [],
            "seed": sent.get("seed", 1),
            "fine_tuned_model": None,
            "trained_tokens": None,
            "method": sent.get("method"),
            "hyperparameters": sent.get("hyperparameters", {}),
            "metadata": sent.get("metadata") if self.fake.metadata else None,
            "user_provided_suffix": sent.get("suffix"),
            "asked": 0,
        }
        self.fake.add_event(job_id, f"Created fine-tuning job: {job_id}")
        return 200, self._shown(job_id)

    def _jobs(self, query: dict[str, str]) -> tuple[int, Any]:
        jobs = self.fake.state.jobs
        wanted = {key[9:-1]: value for key, value in query.items() if key.startswith("metadata[")}
        if wanted and self.fake.metadata_rejected:
            return 400, {"error": {"message": "Unknown query parameter", "code": "unknown_parameter"}}
        if wanted and self.fake.metadata_filter:
            jobs = {
                job_id: job
                for job_id, job in jobs.items()
                if wanted.items() <= (job["metadata"] or {}).items()
            }
        return self._page({job_id: self._shown(job_id) for job_id in jobs}, query)

    def _shown(self, job_id: str) -> dict[str, Any]:
        return {key: value for key, value in self.fake.state.jobs[job_id].items() if key != "asked"}

    def _job(self, job_id: str, action: str, query: dict[str, str]) -> tuple[int, Any]:
        state = self.fake.state
        job = state.jobs.get(job_id)
        if job is None:
            return 404, {"error": {"message": f"Could not find job {job_id}", "code": "not_found"}}
        if action == "events":
            return self._page({event["id"]: event for event in state.events.get(job_id, [])}, query)
        if action == "checkpoints":
            return self._page({item["id"]: item for item in state.checkpoints.get(job_id, [])}, query)
        if action:
            job["status"] = {"cancel": "cancelled", "pause": "paused", "resume": "running"}[action]
        elif job["status"] not in ("succeeded", "failed", "cancelled"):
            self._advance(job)
        return 200, self._shown(job_id)

    def _advance(self, job: dict[str, Any]) -> None:
        script = self.fake.script
        job["status"] = script[min(job["asked"], len(script) - 1)]
        job["asked"] += 1
        number = job["asked"]
        if job["status"] == "running":
            loss = 2.0 / number
            self.fake.add_event(
                job["id"],
                f"Step {number}/10: training loss={loss}",
                step=number,
                train_loss=loss,
                total_steps=10,
            )
        if job["status"] == "failed":
            job["error"] = self.fake.job_error or {
                "code": "invalid_training_file",
                "message": "Example 3 is odd",
            }
        if job["status"] == "succeeded":
            job["fine_tuned_model"] = f"ft:{job['model']}:{job['id']}"
            job["trained_tokens"] = 1234
            job["finished_at"] = int(time.time())
            job["result_files"] = ["file-results-" + job["id"]]
            out = io.StringIO()
            table = csv.writer(out)
            table.writerow(["step", "train_loss", "train_mean_token_accuracy", "valid_loss"])
            table.writerows([[1, 2.0, 0.5, ""], [2, 1.0, 0.625, 1.5]])
            self.fake.state.contents["file-results-" + job["id"]] = out.getvalue().encode()

    def _page(self, items: dict[str, Any], query: dict[str, str]) -> tuple[int, Any]:
        ordered = list(reversed(items.values()))
        if query.get("after") and not self.fake.endless_pages:
            ids = [item["id"] for item in ordered]
            ordered = ordered[ids.index(query["after"]) + 1 :] if query["after"] in ids else []
        limit = self.fake.page_size or int(query.get("limit", 20))
        more = self.fake.endless_pages or len(ordered) > limit
        return 200, {"object": "list", "data": ordered[:limit], "has_more": more}

    # answering

    def _error(self, status: int, code: str, message: str, headers: dict[str, str] | None = None) -> None:
        body = json.dumps({"error": {"message": message, "type": "error", "param": None, "code": code}})
        self._raw(status, body.encode(), "application/json", headers)

    def _send(self, status: int, answer: Any) -> None:
        if isinstance(answer, bytes):
            self._raw(status, answer, "application/octet-stream")
        else:
            self._raw(status, json.dumps(answer).encode(), "application/json")

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


_STREAM = object()
