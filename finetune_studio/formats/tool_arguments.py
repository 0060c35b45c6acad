"""The arguments of a tool call as a form made from the tool's schema, and edits that touch one of them."""

from dataclasses import dataclass, replace

from finetune_studio.domain.edits import Edit, EditOp, JsonText, pointer
from finetune_studio.domain.errors import InputError
from finetune_studio.formats.json_errors import JsonSyntaxError
from finetune_studio.formats.json_layout import pretty
from finetune_studio.formats.json_node import Node, NodeKind
from finetune_studio.formats.json_reader import parse
from finetune_studio.formats.json_writer import encode_value
from finetune_studio.formats.patch import apply_edits

JSON_KINDS = ("array", "object", "")
"""Types whose value is written as JSON; "" is any."""
_SCALARS = ("string", "number", "integer", "boolean")
_KIND_OF = {
    NodeKind.STRING: "string",
    NodeKind.NUMBER: "number",
    NodeKind.TRUE: "boolean",
    NodeKind.FALSE: "boolean",
    NodeKind.ARRAY: "array",
    NodeKind.OBJECT: "object",
}
_LONG = 200


@dataclass(frozen=True, slots=True)
class Argument:
    """`text` is what its field shows: the text itself of a string, else JSON. `choices` are JSON texts.

    `is_known` is False for what the tool does not define.
    """

    name: str
    kind: str = ""
    description: str = ""
    required: bool = False
    choices: tuple[str, ...] = ()
    is_set: bool = False
    text: str = ""
    is_known: bool = True


def read_arguments(schema: str, arguments: str) -> list[Argument] | None:
    """The fields of a form; None when the arguments are no JSON object, so that only JSON can show them."""
    try:
        root = _object(arguments)
    except InputError:
        return None
    given = {member.key: member.value for member in root.members}
    found = [_filled(argument, given.pop(argument.name, None)) for argument in _defined(schema)]
    rest = (Argument(name, _KIND_OF.get(node.kind, ""), is_known=False) for name, node in given.items())
    return [*found, *(_filled(argument, root.get(argument.name)) for argument in rest)]


def set_argument(arguments: str, argument: Argument, text: str) -> str:
    """Write what was typed into a field; an optional one that is empty is taken out.

    Raises InputError where the type asks for JSON and the text is none.
    """
    place = pointer(argument.name)
    root = _object(arguments)
    if not text and not (argument.required and argument.kind == "string"):
        edits = [Edit(EditOp.REMOVE, place)] if root.get(argument.name) is not None else []
    else:
        edits = [Edit(EditOp.REPLACE, place, JsonText(_as_json(argument, text)))]
    body = (arguments if arguments.strip() else "{}").encode("utf-8", "surrogatepass")
    return apply_edits(body, edits).decode("utf-8")


def _object(arguments: str) -> Node:
    root = parse((arguments if arguments.strip() else "{}").encode("utf-8", "surrogatepass"))
    if root.kind is not NodeKind.OBJECT:
        raise InputError("A tool takes an object: { … }")
    return root


def _as_json(argument: Argument, text: str) -> str:
    if argument.choices and text in argument.choices:
        return text
    if argument.kind == "string":
        return encode_value(text).decode("utf-8")
    try:
        node = parse(text.encode("utf-8", "surrogatepass"))
    except JsonSyntaxError:
        if argument.kind == "":
            return encode_value(text).decode("utf-8")
        if argument.kind in JSON_KINDS:
            raise
        raise InputError(f"“{text[:40]}” is not {_WANTED[argument.kind]}.") from None
    if argument.kind in _WANTED and _KIND_OF.get(node.kind) != _WANTED_NODE[argument.kind]:
        raise InputError(f"“{text[:40]}” is not {_WANTED[argument.kind]}.")
    return text.strip()


_WANTED = {"number": "a number", "integer": "a whole number", "boolean": "true or false"}
_WANTED_NODE = {"number": "number", "integer": "number", "boolean": "boolean"}


def _defined(schema: str) -> list[Argument]:
    try:
        root = parse(schema.encode("utf-8", "surrogatepass"))
    except JsonSyntaxError:
        return []
    properties, required = root.get("properties"), root.get("required")
    if properties is None or properties.kind is not NodeKind.OBJECT:
        return []
    names = [item.value() for item in required.items if item.kind is NodeKind.STRING] if required else []
    members = {member.key: member.value for member in properties.members}
    return [_argument(name, node, name in names) for name, node in members.items()]


def _argument(name: str, node: Node, required: bool) -> Argument:
    kind, enum, words = node.get("type"), node.get("enum"), node.get("description")
    kinds = _kinds(kind)
    return Argument(
        name,
        kinds[0] if len(kinds) == 1 else "",
        str(words.value()) if words is not None and words.kind is NodeKind.STRING else "",
        required,
        tuple(item.raw.decode("utf-8") for item in enum.items) if enum is not None else (),
    )


def _kinds(node: Node | None) -> list[str]:
    """The types but null; those that are none of JSON Schema's are left out."""
    if node is None:
        return []
    items = node.items if node.kind is NodeKind.ARRAY else (node,)
    found = [item.value() for item in items if item.kind is NodeKind.STRING]
    return [kind for kind in found if kind in (*_SCALARS, *JSON_KINDS)]


def _filled(argument: Argument, node: Node | None) -> Argument:
    if node is None:
        return argument
    raw = node.raw.decode("utf-8")
    if argument.choices and raw in argument.choices:
        return replace(argument, is_set=True, text=raw)
    kind = argument.kind
    if node.kind is NodeKind.STRING and (kind == "string" or (kind == "" and _is_plain(node))):
        return replace(argument, is_set=True, text=str(node.value()), choices=())
    if kind in _SCALARS and _KIND_OF.get(node.kind) != _WANTED_NODE.get(kind, kind):
        kind = ""  # The value is not what the schema wants: shown, and changed, as the JSON it is.
    text = pretty(node) if node.is_container and len(raw) > _LONG else raw
    return replace(argument, kind=kind, is_set=True, text=text, choices=())


def _is_plain(node: Node) -> bool:
    """Whether the text of a value of any type would be read back as this text."""
    try:
        parse(str(node.value()).encode("utf-8", "surrogatepass"))
    except JsonSyntaxError:
        return bool(node.value())
    return False
