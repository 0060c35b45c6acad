"""Where a parameter stands in a JSON Schema: fields of objects, and of the objects that a list holds."""

from collections.abc import Sequence
from dataclasses import dataclass

from finetune_studio.domain.edits import Edit, EditOp, pointer
from finetune_studio.domain.errors import InputError
from finetune_studio.formats.json_node import Node, NodeKind

Path = tuple[str, ...]
"""Names from the outermost parameter to the one that is meant."""


@dataclass(frozen=True, slots=True)
class Place:
    """The schema that has a parameter among its properties; `schema` is None where there is none yet."""

    pointer: str
    schema: Node | None
    name: str

    @property
    def path(self) -> str:
        """The pointer of the parameter."""
        return self.pointer + pointer("properties", self.name)

    @property
    def properties(self) -> Node | None:
        found = self.schema.get("properties") if self.schema is not None else None
        return found if found is not None and found.kind is NodeKind.OBJECT else None

    @property
    def node(self) -> Node:
        """Raises InputError where the parameter is gone."""
        found = self.properties.get(self.name) if self.properties is not None else None
        if found is None:
            raise InputError(f"There is no parameter “{self.name}” any more.")
        return found

    @property
    def required(self) -> list[str]:
        return names_of(self.schema.get("required")) if self.schema is not None else []


def as_path(name: str | Path) -> Path:
    return (name,) if isinstance(name, str) else name


def place_of(start: str, holder: Node, name: str | Path) -> Place:
    """The place of a parameter below the object `holder`, whose pointer is `start`."""
    path = as_path(name)
    where, schema = f"{start}/parameters", holder.get("parameters")
    for step in path[:-1]:
        place = Place(where, schema, step)
        where, schema = inside_of(place.path, place.node)
    return Place(where, schema, path[-1] if path else "")


def inside_of(where: str, node: Node) -> tuple[str, Node | None]:
    """(pointer, schema) of what has the fields of an object, or of the objects that a list holds."""
    items = node.get("items") if node.kind is NodeKind.OBJECT else None
    if text_of(node.get("type")) == "array":
        return f"{where}/items", items
    return where, node


def text_of(node: Node | None) -> str:
    return str(node.value()) if node is not None and node.kind is NodeKind.STRING else ""


def names_of(node: Node | None) -> list[str]:
    """The texts of a list, "" for what is none."""
    if node is None or node.kind is not NodeKind.ARRAY:
        return []
    return [text_of(item) for item in node.items]


def not_required(place: Place) -> list[Edit]:
    """Take a name out of `required`, and that too where nothing is left in it."""
    names = place.required
    if place.name not in names:
        return []
    if set(names) == {place.name}:
        return [Edit(EditOp.REMOVE, f"{place.pointer}/required")]
    places = [number for number, item in enumerate(names) if item == place.name]
    return [Edit(EditOp.REMOVE, f"{place.pointer}/required/{number}") for number in reversed(places)]


def free_name(taken: Sequence[str]) -> str:
    number = 1
    while f"parameter_{number}" in taken:
        number += 1
    return f"parameter_{number}"
