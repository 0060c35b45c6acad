"""/v1/chat/completions, whole and as a stream."""

import json
from collections.abc import AsyncIterator, Iterator
from pathlib import Path
from typing import Any

from starlette.concurrency import iterate_in_threadpool, run_in_threadpool
from starlette.requests import Request
from starlette.responses import JSONResponse, Response, StreamingResponse
from starlette.routing import Route

from finetune_studio.domain.errors import StudioError
from finetune_studio.local.api_errors import ApiError
from finetune_studio.local.api_models import find_model
from finetune_studio.local.chat_request import ChatRequest, chat_request_of
from finetune_studio.local.context import ServerContext, context_of
from finetune_studio.local.engines.base import AnswerPiece
from finetune_studio.local.requests import json_body
from finetune_studio.local.store import new_id, now

FINGERPRINT = "fp_rehearsal"


async def create_completion(request: Request) -> Response:
    chat = chat_request_of(await json_body(request))
    pieces = await run_in_threadpool(_answer, context_of(request), chat)
    if chat.stream:
        return StreamingResponse(_stream(chat, pieces), media_type="text/event-stream")
    return JSONResponse(await run_in_threadpool(_whole, chat, pieces))


def _answer(context: ServerContext, chat: ChatRequest) -> Iterator[AnswerPiece]:
    model = find_model(context, chat.model)
    engine = context.engines.find(model["_base"])
    if engine is None:
        raise ApiError(
            404, f"The engine of {chat.model} is not there.", param="model", code="model_not_found"
        )
    path = Path(model["_path"]) if "_path" in model else None
    try:
        return engine.answer(path, chat.answer)
    except StudioError as error:
        raise ApiError(500, f"{error.text} {error.advice}".strip(), kind="server_error") from error


def _whole(chat: ChatRequest, pieces: Iterator[AnswerPiece]) -> dict[str, Any]:
    found = list(pieces)
    calls = [_tool_call(*piece.tool_call) for piece in found if piece.tool_call]
    text = "".join(piece.text for piece in found)
    message: dict[str, Any] = {
        "role": "assistant",
        "content": text or None if calls else text,
        "refusal": None,
    }
    if calls:
        message["tool_calls"] = calls
    choice = {"index": 0, "message": message, "logprobs": None, "finish_reason": found[-1].finish_reason}
    return {**_head(chat, "chat.completion"), "choices": [choice], "usage": _usage(found[-1])}


async def _stream(chat: ChatRequest, pieces: Iterator[AnswerPiece]) -> AsyncIterator[str]:
    head = _head(chat, "chat.completion.chunk")
    yield _event(head, {"role": "assistant", "content": "", "refusal": None})
    calls = 0
    async for piece in iterate_in_threadpool(pieces):
        if piece.text:
            yield _event(head, {"content": piece.text})
        if piece.tool_call:
            yield _event(head, {"tool_calls": [{"index": calls, **_tool_call(*piece.tool_call)}]})
            calls += 1
        if piece.finish_reason:
            yield _event(head, {}, piece.finish_reason)
            if chat.with_usage:
                yield f"data: {json.dumps({**head, 'choices': [], 'usage': _usage(piece)})}\n\n"
    yield "data: [DONE]\n\n"


def _event(head: dict[str, Any], delta: dict[str, Any], finish_reason: str | None = None) -> str:
    choice = {"index": 0, "delta": delta, "logprobs": None, "finish_reason": finish_reason}
    return f"data: {json.dumps({**head, 'choices': [choice]})}\n\n"


def _head(chat: ChatRequest, kind: str) -> dict[str, Any]:
    return {
        "id": new_id("chatcmpl"),
        "object": kind,
        "created": now(),
        "model": chat.model,
        "system_fingerprint": FINGERPRINT,
    }


def _tool_call(name: str, arguments: str) -> dict[str, Any]:
    return {"id": new_id("call"), "type": "function", "function": {"name": name, "arguments": arguments}}


def _usage(piece: AnswerPiece) -> dict[str, int]:
    return {
        "prompt_tokens": piece.prompt_tokens,
        "completion_tokens": piece.completion_tokens,
        "total_tokens": piece.prompt_tokens + piece.completion_tokens,
    }


def routes() -> list[Route]:
    return [Route("/v1/chat/completions", create_completion, methods=["POST"])]
