"""OpenAI's Uploads API: a large file in parts of 64 MB, which are put together at the end."""

import time
from typing import TYPE_CHECKING, Any

from finetune_studio.domain.errors import ProviderError
from finetune_studio.providers.errors import in_doubt
from finetune_studio.providers.upload_parts import UploadState
from finetune_studio.providers.upload_stream import UploadStream
from finetune_studio.providers.wire import Wire
from finetune_studio.providers.wire_json import Json, garbled, int_or_none, required_id

if TYPE_CHECKING:
    from openai import OpenAI


class OpenAIParts:
    """See `upload_parts.PartService`; `part_bytes` is the size of each part but the last."""

    def __init__(self, wire: Wire, title: str, purpose: str, part_bytes: int) -> None:
        self._wire = wire
        self._title = title
        self._purpose = purpose
        self._part_bytes = part_bytes

    def part_size(self, size: int) -> int:
        return self._part_bytes

    def begin(self, name: str, size: int, part_bytes: int) -> UploadState:
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
        return UploadState(in_doubt(lambda: required_id(value, self._title)), name, size, part_bytes, end)

    def put(self, state: UploadState, number: int, stream: UploadStream) -> str:
        def call(client: "OpenAI") -> Any:
            return client.uploads.parts.with_raw_response.create(
                state.upload_id,
                data=("part", stream),  # type: ignore[arg-type]
                timeout=self._wire.timeout(self._wire.timeouts.upload),
            )

        value = self._wire.json(call, changes=True)
        return in_doubt(lambda: required_id(value, self._title))

    def finish(self, state: UploadState) -> Json:
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
            raise _in_doubt(self._title)
        return file


def _in_doubt(title: str) -> ProviderError:
    """The upload was completed, and the answer does not name the file."""
    error = garbled(title, "a finished upload without a file")
    return ProviderError(error.text, error.advice, code=error.code, outcome_unknown=True)
