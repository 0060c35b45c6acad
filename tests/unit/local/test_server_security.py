"""Who may speak to the server."""

import json
import socket
from http.client import HTTPConnection
from urllib.parse import urlsplit

import pytest

from finetune_studio.local.context import MAX_UPLOAD
from finetune_studio.local.guard import MAX_JSON
from finetune_studio.local.serve import Address


def ask(
    address: Address, method: str = "GET", path: str = "/v1/models", **headers: str
) -> tuple[int, dict[str, object]]:
    parts = urlsplit(address.base_url)
    assert parts.hostname is not None
    connection = HTTPConnection(parts.hostname, parts.port, timeout=10)
    try:
        named = {name.replace("_", "-"): value for name, value in headers.items()}
        connection.request(method, path, headers={"Authorization": f"Bearer {address.token}"} | named)
        answer = connection.getresponse()
        return answer.status, json.loads(answer.read())
    finally:
        connection.close()


def test_with_the_token(address: Address) -> None:
    assert ask(address)[0] == 200


@pytest.mark.parametrize(
    "value", ["", "Bearer ", "Bearer wrong", "Basic abc", "Bearer ünknown".encode().decode("latin-1")]
)
@pytest.mark.parametrize("path", ["/v1/models", "/v1/files", "/shutdown", "/v1/none", "/"])
def test_without_the_token(address: Address, value: str, path: str) -> None:
    status, body = ask(address, path=path, Authorization=value)
    assert status == 401
    error = body["error"]
    assert isinstance(error, dict)
    assert set(error) == {"message", "type", "param", "code"}
    assert address.token not in json.dumps(body)


@pytest.mark.parametrize("host", ["evil.example", "evil.example:80", "127.0.0.1.evil.example", ""])
@pytest.mark.parametrize("path", ["/v1/models", "/health"])
def test_a_foreign_host(address: Address, host: str, path: str) -> None:
    assert ask(address, path=path, Host=host)[0] == 403


@pytest.mark.parametrize("origin", ["https://evil.example", "null", "http://127.0.0.1:1", "http://localhost"])
def test_a_web_page(address: Address, origin: str) -> None:
    assert ask(address, Origin=origin)[0] == 403


@pytest.mark.parametrize(
    ("path", "length"), [("/v1/fine_tuning/jobs", MAX_JSON + 1), ("/v1/files", MAX_UPLOAD + 70_000)]
)
def test_too_large_is_refused_before_it_is_read(address: Address, path: str, length: int) -> None:
    assert ask(address, "POST", path, Content_Length=str(length))[0] == 413


def test_too_large_without_a_length(address: Address) -> None:
    parts = urlsplit(address.base_url)
    head = (
        f"POST /v1/chat/completions HTTP/1.1\r\nHost: {parts.netloc}\r\nTransfer-Encoding: chunked\r\n"
        f"Authorization: Bearer {address.token}\r\n\r\n"
    )
    chunk = b"10000\r\n" + b" " * 65536 + b"\r\n"
    assert parts.hostname is not None
    with socket.create_connection((parts.hostname, parts.port or 0), timeout=10) as connection:
        connection.sendall(head.encode())
        for _ in range(MAX_JSON // 65536 + 1):
            connection.sendall(chunk)
        assert connection.recv(64).startswith(b"HTTP/1.1 413")


def test_health_needs_no_token_and_shows_none(address: Address) -> None:
    status, body = ask(address, path="/health?challenge=abc", Authorization="")
    assert (status, body["status"], body["pid"]) == (200, "ok", address.pid)
    assert address.token not in json.dumps(body)


def test_an_address_that_is_not_there(address: Address) -> None:
    status, body = ask(address, path="/v1/none")
    assert status == 404
    assert isinstance(body["error"], dict)
    assert body["error"]["message"] == "Invalid URL (GET /v1/none)"


def test_a_body_that_is_not_json(address: Address) -> None:
    status, body = ask(address, "POST", "/v1/chat/completions", Content_Length="0")
    assert status == 400
    assert "could not parse the JSON body" in json.dumps(body)
