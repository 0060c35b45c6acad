"""One pass over the lines of a batch: tell the plain ones, gather their texts, parse the others.

A line is plain when it is `{"messages": [...]}` with nothing in the messages but a role and a content,
both strings. Nearly all lines of nearly all files are, and rules of structure have nothing to say of
them beyond the order of roles.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

import numpy as np
import orjson

from finetune_studio.kernels import library
from finetune_studio.lint.facts import ROLES
from finetune_studio.lint.hashing import UTF8
from finetune_studio.lint.kernels.plain_lines import PlainLines, read_plain
from finetune_studio.lint.literals import LiteralIndex
from finetune_studio.lint.plain_texts import BlockTexts
from finetune_studio.lint.reading import read_line
from finetune_studio.lint.shapes import ShapeTable
from finetune_studio.lint.text_block import MARK_BYTES, TextBlock, block_of
from finetune_studio.lint.view import LineProblem

_TEXT_ONLY = {str}


class Values:
    """What the lines say, by position; a plain line is parsed when it is asked for."""

    def __init__(self, lines: Sequence[bytes]) -> None:
        self._lines = lines
        self._known: dict[int, Any] = {}

    def __getitem__(self, position: int) -> Any:
        if position not in self._known:
            self._known[position] = orjson.loads(self._lines[position])
        return self._known[position]

    def __setitem__(self, position: int, value: Any) -> None:
        self._known[position] = value


@dataclass
class Scan:
    """What the pass found. The n-th plain line is `plain[n]`, its shape `shape_numbers[n]`, its texts follow
    one another in `block` (as many as the shape has roles)."""

    values: Values
    problems: dict[int, LineProblem] = field(default_factory=dict)
    plain: list[int] = field(default_factory=list)
    shape_numbers: list[int] = field(default_factory=list)
    unusual: list[int] = field(default_factory=list)
    shapes: ShapeTable = field(default_factory=ShapeTable)
    block: TextBlock = field(default_factory=lambda: block_of([]))

    @cached_property
    def texts(self) -> BlockTexts:
        """Those of `block`."""
        return BlockTexts(self.block)


@dataclass(frozen=True, slots=True)
class _Own:
    """A plain line that was parsed here."""

    shape: int
    texts: list[str]


def scan_lines(lines: Sequence[bytes], index: LiteralIndex) -> Scan:
    """Look at all lines, which stand in the index too."""
    scan = Scan(Values(lines))
    if (kernels := library()) is None:
        parsed = _parsed(scan, enumerate(lines))
        scan.plain, scan.shape_numbers = list(parsed), [own.shape for own in parsed.values()]
        scan.block = block_of([text for own in parsed.values() for text in own.texts])
        return scan
    read = read_plain(kernels, index.text, np.array(index.starts, dtype=np.int64))
    left = np.flatnonzero(read.counts == 0).tolist()
    parsed = _parsed(scan, ((position, lines[position]) for position in left))
    numbers = dict(zip(np.flatnonzero(read.counts).tolist(), _shape_numbers(scan.shapes, read), strict=True))
    numbers |= {position: own.shape for position, own in parsed.items()}
    scan.plain = sorted(numbers)
    scan.shape_numbers = [numbers[position] for position in scan.plain]
    scan.block = _woven(read, parsed) if parsed else read.block
    return scan


def _parsed(scan: Scan, lines: Iterable[tuple[int, bytes]]) -> dict[int, _Own]:
    """Parse lines, give the plain ones by position, and put what else is told into `scan`."""
    found: dict[int, _Own] = {}
    loads, number_of, add_unusual = orjson.loads, scan.shapes.number, scan.unusual.append
    for position, line in lines:
        try:
            value = loads(line)
        except orjson.JSONDecodeError:
            value, problem = read_line(line)
            if problem is not None:
                scan.problems[position] = problem
                scan.values[position] = value
                add_unusual(position)
                continue
        scan.values[position] = value
        try:
            messages = value["messages"]
            contents = [message["content"] for message in messages]
            number = number_of(tuple([message["role"] for message in messages]))
        except (TypeError, KeyError):
            add_unusual(position)
            continue
        if (
            number >= 0
            and contents
            and len(value) == 1
            and set(map(type, contents)) == _TEXT_ONLY
            and max(map(len, messages)) == 2
            and type(messages) is list
        ):
            found[position] = _Own(number, contents)
        else:
            add_unusual(position)
    return found


def _shape_numbers(shapes: ShapeTable, read: PlainLines) -> list[int]:
    codes = read.codes.tobytes()
    numbers: dict[bytes, int] = {}
    found = []
    first = 0
    for count in read.counts[read.counts > 0].tolist():
        own = codes[first : first + count]
        first += count
        if own not in numbers:
            numbers[own] = shapes.number(tuple([ROLES[code] for code in own]))
        found.append(numbers[own])
    return found


def _woven(read: PlainLines, parsed: dict[int, _Own]) -> TextBlock:
    """The texts of both in the order of their lines."""
    joined, starts = read.block.joined, [*read.block.starts.tolist(), len(read.block.joined)]
    lengths = read.block.ends - read.block.starts
    before = np.append(0, np.cumsum(read.counts))
    pieces: list[bytes] = []
    sizes = []
    done = 0
    for position, own in parsed.items():
        texts = [text.encode(*UTF8) for text in own.texts]
        upto = int(before[position])
        pieces += [joined[starts[done] : starts[upto]], *(text + MARK_BYTES for text in texts)]
        sizes += [lengths[done:upto], np.array([len(text) for text in texts], dtype=np.int64)]
        done = upto
    pieces.append(joined[starts[done] :])
    each = np.concatenate([*sizes, lengths[done:]])
    ends = np.cumsum(each + 1) - 1
    return TextBlock(b"".join(pieces), ends - each, ends)
