"""A tool's definition as a form: what it says, and edits of its JSON that touch nothing else.

Every function takes the text of a definition (an item of `tools`, or of the deprecated `functions`)
and gives the new text, laid out on many lines. Keys that the form does not know, their order and the
spelling of values stay.
"""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

from finetune_studio.domain.edits import Edit, EditOp, JsonText
from finetune_studio.domain.errors import InputError
from finetune_studio.formats.json_errors import JsonSyntaxError
from finetune_studio.formats.json_layout import pretty_text
from finetune_studio.formats.json_node import Node, NodeKind
from finetune_studio.formats.json_reader import parse
from finetune_studio.formats.json_writer import encode_value
from finetune_studio.formats.patch import apply_edits
from finetune_studio.formats.schema_places import (
    Path,
    Place,
    free_name,
    inside_of,
    names_of,
    not_required,
    place_of,
    text_of,
)

KINDS = ("string", "number", "integer", "boolean", "array", "object")
"""The types that the form offers; "" is any, and OTHER what only the JSON can say."""
OTHER = "other"
NEW_TOOL = """{
  "type": "function",
  "function": {
    "name": "",
    "description": "",
    "parameters": {
      "type": "object",
      "properties": {}
    }
  }
}"""


DEPTH = 8
"""How deep the fields of a form go; what is deeper stays in the JSON."""


@dataclass(frozen=True, slots=True)
class Parameter:
    """`choices` is the text of `enum` as the form shows it; `path` the names from the outermost on.

    `items` is the kind of what a list holds. `inner` is the number of fields inside; `can_hold` says
    that there may be some.
    """

    name: str
    kind: str = ""
    description: str = ""
    required: bool = False
    choices: str = ""
    inner: int = 0
    path: Path = ()
    items: str = ""

    @property
    def can_hold(self) -> bool:
        is_object = "object" in (self.kind, self.items if self.kind == "array" else "")
        return is_object and len(self.path) < DEPTH


@dataclass(frozen=True, slots=True)
class ToolFields:
    """What a form shows of a definition. `problem` says why the parameters cannot be shown as fields."""

    name: str
    description: str
    parameters: tuple[Parameter, ...] = ()
    problem: str = ""


def read_fields(text: str) -> ToolFields:
    """Raises JsonSyntaxError where the text is not JSON, InputError where it is no definition."""
    holder = _holder(_parse(text))
    name, description = (text_of(holder.get(key)) for key in ("name", "description"))
    schema = holder.get("parameters")
    if schema is None:
        return ToolFields(name, description)
    if schema.kind is not NodeKind.OBJECT:
        return ToolFields(name, description, problem="“parameters” is not an object.")
    properties = schema.get("properties")
    if properties is None:
        return ToolFields(name, description)
    if properties.kind is not NodeKind.OBJECT:
        return ToolFields(name, description, problem="“properties” is not an object.")
    return ToolFields(name, description, tuple(_parameters(schema, ())))


def set_name(text: str, name: str) -> str:
    return _edit(text, lambda path, _holder: [Edit(EditOp.REPLACE, f"{path}/name", name)])


def set_description(text: str, description: str) -> str:
    return _edit(text, lambda path, _holder: [Edit(EditOp.REPLACE, f"{path}/description", description)])


def add_parameter(text: str, inside: Path = ()) -> str:
    """Add a text parameter at the end, with a name that is free; `inside` an object or a list of them."""

    def edits(start: str, holder: Node) -> list[Edit]:
        place = place_of(start, holder, (*inside, ""))
        value = {"type": "string"}
        if place.schema is None or place.schema.kind is not NodeKind.OBJECT:
            whole = {"type": "object", "properties": {"parameter_1": value}}
            return [Edit(EditOp.REPLACE, place.pointer, whole)]
        if place.properties is None:
            return [Edit(EditOp.REPLACE, f"{place.pointer}/properties", {"parameter_1": value})]
        name = free_name([member.key for member in place.properties.members])
        return [Edit(EditOp.REPLACE, f"{place.pointer}/properties/{name}", value)]

    return _edit(text, edits)


