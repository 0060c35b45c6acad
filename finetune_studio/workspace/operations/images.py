"""Images of messages: parts of a content list, which a plain text becomes and can become again."""

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from finetune_studio.domain.changes import Changes
from finetune_studio.domain.edits import Edit, EditOp, JsonText
from finetune_studio.domain.errors import StudioError
from finetune_studio.formats.json_reader import parse
from finetune_studio.workspace.operations.editing import edit_example, locate_message

if TYPE_CHECKING:
    from finetune_studio.workspace.workspace import Workspace

DETAILS = ("auto", "low", "high")


class PartGoneError(StudioError):
    """The part that an edit was meant for is not there any more."""

    def __init__(self) -> None:
        super().__init__("This part of the message is not there any more.")


def add_images(workspace: "Workspace", example_id: int, message_index: int, urls: Sequence[str]) -> Changes:
    """Put images behind what a message says; a plain text becomes the first part, spelled as it was."""

    def edits(value: Any) -> list[Edit]:
        path, message = locate_message(value, message_index)
        parts = [{"type": "image_url", "image_url": {"url": url}} for url in urls]
        content = message.get("content")
        if isinstance(content, list):
            return [Edit(EditOp.ADD, f"{path}/content/-", part) for part in parts]
        if content is not None and not isinstance(content, str):
            raise StudioError("The content of this message is neither text nor parts.", "Edit its JSON.")
        if not content:
            return [Edit(EditOp.REPLACE, f"{path}/content", parts)]
        text = _raw(workspace, example_id, f"{path}/content")
        first = f'{{"type": "text", "text": {text}}}'
        return [
            Edit(EditOp.REPLACE, f"{path}/content", JsonText(f"[{first}]")),
            *(Edit(EditOp.ADD, f"{path}/content/-", part) for part in parts),
        ]

    return edit_example(
        workspace, example_id, edits, code="image.add", message=message_index, count=len(urls)
    )


def remove_part(workspace: "Workspace", example_id: int, message_index: int, part: int) -> Changes:
    """Take a part out; with the last one, the content becomes an empty text."""

    def edits(value: Any) -> list[Edit]:
        path, parts = _parts(value, message_index, part)
        if len(parts) == 1:
            return [Edit(EditOp.REPLACE, f"{path}/content", "")]
        return [Edit(EditOp.REMOVE, f"{path}/content/{part}")]

    return edit_example(workspace, example_id, edits, code="image.remove", message=message_index)


def move_part(workspace: "Workspace", example_id: int, message_index: int, part: int, to: int) -> Changes:
    """Move a part so that it stands at `to`."""

    def edits(value: Any) -> list[Edit]:
        path, parts = _parts(value, message_index, part)
        if part == to or not 0 <= to < len(parts):
            return []
        return [Edit(EditOp.MOVE, f"{path}/content/{part}", to=f"{path}/content/{to}")]

    return edit_example(workspace, example_id, edits, code="image.move", message=message_index)


def set_image_detail(
    workspace: "Workspace", example_id: int, message_index: int, part: int, detail: str
) -> Changes:
    """How closely the model looks: auto, low or high; "" leaves it to the service."""

    def edits(value: Any) -> list[Edit]:
        path, parts = _parts(value, message_index, part)
        image = parts[part].get("image_url") if isinstance(parts[part], dict) else None
        place = f"{path}/content/{part}/image_url"
        if isinstance(image, str):
            url = _raw(workspace, example_id, place)
            wanted = JsonText(f'{{"url": {url}, "detail": "{detail}"}}')
            return [Edit(EditOp.REPLACE, place, wanted)] if detail else []
        if not isinstance(image, dict):
            raise PartGoneError
        if not detail:
            return [Edit(EditOp.REMOVE, f"{place}/detail")] if "detail" in image else []
        return [Edit(EditOp.REPLACE, f"{place}/detail", detail)]

    return edit_example(workspace, example_id, edits, code="image.detail", message=message_index)


def make_plain_text(workspace: "Workspace", example_id: int, message_index: int) -> Changes:
    """Turn a list of nothing but texts into one text, the parts on lines of their own."""

    def edits(value: Any) -> list[Edit]:
        path, message = locate_message(value, message_index)
        content = message.get("content")
        if not isinstance(content, list) or not is_only_text(content):
            raise StudioError("This message has parts that are not plain text.")
        if len(content) == 1:
            raw = _raw(workspace, example_id, f"{path}/content/0/text")
            return [Edit(EditOp.REPLACE, f"{path}/content", JsonText(raw))]
        return [Edit(EditOp.REPLACE, f"{path}/content", "\n".join(part["text"] for part in content))]

    return edit_example(workspace, example_id, edits, code="message.plain", message=message_index)


def is_only_text(content: Any) -> bool:
    """Whether a content list says nothing that a plain text could not say."""
    return (
        isinstance(content, list)
        and bool(content)
        and all(
            isinstance(part, dict) and set(part) == {"type", "text"} and isinstance(part["text"], str)
            for part in content
        )
    )


def _parts(value: Any, message_index: int, part: int) -> tuple[str, list[Any]]:
    path, message = locate_message(value, message_index)
    parts = message.get("content")
    if not isinstance(parts, list) or not 0 <= part < len(parts):
        raise PartGoneError
    return path, parts


def _raw(workspace: "Workspace", example_id: int, path: str) -> str:
    """A value as it is spelled in the line."""
    node = parse(workspace.store.row(example_id).body).at(path)
    if node is None:
        raise PartGoneError
    return node.raw.decode("utf-8")
