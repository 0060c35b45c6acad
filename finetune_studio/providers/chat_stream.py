"""Reading a chat answer: server-sent events as they come, or one JSON object where a service sends that."""

import socket
from collections.abc import Iterator
from typing import Any

from finetune_studio.providers.wire_json import garbled, parse_object


class ChatStream:
    """Over the SDK's raw response of a streaming chat call. `stop` may be called from any thread."""

    def __init__(self, raw: Any, title: str) -> None:
        self._raw = raw
        self._title = title

    def pieces(self) -> Iterator[str]:
        """The text of the answer, piece by piece; refusals are text too."""
        kind = str(self._raw.headers.get("content-type", ""))
        if "event-stream" in kind:
            yield from self._from_events()
        else:
            yield from self._from_object(kind)

    def _from_events(self) -> Iterator[str]:
        for chunk in self._raw.parse():
            choices = getattr(chunk, "choices", None) or []
            for choice in choices[:1]:
                delta = getattr(choice, "delta", None)
                text = getattr(delta, "content", None) or getattr(delta, "refusal", None)
                if isinstance(text, str) and text:
                    yield text

    def _from_object(self, kind: str) -> Iterator[str]:
        content = self._raw.http_response.read()
        value = parse_object(content, kind, self._title)
        choices = value.get("choices")
        first = choices[0] if isinstance(choices, list) and choices else None
        message = first.get("message") if isinstance(first, dict) else None
        if not isinstance(message, dict):
            raise garbled(self._title, "an answer without a message")
        text = message.get("content") or message.get("refusal")
        if isinstance(text, str) and text:
            yield text

    def stop(self) -> None:
        """End the reading: shut the socket, since closing the client does not wake a blocked read."""
        response = self._raw.http_response
        if response.is_closed:
            return
        stream = response.extensions.get("network_stream")
        wire = stream.get_extra_info("socket") if stream is not None else None
        if isinstance(wire, socket.socket):
            try:
                wire.shutdown(socket.SHUT_RDWR)
            except OSError:
                return  # closed in the meantime, which is what was wanted
