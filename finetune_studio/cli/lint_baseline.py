"""`lint --baseline FILE`: only what is new since an earlier `--format json`."""

import dataclasses
import json
from collections import Counter
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from finetune_studio.domain.errors import UsageError

if TYPE_CHECKING:
    from finetune_studio.lint import FileReport

Key = tuple[str, str, str]


def only_new(reports: "Sequence[FileReport]", baseline: Path) -> "list[FileReport]":
    """Leave out findings that the baseline has, as often as it has them.

    Lines move when examples come and go, so a finding is the same where file name, code and message
    are. Raises UsageError for a file that is no such document.
    """
    left = _read(baseline)
    kept = []
    for report in reports:
        fresh = []
        for diagnostic in report.diagnostics:
            key = (report.path.name, diagnostic.code, diagnostic.message)
            if left[key] > 0:
                left[key] -= 1
            else:
                fresh.append(diagnostic)
        kept.append(dataclasses.replace(report, diagnostics=tuple(fresh)))
    return kept


def _read(path: Path) -> Counter[Key]:
    try:
        document = json.loads(path.read_text(encoding="utf-8"))
        return Counter(
            (Path(file["path"]).name, found["code"], found["message"])
            for file in document["files"]
            for found in file["diagnostics"]
        )
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise UsageError(
            f"{path} is not a baseline.",
            "Make one with: finetune-studio lint FILE --format json > baseline.json",
        ) from error
