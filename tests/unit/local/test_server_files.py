"""Files and uploads, driven with OpenAI's own client."""

import hashlib
import io
from pathlib import Path

import openai
import pytest
from openai import OpenAI

from tests.helpers.training_data import chats, write_jsonl


@pytest.fixture
def training_file(tmp_path: Path) -> Path:
    return write_jsonl(tmp_path / "täglich.jsonl", chats(10))


def test_a_file_goes_in_and_comes_back_byte_for_byte(client: OpenAI, training_file: Path) -> None:
    with training_file.open("rb") as handle:
        created = client.files.create(file=handle, purpose="fine-tune")
    content = training_file.read_bytes()
    assert (created.bytes, created.filename) == (len(content), "täglich.jsonl")
    assert (created.object, created.purpose, created.status) == ("file", "fine-tune", "processed")
    assert created.model_extra is not None
    assert created.model_extra["sha256"] == hashlib.sha256(content).hexdigest()
    assert client.files.retrieve(created.id) == created
    assert client.files.content(created.id).content == content
    assert client.files.delete(created.id).deleted
    with pytest.raises(openai.NotFoundError, match="No such File object"):
        client.files.retrieve(created.id)


def test_lists_are_paged_and_filtered(client: OpenAI) -> None:
    made = [client.files.create(file=(f"{n}.jsonl", b"{}\n"), purpose="user_data").id for n in range(5)]
    page = client.files.list(purpose="user_data", limit=2)
    assert [file.id for file in page.data] == [made[4], made[3]]
    assert page.has_more is True
    assert [file.id for file in page] == made[::-1]
    assert [file.id for file in client.files.list(purpose="user_data", order="asc", limit=2)] == made
    assert client.files.list(purpose="batch").data == []
    for name in made:
        client.files.delete(name)


@pytest.mark.parametrize(
    ("name", "content", "purpose", "text"),
    [
        ("a.txt", b"{}", "fine-tune", "Must be .jsonl"),
        ("a.jsonl", b"", "fine-tune", "File is empty"),
        ("a.jsonl", b"{}", "poetry", "'poetry' is not one of"),
    ],
)
def test_what_is_not_taken(client: OpenAI, name: str, content: bytes, purpose: str, text: str) -> None:
    with pytest.raises(openai.BadRequestError, match=text) as caught:
        client.files.create(file=(name, content), purpose=purpose)  # type: ignore[arg-type]
    assert caught.value.type == "invalid_request_error"


def test_bad_list_parameters(client: OpenAI) -> None:
    with pytest.raises(openai.BadRequestError, match="limit"):
        client.files.list(limit=0)
    with pytest.raises(openai.BadRequestError, match="has the id file-none"):
        client.files.list(after="file-none")


def test_a_large_file_in_parts(client: OpenAI) -> None:
    content = b'{"messages": []}\n' * 1000
    upload = client.uploads.upload_file_chunked(
        file=content,
        filename="large.jsonl",
        bytes=len(content),
        mime_type="text/jsonl",
        purpose="fine-tune",
        part_size=5000,
        md5=hashlib.md5(content).hexdigest(),
    )
    assert upload.status == "completed"
    assert upload.file is not None
    assert client.files.content(upload.file.id).content == content


def test_parts_must_add_up(client: OpenAI) -> None:
    upload = client.uploads.create(bytes=10, filename="a.jsonl", mime_type="text/jsonl", purpose="fine-tune")
    part = client.uploads.parts.create(upload.id, data=io.BytesIO(b"short"))
    with pytest.raises(openai.BadRequestError, match="do not add up to 10 bytes"):
        client.uploads.complete(upload.id, part_ids=[part.id])
    assert client.uploads.cancel(upload.id).status == "cancelled"
    with pytest.raises(openai.BadRequestError, match="is cancelled"):
        client.uploads.parts.create(upload.id, data=io.BytesIO(b"short"))
