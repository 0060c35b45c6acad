"""Which tools the examples define, how often, and how differently."""

from array import array
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from finetune_studio.domain.errors import StudioError
from finetune_studio.domain.id_set import IdSet
from finetune_studio.formats.json_reader import parse
from finetune_studio.formats.records import loads
from finetune_studio.workspace.operations.tools import canonical, canonical_text, name_of, tools_of
from finetune_studio.workspace.queries.bodies import chunks_of
from finetune_studio.workspace.task import TaskContext, silent_context

if TYPE_CHECKING:
    from finetune_studio.workspace.workspace import Workspace

MOST_VARIANTS = 200
"""Definitions of one name that are told apart; the others are counted as one more."""


@dataclass(slots=True)
class Variant:
    """One definition of a tool: its text as the first of its examples spells it, and its examples."""

    text: str
    ids: "array[int]" = field(default_factory=lambda: array("q"))


@dataclass(frozen=True, slots=True)
class ToolUse:
    """How the examples define the tools of one name, the most frequent definition first."""

    name: str
    variants: tuple[Variant, ...]

    @property
    def examples(self) -> int:
        return sum(len(variant.ids) for variant in self.variants)

    def used_as(self, text: str) -> "array[int]":
        """The examples that define it as this text says, key order aside."""
        wanted = canonical_text(text)
        return next((v.ids for v in self.variants if v.text and canonical_text(v.text) == wanted), array("q"))


def tool_uses(
    workspace: "Workspace", names: Sequence[str] | None = None, context: TaskContext | None = None
) -> list[ToolUse]:
    """Every tool that the examples define, or those of some names; the most used first. For the pool."""
    context = context or silent_context()
    found: dict[str, dict[str, Variant]] = {}
    wanted = None if names is None else set(names)
    for example_id, body in _bodies(workspace, context):
        if b'"tools"' not in body:
            continue
        for place, tool in enumerate(_tools_in(body)):
            name = name_of(tool)
            if not name or (wanted is not None and name not in wanted):
                continue
            variants = found.setdefault(name, {})
            key = canonical(tool)
            if key not in variants and len(variants) >= MOST_VARIANTS:
                key = ""
            variant = variants.get(key)
            if variant is None:
                variant = variants[key] = Variant(_text_at(body, place) if key else "")
            if not variant.ids or variant.ids[-1] != example_id:
                variant.ids.append(example_id)
    uses = [
        ToolUse(name, tuple(sorted(variants.values(), key=lambda each: -len(each.ids))))
        for name, variants in found.items()
    ]
    return sorted(uses, key=lambda use: -use.examples)


def _bodies(workspace: "Workspace", context: TaskContext) -> Iterator[tuple[int, bytes]]:
    ids = IdSet.of(example_id for chunk in workspace.examples().ids() for example_id in chunk)
    seen = 0
    for chunk in chunks_of(workspace.reader(), ids):
        yield from chunk
        seen += len(chunk)
        context.progress(seen, len(ids), "Looking for tools")


def _tools_in(body: bytes) -> list[Any]:
    try:
        return tools_of(loads(body))[1]
    except StudioError:
        return []


def _texts(body: bytes) -> list[str]:
    """The texts of the definitions, as they stand in the line."""
    path = tools_of(loads(body))[0]
    node = parse(body).at(path)
    return [item.raw.decode("utf-8") for item in node.items] if node is not None else []


def _text_at(body: bytes, place: int) -> str:
    return _texts(body)[place]
