"""From what the SDK and the network raise to a plain sentence; a key is never part of it."""

import socket
import ssl
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime
from typing import Any, TypeVar

from finetune_studio.domain.errors import ProviderError, StudioError
from finetune_studio.providers.secrets import Secret, mask
from finetune_studio.providers.wire_json import garbled

T = TypeVar("T")
_MAX_MESSAGE = 600
_CLOCK_APART = timedelta(minutes=5)
_DATED = {
    "certificate is not yet valid": "is not yet valid",
    "certificate has expired": "has expired",
}
"""What OpenSSL says of certificates that the date alone speaks against, and what we say."""
_NOT_DEPLOYED = "DeploymentNotFound"
"""Azure's word for a model that no deployment answers for."""
STORAGE_REFUSED = "storage"
"""The code of an address that a service handed out and that its storage takes no more."""
_LOOK_FIRST = "It is not known whether it did what was asked. Look at the jobs before you try again."


class RateLimitError(ProviderError):
    """The service asks for a pause; `retry_after` is in seconds, None when it does not say how long.

    Nothing was done, so asking again is safe.
    """

    def __init__(self, text: str, advice: str, retry_after: float | None, code: str) -> None:
        super().__init__(text, advice, status=429, code=code)
        self.retry_after = retry_after


class HttpStatusError(Exception):
    """An answer of 300 and more, with the attributes that the SDK's own errors have."""

    def __init__(self, response: Any) -> None:
        super().__init__(f"status {response.status_code}")
        self.response = response
        self.status_code: int = response.status_code
        try:
            self.body: object = response.json()
        except (ValueError, RecursionError):
            self.body = response.text[:_MAX_MESSAGE]


class UnreachableError(ProviderError):
    """No connection came about: the service did nothing, so asking again is safe."""


def provider_error(
    error: BaseException, *, title: str, base_url: str, secret: Secret, changes: bool = True
) -> StudioError:
    """Map an exception of a call to what a person is told; errors of ours pass as they are.

    `changes` says whether the call changes something at the service: where it only looks, nothing
    can be in doubt.
    """
    found = next((cause for cause in _chain(error) if isinstance(cause, StudioError)), None)
    status = getattr(error, "status_code", None)
    if found is None and isinstance(status, int) and status >= 400:
        found = _status_error(error, status, title, base_url, secret)
    elif found is None:
        found = _connection_error(error, title, base_url, secret)
    if isinstance(found, ProviderError) and found.outcome_unknown and not changes:
        advice = "Try again later." if found.advice == _LOOK_FIRST else found.advice
        return ProviderError(found.text, advice, status=found.status, code=found.code)
    return found


def _chain(error: BaseException) -> Iterator[BaseException]:
    """The exception, then what it was raised from; never its context, which may be another call's error."""
    current: BaseException | None = error
    while current is not None:
        yield current
        current = current.__cause__


def _said(error: BaseException, secret: Secret) -> tuple[str, str]:
    """The service's own message (masked, shortened) and its code."""
    body = getattr(error, "body", None)
    message = code = ""
    if isinstance(body, dict):
        inner = body.get("error")
        found = inner if isinstance(inner, dict) else body
        message = _words(found.get("message") or found.get("detail") or inner)
        codes = (found.get("code"), found.get("status"), found.get("type"))
        code = next((value for value in codes if isinstance(value, str) and value), "")
    elif isinstance(body, str) and "<" not in body[:20]:
        message = body
    message = " ".join(mask(message, secret).split())[:_MAX_MESSAGE]
    if message and message[-1] not in ".!?":
        message += "."
    return message, mask(code, secret)[:80]


def _words(value: object) -> str:
    """A message as a text: some services send a list of (place, problem), or put it one level down."""
    if isinstance(value, str):
        return value
    if isinstance(value, dict):
        return _words(value.get("detail") or value.get("message") or value.get("msg"))
    if isinstance(value, list):
        found = []
        for item in value[:5]:
            place = item.get("loc") if isinstance(item, dict) else None
            where = "/".join(str(part) for part in place) + ": " if isinstance(place, list) else ""
            found.append(where + _words(item))
        return "; ".join(text for text in found if text)
    return ""


