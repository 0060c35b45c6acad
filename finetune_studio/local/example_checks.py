"""What one example must be; the answer is the rest of a sentence that begins with "Example N", or None."""

from typing import Any

_TOP_KEYS = frozenset({"messages", "tools", "parallel_tool_calls", "functions"})
_PAIR_KEYS = frozenset({"input", "preferred_output", "non_preferred_output"})
_INPUT_KEYS = frozenset({"messages", "tools", "parallel_tool_calls"})
_ROLES = ("system", "developer", "user", "assistant", "tool", "function")
_MESSAGE_KEYS = frozenset(
    {"role", "content", "name", "weight", "tool_calls", "tool_call_id", "function_call", "refusal", "audio"}
)


def check_chat_example(value: dict[str, Any]) -> str | None:
    problem = _extra_key(value, _TOP_KEYS) or _check_messages(value, "messages") or _check_tools(value)
    if problem is not None:
        return problem
    if not any(m["role"] == "assistant" for m in value["messages"]):
        return ": at least one message must be from the assistant."
    return None


def check_preference_example(value: dict[str, Any]) -> str | None:
    problem = _extra_key(value, _PAIR_KEYS)
    if problem is not None:
        return problem
    for key in ("input", "preferred_output", "non_preferred_output"):
        if key not in value:
            return f" is missing key '{key}'"
    if not isinstance(value["input"], dict):
        return ": 'input' must be an object."
    problem = _extra_key(value["input"], _INPUT_KEYS) or _check_messages(value["input"], "messages")
    problem = problem or _check_tools(value["input"])
    if problem is not None:
        return problem
    for key in ("preferred_output", "non_preferred_output"):
        problem = _check_messages(value, key)
        if problem is not None:
            return problem
        if not any(message["role"] == "assistant" for message in value[key]):
            return f": '{key}' must have a message from the assistant."
    return None


def _extra_key(value: dict[str, Any], allowed: frozenset[str]) -> str | None:
    extra = next((key for key in value if key not in allowed), None)
    return None if extra is None else f' contains an extra "{extra}".'


def _check_tools(owner: dict[str, Any]) -> str | None:
    tools = owner.get("tools")
    if tools is not None and not (isinstance(tools, list) and all(isinstance(tool, dict) for tool in tools)):
        return ": 'tools' must be a list of tool definitions."
    return None


def _check_messages(owner: dict[str, Any], key: str) -> str | None:
    if key not in owner:
        return f" is missing key '{key}'"
    messages = owner[key]
    if not isinstance(messages, list) or not messages:
        return f": '{key}' must be a list of at least one message."
    for index, message in enumerate(messages):
        problem = _check_message(message)
        if problem is not None:
            return f", message {index + 1} {problem}"
    return None


def _check_message(message: object) -> str | None:
    if not isinstance(message, dict):
        return "Input should be a valid dictionary"
    if "role" not in message:
        return "Discriminator 'role' is missing in value"
    role = message["role"]
    if role not in _ROLES:
        expected = ", ".join(f"'{name}'" for name in _ROLES)
        return f"Input tag '{role}' found using 'role' does not match any of the expected tags: {expected}"
    extra = _extra_key(message, _MESSAGE_KEYS)
    if extra is not None:
        return extra.strip()
    return _check_weight(message, role) or _check_content(message, role) or _check_tool_fields(message, role)


def _check_weight(message: dict[str, Any], role: str) -> str | None:
    if "weight" not in message or message["weight"] is None:
        return None
    if role != "assistant":
        return 'contains an extra "weight".'
    weight = message["weight"]
    if isinstance(weight, bool) or not isinstance(weight, int) or weight not in (0, 1):
        return "Input should be 0 or 1 for 'weight'"
    return None


def _check_content(message: dict[str, Any], role: str) -> str | None:
    content = message.get("content")
    if content is None:
        instead = ("tool_calls", "function_call", "refusal", "audio") if role == "assistant" else ()
        if any(message.get(key) for key in instead):
            return None
        return "is missing key 'content'" if "content" not in message else "'content' must not be null"
    if isinstance(content, str):
        return None
    if not isinstance(content, list) or not content:
        return "Input should be a valid string or list of parts for 'content'"
    for part in content:
        if not isinstance(part, dict) or not isinstance(part.get("type"), str):
            return "Input should be a valid content part with a 'type'"
        if part["type"] == "text" and not isinstance(part.get("text"), str):
            return "Input should be a valid string for the 'text' of a content part"
        if role == "assistant" and part["type"] not in ("text", "refusal"):
            return f"content parts of type '{part['type']}' are not allowed for the assistant"
    return None


def _check_tool_fields(message: dict[str, Any], role: str) -> str | None:
    if role == "tool" and not isinstance(message.get("tool_call_id"), str):
        return "is missing key 'tool_call_id'"
    calls = message.get("tool_calls")
    if calls is None:
        return None
    if role != "assistant" or not isinstance(calls, list):
        return 'contains an extra "tool_calls".'
    for call in calls:
        function = call.get("function") if isinstance(call, dict) else None
        if not isinstance(function, dict) or not isinstance(function.get("name"), str):
            return "has a tool call without a function name"
        if not isinstance(function.get("arguments"), str):
            return "Input should be a valid string for 'arguments' of a tool call"
        if call.get("type") != "function":
            return "has a tool call whose 'type' is not 'function'"
    return None
