"""From the bytes of a message to the domain's Message: tolerant, and keeping what it does not know.

Keys of the chat format whose value has a type that the format does not allow go to `extra` with the
unknown ones, as the raw text they are.
"""

from finetune_studio.domain.message import ContentPart, Message, RawJson, Tool, ToolCall
from finetune_studio.formats.json_node import Member, Node, NodeKind

NOT_AN_OBJECT = ""
"""The only key in `extra` of a list item which should be a message and is no object.

(An object whose only key is empty decodes to the same; no other record does.)
"""


def raw_text(node: Node) -> RawJson:
    return RawJson(node.raw.decode("utf-8"))


def text_of(node: Node | None) -> str | None:
    """The text of a string node, None for everything else."""
    if node is None or node.kind is not NodeKind.STRING:
        return None
    text: str = node.value()
    return text


def last_members(node: Node) -> list[Member]:
    """The members that count: the last of each key, at the place of the first (as a dict has it)."""
    return list({member.key: member for member in node.members}.values())


def decode_messages(node: Node | None) -> tuple[Message, ...]:
    """One Message for each item, also for those that are no objects, so that indices agree."""
    if node is None or node.kind is not NodeKind.ARRAY:
        return ()
    return tuple(decode_message(item) for item in node.items)


def decode_message(node: Node) -> Message:
    if node.kind is not NodeKind.OBJECT:
        return Message(role="", extra=((NOT_AN_OBJECT, raw_text(node)),))
    role = ""
    content: str | tuple[ContentPart, ...] | None = None
    texts: dict[str, str] = {}
    weight: int | None = None
    calls: tuple[ToolCall, ...] = ()
    extra: list[tuple[str, RawJson]] = []
    for member in last_members(node):
        key, value = member.key, member.value
        if key == "content":
            content = _decode_content(value)
            known = content is not None or value.kind is NodeKind.NULL
        elif key == "weight":
            known = value.kind is NodeKind.NUMBER and value.raw in (b"0", b"1")
            weight = int(value.raw) if known else None
        elif key == "tool_calls":
            calls = _decode_tool_calls(value)
            known = bool(calls)
        elif key in ("role", "name", "tool_call_id", "refusal"):
            text = text_of(value)
            known = text is not None
            if text is not None:
                texts[key] = text
        else:
            known = False
        if not known:
            extra.append((key, raw_text(value)))
    role = texts.pop("role", "")
    return Message(
        role=role,
        content=content,
        name=texts.get("name"),
        weight=weight,
        tool_calls=calls,
        tool_call_id=texts.get("tool_call_id"),
        refusal=texts.get("refusal"),
        extra=tuple(extra),
    )


def _decode_content(node: Node) -> str | tuple[ContentPart, ...] | None:
    if node.kind is NodeKind.STRING:
        return text_of(node)
    if node.kind is NodeKind.ARRAY and node.items and all(i.kind is NodeKind.OBJECT for i in node.items):
        return tuple(decode_part(item) for item in node.items)
    return None


def decode_part(node: Node) -> ContentPart:
    """A content part; `image_url` may be an object with `url` or, as some tools write it, a string."""
    image = node.get("image_url")
    if image is not None and image.kind is NodeKind.OBJECT:
        image = image.get("url")
    return ContentPart(
        type=text_of(node.get("type")) or "",
        text=text_of(node.get("text")),
        image_url=text_of(image),
        raw=raw_text(node),
    )


def _decode_tool_calls(node: Node) -> tuple[ToolCall, ...]:
    if node.kind is not NodeKind.ARRAY or not all(i.kind is NodeKind.OBJECT for i in node.items):
        return ()
    return tuple(decode_tool_call(item) for item in node.items)


def decode_tool_call(node: Node) -> ToolCall:
    """A tool call; `arguments` that are no string are given as their raw text (T501 reports them)."""
    function = node.get("function")
    arguments = function.get("arguments") if function is not None else None
    text = text_of(arguments)
    if text is None:
        text = raw_text(arguments) if arguments is not None else ""
    return ToolCall(
        id=text_of(node.get("id")),
        name=(text_of(function.get("name")) if function is not None else None) or "",
        arguments=text,
        type=text_of(node.get("type")) or "function",
        raw=raw_text(node),
    )


def decode_tools(node: Node) -> tuple[Tool, ...]:
    """Tool definitions; empty when the value is not a list of objects."""
    if node.kind is not NodeKind.ARRAY or not all(i.kind is NodeKind.OBJECT for i in node.items):
        return ()
    return tuple(decode_tool(item) for item in node.items)


def decode_tool(node: Node) -> Tool:
    function = node.get("function")
    holder = function if function is not None and function.kind is NodeKind.OBJECT else node
    parameters = holder.get("parameters")
    return Tool(
        name=text_of(holder.get("name")) or "",
        description=text_of(holder.get("description")) or "",
        parameters=raw_text(parameters) if parameters is not None else RawJson(""),
        raw=raw_text(node),
    )
