"""Writes records that have no bytes yet: new examples, templates, imports from other layouts."""

from typing import Any

from finetune_studio.domain.example import Conversation, PreferencePair, Record
from finetune_studio.domain.message import ContentPart, Message, RawJson, Tool, ToolCall
from finetune_studio.formats.json_documents import on_one_line
from finetune_studio.formats.json_reader import parse
from finetune_studio.formats.json_writer import encode_value, join_array, join_object
from finetune_studio.formats.message_decoder import NOT_AN_OBJECT, decode_part, decode_tool, decode_tool_call

_Members = list[tuple[str, RawJson]]


def encode(record: Record) -> bytes:
    """One line with its line end; keys in the order of the format, raw parts as they are."""
    if isinstance(record, PreferencePair):
        members: _Members = [
            ("input", join_object(_conversation_members(record.input))),
            ("preferred_output", join_array(message_text(message) for message in record.preferred)),
            ("non_preferred_output", join_array(message_text(message) for message in record.non_preferred)),
        ]
        members.extend(record.extra)
    else:
        members = _conversation_members(record)
    return on_one_line(join_object(members).encode("utf-8")) + b"\n"


def message_to_json(message: Message) -> dict[str, Any]:
    """The message as a Python value, for edits that add it."""
    value: dict[str, Any] = parse(message_text(message).encode("utf-8")).value()
    return value


def _json(value: Any) -> RawJson:
    return RawJson(encode_value(value).decode("utf-8"))


def _conversation_members(conversation: Conversation) -> _Members:
    members: _Members = [("messages", join_array(message_text(m) for m in conversation.messages))]
    if conversation.tools:
        members.append(("tools", join_array(_tool_text(tool) for tool in conversation.tools)))
    if conversation.parallel_tool_calls is not None:
        members.append(("parallel_tool_calls", _json(conversation.parallel_tool_calls)))
    members.extend(conversation.extra)
    return members


def message_text(message: Message) -> RawJson:
    extra = dict(message.extra)
    if message.extra and message == Message(role="", extra=((NOT_AN_OBJECT, message.extra[0][1]),)):
        return message.extra[0][1]
    members: _Members = []
    if "role" not in extra:
        members.append(("role", _json(message.role)))
    if message.content is not None:
        members.append(("content", _content_text(message.content)))
    elif "content" not in extra and not message.tool_calls:
        members.append(("content", RawJson("null")))
    for key, value in (("name", message.name), ("weight", message.weight)):
        if value is not None:
            members.append((key, _json(value)))
    if message.tool_calls:
        members.append(("tool_calls", join_array(_tool_call_text(call) for call in message.tool_calls)))
    for key, value in (("tool_call_id", message.tool_call_id), ("refusal", message.refusal)):
        if value is not None:
            members.append((key, _json(value)))
    return join_object(members + [pair for pair in message.extra if pair[0] not in dict(members)])


def _content_text(content: str | tuple[ContentPart, ...]) -> RawJson:
    return _json(content) if isinstance(content, str) else join_array(_part_text(part) for part in content)


def _part_text(part: ContentPart) -> RawJson:
    """The raw text when it still says what the fields say, else the part written anew."""
    if part.raw and decode_part(parse(part.raw.encode())) == part:
        return part.raw
    value: dict[str, Any] = {"type": part.type}
    if part.text is not None:
        value["text"] = part.text
    if part.image_url is not None:
        value["image_url"] = {"url": part.image_url}
    return _json(value)


def _tool_call_text(call: ToolCall) -> RawJson:
    if call.raw and decode_tool_call(parse(call.raw.encode())) == call:
        return call.raw
    value = {"id": call.id, "type": call.type, "function": {"name": call.name, "arguments": call.arguments}}
    if call.id is None:
        del value["id"]
    return _json(value)


def _tool_text(tool: Tool) -> RawJson:
    if tool.raw and decode_tool(parse(tool.raw.encode())) == tool:
        return tool.raw
    members: _Members = [("name", _json(tool.name))]
    if tool.description:
        members.append(("description", _json(tool.description)))
    if tool.parameters:
        parse(tool.parameters.encode())
        members.append(("parameters", tool.parameters))
    return join_object([("type", _json("function")), ("function", join_object(members))])
