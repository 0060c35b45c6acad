"""Together's way for large files: an address of the storage for each part, put together at the end."""

import time

from finetune_studio.domain.errors import ProviderError
from finetune_studio.providers.errors import in_doubt
from finetune_studio.providers.http_wire import HttpWire
from finetune_studio.providers.upload_parts import UploadState
from finetune_studio.providers.upload_stream import UploadStream
from finetune_studio.providers.wire_json import Json, garbled, text_or

_MOST_PARTS = 250
_LIVES = 3600
"""Seconds for which the addresses are taken to hold; nothing says so, and a refusal begins anew."""
_NOT_SO = (400, 404, 405, 422)


class NotInPartsError(Exception):
    """The service does not take this file in parts; nothing was begun."""


class TogetherParts:
    """See `upload_parts.PartService`. The key stays here: the addresses are signed."""

    def __init__(self, wire: HttpWire, purpose: str, part_bytes: int) -> None:
        self._wire = wire
        self._purpose = purpose
        self._part_bytes = part_bytes

    def part_size(self, size: int) -> int:
        return max(self._part_bytes, -(-size // _MOST_PARTS))

    def begin(self, name: str, size: int, part_bytes: int) -> UploadState:
        """Raises NotInPartsError where the service wants the file in one piece."""
        count = -(-size // part_bytes)
        body = {"filename": name, "file_size": size, "num_parts": count, "purpose": self._purpose}
        try:
            value = self._wire.json(
                "POST", "files/multipart/initiate", body={**body, "file_type": "jsonl"}, changes=True
            )
        except ProviderError as error:
            if error.status in _NOT_SO:
                raise NotInPartsError from error
            raise
        addresses = in_doubt(lambda: self._addresses(value, count))
        upload_id, file_id = text_or(value.get("upload_id")), text_or(value.get("file_id"))
        end = int(time.time()) + _LIVES
        return UploadState(upload_id, name, size, part_bytes, end, file_id, addresses)

    def _addresses(self, value: Json, count: int) -> list[str]:
        parts = value.get("parts")
        found: dict[object, str] = {}
        if isinstance(parts, list) and value.get("upload_id") and value.get("file_id"):
            found = {
                item.get("PartNumber"): text_or(item.get("URL")) for item in parts if isinstance(item, dict)
            }
        addresses = [found.get(number, "") for number in range(1, count + 1)]
        if not all(addresses):
            raise garbled(self._wire.title, "no address for each part of the file")
        return addresses

    def put(self, state: UploadState, number: int, stream: UploadStream) -> str:
        mark = self._wire.put_signed(state.addresses[number], stream).get("etag", "")
        if not mark:
            raise _without_mark(self._wire.title)
        return mark

    def finish(self, state: UploadState) -> Json:
        parts = [{"PartNumber": number, "ETag": mark} for number, mark in enumerate(state.part_ids, start=1)]
        body = {"upload_id": state.upload_id, "file_id": state.file_id, "parts": parts}
        return self._wire.json("POST", "files/multipart/complete", body=body, changes=True)


def _without_mark(title: str) -> ProviderError:
    error = garbled(title, "a part without its ETag")
    return ProviderError(error.text, error.advice, code=error.code, outcome_unknown=True)
