"""A JSONL file as ranges of whole lines, found in one quick pass over its bytes."""

import os
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from finetune_studio.formats.jsonl import MAX_LINE
from finetune_studio.lint.jobs import FileRange

_LEFT = 4
"""A chunk is at the most this part of what is left,"""
_LEAST = 3
"""but not smaller than this part of a whole one."""
_LINE_END = ord("\n")


@dataclass(frozen=True, slots=True)
class LongLine:
    """A line that is too long to be read; `line` counts from 0."""

    line: int
    offset: int
    size: int


def file_chunks(path: Path, start: int, chunk_bytes: int) -> Iterator[FileRange | LongLine]:
    """Ranges from byte `start` (after a byte order mark) to the end of the file: of about `chunk_bytes`, and
    smaller ones at the end, so that workers end at about the same time."""
    begin = position = start
    line = 0
    with path.open("rb") as file:
        size = file.seek(0, os.SEEK_END)
        file.seek(start)
        while block := file.read(max(min(chunk_bytes, (size - position) // _LEFT), chunk_bytes // _LEAST, 1)):
            head, cut = block.find(b"\n") + 1, block.rfind(b"\n") + 1
            lines = int(np.count_nonzero(np.frombuffer(block, dtype=np.uint8) == _LINE_END))
            if cut and position + head - begin > MAX_LINE:
                yield LongLine(line, begin, position + head - begin)
                begin, line, lines = position + head, line + 1, lines - 1
            if lines:
                yield FileRange(path, begin, position + cut, line, lines)
                begin, line = position + cut, line + lines
            position += len(block)
    if position - begin > MAX_LINE:
        yield LongLine(line, begin, position - begin)
    elif position > begin:
        yield FileRange(path, begin, position, line, 1)
