"""A tool's definition as a form: what it says, and edits of its JSON that touch nothing else.

Every function takes the text of a definition (an item of `tools`, or of the deprecated `functions`)
and gives the new text, laid out on many lines. Keys that the form does not know, their order and the
spelling of values stay.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from itertools import count

from finetune_studio.domain.edits import Edit, EditOp, JsonText, pointer
from finetune_studio.domain.errors import InputError
from finetune_studio.formats.json_errors import JsonSyntaxError
from finetune_studio.formats.json_layout import pretty_text
from finetune_studio.formats.json_node import Node, NodeKind
from finetune_studio.formats.json_reader import parse
from finetune_studio.formats.json_writer import encode_value
from finetune_studio.formats.patch import apply_edits

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


@dataclass(frozen=True, slots=True)
class Parameter:
    """`choices` is the text of `enum` as the form shows it; `inner` the number of properties inside."""

    name: str
    kind: str = ""
    description: str = ""
    required: bool = False
    choices: str = ""
    inner: int = 0


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
    name, description = (_string(holder.get(key)) for key in ("name", "description"))
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
    required = _names(schema.get("required"))
    members = {member.key: member.value for member in properties.members}
    return ToolFields(
        name, description, tuple(_parameter(key, node, required) for key, node in members.items())
    )


def set_name(text: str, name: str) -> str:
    return _edit(text, lambda path, _holder: [Edit(EditOp.REPLACE, f"{path}/name", name)])


def set_description(text: str, description: str) -> str:
    return _edit(text, lambda path, _holder: [Edit(EditOp.REPLACE, f"{path}/description", description)])


def add_parameter(text: str) -> str:
    """Add a text parameter at the end, with a name that is free."""

    def edits(path: str, holder: Node) -> list[Edit]:
        schema = holder.get("parameters")
        if schema is None or schema.kind is not NodeKind.OBJECT:
            value = {"type": "object", "properties": {"parameter_1": {"type": "string"}}}
            return [Edit(EditOp.REPLACE, f"{path}/parameters", value)]
        properties = schema.get("properties")
        if properties is None or properties.kind is not NodeKind.OBJECT:
            value = {"parameter_1": {"type": "string"}}
            return [Edit(EditOp.REPLACE, f"{path}/parameters/properties", value)]
        taken = {member.key for member in properties.members}
        name = next(name for name in (f"parameter_{n}" for n in count(1)) if name not in taken)
        return [Edit(EditOp.REPLACE, f"{path}/parameters/properties/{name}", {"type": "string"})]

    return _edit(text, edits)


def rename_parameter(text: str, name: str, new: str) -> str:
    """Raises InputError where the new name is taken."""

    def edits(path: str, holder: Node) -> list[Edit]:
        wanted = [Edit(EditOp.RENAME, _property(path, name), new)]
        for number, item in enumerate(_required(holder)):
            if item == name:
                wanted.append(Edit(EditOp.REPLACE, f"{path}/parameters/required/{number}", new))
        return wanted

    return _edit(text, edits)


def remove_parameter(text: str, name: str) -> str:
    def edits(path: str, holder: Node) -> list[Edit]:
        return [Edit(EditOp.REMOVE, _property(path, name)), *_not_required(path, holder, name)]

    return _edit(text, edits)


def move_parameter(text: str, name: str, by: int) -> str:
    """Move a parameter among the others; nothing at the ends."""

    def edits(path: str, holder: Node) -> list[Edit]:
        schema = holder.get("parameters")
        properties = schema.get("properties") if schema is not None else None
        if properties is None:
            return []
        members = list(properties.members)
        place = next((n for n, member in enumerate(members) if member.key == name), -1)
        if place < 0 or not 0 <= place + by < len(members):
            return []
        members.insert(place + by, members.pop(place))
        source = properties.source
        inside = b",".join(
            source[m.key_start : m.key_end] + b":" + source[m.value.start : m.value.end] for m in members
        )
        raw = JsonText("{" + inside.decode("utf-8") + "}")
        return [Edit(EditOp.REPLACE, f"{path}/parameters/properties", raw)]

    return _edit(text, edits)


def set_parameter_kind(text: str, name: str, kind: str) -> str:
    """A list gets `items` of texts and an object gets `properties` where they have none."""

    def edits(path: str, holder: Node) -> list[Edit]:
        place = _property(path, name)
        node = _property_node(holder, name)
        if node.kind is not NodeKind.OBJECT:
            return [Edit(EditOp.REPLACE, place, {"type": kind} if kind else {})]
        if not kind:
            return [Edit(EditOp.REMOVE, f"{place}/type")] if node.get("type") is not None else []
        wanted = [Edit(EditOp.REPLACE, f"{place}/type", kind)]
        if kind == "array" and node.get("items") is None:
            wanted.append(Edit(EditOp.REPLACE, f"{place}/items", {"type": "string"}))
        elif kind == "object" and node.get("properties") is None:
            wanted.append(Edit(EditOp.REPLACE, f"{place}/properties", {}))
        return wanted

    return _edit(text, edits)


def set_parameter_description(text: str, name: str, description: str) -> str:
    """An empty description is taken out."""

    def edits(path: str, holder: Node) -> list[Edit]:
        place = f"{_property(path, name)}/description"
        if description:
            return [Edit(EditOp.REPLACE, place, description)]
        has = _property_node(holder, name).get("description") is not None
        return [Edit(EditOp.REMOVE, place)] if has else []

    return _edit(text, edits)


def set_parameter_required(text: str, name: str, required: bool) -> str:
    def edits(path: str, holder: Node) -> list[Edit]:
        if not required:
            return _not_required(path, holder, name)
        names = _required(holder)
        if name in names:
            return []
        schema = holder.get("parameters")
        found = schema.get("required") if schema is not None else None
        if found is None or found.kind is not NodeKind.ARRAY:
            return [Edit(EditOp.REPLACE, f"{path}/parameters/required", [name])]
        return [Edit(EditOp.ADD, f"{path}/parameters/required/-", name)]

    return _edit(text, edits)


def set_parameter_choices(text: str, name: str, choices: str) -> str:
    """`choices` is "a, b, c", or a JSON list; empty takes `enum` out. Raises InputError."""

    def edits(path: str, holder: Node) -> list[Edit]:
        place = f"{_property(path, name)}/enum"
        wanted = choices.strip()
        if not wanted:
            has = _property_node(holder, name).get("enum") is not None
            return [Edit(EditOp.REMOVE, place)] if has else []
        if wanted.startswith("["):
            if _parse(wanted).kind is not NodeKind.ARRAY:
                raise InputError("The choices are a list: [ … ]")
            return [Edit(EditOp.REPLACE, place, JsonText(wanted))]
        words = [word.strip() for word in wanted.split(",")]
        values = [_number_or_text(word, _parameter_kind(holder, name)) for word in words if word]
        return [Edit(EditOp.REPLACE, place, JsonText(f"[{', '.join(values)}]"))]

    return _edit(text, edits)


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


def _string(node: Node | None) -> str:
    return str(node.value()) if node is not None and node.kind is NodeKind.STRING else ""


def _names(node: Node | None) -> list[str]:
    if node is None or node.kind is not NodeKind.ARRAY:
        return []
    return [_string(item) for item in node.items]


def _required(holder: Node) -> list[str]:
    schema = holder.get("parameters")
    return _names(schema.get("required")) if schema is not None else []


def _not_required(path: str, holder: Node, name: str) -> list[Edit]:
    names = _required(holder)
    if name not in names:
        return []
    if set(names) == {name}:
        return [Edit(EditOp.REMOVE, f"{path}/parameters/required")]
    places = [number for number, item in enumerate(names) if item == name]
    return [Edit(EditOp.REMOVE, f"{path}/parameters/required/{number}") for number in reversed(places)]


def _property(path: str, name: str) -> str:
    return path + pointer("parameters", "properties", name)


def _property_node(holder: Node, name: str) -> Node:
    node = holder.at(pointer("parameters", "properties", name))
    if node is None:
        raise InputError(f"There is no parameter “{name}” any more.")
    return node


def _parameter(name: str, node: Node, required: Sequence[str]) -> Parameter:
    if node.kind is not NodeKind.OBJECT:
        return Parameter(name, OTHER, required=name in required)
    kind_node, enum = node.get("type"), node.get("enum")
    kind = "" if kind_node is None and not _combines(node) else OTHER
    if kind_node is not None and kind_node.kind is NodeKind.STRING and kind_node.value() in KINDS:
        kind = str(kind_node.value())
    inside = node.get("properties")
    inner = len(inside.members) if inside is not None else 0
    choices = _choices(enum) if enum is not None and enum.kind is NodeKind.ARRAY else ""
    return Parameter(name, kind, _string(node.get("description")), name in required, choices, inner)


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


def _parameter_kind(holder: Node, name: str) -> str:
    return _string(_property_node(holder, name).get("type"))


def _number_or_text(word: str, kind: str) -> str:
    if kind in ("number", "integer"):
        try:
            if _parse(word).kind is NodeKind.NUMBER:
                return word
        except JsonSyntaxError:
            pass
    return encode_value(word).decode("utf-8", "surrogatepass")
