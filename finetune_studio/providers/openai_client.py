"""Building the SDK's client so that nothing comes from the environment but proxies and certificates."""

import ipaddress
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from finetune_studio.domain.errors import ProviderError, UsageError
from finetune_studio.providers.secrets import Secret

if TYPE_CHECKING:
    from openai import OpenAI


def checked_base_url(base_url: str) -> str:
    """Trim an address; raises UsageError when it is not http(s), or http to another computer's name.

    A key that goes over plain http can be read on the way, so only loopback may use it, and private
    addresses, where a person runs a gateway of their own.
    """
    url = base_url.strip()
    try:
        parts = urlsplit(url)
        is_address = parts.scheme in ("http", "https") and bool(parts.hostname) and parts.port != 0
    except ValueError:  # a port that is no number, brackets that do not close
        is_address = False
    if not is_address:
        raise UsageError(f"{url or 'An empty text'} is not an address.", "It starts with https://.")
    if parts.username or parts.password:
        raise UsageError(
            "The address holds a user name or a password.", "Enter the key in the field for the key."
        )
    if parts.scheme == "http" and not is_private(parts.hostname or ""):
        raise UsageError(
            f"{parts.hostname} is asked over plain http, where the key could be read on the way.",
            "Use https://.",
        )
    return url.rstrip("/") + "/"


def is_loopback(host: str) -> bool:
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host == "localhost" or host.endswith(".localhost")


def is_loopback_url(url: str) -> bool:
    return is_loopback(urlsplit(url).hostname or "")


def is_private(host: str) -> bool:
    """Loopback, a private network address, or a name without dots (a machine of the local network)."""
    try:
        return ipaddress.ip_address(host).is_private
    except ValueError:
        return is_loopback(host) or "." not in host or host.endswith((".local", ".internal", ".lan"))


def same_origin(one: str, other: str) -> bool:
    """Whether two addresses are the same scheme, host and port."""

    def origin(url: str) -> tuple[str, str, int]:
        parts = urlsplit(url)
        return parts.scheme, parts.hostname or "", parts.port or (443 if parts.scheme == "https" else 80)

    return origin(one) == origin(other)


def build_client(base_url: str, secret: Secret, *, read_timeout: float = 60.0) -> "OpenAI":
    """A client bound to this address and key; timeouts in seconds, retries none (the caller decides)."""
    import openai

    host = urlsplit(base_url).hostname or ""
    require_sendable(secret)
    client = openai.OpenAI(
        api_key=secret.reveal() or "none",
        admin_api_key="",
        organization="",
        project="",
        webhook_secret="",
        base_url=base_url,
        max_retries=0,
        timeout=openai.Timeout(read_timeout, connect=10.0, write=60.0, pool=10.0),
        http_client=openai.DefaultHttpxClient(
            trust_env=not is_loopback(host), event_hooks={"response": [_stay_here]}
        ),
    )
    client.admin_api_key = client.organization = client.project = client.webhook_secret = None
    client._custom_headers = {}  # what OPENAI_CUSTOM_HEADERS put there
    return client


def require_sendable(secret: Secret) -> None:
    """Raises ProviderError for a key that no header can carry."""
    if not secret.reveal().isascii() or not secret.reveal().isprintable():
        raise ProviderError(
            "The API key holds characters that no key has.", "Copy it again.", code="invalid_api_key"
        )


def _stay_here(response: Any) -> None:
    """Refuse to be sent elsewhere, but for the content of a file, which may lie in a storage (no key goes
    along then).
    """
    if not response.is_redirect:
        return
    asked, target = str(response.request.url), str(response.request.url.join(response.headers["location"]))
    if response.request.method == "GET" and (same_origin(asked, target) or "/content" in asked):
        return
    raise moved("the service", target)


def moved(title: str, target: str) -> ProviderError:
    """The error for an answer that sends the question, and with it the key, to another address."""
    return ProviderError(
        f"The address of {title} sends questions on to {urlsplit(target).hostname or 'another address'}.",
        "Check the address; a sign-in page or a proxy may stand in between. The key was not sent on.",
        status=302,
        code="moved",
    )
