"""`convert --layout`: one file in the layout of a local trainer."""

import tempfile
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

from finetune_studio.domain.errors import InputError, StudioError
from finetune_studio.domain.example import ExampleKind

LAYOUTS = ("trl", "mlx", "axolotl", "llama-factory")


def lay_out_file(
    source: Path, output: Path, layout: str, *, split: bool, pairs: bool
) -> tuple[int, int, list[tuple[int | None, str]], list[str]]:
    """Written lines, bytes, (line, reason) of what was left out, and sentences on what is not expressed.

    Raises InputError where no example can be written; the old file stays then.
    """
    from finetune_studio.formats.records import kind_of_value, loads
    from finetune_studio.formats.training_layouts import Layout, lay_out
    from finetune_studio.formats.writing import AtomicWriter

    wanted = ExampleKind.PREFERENCE if pairs else ExampleKind.CONVERSATION
    left_out: list[tuple[int | None, str]] = []
    lost: Counter[str] = Counter()
    written = 0
    with AtomicWriter(output) as out:
        for number, data, problem in _lines(source):
            try:
                if problem:
                    raise InputError(problem)
                value = loads(data)
                kind = kind_of_value(value)
                if kind is not wanted:
                    raise InputError("It is a conversation." if pairs else "It is no conversation.")
                for line in lay_out(value, kind, Layout(layout), split=split):
                    out.write(line.text.encode() + b"\n")
                    lost.update(line.lost)
                    written += 1
            except StudioError as error:
                left_out.append((number, error.text))
        if not written:
            reason = f"Line {left_out[0][0]}: {left_out[0][1]}" if left_out else "The file holds no example."
            raise InputError(f"There is no example in {source.name} for {layout}.", reason)
        size = out.written
    told = [f"{count:,} x {text}" for text, count in sorted(lost.items())]
    return written, size, left_out, told


def _lines(source: Path) -> Iterator[tuple[int, bytes, str]]:
    """Number, bytes, and why it is no example ("" where it may be one)."""
    from finetune_studio.formats.jsonl import JsonlSource
    from finetune_studio.formats.source_line import LineKind

    for line in JsonlSource(source, judge=True):
        if line.kind is LineKind.BLANK:
            continue
        problem = line.problem.message if line.problem is not None else "The line cannot be read."
        yield line.number, line.data, "" if line.kind is LineKind.EXAMPLE else problem


def temporary_beside(output: Path) -> "tempfile.TemporaryDirectory[str]":
    """A folder for the file between, on the disk of the output."""
    return tempfile.TemporaryDirectory(dir=output.parent, prefix=".layout-")
