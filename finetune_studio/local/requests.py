"""Reading requests: JSON bodies and the parameters of lists."""

import json
from typing import Any

from starlette.requests import Request

from finetune_studio.local.api_errors import ApiError


async def json_body(request: Request) -> dict[str, Any]:
    """Raises ApiError 400 where the body is no JSON object."""
    raw = await request.body()
    try:
        value = json.loads(raw)
    except (ValueError, RecursionError) as error:
        raise ApiError(400, f"We could not parse the JSON body of your request: {error}") from error
    if not isinstance(value, dict):
        raise ApiError(400, "The body of the request must be a JSON object.")
    return value


def limit_of(request: Request, default: int, most: int) -> int:
    text = request.query_params.get("limit", str(default))
    if not text.isdigit() or not 1 <= int(text) <= most:
        raise ApiError(400, f"'limit' must be a number from 1 to {most:,}.", param="limit")
    return int(text)


def newest_first(request: Request) -> bool:
    order = request.query_params.get("order", "desc")
    if order not in ("asc", "desc"):
        raise ApiError(400, "'order' must be 'asc' or 'desc'.", param="order")
    return order == "desc"


def text_value(body: dict[str, Any], key: str) -> str:
    value = body.get(key)
    if not isinstance(value, str) or not value:
        raise ApiError(
            400, f"Missing required parameter: '{key}'.", param=key, code="missing_required_parameter"
        )
    return value


def unknown_cursor(name: object) -> ApiError:
    return ApiError(400, f"Nothing in this list has the id {name}.", param="after")
