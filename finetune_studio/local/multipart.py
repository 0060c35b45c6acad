"""Multipart form data as a stream: memory stays flat whatever the size of the file."""

import re
from collections.abc import AsyncIterator
from dataclasses import dataclass
from email.message import Message
from typing import Protocol
from urllib.parse import unquote

from finetune_studio.local.api_errors import ApiError

_MAX_HEADERS = 16_384
_MAX_FIELD = 65_536
_MAX_PARTS = 32


class FileSink(Protocol):
    """Where the file's bytes go."""

    def write(self, data: bytes) -> None: ...


@dataclass(frozen=True, slots=True)
class Form:
    """The fields, and the name of the file that went to the sink; None when there was none."""

    fields: dict[str, str]
    file_name: str | None


def boundary_of(content_type: str) -> bytes:
    """Raises ApiError 400 where the type is not multipart form data."""
    header = Message()
    header["content-type"] = content_type
    boundary = header.get_param("boundary")
    if header.get_content_type() != "multipart/form-data" or not isinstance(boundary, str) or not boundary:
        raise ApiError(400, "The request must be multipart/form-data with a file.", param="file")
    return boundary.encode("latin-1", "replace")


async def read_form(chunks: AsyncIterator[bytes], content_type: str, file_field: str, sink: FileSink) -> Form:
    """The bytes of `file_field` go to the sink as they come. Raises ApiError 400 if the form is malformed."""
    reader = _FormReader(b"--" + boundary_of(content_type), file_field, sink)
    async for chunk in chunks:
        reader.feed(chunk)
    return reader.close()


class _FormReader:
    def __init__(self, delimiter: bytes, file_field: str, sink: FileSink) -> None:
        self._delimiter = b"\r\n" + delimiter
        self._file_field = file_field
        self._sink = sink
        self._buffer = bytearray(b"\r\n")
        self._state = "preamble"
        self._name = ""
        self._is_file = False
        self._field = bytearray()
        self._parts = 0
        self._fields: dict[str, str] = {}
        self._file_name: str | None = None

    def feed(self, chunk: bytes) -> None:
        self._buffer += chunk
        while self._advance():
            pass

    def close(self) -> Form:
        if self._state != "end":
            raise ApiError(400, "The upload ended before it was complete.", param="file")
        return Form(self._fields, self._file_name)

    def _advance(self) -> bool:
        if self._state == "headers":
            return self._take_headers()
        if self._state == "after delimiter":
            return self._take_delimiter_end()
        if self._state == "end":
            self._buffer.clear()
            return False
        place = self._buffer.find(self._delimiter)
        if place < 0:
            keep = len(self._delimiter) - 1
            self._give(len(self._buffer) - keep)
            return False
        self._give(place)
        del self._buffer[: len(self._delimiter)]
        self._finish_part()
        self._state = "after delimiter"
        return True

    def _give(self, length: int) -> None:
        if length <= 0:
            return
        data = bytes(self._buffer[:length])
        del self._buffer[:length]
        if self._state != "body":
            return
        if self._is_file:
            self._sink.write(data)
        else:
            self._field += data
            if len(self._field) > _MAX_FIELD:
                raise ApiError(413, f"The field {self._name!r} is too long.", param=self._name)

    def _finish_part(self) -> None:
        if self._state == "body" and not self._is_file:
            self._fields[self._name] = self._field.decode("utf-8", "replace")
        self._field.clear()

    def _take_delimiter_end(self) -> bool:
        if len(self._buffer) < 2:
            return False
        if self._buffer[:2] == b"--":
            self._state = "end"
            return True
        end = self._buffer.find(b"\r\n")
        if end < 0:
            if len(self._buffer) > _MAX_HEADERS:
                raise ApiError(400, "The form data is malformed.", param="file")
            return False
        # The line end stays, so that a part without headers still ends with a blank line.
        del self._buffer[:end]
        self._state = "headers"
        return True

    def _take_headers(self) -> bool:
        end = self._buffer.find(b"\r\n\r\n")
        if end < 0:
            if len(self._buffer) > _MAX_HEADERS:
                raise ApiError(400, "The form data has headers that are too long.", param="file")
            return False
        headers = bytes(self._buffer[:end]).decode("utf-8", "replace")
        del self._buffer[: end + 4]
        self._parts += 1
        if self._parts > _MAX_PARTS:
            raise ApiError(400, "The form data has too many parts.", param="file")
        self._begin_part(headers)
        self._state = "body"
        return True

    def _begin_part(self, headers: str) -> None:
        found = re.search(r"(?im)^content-disposition:\s*form-data\s*;(.*)$", headers)
        text = found.group(1) if found else ""
        self._name = _parameter(text, "name") or ""
        file_name = _parameter(text, "filename")
        self._is_file = self._name == self._file_field and file_name is not None
        if self._is_file:
            if self._file_name is not None:
                raise ApiError(400, "Only one file can be uploaded at a time.", param="file")
            self._file_name = file_name or "file"


def _parameter(text: str, name: str) -> str | None:
    extended = re.search(rf"(?i)(?:^|[;\s]){name}\*=(?:utf-8|iso-8859-1)?'[^']*'([^;\s]+)", text)
    if extended:
        return unquote(extended.group(1))
    quoted = re.search(rf'(?i)(?:^|[;\s]){name}="((?:[^"\\]|\\.)*)"', text)
    if quoted:
        return re.sub(r"\\(.)", r"\1", quoted.group(1)).replace("%22", '"')
    plain = re.search(rf"(?i)(?:^|[;\s]){name}=([^;\s]+)", text)
    return plain.group(1) if plain else None