def clock_difference(response: Any) -> timedelta | None:
    """How far this computer's clock is ahead of the service's; None where it is not told or is small."""
    try:
        there = parsedate_to_datetime(str(response.headers.get("date", "")))
    except (AttributeError, TypeError, ValueError):
        return None
    if there.tzinfo is None:
        there = there.replace(tzinfo=UTC)
    apart = datetime.now(UTC) - there
    return apart if abs(apart) > _CLOCK_APART else None


def _clock_note(error: BaseException) -> str:
    """A sentence about a clock that is wrong: signed requests and certificates fail by it."""
    apart = clock_difference(getattr(error, "response", None))
    if apart is None:
        return ""
    minutes = round(abs(apart).total_seconds() / 60)
    amount = f"{minutes:,} minutes" if minutes < 120 else f"{minutes // 60:,} hours"
    if minutes >= 2880:
        amount = f"{minutes // 1440:,} days"
    side = "ahead of" if apart > timedelta(0) else "behind"
    return f" This computer's clock is {amount} {side} the service's: set it right first."


def _is_html(error: BaseException) -> bool:
    response = getattr(error, "response", None)
    kind = str(response.headers.get("content-type", "")) if response is not None else ""
    return "html" in kind.lower()


def _status_error(
    error: BaseException, status: int, title: str, base_url: str, secret: Secret
) -> ProviderError:
    said, code = _said(error, secret)
    quote = f" It says: {said}" if said else ""
    if status == 401:
        return ProviderError(
            f"{title} does not accept the API key.{quote}",
            "Enter it again: it may be mistyped, expired or meant for another service." + _clock_note(error),
            status=status,
            code=code or "invalid_api_key",
        )
    if status == 403:
        return _forbidden(title, quote, code, _clock_note(error))
    if status == 429:
        return _rate_limit(error, title, quote, code)
    if status >= 500 or status in (408, 409):
        return ProviderError(
            f"{title} had an error of its own ({status}).{quote}",
            _LOOK_FIRST,
            status=status,
            code=code or "server_error",
            outcome_unknown=True,
        )
    if _is_html(error) and status in (404, 405):
        return garbled_at(title, status)
    if status in (404, 405):
        known = f"{title} does not have what was asked for.{quote}"
        ends_so = base_url.rstrip("/").endswith("/v1")
        advice = "Check the name." if said and ends_so else "Check the address; most end in /v1."
        if code == _NOT_DEPLOYED:
            advice = "Make a deployment of the model there, and ask it by the name of the deployment."
        return ProviderError(
            known if said else f"{title} does not know what was asked for at {base_url} ({status}).",
            advice,
            status=status,
            code=code or "not_found",
        )
    if status == 413:
        return ProviderError(
            f"The file is too large for {title}.{quote}", "Send fewer examples.", status=status, code=code
        )
    return ProviderError(f"{title} refused ({status}).{quote}", "", status=status, code=code or "refused")


def in_doubt(read: Callable[[], T]) -> T:
    """Read the answer of a call that changes something: where it makes no sense, the outcome is unknown."""
    try:
        return read()
    except ProviderError as error:
        raise ProviderError(error.text, error.advice, code=error.code, outcome_unknown=True) from error


def garbled_at(title: str, status: int) -> ProviderError:
    """The error for a web page that came with a client error: nothing was done there."""
    page = garbled(title, "a web page", html=True)
    return ProviderError(page.text, page.advice, status=status, code=page.code)


def _forbidden(title: str, quote: str, code: str, clock: str) -> ProviderError:
    if code == "training_not_available":
        return ProviderError(
            f"{title} no longer lets this organisation start fine-tuning jobs.{quote}",
            "Nothing was charged. Choose another provider or this computer; the sent file can be deleted.",
            status=403,
            code=code,
        )
    return ProviderError(
        f"{title} does not allow this with this API key.{quote}",
        "The key may lack a permission, or the account may not offer this." + clock,
        status=403,
        code=code or "forbidden",
    )


