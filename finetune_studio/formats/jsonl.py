"""Reads files of examples line by line, with bounded memory and nothing dropped in silence."""

from collections import Counter
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

from finetune_studio.domain.errors import InputError
from finetune_studio.formats.json_documents import on_one_line, split_values
from finetune_studio.formats.json_errors import position_at
from finetune_studio.formats.line_judge import MAX_LINE, judge_line, too_long
from finetune_studio.formats.source_encoding import SourceEncoding, detect_encoding
from finetune_studio.formats.source_line import (
    LineKind,
    LineProblem,
    ProblemKind,
    SourceInfo,
    SourceLayout,
    SourceLine,
)
from finetune_studio.formats.source_probe import probe
from finetune_studio.formats.source_stream import Progress, SourceStream

__all__ = [
    "MAX_LINE",
    "JsonlSource",
    "LineKind",
    "LineProblem",
    "ProblemKind",
    "SourceEncoding",
    "SourceInfo",
    "SourceLayout",
    "SourceLine",
    "detect_encoding",
    "scan_lines",
]

MAX_DOCUMENT = 512 << 20
"""Largest file that is read as a JSON list or as values over several lines, in bytes: it is held whole."""

_SKIP = 1 << 20


def scan_lines(
    path: Path, *, progress: Progress | None = None, judge: bool = True, encoding: str | None = None
) -> Iterator[SourceLine]:
    """The lines of a file; see JsonlSource, which also tells what the file is like."""
    return iter(JsonlSource(path, encoding=encoding, judge=judge, progress=progress))


class JsonlSource:
    """A file of examples. Iterating reads it (again each time); afterwards `info` describes it.

    Lines are split at line feeds only, never at other characters that Unicode calls line ends. With
    `judge`, each line is parsed and says what it is; without, all but blank ones are taken for examples.
    `digest` computes the sha256 of the file on the way. A JSON list and objects printed over several
    lines are read as one example each. Raises InputError (see source_probe.probe) when the file cannot
    be read at all; single lines that cannot are yielded with their problem.
    """

    def __init__(
        self,
        path: Path,
        *,
        encoding: str | None = None,
        judge: bool = True,
        digest: bool = False,
        progress: Progress | None = None,
    ) -> None:
        self.path = path
        self.probe = probe(path, encoding)
        self._judge = judge
        self._digest = digest
        self._progress = progress
        self._info: SourceInfo | None = None

    @property
    def info(self) -> SourceInfo:
        """What the file is like; raises ValueError before it was read to its end."""
        if self._info is None:
            raise ValueError("the file was not read to its end yet")
        return self._info

    def __iter__(self) -> Iterator[SourceLine]:
        encoding = self.probe.encoding
        stream = SourceStream(self.path, encoding, progress=self._progress, digest=self._digest)
        tally = _Tally()
        try:
            if self.probe.layout is SourceLayout.LINES:
                lines = self._lines(stream)
            else:
                lines = self._values(stream)
            for line in lines:
                tally.add(line)
                yield line
            self._info = self._describe(stream, tally)
        finally:
            stream.close()

    def _lines(self, stream: SourceStream) -> Iterator[SourceLine]:
        reader = stream.reader
        offset = len(self.probe.encoding.bom)
        number = 0
        while data := reader.readline(MAX_LINE + 1):
            number += 1
            size = len(data)
            if size > MAX_LINE:
                while not data.endswith(b"\n") and (data := reader.readline(_SKIP)):
                    size += len(data)
                problem = too_long(number, offset, size)
                yield SourceLine(number, offset, b"", LineKind.UNREADABLE, problem, size)
            else:
                yield self._judged(number, offset, data)
            offset += size

    def _values(self, stream: SourceStream) -> Iterator[SourceLine]:
        is_plain = not stream.compression and not self.probe.encoding.is_converted
        known_size = self.probe.size if is_plain else 0
        data = b"" if known_size > MAX_DOCUMENT else stream.reader.read(MAX_DOCUMENT + 1)
        if max(known_size, len(data)) > MAX_DOCUMENT:
            raise InputError(
                f"{self.path.name} is a JSON document of more than {MAX_DOCUMENT >> 20} MiB.",
                "Convert it to JSONL, one example a line.",
            )
        number, counted = 1, 0
        for start, end in split_values(data):
            number += data.count(b"\n", counted, start)
            counted = start
            line = self._judged(number, start, data[start:end])
            problem = line.problem
            if problem is not None and problem.line == number:
                shifted = problem.column + position_at(data, start).column - 1
                problem = replace(problem, column=shifted)
            yield replace(line, data=on_one_line(line.data) + b"\n", problem=problem)

    def _judged(self, number: int, offset: int, data: bytes) -> SourceLine:
        if not self._judge:
            kind = LineKind.BLANK if data.isspace() else LineKind.EXAMPLE
            return SourceLine(number, offset, data, kind, None, len(data))
        kind, problem, example_kind = judge_line(data, number)
        return SourceLine(number, offset, data, kind, problem, len(data), example_kind)

    def _describe(self, stream: SourceStream, tally: "_Tally") -> SourceInfo:
        encoding = self.probe.encoding
        return SourceInfo(
            path=self.path,
            encoding=encoding.name,
            bom=encoding.bom if not encoding.is_converted else b"",
            line_end=tally.line_end,
            final_newline=tally.final_newline,
            sha256=stream.sha256,
            size=stream.bytes_read,
            layout=self.probe.layout,
            compression=stream.compression,
            lines=tally.lines,
            examples=tally.kinds[LineKind.EXAMPLE],
            blank=tally.kinds[LineKind.BLANK],
            unreadable=tally.kinds[LineKind.UNREADABLE],
            too_long=tally.too_long,
            notices=self._notices(tally),
        )

    def _notices(self, tally: "_Tally") -> tuple[str, ...]:
        if tally.line_end != "mixed":
            return self.probe.notices
        return (*self.probe.notices, "Some lines end with CR LF and some with LF; each keeps its own.")


class _Tally:
    """Counts lines and their ends."""

    def __init__(self) -> None:
        self.lines = 0
        self.kinds: Counter[LineKind] = Counter()
        self.too_long = 0
        self.final_newline = False
        self._ends = {"\n": 0, "\r\n": 0}

    def add(self, line: SourceLine) -> None:
        self.lines += 1
        self.kinds[line.kind] += 1
        if line.problem is not None and line.problem.kind is ProblemKind.TOO_LONG:
            self.too_long += 1
        data = line.data
        self.final_newline = data.endswith(b"\n")
        if self.final_newline:
            self._ends["\r\n" if data.endswith(b"\r\n") else "\n"] += 1

    @property
    def line_end(self) -> str:
        used = [end for end, count in self._ends.items() if count]
        return "mixed" if len(used) > 1 else "".join(used)
