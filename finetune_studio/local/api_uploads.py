"""/v1/uploads: a large file in parts."""

import hashlib
from typing import Any

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from finetune_studio.local.api_errors import ApiError, not_found
from finetune_studio.local.api_files import HashingSink, check_upload_name
from finetune_studio.local.context import ServerContext, context_of
from finetune_studio.local.multipart import read_form
from finetune_studio.local.requests import json_body, text_value
from finetune_studio.local.store import Document, now
from finetune_studio.local.wire import file_object, part_object, public, upload_object

_CHUNK = 2**20
_MAX_PART = 64 * 2**20


async def create_upload(request: Request) -> Response:
    body = await json_body(request)
    context = context_of(request)
    name, purpose = text_value(body, "filename"), text_value(body, "purpose")
    check_upload_name(name, purpose)
    size = body.get("bytes")
    if not isinstance(size, int) or isinstance(size, bool) or not 0 < size <= context.limits.assembled:
        raise ApiError(400, f"'bytes' must be from 1 to {context.limits.assembled:,}.", param="bytes")
    document = upload_object(name, purpose, size, str(body.get("mime_type") or ""))
    await run_in_threadpool(context.store.add, "upload", document)
    return JSONResponse(public(document))


def _pending(context: ServerContext, name: str) -> Document:
    document = context.store.get("upload", name)
    if document is None:
        raise not_found("Upload", name)
    if document["status"] == "pending" and document["expires_at"] < now():
        document = context.store.update("upload", name, {"status": "expired"}) or document
    if document["status"] != "pending":
        raise ApiError(400, f"Upload {name} is {document['status']}, so it cannot be changed.")
    return document


async def add_part(request: Request) -> Response:
    context = context_of(request)
    upload = await run_in_threadpool(_pending, context, request.path_params["upload_id"])
    part = part_object(upload["id"])
    path = context.folders.part(part["id"])
    kept = False
    try:
        with path.open("wb") as handle:
            sink = HashingSink(handle, min(_MAX_PART, context.limits.upload))
            form = await read_form(request.stream(), request.headers.get("content-type", ""), "data", sink)
        if form.file_name is None:
            raise ApiError(400, "Missing required parameter: 'data'.", param="data")
        await run_in_threadpool(context.store.add, "part", {**part, "_size": sink.size}, upload["id"])
        kept = True
    finally:
        if not kept:
            path.unlink(missing_ok=True)
    return JSONResponse(public(part))


async def complete_upload(request: Request) -> Response:
    body = await json_body(request)
    return JSONResponse(
        await run_in_threadpool(_complete, context_of(request), request.path_params["upload_id"], body)
    )


def _complete(context: ServerContext, name: str, body: dict[str, Any]) -> Document:
    upload = _pending(context, name)
    parts = {part["id"]: part for part in context.store.documents("part", upload["id"])}
    chosen = body.get("part_ids")
    if not isinstance(chosen, list) or not chosen or any(part not in parts for part in chosen):
        raise ApiError(400, "'part_ids' must name parts of this upload.", param="part_ids")
    if sum(parts[part]["_size"] for part in chosen) != upload["bytes"]:
        raise ApiError(400, f"The parts do not add up to {upload['bytes']:,} bytes.", param="part_ids")
    document = _assemble(context, upload, chosen, body.get("md5"))
    with context.store.transaction():
        context.store.add("file", document)
        done = context.store.update("upload", name, {"status": "completed", "file": public(document)})
    _drop_parts(context, upload["id"])
    assert done is not None
    return public(done)


def _assemble(context: ServerContext, upload: Document, chosen: list[str], md5: object) -> Document:
    check = hashlib.md5(usedforsecurity=False)
    temporary = context.folders.file(f"incoming-{upload['id']}")
    try:
        with temporary.open("wb") as handle:
            sink = HashingSink(handle, context.limits.assembled)
            for part in chosen:
                with context.folders.part(part).open("rb") as source:
                    while data := source.read(_CHUNK):
                        sink.write(data)
                        check.update(data)
        if isinstance(md5, str) and md5.lower() != check.hexdigest():
            raise ApiError(400, "The parts do not have the md5 that was given.", param="md5")
        document = file_object(upload["filename"], upload["purpose"], sink.size, sink.sha256)
        temporary.replace(context.folders.file(document["id"]))
        return document
    finally:
        temporary.unlink(missing_ok=True)


def _drop_parts(context: ServerContext, upload: str) -> None:
    for part in context.store.documents("part", upload):
        context.folders.part(part["id"]).unlink(missing_ok=True)
        context.store.delete("part", part["id"])


def cancel_upload(request: Request) -> Response:
    context = context_of(request)
    upload = _pending(context, request.path_params["upload_id"])
    done = context.store.update("upload", upload["id"], {"status": "cancelled"})
    _drop_parts(context, upload["id"])
    return JSONResponse(public(done or upload))


def routes() -> list[Route]:
    return [
        Route("/v1/uploads", create_upload, methods=["POST"]),
        Route("/v1/uploads/{upload_id}/parts", add_part, methods=["POST"]),
        Route("/v1/uploads/{upload_id}/complete", complete_upload, methods=["POST"]),
        Route("/v1/uploads/{upload_id}/cancel", cancel_upload, methods=["POST"]),
    ]
