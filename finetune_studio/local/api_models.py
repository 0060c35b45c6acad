"""/v1/models: the bases of this computer and what was tuned from them."""

from pathlib import Path

from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from finetune_studio.local.api_errors import ApiError
from finetune_studio.local.context import ServerContext, context_of
from finetune_studio.local.store import Document
from finetune_studio.local.wire import model_object, public


def list_models(request: Request) -> Response:
    context = context_of(request)
    bases = [model_object(name, created=0) for name in context.engines.base_models()]
    tuned = [public(model) for model in context.store.documents("model")]
    return JSONResponse({"object": "list", "data": [*bases, *reversed(tuned)]})


def find_model(context: ServerContext, name: str) -> Document:
    """The model's document, also of a base model; raises ApiError 404."""
    if name in context.engines.base_models():
        return {**model_object(name, created=0), "_base": name}
    model = context.store.get("model", name)
    if model is None:
        raise ApiError(
            404,
            f"The model `{name}` does not exist on this computer.",
            param="model",
            code="model_not_found",
        )
    return model


def retrieve_model(request: Request) -> Response:
    return JSONResponse(public(find_model(context_of(request), request.path_params["model"])))


def delete_model(request: Request) -> Response:
    context = context_of(request)
    model = find_model(context, request.path_params["model"])
    if "_path" not in model:
        raise ApiError(400, f"The base model {model['id']} cannot be deleted.", param="model")
    context.store.delete("model", model["id"])
    Path(model["_path"]).unlink(missing_ok=True)
    return JSONResponse({"id": model["id"], "object": "model", "deleted": True})


def routes() -> list[Route]:
    return [
        Route("/v1/models", list_models, methods=["GET"]),
        Route("/v1/models/{model:path}", retrieve_model, methods=["GET"]),
        Route("/v1/models/{model:path}", delete_model, methods=["DELETE"]),
    ]