def _rate_limit(error: BaseException, title: str, quote: str, code: str) -> ProviderError:
    response = getattr(error, "response", None)
    headers = response.headers if response is not None else {}
    seconds = _retry_after(str(headers.get("retry-after", "")), str(headers.get("date", "")))
    if code in ("insufficient_quota", "billing_hard_limit_reached"):
        return ProviderError(
            f"The account at {title} has no credit left, or has reached its limit.{quote}",
            "Check the plan and the billing of the account.",
            status=429,
            code=code,
        )
    wait = f" in {seconds:,.0f} seconds" if seconds else " in a while"
    return RateLimitError(
        f"{title} gets too many requests from this account.{quote}",
        f"Try again{wait}; nothing was started.",
        seconds,
        code or "rate_limited",
    )


def _retry_after(value: str, there: str = "") -> float | None:
    """Seconds to wait: a number, or a date by the service's own clock (its Date header)."""
    try:
        seconds = float(value)
    except ValueError:
        try:
            until = parsedate_to_datetime(value)
            now = parsedate_to_datetime(there) if there else datetime.now(UTC)
            seconds = max(0.0, (until - now).total_seconds())
        except (TypeError, ValueError):
            return None
    return seconds if 0 <= seconds <= 86_400 else None


def _connection_error(error: BaseException, title: str, base_url: str, secret: Secret) -> StudioError:
    causes = list(_chain(error))
    names = {type(cause).__name__ for cause in causes}
    at_connect = bool(names & {"ConnectTimeout", "ConnectError"})
    over_tls = any(isinstance(cause, ssl.SSLError) for cause in causes)
    dated = next((words for said, words in _DATED.items() if _mentions(causes, said)), "")
    if dated:
        today = datetime.now().astimezone()
        return UnreachableError(
            f"The connection to {title} is not trusted: its certificate {dated} by this computer's clock.",
            f"The clock says {today.day} {today:%B %Y, %H:%M}: set it right if that is wrong;"
            " otherwise the service has to renew its certificate.",
            code="tls_clock",
        )
    if (over_tls and at_connect) or _mentions(causes, "certificate verify"):
        return UnreachableError(
            f"The connection to {title} is not trusted: its certificate does not check out.",
            "Check the address and this computer's clock. A company proxy needs its certificate installed.",
            code="tls",
        )
    if any(isinstance(cause, socket.gaierror) for cause in causes) or _mentions(causes, "name or service"):
        return UnreachableError(
            f"The address of {title} ({base_url}) was not found.",
            "Check the address and the network connection.",
            code="dns",
        )
    if at_connect or any(isinstance(cause, ConnectionRefusedError) for cause in causes):
        return UnreachableError(
            f"{title} cannot be reached at {base_url}.",
            "The service may be down, or this computer may be offline.",
            code="unreachable",
        )
    if any(name.endswith(("Timeout", "TimeoutError")) for name in names):
        return ProviderError(
            f"{title} did not answer in time.",
            _LOOK_FIRST,
            code="timeout",
            outcome_unknown=True,
        )
    if names & {"UnsupportedProtocol", "InvalidURL", "LocalProtocolError"}:
        return ProviderError(
            f"{mask(base_url, secret)} is not an address that can be asked.",
            "An address starts with https:// (or http:// on this computer); a key has no odd characters.",
            code="address",
        )
    if names & {"JSONDecodeError", "UnicodeDecodeError", "DecodingError", "APIResponseValidationError"}:
        return garbled(title, "not JSON")
    known = names & {"RemoteProtocolError", "ReadError", "WriteError", "ConnectionResetError"}
    detail = "" if known else " ".join(mask(str(causes[-1]), secret).split())[:200]
    return ProviderError(
        f"The connection to {title} broke off{f' ({detail})' if detail else ''}.",
        _LOOK_FIRST,
        code="connection",
        outcome_unknown=True,
    )


def _mentions(causes: list[BaseException], words: str) -> bool:
    return any(words in str(cause).lower() for cause in causes)
