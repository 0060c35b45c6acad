"""The system prompts of a dataset: its own, the usual one, and which examples follow."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import islice
from typing import TYPE_CHECKING, Any

from finetune_studio.domain.errors import StudioError
from finetune_studio.domain.example import messages_of
from finetune_studio.domain.id_set import IdSet
from finetune_studio.domain.message import Role
from finetune_studio.formats.records import decode, loads
from finetune_studio.workspace.queries.bodies import chunks_of
from finetune_studio.workspace.task import TaskContext, silent_context

if TYPE_CHECKING:
    from finetune_studio.workspace.workspace import Workspace

PROMPT = "system_prompt"
"""The option that holds the dataset's system prompt."""
PROMPT_ROLES = (Role.SYSTEM.value, Role.DEVELOPER.value)
SAMPLE = 200
"""Examples looked at; the first ones are enough to tell the usual prompt."""


@dataclass(frozen=True, slots=True)
class PromptStanding:
    """Examples that `follow` the dataset's prompt, have the `same` text as a new one, an `other`, or none."""

    follow: int = 0
    same: int = 0
    other: int = 0
    without: int = 0


def dataset_prompt(workspace: "Workspace") -> str:
    """The system prompt that examples follow; empty where the dataset has none."""
    value = workspace.options().get(PROMPT)
    return value if isinstance(value, str) else ""


def usual_system_prompt(workspace: "Workspace") -> str:
    """The dataset's prompt, else the most frequent one of the first examples; empty when most have none."""
    own = dataset_prompt(workspace)
    if own:
        return own
    store = workspace.examples()
    found: Counter[str] = Counter()
    ids = list(islice((number for chunk in store.ids() for number in chunk), SAMPLE))
    for row in store.rows(ids):
        messages = messages_of(decode(row.body)[1])
        first = messages[0] if messages else None
        found[first.text if first is not None and first.role in PROMPT_ROLES else ""] += 1
    return found.most_common(1)[0][0] if found else ""


def prompt_standing(
    workspace: "Workspace", new: str = "", context: TaskContext | None = None
) -> PromptStanding:
    """Count all examples by their system prompt; for the pool."""
    context = context or silent_context()
    old = dataset_prompt(workspace)
    ids = all_ids(workspace)
    counts: Counter[str] = Counter()
    seen = 0
    for chunk in chunks_of(workspace.reader(), ids):
        for _id, body in chunk:
            try:
                counts[_standing(loads(body), old, new)] += 1
            except StudioError:
                counts["unreadable"] += 1
        seen += len(chunk)
        context.progress(seen, len(ids), "Counting")
    return PromptStanding(counts["follow"], counts["same"], counts["other"], counts["without"])


def all_ids(workspace: "Workspace") -> IdSet:
    """Every example of the dataset."""
    return IdSet.of(number for chunk in workspace.examples().ids() for number in chunk)


def first_prompt(messages: Sequence[Any]) -> Any:
    """The content of the first message when it is a system or developer message; None when it is not."""
    first = messages[0] if messages else None
    if not isinstance(first, dict) or first.get("role") not in PROMPT_ROLES:
        return None
    content = first.get("content")
    return "" if content is None else content


def prompt_list(value: Any) -> tuple[str, Sequence[Any]] | None:
    """(pointer, messages) of the list that a system prompt belongs to; None where an example has no such."""
    if not isinstance(value, dict):
        return None
    if isinstance(value.get("messages"), list):
        return "/messages", value["messages"]
    given = value.get("input")
    if isinstance(given, dict) and isinstance(given.get("messages"), list):
        return "/input/messages", given["messages"]
    return None


def _standing(value: Any, old: str, new: str) -> str:
    found = prompt_list(value)
    if found is None:
        return "unreadable"
    prompt = first_prompt(found[1])
    if prompt is None:
        return "without"
    if old and prompt == old:
        return "follow"
    return "same" if new and prompt == new else "other"
