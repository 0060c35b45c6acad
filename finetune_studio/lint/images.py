"""Images in messages."""

from collections.abc import Iterator
from typing import Any

from finetune_studio.lint.view import MessageView


def images_of(message: MessageView) -> Iterator[tuple[str, dict[str, Any]]]:
    """(pointer in the message, part) of each image."""
    content = message.content
    for number, part in enumerate(content if isinstance(content, list) else ()):
        if isinstance(part, dict) and ("image_url" in part or part.get("type") in ("image_url", "image")):
            yield f"/content/{number}", part