def rename_parameter(text: str, name: str | Path, new: str) -> str:
    """Raises InputError where the new name is taken."""

    def edits(place: Place) -> list[Edit]:
        wanted = [Edit(EditOp.RENAME, place.path, new)]
        for number, item in enumerate(place.required):
            if item == place.name:
                wanted.append(Edit(EditOp.REPLACE, f"{place.pointer}/required/{number}", new))
        return wanted

    return _edit_at(text, name, edits)


def remove_parameter(text: str, name: str | Path) -> str:
    def edits(place: Place) -> list[Edit]:
        return [Edit(EditOp.REMOVE, place.path), *not_required(place)]

    return _edit_at(text, name, edits)


def move_parameter(text: str, name: str | Path, by: int) -> str:
    """Move a parameter among those beside it; nothing at the ends."""

    def edits(place: Place) -> list[Edit]:
        properties = place.properties
        if properties is None:
            return []
        members = list(properties.members)
        now = next((n for n, member in enumerate(members) if member.key == place.name), -1)
        if now < 0 or not 0 <= now + by < len(members):
            return []
        members.insert(now + by, members.pop(now))
        source = properties.source
        inside = b",".join(
            source[m.key_start : m.key_end] + b":" + source[m.value.start : m.value.end] for m in members
        )
        raw = JsonText("{" + inside.decode("utf-8") + "}")
        return [Edit(EditOp.REPLACE, f"{place.pointer}/properties", raw)]

    return _edit_at(text, name, edits)


def set_parameter_kind(text: str, name: str | Path, kind: str) -> str:
    """A list gets `items` of texts and an object gets `properties` where they have none."""
    return _edit_at(text, name, lambda place: _kind_edits(place.path, place.node, kind))


def set_items_kind(text: str, name: str | Path, kind: str) -> str:
    """What a list holds."""

    def edits(place: Place) -> list[Edit]:
        items = place.node.get("items")
        if items is None:
            return [Edit(EditOp.REPLACE, f"{place.path}/items", {"type": kind} if kind else {})]
        return _kind_edits(f"{place.path}/items", items, kind)

    return _edit_at(text, name, edits)


def _kind_edits(where: str, node: Node, kind: str) -> list[Edit]:
    if node.kind is not NodeKind.OBJECT:
        return [Edit(EditOp.REPLACE, where, {"type": kind} if kind else {})]
    if not kind:
        return [Edit(EditOp.REMOVE, f"{where}/type")] if node.get("type") is not None else []
    wanted = [Edit(EditOp.REPLACE, f"{where}/type", kind)]
    if kind == "array" and node.get("items") is None:
        wanted.append(Edit(EditOp.REPLACE, f"{where}/items", {"type": "string"}))
    elif kind == "object" and node.get("properties") is None:
        wanted.append(Edit(EditOp.REPLACE, f"{where}/properties", {}))
    return wanted


def set_parameter_description(text: str, name: str | Path, description: str) -> str:
    """An empty description is taken out."""

    def edits(place: Place) -> list[Edit]:
        where = f"{place.path}/description"
        if description:
            return [Edit(EditOp.REPLACE, where, description)]
        has = place.node.get("description") is not None
        return [Edit(EditOp.REMOVE, where)] if has else []

    return _edit_at(text, name, edits)


def set_parameter_required(text: str, name: str | Path, required: bool) -> str:
    def edits(place: Place) -> list[Edit]:
        if not required:
            return not_required(place)
        if place.name in place.required:
            return []
        found = place.schema.get("required") if place.schema is not None else None
        if found is None or found.kind is not NodeKind.ARRAY:
            return [Edit(EditOp.REPLACE, f"{place.pointer}/required", [place.name])]
        return [Edit(EditOp.ADD, f"{place.pointer}/required/-", place.name)]

    return _edit_at(text, name, edits)


