"""Lays a JSON text out anew, on many lines or on one: only the white space between values changes.

Numbers, the spelling of strings, the order of keys and doubled keys stay as they are.
"""

from finetune_studio.domain.errors import InputError
from finetune_studio.formats.json_node import Node, NodeKind, decode_string
from finetune_studio.formats.json_reader import parse
from finetune_studio.formats.json_writer import JsonStyle, encode_value

_SHORT = 60
"""A list of scalars that is not longer than this stays on its line."""


def pretty(node: Node, indent: int = 2) -> str:
    """On many lines, to be read and edited; raises InputError where it is nested too deeply."""
    out: list[str] = []
    try:
        _write_pretty(node, " " * indent, "\n", out)
    except RecursionError as error:
        raise _too_deep() from error
    return "".join(out)


def pretty_text(text: str) -> str:
    """The same for a text; raises JsonSyntaxError where it is not JSON."""
    return pretty(parse(text.encode("utf-8", "surrogatepass")))


def on_one_line(node: Node, style: JsonStyle | None = None) -> bytes:
    """On one line, with the separators and the escapes of the line that it goes into."""
    out: list[bytes] = []
    style = style or JsonStyle()
    try:
        _write_line(node, style, style.item_separator.encode(), style.key_separator.encode(), out)
    except RecursionError as error:
        raise _too_deep() from error
    return b"".join(out)


def one_line_text(text: str) -> str:
    """The same for a text; raises JsonSyntaxError where it is not JSON."""
    return on_one_line(parse(text.encode("utf-8", "surrogatepass"))).decode("utf-8")


def _too_deep() -> InputError:
    return InputError("This JSON is nested too deeply to be laid out.")


def _write_pretty(node: Node, indent: str, line_start: str, out: list[str]) -> None:
    is_object = node.kind is NodeKind.OBJECT
    entries = [(m.value, node.source[m.key_start : m.key_end]) for m in node.members] or [
        (item, b"") for item in node.items
    ]
    if not entries:
        out.append("{}" if is_object else "[]" if node.is_container else node.raw.decode("utf-8"))
        return
    if not is_object and not any(item.is_container for item in node.items):
        line = ", ".join(item.raw.decode("utf-8") for item in node.items)
        if len(line) <= _SHORT:
            out.append(f"[{line}]")
            return
    inner = line_start + indent
    out.append("{" if is_object else "[")
    for number, (value, key) in enumerate(entries):
        out.append(f"{',' if number else ''}{inner}")
        if is_object:
            out.append(f"{key.decode('utf-8')}: ")
        _write_pretty(value, indent, inner, out)
    out.append(line_start + ("}" if is_object else "]"))


def _write_line(node: Node, style: JsonStyle, comma: bytes, colon: bytes, out: list[bytes]) -> None:
    if not node.is_container:
        out.append(_spelled(node.raw, style) if node.kind is NodeKind.STRING else node.raw)
        return
    is_object = node.kind is NodeKind.OBJECT
    out.append(b"{" if is_object else b"[")
    for number, member in enumerate(node.members):
        if number:
            out.append(comma)
        out += (_spelled(node.source[member.key_start : member.key_end], style), colon)
        _write_line(member.value, style, comma, colon, out)
    for number, item in enumerate(node.items):
        if number:
            out.append(comma)
        _write_line(item, style, comma, colon, out)
    out.append(b"}" if is_object else b"]")


def _spelled(raw: bytes, style: JsonStyle) -> bytes:
    """A string as it is, but in escapes where the line holds nothing but ASCII."""
    if style.ascii_only and not raw.isascii():
        return encode_value(decode_string(raw), style)
    return raw
