"""`lint --fix`: mends a file in place, line by line; every byte that no fix names stays as it was."""

from collections import Counter
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING

from finetune_studio.domain.errors import UsageError
from finetune_studio.formats.jsonl import JsonlSource
from finetune_studio.formats.source_line import LineKind
from finetune_studio.formats.writing import AtomicWriter

if TYPE_CHECKING:
    from finetune_studio.domain.diagnostic import Diagnostic
    from finetune_studio.lint import FileReport, LintConfig
    from finetune_studio.lint.fixer import FixOutcome


class Fixing:
    """What is to be fixed in a file, by its report.

    Raises UsageError for files that cannot be written back as they are (compressed, converted, a JSON list).
    """

    def __init__(self, path: Path, report: "FileReport", *, unsafe: bool = False) -> None:
        self.path = path
        self._unsafe = unsafe
        self._wanted = _wanted(report, unsafe)
        if not self._wanted:
            return
        self._source = JsonlSource(path, judge=True)
        for _line in self._source:
            pass
        if not self._source.info.is_verbatim:
            raise UsageError(
                f"{path} cannot be fixed in place: it is not plain UTF-8 JSONL.",
                "Convert it first, then fix the copy.",
            )

    def apply(
        self,
        config: "LintConfig",
        *,
        progress: Callable[[int, int, str], None] | None = None,
    ) -> dict[str, int]:
        """Apply the fixes: how many were applied, by rule. Written beside and put in place whole."""
        if not self._wanted:
            return {}
        fixed: Counter[str] = Counter()
        info = self._source.info
        with AtomicWriter(self.path) as out:
            out.write(info.bom)
            for line in self._source:
                body = line.data
                if line.kind is LineKind.EXAMPLE and line.number in self._wanted:
                    for outcome in _outcomes(body, self._wanted[line.number], config, self._unsafe):
                        body = outcome.body
                        fixed.update(outcome.fixed)
                out.write(body)
                if progress is not None and not line.number % 1000:
                    progress(line.number, info.lines, "Fixing")
        return dict(fixed)


def _wanted(report: "FileReport", unsafe: bool) -> "dict[int | None, list[Diagnostic]]":
    """Lines with a fix that is asked for, and of each what rules over the dataset found there."""
    from finetune_studio.lint.fixer import is_allowed
    from finetune_studio.lint.registry import is_over_dataset

    wanted: dict[int | None, list[Diagnostic]] = {}
    for found in report.diagnostics:
        if found.fix is not None and found.fix.edits and is_allowed(found.fix, unsafe):
            given = wanted.setdefault(report.line_of(found), [])
            if is_over_dataset(found.code):
                given.append(found)
    return wanted


def _outcomes(
    body: bytes, given: "list[Diagnostic]", config: "LintConfig", unsafe: bool
) -> "Iterator[FixOutcome]":
    """First what rules over the dataset found on the line, then what looking at it alone finds."""
    from finetune_studio.lint.fixer import fix_body, fix_once

    if given:
        outcome = fix_once(body, given, unsafe)
        body = outcome.body
        yield outcome
    yield fix_body(body, config, unsafe=unsafe)
