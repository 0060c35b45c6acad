"""A large file in parts, which goes on after an interruption where it stopped.

The service does not tell which parts it has, so their ids are kept by whoever asks (UploadMemory). A part
that was sent twice is harmless: only the ids that are named at the end count.
"""

import json
import time
from collections.abc import Callable
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

from finetune_studio.domain.errors import CancelledError, ProviderError
from finetune_studio.providers.base import Cancelled, Progress, UploadMemory
from finetune_studio.providers.errors import RateLimitError, UnreachableError, in_doubt
from finetune_studio.providers.upload_stream import UploadStream
from finetune_studio.providers.uploading import upload_cancellable
from finetune_studio.providers.wire import Wire
from finetune_studio.providers.wire_json import Json, garbled, int_or_none, required_id

if TYPE_CHECKING:
    from openai import OpenAI

_TRIES = (1.0, 3.0)
"""Seconds before a part is sent again."""
_SOON = 120
"""Seconds before its end in which an upload is not gone on with."""
_GONE = (400, 404, 409, 410, 422)


@dataclass
class _State:
    upload_id: str
    name: str
    size: int
    part_bytes: int
    expires_at: int
    part_ids: list[str] = field(default_factory=list)


class PartedUpload:
    """`part_bytes` is the size of each part but the last."""

    def __init__(
        self,
        wire: Wire,
        title: str,
        purpose: str,
        part_bytes: int,
        pause: Callable[[float], None] = time.sleep,
    ) -> None:
        self._wire = wire
        self._title = title
        self._purpose = purpose
        self._part_bytes = part_bytes
        self._pause = pause

    def send(
        self,
        path: Path,
        name: str,
        progress: Progress | None,
        cancelled: Cancelled,
        memory: UploadMemory | None,
    ) -> Json:
        """The service's file; raises ProviderError, and CancelledError with what arrived remembered."""
        size = path.stat().st_size
        state = self._remembered(memory, name, size)
        if state is not None:
            try:
                return self._go_on(state, path, progress, cancelled, memory)
            except ProviderError as error:
                if error.status not in _GONE:
                    raise
                _keep(memory, None)  # ended or unknown there: begin anew
        return self._go_on(self._begin(name, size), path, progress, cancelled, memory)

    def _remembered(self, memory: UploadMemory | None, name: str, size: int) -> _State | None:
        try:
            state = _State(**json.loads(memory.load())) if memory is not None else None
        except (ValueError, TypeError):
            return None
        if state is None or (state.name, state.size, state.part_bytes) != (name, size, self._part_bytes):
            return None
        return state if state.expires_at > time.time() + _SOON else None

    def _begin(self, name: str, size: int) -> _State:
        value = self._wire.json(
            lambda client: client.uploads.with_raw_response.create(
                bytes=size,
                filename=name,
                mime_type="text/jsonl",
                purpose=self._purpose,  # type: ignore[arg-type]
            ),
            changes=True,
        )
        end = int_or_none(value.get("expires_at")) or int(time.time()) + 3600
        upload_id = in_doubt(lambda: required_id(value, self._title))
        return _State(upload_id, name, size, self._part_bytes, end)

    def _go_on(
        self,
        state: _State,
        path: Path,
        progress: Progress | None,
        cancelled: Cancelled,
        memory: UploadMemory | None,
    ) -> Json:
        _keep(memory, state)
        for offset in range(len(state.part_ids) * state.part_bytes, state.size, state.part_bytes):
            piece = (offset, min(state.part_bytes, state.size - offset))
            state.part_ids.append(self._send_part(state, path, piece, progress, cancelled))
            _keep(memory, state)
        if cancelled():
            raise CancelledError("The upload was cancelled.")
        value = self._wire.json(
            lambda client: client.uploads.with_raw_response.complete(
                state.upload_id,
                part_ids=list(state.part_ids),
                timeout=self._wire.timeout(self._wire.timeouts.upload),
            ),
            changes=True,
        )
        file = value.get("file")
        if not isinstance(file, dict):
            raise in_doubt_error(self._title)
        _keep(memory, None)
        return file

    def _send_part(
        self,
        state: _State,
        path: Path,
        piece: tuple[int, int],
        progress: Progress | None,
        cancelled: Cancelled,
    ) -> str:
        def send(stream: UploadStream) -> str:
            def call(client: "OpenAI") -> Any:
                return client.uploads.parts.with_raw_response.create(
                    state.upload_id,
                    data=("part", stream),  # type: ignore[arg-type]
                    timeout=self._wire.timeout(self._wire.timeouts.upload),
                )

            value = self._wire.json(call, changes=True)
            return in_doubt(lambda: required_id(value, self._title))

        for planned in _TRIES:
            try:
                return upload_cancellable(path, send, progress, cancelled, piece)
            except ProviderError as error:
                passing = isinstance(error, (RateLimitError, UnreachableError))
                if not (error.outcome_unknown or passing):
                    raise
                asked = error.retry_after if isinstance(error, RateLimitError) else None
                self._wait(planned if asked is None else min(asked, 60.0), cancelled)
        return upload_cancellable(path, send, progress, cancelled, piece)

    def _wait(self, seconds: float, cancelled: Cancelled) -> None:
        left = seconds
        while left > 0:
            if cancelled():
                raise CancelledError("The upload was cancelled.")
            self._pause(min(0.2, left))
            left -= 0.2


def in_doubt_error(title: str) -> ProviderError:
    """The upload was completed, and the answer does not name the file."""
    error = garbled(title, "a finished upload without a file")
    return ProviderError(error.text, error.advice, code=error.code, outcome_unknown=True)


def _keep(memory: UploadMemory | None, state: _State | None) -> None:
    if memory is not None:
        memory.save(json.dumps(asdict(state)) if state is not None else "")
