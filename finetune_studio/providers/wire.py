"""The calls themselves: one SDK client, errors in plain sentences, lists page by page, answers as JSON.

Answers are read from their bytes, since the SDK takes a web page for an object.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from finetune_studio.domain.errors import CancelledError
from finetune_studio.providers.errors import in_doubt, provider_error
from finetune_studio.providers.held_client import HeldClient
from finetune_studio.providers.openai_client import build_client
from finetune_studio.providers.secrets import Secret, without_key
from finetune_studio.providers.wire_json import Json, items_of, parse_object, text_or

if TYPE_CHECKING:
    from openai import OpenAI

PAGE = 100
_MAX_PAGES = 50
"""A bound for services that ignore the cursor and say there is always more."""

Fetch = Callable[["OpenAI", dict[str, Any]], Any]


@dataclass(frozen=True, slots=True)
class Timeouts:
    """Seconds without a byte; `upload` is for the answer once the service has the whole file."""

    read: float = 60.0
    upload: float = 300.0
    chat: float = 180.0


class Wire:
    """Safe to use from several threads; the client is built, and the SDK imported, at the first call."""

    def __init__(self, title: str, base_url: str, key: Secret, timeouts: Timeouts) -> None:
        self._title = title
        self._base_url = base_url
        self._key = key
        self.timeouts = timeouts
        self._held = HeldClient(self._build)

    def close(self) -> None:
        self._held.close()

    def pages(self, fetch: Fetch) -> Iterator[Json]:
        """The items of a list, page by page as they are asked for; bounded."""
        query: dict[str, Any] = {"limit": PAGE}
        seen: set[str] = set()
        for _ in range(_MAX_PAGES):
            asked = dict(query)
            page = self.json(lambda client, asked=asked: fetch(client, asked))  # type: ignore[misc]
            items = items_of(page, self._title)
            yield from items
            last = text_or(items[-1].get("id")) if items else ""
            if not page.get("has_more") or not last or last in seen:
                return
            seen.add(last)
            query["after"] = last

    def json(self, call: Callable[["OpenAI"], Any], *, changes: bool = False) -> Json:
        raw = self.call(call, changes=changes)
        kind = str(raw.headers.get("content-type", ""))
        content = without_key(raw.content, self._key)
        if changes:
            return in_doubt(lambda: parse_object(content, kind, self._title))
        return parse_object(content, kind, self._title)

    def call(self, call: Callable[["OpenAI"], Any], *, changes: bool) -> Any:
        try:
            return call(self._held.get())
        except Exception as error:
            raise self.mapped(error, changes=changes) from None

    def mapped(self, error: Exception, *, changes: bool) -> Exception:
        if isinstance(error, CancelledError):
            return error
        return provider_error(
            error, title=self._title, base_url=self._base_url, secret=self._key, changes=changes
        )

    def _build(self) -> "OpenAI":
        return build_client(self._base_url, self._key, read_timeout=self.timeouts.read)

    def timeout(self, read: float) -> Any:
        import openai

        return openai.Timeout(read, connect=10.0, write=60.0, pool=10.0)
