"""/v1/fine_tuning/jobs."""

import re
from collections.abc import Callable
from typing import Any

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from finetune_studio.local.api_errors import ApiError
from finetune_studio.local.context import ServerContext, context_of
from finetune_studio.local.job_log import add_event
from finetune_studio.local.job_request import job_from
from finetune_studio.local.requests import json_body, limit_of, unknown_cursor
from finetune_studio.local.store import Document
from finetune_studio.local.wire import list_of, public

_JOBS = "/v1/fine_tuning/jobs"


async def create_job(request: Request) -> Response:
    body = await json_body(request)
    return JSONResponse(public(await run_in_threadpool(_create, context_of(request), body)))


def _create(context: ServerContext, body: dict[str, Any]) -> Document:
    job = job_from(body, context.engines, context.store)
    with context.store.transaction():
        context.store.add("job", job)
        add_event(context.store, job["id"], "info", f"Created fine-tuning job: {job['id']}")
    context.runner.wake()
    return job


def list_jobs(request: Request) -> Response:
    context = context_of(request)
    try:
        page = context.store.page(
            "job",
            after=request.query_params.get("after"),
            limit=limit_of(request, 20, 100),
            where=_metadata_filter(request),
        )
    except KeyError as error:
        raise unknown_cursor(error.args[0]) from error
    return JSONResponse(list_of(page))


def _metadata_filter(request: Request) -> Callable[[Document], bool] | None:
    wanted: dict[str, str] = {}
    for key, value in request.query_params.multi_items():
        if key == "metadata" and value == "null":
            return lambda job: job["metadata"] is None
        found = re.fullmatch(r"metadata\[(.*)\]", key, re.DOTALL)
        if found:
            wanted[found.group(1)] = value
    if not wanted:
        return None
    return lambda job: wanted.items() <= (job["metadata"] or {}).items()


def _find(request: Request) -> Document:
    name = request.path_params["job_id"]
    job = context_of(request).store.get("job", name)
    if job is None:
        raise ApiError(
            404, f"Could not find fine tune: {name}", param="fine_tuning_job_id", code="fine_tune_not_found"
        )
    return job


def retrieve_job(request: Request) -> Response:
    return JSONResponse(public(_find(request)))


def cancel_job(request: Request) -> Response:
    job = _find(request)
    return _changed(context_of(request).runner.cancel(job["id"]), job, "cancelled")


def pause_job(request: Request) -> Response:
    job = _find(request)
    return _changed(context_of(request).runner.pause(job["id"]), job, "paused")


def resume_job(request: Request) -> Response:
    job = _find(request)
    return _changed(context_of(request).runner.resume(job["id"]), job, "resumed")


def _changed(done: Document | None, job: Document, verb: str) -> Response:
    if done is None:
        raise ApiError(
            400,
            f"Job {job['id']} has the status {job['status']}, so it cannot be {verb}.",
            code="invalid_job_status",
        )
    return JSONResponse(public(done))


def list_events(request: Request) -> Response:
    return _owned(request, "event", 20, 1000)


def list_checkpoints(request: Request) -> Response:
    return _owned(request, "checkpoint", 10, 100)


def _owned(request: Request, kind: str, default: int, most: int) -> Response:
    job = _find(request)
    try:
        page = context_of(request).store.page(
            kind,
            owner=job["id"],
            after=request.query_params.get("after"),
            limit=limit_of(request, default, most),
        )
    except KeyError as error:
        raise unknown_cursor(error.args[0]) from error
    return JSONResponse(list_of(page))


def routes() -> list[Route]:
    return [
        Route(_JOBS, create_job, methods=["POST"]),
        Route(_JOBS, list_jobs, methods=["GET"]),
        Route(_JOBS + "/{job_id}", retrieve_job, methods=["GET"]),
        Route(_JOBS + "/{job_id}/cancel", cancel_job, methods=["POST"]),
        Route(_JOBS + "/{job_id}/pause", pause_job, methods=["POST"]),
        Route(_JOBS + "/{job_id}/resume", resume_job, methods=["POST"]),
        Route(_JOBS + "/{job_id}/events", list_events, methods=["GET"]),
        Route(_JOBS + "/{job_id}/checkpoints", list_checkpoints, methods=["GET"]),
    ]
