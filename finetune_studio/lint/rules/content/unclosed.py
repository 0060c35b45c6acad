"""Q104: a code fence, a bracket or a quotation mark that is opened and never closed."""

import re
from collections.abc import Iterator

import numpy as np

from finetune_studio.domain.diagnostic import Severity
from finetune_studio.lint.batch_texts import BatchTexts
from finetune_studio.lint.context import RuleContext
from finetune_studio.lint.facts import Array
from finetune_studio.lint.fault_rule import Fault, FaultRule, Reads
from finetune_studio.lint.prose import is_code, without_code

_FENCE = re.compile(r"^[ \t]{0,3}(`{3,}|~{3,})", re.M)
_BRACKET = re.compile(r"[(\[{)\]}]")
_FACE = re.compile(r"[:;=8xX]['’]?-?[()\[\]{}|]|[()\[\]{}]-?['’]?[:;=](?!\w)")
_CLOSERS = ")]}"
_SIGNS = b'([{\x9c)]}\x9d"`~\x9e'
"""The last bytes of the signs that are counted."""
_CURLIES = re.compile("[„“”]")
_CURLY = "“".encode()
_MARKS = bytes(byte in _SIGNS for byte in range(256))
_KIND_OF = np.array([max(_SIGNS.find(byte), 0) for byte in range(256)])
_NAMES = {"(": "a bracket “(”", "[": "a bracket “[”", "{": "a bracket “{”"}


class Unclosed(FaultRule):
    code = "Q104"
    name = "Unclosed fence, bracket or quote"
    severity = Severity.INFO
    version = 2
    reads = Reads.ANSWERS

    def suspects(self, texts: BatchTexts, context: RuleContext) -> Array:
        """Those with more openers than closers, an odd number of quotes, or a fence."""
        marks = np.flatnonzero(np.frombuffer(texts.joined.translate(_MARKS), dtype=np.bool_))
        in_characters = texts.raw[marks] > 0x7F
        is_quote = (texts.byte(marks - 2) == _CURLY[0]) & (texts.byte(marks - 1) == _CURLY[1])
        marks = marks[~in_characters | is_quote]
        counts = texts.tally(marks, _KIND_OF[texts.raw[marks]], len(_SIGNS))
        opened, closed, quotes, ticks, tildes, low = (
            counts[:, :4],
            counts[:, 4:8],
            counts[:, 8],
            counts[:, 9],
            counts[:, 10],
            counts[:, 11],
        )
        is_odd = (
            (opened[:, :3] > closed[:, :3]).any(axis=1) | (quotes % 2 == 1) | (ticks >= 3) | (tildes >= 3)
        )
        others = opened[:, 3] + closed[:, 3]
        is_odd_below = (low > others) | ((low + others) % 2 == 1)
        is_odd |= np.where(low > 0, is_odd_below, opened[:, 3] > closed[:, 3])
        return np.flatnonzero(is_odd)

    def suspicious(self, text: str) -> bool:
        count = text.count
        return (
            count("(") > count(")")
            or count("[") > count("]")
            or count("{") > count("}")
            or count('"') % 2 == 1
            or _may_leave_open(count("„"), count("“"), count("”"))
            or "```" in text
            or "~~~" in text
        )

    def faults(self, text: str, context: RuleContext) -> Iterator[Fault]:
        fence = _open_fence(text)
        if fence is not None:
            yield Fault(fence.start(1), fence.end(1), "opens a code block that is never closed")
            return
        if is_code(text):
            return
        prose = _FACE.sub(lambda match: " " * len(match[0]), without_code(text))
        bracket = _open_bracket(prose)
        if bracket is not None:
            yield Fault(
                bracket,
                bracket + 1,
                "opens {bracket} that is never closed",
                {"bracket": _NAMES[prose[bracket]]},
            )
        quote = _open_quote(prose)
        if quote is not None:
            yield Fault(quote, quote + 1, "opens a quotation that is never closed")


def _open_fence(text: str) -> re.Match[str] | None:
    opened: re.Match[str] | None = None
    for match in _FENCE.finditer(text):
        if opened is None:
            opened = match
        elif match[1][0] == opened[1][0] and len(match[1]) >= len(opened[1]):
            opened = None
    return opened


def _open_bracket(text: str) -> int | None:
    """The last one left open; a closer of any kind closes, since [0, 1) is one."""
    opened: list[int] = []
    for match in _BRACKET.finditer(text):
        if match[0] not in _CLOSERS:
            opened.append(match.start())
        elif opened:
            opened.pop()
    return opened[-1] if opened else None


def _open_quote(text: str) -> int | None:
    """In the last paragraph only: a quotation over several paragraphs opens each of them anew."""
    start = text.rstrip().rfind("\n") + 1
    last = text[start:]
    straight = [match.start() for match in re.finditer(r'(?<!\d)"', last)]
    if len(straight) % 2 == 1 and '"' not in text[:start] and re.match(r'"\w', last[straight[-1] :]):
        return start + straight[-1]
    if '"' in last:
        return None
    if "„" in text:
        return _open_low_quote(text, start)
    return start + last.rfind("“") if last.count("“") > last.count("”") else None


def _may_leave_open(low: int, first: int, second: int) -> bool:
    """By the numbers of „, “ and ”: where the first is there, each quotation has one of the others or two."""
    return low > first + second or (low + first + second) % 2 == 1 if low else first > second


def _open_low_quote(text: str, start: int) -> int | None:
    """The last one left open from there on, where the sign “ closes after „ and opens elsewhere."""
    opened: list[int] = []
    for match in _CURLIES.finditer(text):
        if match[0] == "„" or (match[0] == "“" and not (opened and text[opened[-1]] == "„")):
            opened.append(match.start())
        elif opened:
            opened.pop()
    return opened[-1] if opened and opened[-1] >= start else None
