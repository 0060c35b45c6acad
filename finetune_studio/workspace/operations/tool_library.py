"""The dataset's library of tools: definitions kept as a setting, so that undo and restart know them."""

from collections.abc import Sequence
from typing import TYPE_CHECKING

from finetune_studio.domain.changes import Changes
from finetune_studio.domain.errors import InputError
from finetune_studio.domain.id_set import IdSet
from finetune_studio.formats.json_layout import one_line_text
from finetune_studio.formats.records import loads
from finetune_studio.workspace.operations.rewriting import RewriteReport
from finetune_studio.workspace.operations.tools import label_of, name_of, update_everywhere
from finetune_studio.workspace.task import TaskContext

if TYPE_CHECKING:
    from finetune_studio.workspace.workspace import Workspace

LIBRARY = "tools.library"
"""List of definitions, each the text of its JSON on one line; names are unique."""


def library(workspace: "Workspace") -> list[str]:
    """The definitions in the order in which they came."""
    found = workspace.options().get(LIBRARY)
    return [text for text in found if isinstance(text, str)] if isinstance(found, list) else []


def save_to_library(workspace: "Workspace", text: str, instead_of: str = "") -> Changes:
    """Keep a definition; it takes the place of the one of its name, or of `instead_of`."""
    old = library(workspace)
    new = _with(old, text, instead_of)
    return _write(workspace, old, new, "library.save", name=label_of(text))


def remove_from_library(workspace: "Workspace", name: str) -> Changes:
    """Take a definition out of the library; examples keep theirs."""
    old = library(workspace)
    new = [text for text in old if name_in(text) != name]
    return _write(workspace, old, new, "library.remove", name=name)


def gather_into_library(workspace: "Workspace", texts: Sequence[str]) -> Changes:
    """Keep definitions that examples use; those whose name is taken are left out."""
    old = new = library(workspace)
    for text in texts:
        if name_in(text) not in map(name_in, new):
            new = _with(new, text, "")
    return _write(workspace, old, new, "library.gather", count=len(new) - len(old))


def change_in_library(
    workspace: "Workspace",
    ids: IdSet,
    old: str,
    new: str,
    also_different: bool = False,
    context: TaskContext | None = None,
) -> RewriteReport:
    """Change a tool in the library, where it is there, and in every example that defines it, as one step."""
    entries, name = library(workspace), name_in(old)
    is_kept = name in map(name_in, entries)
    options = {LIBRARY: _with(entries, new, name)} if is_kept else None
    return update_everywhere(
        workspace, ids, old, new, context, also_different=also_different, options=options
    )


def name_in(text: str) -> str:
    """The name in the text of a definition."""
    return name_of(loads(text.encode("utf-8", "surrogatepass")))


def _with(entries: Sequence[str], text: str, instead_of: str) -> list[str]:
    name = name_in(text)
    if not name:
        raise InputError("A tool in the library needs a name.")
    places = [n for n, entry in enumerate(entries) if name_in(entry) in (name, instead_of or name)]
    kept = [entry for n, entry in enumerate(entries) if n not in places]
    kept.insert(places[0] if places else len(kept), one_line_text(text))
    return kept


def _write(
    workspace: "Workspace", old: Sequence[str], new: Sequence[str], code: str, **arguments: object
) -> Changes:
    if list(old) == list(new):
        return Changes()
    with workspace.step(code, arguments) as step:
        step.set_option(LIBRARY, list(new) or None)
    return step.changes
