"""Which system prompt the dataset uses, so that a model can be asked the way it was trained."""

from collections import Counter
from itertools import islice
from typing import TYPE_CHECKING

from finetune_studio.domain.example import messages_of
from finetune_studio.domain.message import Role
from finetune_studio.formats.records import decode

if TYPE_CHECKING:
    from finetune_studio.workspace.workspace import Workspace

SAMPLE = 200
"""Examples looked at; the first ones are enough to tell the usual prompt."""


def usual_system_prompt(workspace: "Workspace") -> str:
    """The most frequent first system message among the first examples; empty when most have none."""
    store = workspace.examples()
    found: Counter[str] = Counter()
    ids = list(islice((number for chunk in store.ids() for number in chunk), SAMPLE))
    for row in store.rows(ids):
        messages = messages_of(decode(row.body)[1])
        first = messages[0] if messages else None
        found[first.text if first is not None and first.role in (Role.SYSTEM, Role.DEVELOPER) else ""] += 1
    return found.most_common(1)[0][0] if found else ""
