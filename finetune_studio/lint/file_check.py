"""From a file to jobs, and from their facts to those of the file."""

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

from finetune_studio.domain.diagnostic import Diagnostic
from finetune_studio.formats.jsonl import JsonlSource, LineKind, SourceLayout
from finetune_studio.lint.batch import facts_of_batch
from finetune_studio.lint.config import LintConfig
from finetune_studio.lint.context import RuleContext
from finetune_studio.lint.facts import BatchFacts, DatasetFacts, merge
from finetune_studio.lint.file_chunks import LongLine, file_chunks
from finetune_studio.lint.findings import gathered
from finetune_studio.lint.jobs import Bodies, Job
from finetune_studio.lint.registry import rule_by_code
from finetune_studio.lint.view import ExampleView, LineProblem

_NOTHING = "-"
"""Selects no rule."""


class FileCheck:
    """One file. Plain UTF-8 JSONL goes to the workers as byte ranges, everything else is read here.

    Raises InputError for a folder, a missing or empty file, an archive.
    """

    def __init__(self, path: Path, config: LintConfig) -> None:
        self._path = path
        self._config = config
        self._source = JsonlSource(path, judge=False)
        self.size = self._source.probe.size
        self.notices = self._source.probe.notices
        self._long: list[LongLine] = []

    def jobs(self, chunk_bytes: int) -> Iterator[Job]:
        probe = self._source.probe
        is_plain = probe.layout is SourceLayout.LINES and not probe.compression
        if not is_plain or probe.encoding.is_converted:
            yield from self._read_here(chunk_bytes)
            return
        for chunk in file_chunks(self._path, len(probe.encoding.bom), chunk_bytes):
            if isinstance(chunk, LongLine):
                self._long.append(chunk)
            else:
                yield chunk

    def _read_here(self, chunk_bytes: int) -> Iterator[Job]:
        keys: list[int] = []
        lines: list[bytes] = []
        size = 0
        for line in self._source:
            if line.kind is LineKind.BLANK:
                continue
            if line.kind is LineKind.UNREADABLE and not line.data:
                self._long.append(LongLine(line.number - 1, line.offset, line.size))
                continue
            keys.append(line.number - 1)
            lines.append(line.data)
            size += len(line.data)
            if size >= chunk_bytes:
                yield Bodies(keys, lines)
                keys, lines, size = [], [], 0
        if keys:
            yield Bodies(keys, lines)

    def merged(self, batches: list[BatchFacts]) -> DatasetFacts:
        """The facts of all lines in order, those that are too long to read among them."""
        if self._long:
            facts = merge([*batches, *map(self._facts_of_long, self._long)])
            order = facts.columns.key.argsort(kind="stable")
            findings = gathered(sorted(facts.diagnostics, key=lambda d: d.location.example or 0))
            sketches = None if facts.sketches is None else facts.sketches.take(order)
            columns = facts.columns.take(order)
            return replace(facts, columns=columns, diagnostics=findings, sketches=sketches)
        return merge(batches)

    def _facts_of_long(self, long: LongLine) -> BatchFacts:
        facts = facts_of_batch([b""], replace(self._config, select=(_NOTHING,)), keys=[long.line])
        return replace(facts, diagnostics=self._long_findings(long))

    def _long_findings(self, long: LongLine) -> list[Diagnostic]:
        if not self._config.selects("F001"):
            return []
        reason = (
            f"it is {long.size / (1 << 20):,.0f} MiB long, beginning at byte {long.offset:,}; "
            "lines over 64 MiB are not read"
        )
        view = ExampleView(long.line, b"", None, LineProblem("F001", reason, 1, 0))
        return list(rule_by_code("F001")().check(view, RuleContext(self._config)))  # type: ignore[attr-defined]
