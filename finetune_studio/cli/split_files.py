"""A JSONL file written as one file for each split, its lines byte for byte."""

from collections.abc import Callable, Mapping
from contextlib import ExitStack
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from finetune_studio.cli.split_outdated import outdated_files
from finetune_studio.domain.errors import InputError, UsageError
from finetune_studio.domain.split import Split
from finetune_studio.formats.jsonl import JsonlSource
from finetune_studio.formats.source_line import LineKind
from finetune_studio.formats.writing import AtomicWriter
from finetune_studio.lint.facts import SPLITS, Array
from finetune_studio.lint.splitting import COPIES_RULE, CopyGroups, assign, copy_groups
from finetune_studio.lint.strata import Stratify, strata_of

if TYPE_CHECKING:
    from finetune_studio.lint import FileReport, LintConfig


@dataclass(frozen=True, slots=True)
class SplitResult:
    """Examples and tokens of each split. `groups` counts what had to stay together, single examples too;
    `leaks` groups of copies that are in more than one split, and `divided` those of them that were too large
    to stay together; `left_out` has (line, reason); `removed` are files of an earlier split."""

    sizes: Mapping[Split, int]
    tokens: Mapping[Split, int]
    groups: int
    leaks: int
    divided: int = 0
    paths: Mapping[Split, Path] = field(default_factory=dict)
    left_out: tuple[tuple[int, str], ...] = ()
    removed: tuple[Path, ...] = ()


def split_file(
    path: Path,
    outputs: Mapping[Split, Path],
    shares: Mapping[Split, float],
    *,
    seed: int = 0,
    stratify: Stratify = Stratify.NONE,
    overwrite: bool = False,
    progress: Callable[[int, int, str], None] | None = None,
) -> SplitResult:
    """Read the file twice: for what belongs together, then to write it out. All files appear or none.

    With `overwrite`, the file of a split that is not written any more is removed where this file's lines are
    all that it holds. Raises UsageError where an output is there already, where another split's file holds
    lines of this one, or the labels asked for are none; InputError for a file without examples.
    """
    from finetune_studio.lint import LintConfig, LintEngine

    for output in outputs.values():
        if output.exists() and not overwrite:
            raise UsageError(f"{output} is there already.", "Add --overwrite to replace it.")
    config = LintConfig(select=("F001", COPIES_RULE))
    with LintEngine(config, workers=2) as engine:
        report = engine.check_file(path, progress=progress)
    places, groups = _places(path, report, config, shares, seed, stratify)
    outdated = outdated_files(path, outputs, overwrite=overwrite)
    left_out = _write(path, outputs, places)
    for file in outdated:
        file.unlink()
    columns = report.facts.columns
    groups, sides = groups.take(columns.readable), places[columns.readable]
    found = {split: columns.readable & (places == SPLITS.index(split)) for split in outputs}
    return SplitResult(
        {split: int(mask.sum()) for split, mask in found.items()},
        {split: int(columns.tokens[mask].sum()) for split, mask in found.items()},
        len(np.unique(groups.together)),
        groups.leaks(sides),
        groups.divided(sides),
        dict(outputs),
        tuple(left_out),
        tuple(outdated),
    )


def _places(
    path: Path,
    report: "FileReport",
    config: "LintConfig",
    shares: Mapping[Split, float],
    seed: int,
    stratify: Stratify,
) -> tuple[Array, CopyGroups]:
    """The split of each line that is not blank, and the groups of copies."""
    facts = report.facts
    readable = facts.columns.readable
    if not readable.any():
        raise InputError(
            f"There is no example in {path.name}: none of its {len(facts):,} lines is one.",
            f"`finetune-studio lint {path}` says why.",
        )
    strata = strata_of(facts, stratify)
    if stratify is Stratify.LABEL and strata is not None and len(strata.names) < 2:
        raise UsageError(
            f"The answers of {path.name} are not labels: they are not from a small set of short texts.",
            "Leave out --stratify, or use --stratify length.",
        )
    hashes = facts.columns.conversation_hash.tolist()
    names = [f"{value:016x}" if value else f"line {row}" for row, value in enumerate(hashes)]
    groups = copy_groups(facts, config)
    return assign(groups.together, names, strata, shares, seed), groups


def _write(path: Path, outputs: Mapping[Split, Path], places: Array) -> list[tuple[int, str]]:
    """Write every line where it belongs; what is no example is left out and told."""
    left_out: list[tuple[int, str]] = []
    with ExitStack() as stack:
        files = {split: stack.enter_context(AtomicWriter(output)) for split, output in outputs.items()}
        source = JsonlSource(path, judge=True)
        row = -1
        for line in source:
            if line.kind is LineKind.BLANK:
                continue
            row += 1
            if line.kind is LineKind.EXAMPLE:
                end = b"" if line.data.endswith(b"\n") else b"\n"
                files[SPLITS[places[row]]].write(line.data + end)
            elif line.problem is not None:
                left_out.append((line.number, line.problem.message))
    return left_out
