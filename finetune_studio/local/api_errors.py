"""Errors in the envelope that OpenAI's clients read."""

from typing import Any

from starlette.responses import JSONResponse


class ApiError(Exception):
    """An answer with an error status; `message` is a text for people."""

    def __init__(
        self,
        status: int,
        message: str,
        *,
        code: str | None = None,
        param: str | None = None,
        kind: str = "invalid_request_error",
    ) -> None:
        super().__init__(message)
        self.status = status
        self.message = message
        self.code = code
        self.param = param
        self.kind = kind

    def response(self) -> JSONResponse:
        return error_response(self.status, self.message, code=self.code, param=self.param, kind=self.kind)


def error_response(
    status: int,
    message: str,
    *,
    code: str | None = None,
    param: str | None = None,
    kind: str = "invalid_request_error",
) -> JSONResponse:
    body: dict[str, Any] = {"error": {"message": message, "type": kind, "param": param, "code": code}}
    return JSONResponse(body, status_code=status)


def not_found(what: str, name: str, param: str | None = None) -> ApiError:
    return ApiError(404, f"No such {what}: {name}", param=param)
