"""`lint --baseline FILE`: only what is new since an earlier `--format json`."""

import dataclasses
import json
import os
from collections import Counter
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from finetune_studio.domain.diagnostic import Diagnostic
from finetune_studio.domain.errors import UsageError
from finetune_studio.lint.words import visible

if TYPE_CHECKING:
    from finetune_studio.lint import FileReport

Key = str | tuple[str, str]
"""A fingerprint; of a baseline that was written before there were any, code and message."""


@dataclasses.dataclass(frozen=True, slots=True)
class KnownFile:
    """The findings of one file, and where that may be: beside the baseline or in the current folder."""

    name: str
    places: frozenset[str]
    left: Counter[Key]


def only_new(reports: "Sequence[FileReport]", files: Sequence[KnownFile]) -> "list[FileReport]":
    """Leave out findings that the baseline has for the same file, as often as it has them.

    Lines move when examples come and go, and counts change, so a finding is the same where its fingerprint
    is. Files go by their paths; one that the baseline does not know takes the place of one of its name that
    is gone.
    """
    from finetune_studio.lint.fingerprints import fingerprint

    kept = []
    for report in reports:
        known = _known_of(report.path, files)
        fresh: list[Diagnostic] = []
        for found in report.diagnostics if known else ():
            keys: tuple[Key, ...] = (fingerprint(found, report.facts), (found.code, found.message))
            match = next(((own, key) for own in known for key in keys if own.left[key] > 0), None)
            if match is None:
                fresh.append(found)
            else:
                match[0].left[match[1]] -= 1
        kept.append(dataclasses.replace(report, diagnostics=tuple(fresh)) if known else report)
    return kept


def _known_of(path: Path, files: Sequence[KnownFile]) -> list[KnownFile]:
    place = visible(os.path.abspath(path))
    same = [file for file in files if place in file.places]
    if same:
        return same
    name = visible(path.name)
    return [file for file in files if file.name == name and not any(map(os.path.exists, file.places))]


def read_baseline(path: Path) -> list[KnownFile]:
    """The files of an earlier document; raises UsageError for a file that is none."""
    try:
        document = json.loads(path.read_bytes())  # in UTF-8 or, as some shells redirect it, UTF-16
        return [_known(file, path) for file in document["files"]]
    except (OSError, ValueError, KeyError, TypeError, AttributeError, RecursionError) as error:
        raise UsageError(
            f"{path} is not a baseline.",
            "Make one with: finetune-studio lint FILE --format json > baseline.json",
        ) from error


def _known(file: Mapping[str, Any], baseline: Path) -> KnownFile:
    path = Path(file["path"])
    return KnownFile(
        path.name,
        frozenset(os.path.abspath(folder / path) for folder in (baseline.parent, Path())),
        Counter(
            found.get("fingerprint") or (found["code"], found["message"]) for found in file["diagnostics"]
        ),
    )
