"""HTTP for services without OpenAI's wire format: one client, errors in plain sentences, answers as JSON.

Nothing is retried and no redirect is followed: where a service hands out signed addresses they are asked
for with `signed`, which never sends the key.
"""

from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from finetune_studio.domain.errors import CancelledError, ProviderError
from finetune_studio.providers.errors import STORAGE_REFUSED, HttpStatusError, in_doubt, provider_error
from finetune_studio.providers.held_client import HeldClient
from finetune_studio.providers.openai_client import is_loopback, is_private, moved, require_sendable
from finetune_studio.providers.secrets import Secret, without_key
from finetune_studio.providers.upload_stream import UploadStream
from finetune_studio.providers.wire import Timeouts
from finetune_studio.providers.wire_json import Json, garbled, parse_object, parse_value

if TYPE_CHECKING:
    import httpx2

_PIECE = 1 << 16
Query = Mapping[str, str | int]


class HttpWire:
    """Safe to use from several threads; the client is built, and the library imported, at the first call."""

    def __init__(self, title: str, base_url: str, key: Secret, timeouts: Timeouts) -> None:
        self.title = title
        self.base_url = base_url
        self.key = key
        self.timeouts = timeouts
        self._held = HeldClient(self._build)

    def close(self) -> None:
        self._held.close()

    def json(
        self,
        method: str,
        path: str,
        *,
        query: Query | None = None,
        body: object = None,
        form: Mapping[str, str] | None = None,
        files: Mapping[str, Any] | None = None,
        changes: bool = False,
    ) -> Json:
        """The object that a call answers; `path` is below the base address or begins with http.

        `changes`: the call changes something there, so that a doubtful answer is told as such.
        """
        response = self.send(method, path, query=query, body=body, form=form, files=files, changes=changes)
        kind = response.headers.get("content-type", "")
        content = without_key(response.content, self.key)
        if changes:
            return in_doubt(lambda: parse_object(content, kind, self.title))
        return parse_object(content, kind, self.title)

    def value(self, path: str, query: Query | None = None) -> Any:
        """Like `json`, for answers that need not be objects; changes nothing."""
        response = self.send("GET", path, query=query)
        content = without_key(response.content, self.key)
        return parse_value(content, response.headers.get("content-type", ""), self.title)

    def send(
        self,
        method: str,
        path: str,
        *,
        query: Query | None = None,
        body: object = None,
        form: Mapping[str, str] | None = None,
        files: Mapping[str, Any] | None = None,
        changes: bool = False,
        redirects: bool = False,
    ) -> "httpx2.Response":
        """One call with the key; with `redirects` a 3xx is an answer like any other."""
        url = path if path.startswith("http") else self.base_url + path
        if files is not None:
            timeout = self._timeout(self.timeouts.upload)
        else:
            timeout = self._timeout(self.timeouts.read)
        try:
            client = self._held.get()
            response = client.request(
                method,
                url,
                params=query,
                json=body,
                data=form,
                files=files,
                timeout=timeout,
                headers={"Authorization": f"Bearer {self.key.reveal()}"},
            )
            if not redirects and response.is_redirect:
                raise moved(self.title, response.headers.get("location", ""))
            if response.status_code >= 400:
                raise HttpStatusError(response)
        except Exception as error:
            raise self.mapped(error, changes=changes) from None
        return response

    def put_signed(
        self, url: str, stream: UploadStream, headers: Mapping[str, str] | None = None
    ) -> Mapping[str, str]:
        """Send a file to an address that the service handed out; the key stays here. The answer's headers."""
        self._check_signed(url)
        sized = {"Content-Length": str(stream.size)}
        try:
            response = self._held.get().put(
                url,
                content=_pieces(stream),
                headers={**sized, **(headers or {})},
                timeout=self._timeout(self.timeouts.upload),
            )
            if response.is_redirect:
                raise moved(self.title, response.headers.get("location", ""))
            if response.status_code >= 400:
                raise HttpStatusError(response)
        except Exception as error:
            raise self._storage(self.mapped(error, changes=True)) from None
        return {name.lower(): value for name, value in response.headers.items()}

    def get_signed(self, url: str) -> bytes:
        """What an address that the service handed out holds; the key stays here."""
        self._check_signed(url)
        try:
            response = self._held.get().get(url, timeout=self._timeout(self.timeouts.read))
            if response.status_code >= 400 or response.is_redirect:
                raise HttpStatusError(response)
            return bytes(response.content)
        except Exception as error:
            raise self._storage(self.mapped(error, changes=False)) from None

    def mapped(self, error: Exception, *, changes: bool) -> Exception:
        if isinstance(error, CancelledError):
            return error
        return provider_error(
            error, title=self.title, base_url=self.base_url, secret=self.key, changes=changes
        )

    def _storage(self, error: Exception) -> Exception:
        """A storage's no is not about the key of the service: it is told as trouble that may pass."""
        if isinstance(error, ProviderError) and error.status in (400, 401, 403, 404, 410):
            return ProviderError(
                f"The storage of {self.title} did not take the file ({error.status}).",
                "Try again: it hands out a fresh address each time."
                " If it stays like this, check this computer's clock.",
                status=503,
                code=STORAGE_REFUSED,
                outcome_unknown=True,
            )
        return error

    def _check_signed(self, url: str) -> None:
        parts = urlsplit(url)
        own = urlsplit(self.base_url).hostname or ""
        host = parts.hostname or ""
        if parts.scheme == "https" and host and not is_private(host):
            return
        if parts.scheme in ("http", "https") and is_private(own) and is_private(host):
            return  # a service of this computer or of the local network hands out its own addresses
        raise garbled(self.title, "an address for the file that is not safe to use")

    def _timeout(self, read: float) -> "httpx2.Timeout":
        import httpx2

        return httpx2.Timeout(read, connect=10.0, write=60.0, pool=10.0)

    def _build(self) -> "httpx2.Client":
        import httpx2

        require_sendable(self.key)
        host = urlsplit(self.base_url).hostname or ""
        return httpx2.Client(trust_env=not is_loopback(host), follow_redirects=False)


def _pieces(stream: UploadStream) -> Iterator[bytes]:
    while piece := stream.read(_PIECE):
        yield piece