def set_parameter_choices(text: str, name: str | Path, choices: str) -> str:
    """`choices` is "a, b, c", or a JSON list; empty takes `enum` out. Raises InputError."""

    def edits(place: Place) -> list[Edit]:
        where = f"{place.path}/enum"
        wanted = choices.strip()
        if not wanted:
            has = place.node.get("enum") is not None
            return [Edit(EditOp.REMOVE, where)] if has else []
        if wanted.startswith("["):
            if _parse(wanted).kind is not NodeKind.ARRAY:
                raise InputError("The choices are a list: [ … ]")
            return [Edit(EditOp.REPLACE, where, JsonText(wanted))]
        words = [word.strip() for word in wanted.split(",")]
        kind = text_of(place.node.get("type"))
        values = [_number_or_text(word, kind) for word in words if word]
        return [Edit(EditOp.REPLACE, where, JsonText(f"[{', '.join(values)}]"))]

    return _edit_at(text, name, edits)


def _edit_at(text: str, name: str | Path, make: Callable[[Place], Sequence[Edit]]) -> str:
    return _edit(text, lambda start, holder: make(place_of(start, holder, name)))


def _edit(text: str, make: Callable[[str, Node], Sequence[Edit]]) -> str:
    root = _parse(text)
    holder = _holder(root)
    path = "/function" if holder is not root else ""
    edits = make(path, holder)
    new = apply_edits(text.encode("utf-8", "surrogatepass"), edits)
    return pretty_text(new.decode("utf-8", "surrogatepass")) if edits else text


def _parse(text: str) -> Node:
    return parse(text.encode("utf-8", "surrogatepass"))


def _holder(root: Node) -> Node:
    """The object that has the name: `function`, or the definition itself in `functions`."""
    if root.kind is not NodeKind.OBJECT:
        raise InputError("A tool is an object: { … }")
    function = root.get("function")
    if function is None and root.get("type") is not None and root.get("name") is None:
        raise InputError("A tool of type “function” has a “function” object.")
    if function is not None and function.kind is not NodeKind.OBJECT:
        raise InputError("“function” is not an object.")
    return function if function is not None else root


def _parameters(schema: Node, outer: Path) -> Iterator[Parameter]:
    """Each parameter of a schema, followed by those inside it."""
    properties = schema.get("properties")
    if properties is None or properties.kind is not NodeKind.OBJECT or len(outer) >= DEPTH:
        return
    required = names_of(schema.get("required"))
    members = {member.key: member.value for member in properties.members}
    for name, node in members.items():
        parameter = _parameter((*outer, name), node, name in required)
        yield parameter
        _where, inside = inside_of("", node)
        if parameter.can_hold and inside is not None and inside.kind is NodeKind.OBJECT:
            yield from _parameters(inside, parameter.path)


def _parameter(path: Path, node: Node, required: bool) -> Parameter:
    if node.kind is not NodeKind.OBJECT:
        return Parameter(path[-1], OTHER, required=required, path=path)
    enum, items = node.get("enum"), node.get("items")
    inside = node.get("properties")
    inner = len(inside.members) if inside is not None and inside.kind is NodeKind.OBJECT else 0
    return Parameter(
        path[-1],
        _kind_of(node),
        text_of(node.get("description")),
        required,
        _choices(enum) if enum is not None and enum.kind is NodeKind.ARRAY else "",
        inner,
        path,
        _kind_of(items) if items is not None else "",
    )


def _kind_of(node: Node) -> str:
    if node.kind is not NodeKind.OBJECT:
        return OTHER
    found = node.get("type")
    if found is None:
        return OTHER if _combines(node) else ""
    return text_of(found) if text_of(found) in KINDS else OTHER


def _combines(node: Node) -> bool:
    return any(node.get(key) is not None for key in ("anyOf", "oneOf", "allOf", "$ref", "const"))


def _choices(enum: Node) -> str:
    words = []
    for item in enum.items:
        text = item.value() if item.kind is NodeKind.STRING else None
        plain = isinstance(text, str) and text == text.strip() and text and "," not in text
        if plain and not str(text).startswith("["):
            words.append(str(text))
        else:
            return enum.raw.decode("utf-8")
    return ", ".join(words)


def _number_or_text(word: str, kind: str) -> str:
    if kind in ("number", "integer"):
        try:
            if _parse(word).kind is NodeKind.NUMBER:
                return word
        except JsonSyntaxError:
            pass
    return encode_value(word).decode("utf-8", "surrogatepass")
