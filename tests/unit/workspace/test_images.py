"""Images as parts of messages: plain text becomes a list and text again, losslessly."""

import json
from typing import Any

import pytest

from finetune_studio.domain.errors import StudioError
from finetune_studio.workspace.operations import images
from finetune_studio.workspace.workspace import Workspace
from tests.unit.workspace.test_replace import bodies, fill

URL = "data:image/png;base64,iVBORw0KGgo="
PART = {"type": "image_url", "image_url": {"url": URL}}
LINE = (
    b'{"messages":[{"role":"user","content":"caf\\u00e9 \\/ 1"},'
    b'{"role":"assistant","content":"a"}],"n":1e5}\r\n'
)


def content(workspace: Workspace) -> Any:
    return json.loads(bodies(workspace)[0])["messages"][0]["content"]


def test_a_text_becomes_parts_and_text_again_byte_for_byte(workspace: Workspace) -> None:
    fill(workspace, LINE)
    workspace.perform(images.add_images, 1, 0, [URL])
    assert content(workspace) == [{"type": "text", "text": "café / 1"}, PART]
    assert b'{"type":"text","text":"caf\\u00e9 \\/ 1"}' in bodies(workspace)[0]
    workspace.perform(images.add_images, 1, 0, [URL + "A"])
    workspace.perform(images.remove_part, 1, 0, 1)
    workspace.perform(images.remove_part, 1, 0, 1)
    assert content(workspace) == [{"type": "text", "text": "café / 1"}]
    workspace.perform(images.make_plain_text, 1, 0)
    assert bodies(workspace) == [LINE]
    for _ in range(5):
        workspace.undo()
    assert bodies(workspace) == [LINE]


def test_an_empty_message_is_an_image_alone(workspace: Workspace) -> None:
    fill(workspace, b'{"messages": [{"role": "user", "content": ""}]}\n')
    workspace.perform(images.add_images, 1, 0, [URL])
    assert content(workspace) == [PART]
    workspace.perform(images.remove_part, 1, 0, 0)
    assert content(workspace) == ""


def test_parts_move_and_have_a_detail(workspace: Workspace) -> None:
    fill(workspace, LINE)
    workspace.perform(images.add_images, 1, 0, [URL])
    workspace.perform(images.move_part, 1, 0, 1, 0)
    workspace.perform(images.set_image_detail, 1, 0, 0, "high")
    assert content(workspace)[0] == {"type": "image_url", "image_url": {"url": URL, "detail": "high"}}
    workspace.perform(images.set_image_detail, 1, 0, 0, "")
    assert content(workspace)[0] == PART


def test_an_address_that_is_a_string_gets_a_detail_too(workspace: Workspace) -> None:
    fill(
        workspace,
        b'{"messages":[{"role":"user","content":[{"type":"image_url","image_url":"https://a.b/c"}]}]}\n',
    )
    workspace.perform(images.set_image_detail, 1, 0, 0, "low")
    assert content(workspace)[0]["image_url"] == {"url": "https://a.b/c", "detail": "low"}


def test_only_texts_become_a_plain_text(workspace: Workspace) -> None:
    fill(workspace, LINE)
    workspace.perform(images.add_images, 1, 0, [URL])
    with pytest.raises(StudioError, match="not plain text"):
        images.make_plain_text(workspace, 1, 0)
    with pytest.raises(StudioError, match="not there"):
        images.remove_part(workspace, 1, 0, 5)
    assert not images.is_only_text([{"type": "text", "text": "a", "cache": 1}])
