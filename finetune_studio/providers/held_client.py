"""An HTTP client that is built at the first call, shared by all threads, and closed once."""

import threading
from collections.abc import Callable
from typing import Generic, Protocol, TypeVar


class Closable(Protocol):
    def close(self) -> None: ...


Client = TypeVar("Client", bound=Closable)


class HeldClient(Generic[Client]):
    """`build` imports the library that it needs; a client that was closed is built anew when asked for."""

    def __init__(self, build: Callable[[], Client]) -> None:
        self._build = build
        self._client: Client | None = None
        self._lock = threading.Lock()

    def get(self) -> Client:
        with self._lock:
            if self._client is None:
                self._client = self._build()
            return self._client

    def close(self) -> None:
        with self._lock:
            client, self._client = self._client, None
        if client is not None:
            client.close()
