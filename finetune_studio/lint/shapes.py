"""The order of roles in a conversation: few distinct ones in a dataset, so what follows from it is kept."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from finetune_studio.lint.facts import ROLES, Array
from finetune_studio.lint.hashing import normalised

_CODES = {role: code for code, role in enumerate(ROLES)}


@dataclass(frozen=True, slots=True)
class Shape:
    """`codes` index ROLES, -1 for other roles; the indexes are -1 where there is no such message."""

    roles: tuple[str, ...]
    codes: tuple[int, ...]
    last_assistant: int
    first_system: int
    first_user: int
    n_turns: int
    head: str
    """What the roles bring to the conversation's hash."""


def code_of_role(role: str) -> int:
    """The index in ROLES, -1 for other roles."""
    return _CODES.get(role, -1)


def shape_of(roles: Sequence[str]) -> Shape:
    codes = tuple(_CODES.get(role, -1) for role in roles)
    return Shape(
        roles=tuple(roles),
        codes=codes,
        last_assistant=max((i for i, role in enumerate(roles) if role == "assistant"), default=-1),
        first_system=next((i for i, role in enumerate(roles) if role in ("system", "developer")), -1),
        first_user=next((i for i, role in enumerate(roles) if role == "user"), -1),
        n_turns=_turns(roles),
        head=normalised("\x02".join(roles)),
    )


def _turns(roles: Sequence[str]) -> int:
    """Pairs of a user message and the first answer after it."""
    turns = 0
    asked = False
    for role in roles:
        if role == "user":
            asked = True
        elif role == "assistant" and asked:
            turns += 1
            asked = False
    return turns


class ShapeTable:
    """Shapes by number; unhashable or odd roles have none."""

    def __init__(self) -> None:
        self.shapes: list[Shape] = []
        self._numbers: dict[tuple[str, ...], int] = {}

    def number(self, roles: tuple[str, ...]) -> int:
        """The number of the shape of these roles, or -1 when they are not all strings."""
        try:
            found = self._numbers.get(roles)
        except TypeError:
            return -1
        if found is not None:
            return found
        if not all(isinstance(role, str) for role in roles):
            return -1
        self._numbers[roles] = len(self.shapes)
        self.shapes.append(shape_of(roles))
        return len(self.shapes) - 1


@dataclass(frozen=True, slots=True, eq=False)
class Layout:
    """Whose the texts are of many conversations that follow one another, one text a message.

    `counts` and `starts` are by conversation, `owners` (its number) and `codes` (see Shape) by text.
    """

    counts: Array
    starts: Array
    owners: Array
    codes: Array


def laid_out(shapes: Sequence[Shape], numbers: Sequence[int]) -> Layout:
    """The layout of conversations whose shapes have these numbers."""
    sizes = np.array([len(shape.roles) for shape in shapes], dtype=np.int64)
    codes = np.array([code for shape in shapes for code in shape.codes], dtype=np.int8)
    number = np.array(numbers, dtype=np.int64)
    counts = sizes[number]
    starts = np.cumsum(counts) - counts
    owners = np.repeat(np.arange(len(number)), counts)
    places = np.repeat((np.cumsum(sizes) - sizes)[number] - starts, counts) + np.arange(len(owners))
    return Layout(counts, starts, owners, codes[places])
