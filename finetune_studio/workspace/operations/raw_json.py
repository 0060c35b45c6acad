"""Writing an example as JSON."""

from typing import TYPE_CHECKING

from finetune_studio.domain.changes import Changes
from finetune_studio.domain.errors import StudioError
from finetune_studio.formats.json_merge import take_layout

if TYPE_CHECKING:
    from finetune_studio.workspace.workspace import Workspace


class ExampleChangedError(StudioError):
    """The example is not what the text was an edit of."""

    def __init__(self) -> None:
        super().__init__(
            "This example was changed elsewhere in the meantime.",
            "Take the text back, or copy it and write it into the example as it is now.",
        )


def set_example_json(workspace: "Workspace", example_id: int, text: str, base: bytes) -> Changes:
    """Take over the edited text of `lay_out(base)`; what was not edited keeps its bytes.

    Raises JsonSyntaxError, and ExampleChangedError when the example is not `base` any more.
    """
    if workspace.store.row(example_id).body != base:
        raise ExampleChangedError
    body = take_layout(text, base)
    if body == base:
        return Changes()
    with workspace.step("example.json", {"example": example_id}) as step:
        step.set_bodies([(example_id, body)])
    return step.changes
