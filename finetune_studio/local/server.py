"""The application: endpoints, guard, and errors in the envelope that clients read."""

import hashlib
import hmac
import logging
import os

from starlette.applications import Starlette
from starlette.concurrency import run_in_threadpool
from starlette.exceptions import HTTPException
from starlette.middleware import Middleware
from starlette.requests import ClientDisconnect, Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from finetune_studio import __version__
from finetune_studio.domain.errors import StorageFullError, StudioError
from finetune_studio.local import api_chat, api_files, api_jobs, api_models, api_uploads
from finetune_studio.local.api_errors import ApiError, error_response
from finetune_studio.local.context import ServerContext, context_of
from finetune_studio.local.guard import Guard
from finetune_studio.local.requests import json_body

_log = logging.getLogger(__name__)


def create_app(context: ServerContext, token: str) -> Starlette:
    """The ASGI application; its runner and store are the caller's to start and to close."""
    app = Starlette(
        routes=[
            Route("/health", health, methods=["GET"]),
            Route("/shutdown", shutdown, methods=["POST"]),
            *api_files.routes(),
            *api_uploads.routes(),
            *api_jobs.routes(),
            *api_models.routes(),
            *api_chat.routes(),
        ],
        middleware=[
            Middleware(Guard, token=token, activity=context.activity, max_upload=context.limits.upload)
        ],
        exception_handlers={
            ApiError: _on_api_error,
            HTTPException: _on_http_error,
            StudioError: _on_studio_error,
            OSError: _on_os_error,
            ClientDisconnect: _on_disconnect,
            Exception: _on_unexpected,
        },
    )
    app.state.context = context
    app.state.token = token
    return app


def health(request: Request) -> Response:
    """Without a token. `proof` shows the asker that this is the server that server.json speaks of."""
    token: str = request.app.state.token
    challenge = request.query_params.get("challenge", "")
    proof = hmac.new(token.encode(), challenge.encode(), hashlib.sha256).hexdigest() if challenge else None
    body = {"status": "ok", "server": "finetune-studio", "version": __version__, "pid": os.getpid()}
    return JSONResponse({**body, "proof": proof})


async def shutdown(request: Request) -> Response:
    """`{"when": "now"}` keeps a running job's state for the next start; `"jobs_done"` lets jobs end first;
    `"if_idle"` does nothing where a job is open."""
    body = await json_body(request) if await request.body() else {}
    when = body.get("when", "now")
    if when not in ("now", "jobs_done", "if_idle"):
        raise ApiError(400, "'when' must be 'now', 'jobs_done' or 'if_idle'.", param="when")
    context = context_of(request)
    if when == "if_idle" and await run_in_threadpool(context.runner.has_open_jobs):
        return JSONResponse({"status": "busy", "when": when})
    context.request_shutdown(when == "jobs_done")
    return JSONResponse({"status": "stopping", "when": when})


async def _on_api_error(request: Request, error: Exception) -> Response:
    assert isinstance(error, ApiError)
    return error.response()


async def _on_http_error(request: Request, error: Exception) -> Response:
    assert isinstance(error, HTTPException)
    message = (
        f"Invalid URL ({request.method} {request.url.path})" if error.status_code == 404 else error.detail
    )
    return error_response(error.status_code, message)


async def _on_studio_error(request: Request, error: Exception) -> Response:
    assert isinstance(error, StudioError)
    status = 507 if isinstance(error, StorageFullError) else 400
    return error_response(status, f"{error.text} {error.advice}".strip(), kind="server_error")


async def _on_os_error(request: Request, error: Exception) -> Response:
    assert isinstance(error, OSError)
    _log.error("A request failed: %s", error)
    text = f"The server could not read or write its files: {error.strerror or 'unknown reason'}."
    return error_response(507, text, kind="server_error")


async def _on_disconnect(request: Request, error: Exception) -> Response:
    """Nobody is there to read this; what was sent so far is dropped by the endpoint."""
    return Response(status_code=499)


async def _on_unexpected(request: Request, error: Exception) -> Response:
    return error_response(500, "The server had an error that was not expected.", kind="server_error")
