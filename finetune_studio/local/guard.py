"""Who may speak to the server: this computer, by address, with the token, in bounded requests."""

import hmac
from contextlib import nullcontext
from urllib.parse import urlsplit

from starlette.datastructures import Headers
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from finetune_studio.local.api_errors import ApiError
from finetune_studio.local.context import Activity

MAX_JSON = 8 * 2**20
_HOSTS = frozenset({"127.0.0.1", "localhost", "::1"})


class Guard:
    """Checks Host, Origin, token and size before anything else runs."""

    def __init__(self, app: ASGIApp, token: str, activity: Activity, max_upload: int) -> None:
        self._app = app
        self._token = token.encode()
        self._activity = activity
        self._max_upload = max_upload

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        headers = Headers(scope=scope)
        try:
            self._check(scope, headers)
        except ApiError as error:
            await error.response()(scope, receive, send)
            return
        # Asking for its health does not keep a server alive.
        with nullcontext() if scope["path"] == "/health" else self._activity.request():
            await self._answer(scope, receive, send)

    async def _answer(self, scope: Scope, receive: Receive, send: Send) -> None:
        limit = self._limit(scope["path"])
        try:
            await self._app(scope, _counted(receive, limit), send)
        except _TooLargeError:
            await _too_large(limit).response()(scope, receive, send)

    def _check(self, scope: Scope, headers: Headers) -> None:
        host = urlsplit("//" + headers.get("host", ""))
        if host.hostname not in _HOSTS:
            raise ApiError(403, "Only programs of this computer may use this server.", code="foreign_host")
        origin = headers.get("origin")
        if origin is not None and urlsplit(origin).netloc != host.netloc:
            raise ApiError(403, "Web pages may not use this server.", code="foreign_origin")
        if scope["path"] != "/health":
            self._check_token(headers)
        length = headers.get("content-length", "0")
        limit = self._limit(scope["path"])
        if not length.isdigit() or int(length) > limit:
            raise _too_large(limit)

    def _check_token(self, headers: Headers) -> None:
        kind, _, given = headers.get("authorization", "").partition(" ")
        if kind.lower() != "bearer" or not given:
            raise ApiError(
                401,
                "You didn't provide an API key. The key of this server is the token in its server.json.",
                code="missing_api_key",
            )
        if not hmac.compare_digest(given.strip().encode(), self._token):
            raise ApiError(
                401,
                "Incorrect API key provided. The key of this server is the token in its server.json.",
                code="invalid_api_key",
            )

    def _limit(self, path: str) -> int:
        uploads = path == "/v1/files" or path.endswith("/parts")
        return self._max_upload + 65_536 if uploads else MAX_JSON


class _TooLargeError(Exception):
    """A body without a length turned out to be too large."""


def _counted(receive: Receive, limit: int) -> Receive:
    seen = 0

    async def counted() -> Message:
        nonlocal seen
        message = await receive()
        seen += len(message.get("body", b""))
        if seen > limit:
            raise _TooLargeError
        return message

    return counted


def _too_large(limit: int) -> ApiError:
    return ApiError(413, f"The request is too large: at most {limit:,} bytes are taken.", code="too_large")
