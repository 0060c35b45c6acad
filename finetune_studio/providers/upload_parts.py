"""A large file in parts, which goes on after an interruption where it stopped.

Services do not tell which parts they have, so what they answered is kept by whoever asks (UploadMemory). A
part that was sent twice is harmless: only what is named at the end counts.
"""

import json
import time
from collections.abc import Callable
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Generic, Protocol, TypeVar

from finetune_studio.domain.errors import CancelledError, ProviderError
from finetune_studio.providers.base import Cancelled, Progress, UploadMemory
from finetune_studio.providers.errors import STORAGE_REFUSED, RateLimitError, UnreachableError
from finetune_studio.providers.upload_stream import UploadStream
from finetune_studio.providers.uploading import upload_cancellable

_TRIES = (1.0, 3.0)
"""Seconds before a part is sent again."""
_SOON = 120
"""Seconds before its end in which an upload is not gone on with."""
_GONE = (400, 404, 409, 410, 422)

File = TypeVar("File")
Answered = TypeVar("Answered", covariant=True)


@dataclass
class UploadState:
    """`part_ids` are what the service answered to each part; `addresses`, if handed out, where each goes."""

    upload_id: str
    name: str
    size: int
    part_bytes: int
    expires_at: int
    file_id: str = ""
    addresses: list[str] = field(default_factory=list)
    part_ids: list[str] = field(default_factory=list)


class PartService(Protocol[Answered]):
    """The calls of a service that takes files in parts."""

    def part_size(self, size: int) -> int:
        """Bytes of each part but the last, for a file of this size."""

    def begin(self, name: str, size: int, part_bytes: int) -> UploadState: ...

    def put(self, state: UploadState, number: int, stream: UploadStream) -> str:
        """Send part `number` (from 0); what is named at the end for it."""

    def finish(self, state: UploadState) -> Answered:
        """All parts are there: the service's file."""


class PartedUpload(Generic[File]):
    """Sends a file by the calls of a service, part by part."""

    def __init__(self, service: PartService[File], pause: Callable[[float], None] = time.sleep) -> None:
        self._service = service
        self._pause = pause

    def send(
        self,
        path: Path,
        name: str,
        progress: Progress | None,
        cancelled: Cancelled,
        memory: UploadMemory | None,
    ) -> File:
        """The service's file; raises ProviderError, and CancelledError with what arrived remembered."""
        size = path.stat().st_size
        part_bytes = self._service.part_size(size)
        state = self._remembered(memory, name, size, part_bytes)
        if state is not None:
            try:
                return self._go_on(state, path, progress, cancelled, memory)
            except ProviderError as error:
                if error.status not in _GONE and error.code != STORAGE_REFUSED:
                    raise
                _keep(memory, None)  # ended or unknown there: begin anew
        return self._go_on(self._service.begin(name, size, part_bytes), path, progress, cancelled, memory)

    def _remembered(
        self, memory: UploadMemory | None, name: str, size: int, part_bytes: int
    ) -> UploadState | None:
        try:
            state = UploadState(**json.loads(memory.load())) if memory is not None else None
        except (ValueError, TypeError):
            return None
        if state is None or (state.name, state.size, state.part_bytes) != (name, size, part_bytes):
            return None
        return state if state.expires_at > time.time() + _SOON else None

    def _go_on(
        self,
        state: UploadState,
        path: Path,
        progress: Progress | None,
        cancelled: Cancelled,
        memory: UploadMemory | None,
    ) -> File:
        _keep(memory, state)
        for offset in range(len(state.part_ids) * state.part_bytes, state.size, state.part_bytes):
            piece = (offset, min(state.part_bytes, state.size - offset))
            state.part_ids.append(self._send_part(state, path, piece, progress, cancelled))
            _keep(memory, state)
        if cancelled():
            raise CancelledError("The upload was cancelled.")
        file = self._service.finish(state)
        _keep(memory, None)
        return file

    def _send_part(
        self,
        state: UploadState,
        path: Path,
        piece: tuple[int, int],
        progress: Progress | None,
        cancelled: Cancelled,
    ) -> str:
        number = piece[0] // state.part_bytes

        def send(stream: UploadStream) -> str:
            return self._service.put(state, number, stream)

        for planned in _TRIES:
            try:
                return upload_cancellable(path, send, progress, cancelled, piece)
            except ProviderError as error:
                passing = isinstance(error, (RateLimitError, UnreachableError))
                if not (error.outcome_unknown or passing) or error.code == STORAGE_REFUSED:
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


def _keep(memory: UploadMemory | None, state: UploadState | None) -> None:
    if memory is not None:
        memory.save(json.dumps(asdict(state)) if state is not None else "")
