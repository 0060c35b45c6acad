import asyncio
from collections.abc import AsyncIterator

import pytest
from hypothesis import given
from hypothesis import strategies as st

from finetune_studio.local.api_errors import ApiError
from finetune_studio.local.multipart import Form, read_form

BOUNDARY = "xyz-boundary"


class Sink:
    def __init__(self) -> None:
        self.data = bytearray()

    def write(self, data: bytes) -> None:
        self.data += data


def body(content: bytes, name: str = 'filename="a.jsonl"') -> bytes:
    return (
        (
            f'--{BOUNDARY}\r\nContent-Disposition: form-data; name="purpose"\r\n\r\nfine-tune\r\n'
            f'--{BOUNDARY}\r\nContent-Disposition: form-data; name="file"; {name}\r\n'
            "Content-Type: application/octet-stream\r\n\r\n"
        ).encode()
        + content
        + f"\r\n--{BOUNDARY}--\r\n".encode()
    )


def parse(
    data: bytes, size: int, content_type: str = f"multipart/form-data; boundary={BOUNDARY}"
) -> tuple[Form, bytes]:
    async def chunks() -> AsyncIterator[bytes]:
        for start in range(0, len(data), size):
            yield data[start : start + size]

    sink = Sink()
    return asyncio.run(read_form(chunks(), content_type, "file", sink)), bytes(sink.data)


@given(
    st.lists(st.sampled_from([b"\r\n", b"--", BOUNDARY.encode(), b"\r\n--xyz", b"a", b"\n"]), max_size=8),
    st.integers(1, 40),
)
def test_any_content_in_any_chunks(parts: list[bytes], size: int) -> None:
    content = b"".join(parts)
    if f"\r\n--{BOUNDARY}".encode() in b"\r\n" + content:
        return
    form, found = parse(body(content), size)
    assert (form.fields, form.file_name, found) == ({"purpose": "fine-tune"}, "a.jsonl", content)


@pytest.mark.parametrize(
    ("header", "name"),
    [
        ('filename="täglich.jsonl"', "täglich.jsonl"),
        ('filename="a \\"b\\".jsonl"', 'a "b".jsonl'),
        ("filename=plain.jsonl", "plain.jsonl"),
        ("filename*=UTF-8''t%C3%A4g.jsonl", "täg.jsonl"),
        ('filename=""', "file"),
    ],
)
def test_file_names(header: str, name: str) -> None:
    assert parse(body(b"x", header), 7)[0].file_name == name


def test_a_form_that_ends_early() -> None:
    with pytest.raises(ApiError, match="ended before"):
        parse(body(b"x" * 100)[:-20], 16)


def test_a_body_of_another_type() -> None:
    with pytest.raises(ApiError, match="multipart"):
        parse(b"{}", 16, "application/json")


def test_endless_headers_are_refused() -> None:
    with pytest.raises(ApiError, match="too long"):
        parse(f"--{BOUNDARY}\r\n".encode() + b"X: y" * 10_000, 1000)


def test_a_field_that_is_too_long_is_refused() -> None:
    with pytest.raises(ApiError, match="too long") as caught:
        parse(body(b"x").replace(b"fine-tune", b"f" * 100_000), 1000)
    assert caught.value.status == 413
