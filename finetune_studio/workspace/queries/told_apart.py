"""Names for long texts that begin alike: what they begin with, then what tells them from the others."""

from collections.abc import Sequence
from itertools import pairwise
from typing import TYPE_CHECKING

from finetune_studio.domain.errors import InputError
from finetune_studio.formats.records import loads
from finetune_studio.lint.view import ExampleView

if TYPE_CHECKING:
    from finetune_studio.workspace.workspace import Workspace

SHOWN = 120
"""Characters of a name."""
ALIKE_FROM = 32
"""Characters that two texts share at their beginning from which the rest is looked at."""
_HEAD = 14
_ALIKE_WORD = 12


def told_apart(texts: Sequence[str]) -> list[str]:
    """A name for each text, on one line: its beginning, or `It begins … and differs`."""
    lines = [" ".join(text.split()) for text in texts]
    order = sorted(range(len(lines)), key=lambda number: lines[number])
    shared = [0] * len(lines)
    for one, other in pairwise(order):  # those that share most are neighbours
        length = _shared(lines[one], lines[other])
        shared[one], shared[other] = max(shared[one], length), max(shared[other], length)
    return [_name(line, same) for line, same in zip(lines, shared, strict=True)]


def _shared(one: str, other: str) -> int:
    """Characters that two texts have in common at their beginning."""
    limit = min(len(one), len(other))
    return next((at for at in range(limit) if one[at] != other[at]), limit)


def _name(line: str, same: int) -> str:
    if same < ALIKE_FROM or same >= len(line):
        return line[:SHOWN]
    start = line.rfind(" ", same - _ALIKE_WORD, same) + 1 or same
    head = line[: line.rfind(" ", 0, _HEAD) + 1].rstrip() or line[:_HEAD]
    return f"{head} … {line[start : start + SHOWN - _HEAD]}"


def whole_prompts(workspace: "Workspace", numbers: Sequence[int]) -> dict[int, str]:
    """The system prompts with these hashes, each from the first example that has it; for the pool."""
    facts = workspace.lint.facts
    if facts is None or not numbers:
        return {}
    import numpy as np

    wanted = np.array(numbers, dtype=np.uint64)
    rows = np.flatnonzero(np.isin(facts.columns.system_hash, wanted))
    hashes, first = np.unique(facts.columns.system_hash[rows], return_index=True)
    examples = dict(zip(facts.columns.key[rows[first]].tolist(), hashes.tolist(), strict=True))
    found = {}
    for row in workspace.examples().rows(list(examples)):
        if text := _prompt_of(row.body):
            found[examples[row.id]] = text
    return found


def _prompt_of(body: bytes) -> str:
    try:
        first = ExampleView(0, body, loads(body)).first_of(("system", "developer"))
    except InputError:
        return ""
    return "" if first is None else first.text
