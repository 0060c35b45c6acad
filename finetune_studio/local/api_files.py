"""/v1/files: what is trained on, and the results."""

import hashlib
from pathlib import Path
from typing import Any, BinaryIO

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import FileResponse, JSONResponse, Response
from starlette.routing import Route

from finetune_studio.local.api_errors import ApiError, not_found
from finetune_studio.local.context import context_of
from finetune_studio.local.multipart import read_form
from finetune_studio.local.requests import limit_of, newest_first, unknown_cursor
from finetune_studio.local.store import Document, new_id
from finetune_studio.local.wire import file_object, list_of, public

PURPOSES = ("fine-tune", "fine-tune-results", "user_data", "batch", "assistants", "vision")


class HashingSink:
    """Writes to disk and hashes as the bytes come; refuses what is over the limit."""

    def __init__(self, handle: BinaryIO, limit: int) -> None:
        self._handle = handle
        self._limit = limit
        self._sha256 = hashlib.sha256()
        self.size = 0

    def write(self, data: bytes) -> None:
        self.size += len(data)
        if self.size > self._limit:
            raise ApiError(
                413, f"The file is too large: at most {self._limit:,} bytes are taken.", param="file"
            )
        self._sha256.update(data)
        self._handle.write(data)

    @property
    def sha256(self) -> str:
        return self._sha256.hexdigest()


def check_upload_name(name: str, purpose: str) -> None:
    """Raises ApiError 400 for what the service does not take by its name or purpose."""
    if purpose not in PURPOSES:
        raise ApiError(400, f"'{purpose}' is not one of {list(PURPOSES)!r} - 'purpose'", param="purpose")
    if purpose == "fine-tune" and not name.lower().endswith(".jsonl"):
        raise ApiError(400, "Invalid file format for Fine-Tuning API. Must be .jsonl", param="file")


async def create_file(request: Request) -> Response:
    context = context_of(request)
    temporary = context.folders.file(new_id("incoming"))
    try:
        with temporary.open("wb") as handle:
            sink = HashingSink(handle, context.limits.upload)
            form = await read_form(request.stream(), request.headers.get("content-type", ""), "file", sink)
        if form.file_name is None:
            raise ApiError(400, "Missing required parameter: 'file'.", param="file")
        check_upload_name(form.file_name, form.fields.get("purpose", ""))
        if sink.size == 0:
            raise ApiError(400, "File is empty.", param="file")
        document = file_object(Path(form.file_name).name, form.fields["purpose"], sink.size, sink.sha256)
        temporary.replace(context.folders.file(document["id"]))
        await run_in_threadpool(context.store.add, "file", document)
    finally:
        temporary.unlink(missing_ok=True)
    return JSONResponse(public(document))


def list_files(request: Request) -> Response:
    purpose = request.query_params.get("purpose")

    def fits(document: Document) -> bool:
        return purpose is None or bool(document["purpose"] == purpose)

    try:
        page = context_of(request).store.page(
            "file",
            after=request.query_params.get("after"),
            limit=limit_of(request, 10_000, 10_000),
            newest_first=newest_first(request),
            where=fits,
        )
    except KeyError as error:
        raise unknown_cursor(error.args[0]) from error
    return JSONResponse(list_of(page))


def _find(request: Request) -> dict[str, Any]:
    name = request.path_params["file_id"]
    document = context_of(request).store.get("file", name)
    if document is None:
        raise not_found("File object", name, "id")
    return document


def retrieve_file(request: Request) -> Response:
    return JSONResponse(public(_find(request)))


def file_content(request: Request) -> Response:
    document = _find(request)
    path = context_of(request).folders.file(document["id"])
    if not path.exists():
        raise not_found("File object", document["id"], "id")
    return FileResponse(path, media_type="application/octet-stream", filename=document["filename"])


def delete_file(request: Request) -> Response:
    document = _find(request)
    context = context_of(request)
    context.store.delete("file", document["id"])
    context.folders.file(document["id"]).unlink(missing_ok=True)
    return JSONResponse({"id": document["id"], "object": "file", "deleted": True})


def routes() -> list[Route]:
    return [
        Route("/v1/files", create_file, methods=["POST"]),
        Route("/v1/files", list_files, methods=["GET"]),
        Route("/v1/files/{file_id}", retrieve_file, methods=["GET"]),
        Route("/v1/files/{file_id}", delete_file, methods=["DELETE"]),
        Route("/v1/files/{file_id}/content", file_content, methods=["GET"]),
    ]
