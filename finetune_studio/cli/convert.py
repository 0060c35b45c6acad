"""`finetune-studio convert IN OUT`: copy byte for byte, or in the form that a service takes."""

import argparse
import os
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

from finetune_studio.cli.convert_layout import LAYOUTS, lay_out_file, temporary_beside
from finetune_studio.cli.output import EXIT_OK, ProgressLine, add_format_option, count, print_json, say
from finetune_studio.domain.errors import InputError, UsageError
from finetune_studio.domain.example import ReviewState
from finetune_studio.domain.split import Split

if TYPE_CHECKING:
    from finetune_studio.formats.jsonl import JsonlSource

DATASET_SUFFIX = ".ftset"

_DESCRIPTION = """\
Copy a dataset. Without --target every example is written as it is, byte for byte, with blank and
unreadable lines in their places. With --target it is written in the form that the service takes:
rejected examples and keys that the service refuses are left out, and what was left out is listed with
the reason. IN and OUT are JSONL or .ftset files."""


@dataclass(slots=True)
class _Report:
    """What was written, and what was not and why: (line, example, reason)."""

    written: int = 0
    size: int = 0
    sha256: str = ""
    left_out: list[tuple[int | None, int | None, str]] = field(default_factory=list)
    notices: tuple[str, ...] = ()


def add_parser(subparsers: Any) -> None:
    """Declare the command."""
    parser = subparsers.add_parser(
        "convert", help="copy a dataset, as it is or for a service", description=_DESCRIPTION
    )
    parser.add_argument("input", metavar="IN", type=Path)
    parser.add_argument("output", metavar="OUT", type=Path)
    parser.add_argument("--target", metavar="PROFILE[:MODEL]", help="write the form that this service takes")
    parser.add_argument(
        "--layout", choices=LAYOUTS, help="write what this local trainer reads (one file; see the guide)"
    )
    parser.add_argument(
        "--split-trained",
        action="store_true",
        help="with --layout: an example for each trained answer, where weights cannot be expressed",
    )
    parser.add_argument("--method", default="supervised", help="supervised or dpo (default: supervised)")
    parser.add_argument(
        "--status", action="append", choices=[s.value for s in ReviewState], help="only these (.ftset)"
    )
    parser.add_argument(
        "--split", action="append", choices=[s.value for s in Split], help="only these (.ftset)"
    )
    parser.add_argument(
        "--tag", action="append", metavar="TAG", help="only examples with one of these tags (.ftset)"
    )
    parser.add_argument("--overwrite", action="store_true", help="replace OUT when it is there")
    add_format_option(parser)


def run(args: argparse.Namespace) -> int:
    """Convert and report; UsageError when OUT is there or the two files make no sense together."""
    _refuse_unclear(args)
    if _is_dataset(args.output):
        report = _into_dataset(args)
    elif args.layout:
        report = _for_layout(args)
    elif _is_dataset(args.input):
        report = _from_dataset(args)
    elif args.target:
        report = _for_target(args)
    else:
        report = _as_it_is(args)
    _tell(args, report)
    return EXIT_OK


def _refuse_unclear(args: argparse.Namespace) -> None:
    if os.path.exists(args.output):
        if os.path.exists(args.input) and args.output.samefile(args.input):
            raise UsageError(f"{args.output} is the input.", "Choose another name for OUT.")
        if not args.overwrite:
            raise UsageError(f"{args.output} is there already.", "Add --overwrite to replace it.")
    filters = [name for name in ("status", "split", "tag") if getattr(args, name)]
    if filters and not _is_dataset(args.input):
        raise UsageError(
            f"--{filters[0]} needs a dataset: a JSONL file has none of these.", "Convert an .ftset file."
        )
    if args.layout and args.target:
        raise UsageError("--layout and --target are two forms of one file.", "Choose one of them.")
    if _is_dataset(args.output) and args.layout:
        raise UsageError(
            "--layout writes a JSONL file, not a dataset.", "Choose a name that ends in .jsonl for OUT."
        )
    if _is_dataset(args.output) and args.target:
        raise UsageError(
            "--target writes a JSONL file, not a dataset.", "Choose a name that ends in .jsonl for OUT."
        )


def _is_dataset(path: Path) -> bool:
    return path.suffix.lower() == DATASET_SUFFIX


def _as_it_is(args: argparse.Namespace) -> _Report:
    from finetune_studio.formats.jsonl import JsonlSource
    from finetune_studio.formats.source_line import LineKind
    from finetune_studio.formats.writing import AtomicWriter

    progress = ProgressLine()
    source = JsonlSource(
        args.input, judge=True, digest=True, progress=lambda done, total: progress.show(done, total, "Bytes")
    )
    report = _Report()
    with AtomicWriter(args.output) as out:
        out.write(source.probe.encoding.bom if not source.probe.encoding.is_converted else b"")
        for line in source:
            out.write(line.data)
            if line.kind is LineKind.EXAMPLE:
                report.written += 1
            elif line.problem is not None and not line.data:
                report.left_out.append((line.number, None, line.problem.message))
        report.size = out.written
        if not report.written:
            progress.clear()
            raise _nothing_in(source)
    progress.clear()
    report.notices = source.info.notices
    return report


def _nothing_in(source: "JsonlSource") -> InputError:
    return InputError(
        f"There is no example in {source.path.name}: none of its {source.info.lines:,} lines is one.",
        f"`finetune-studio lint {source.path}` says why.",
    )


def _for_target(args: argparse.Namespace) -> _Report:
    from finetune_studio.formats.writing import AtomicWriter
    from finetune_studio.targets.registry import resolve_target
    from finetune_studio.workspace.submission_sources import FileExamples

    examples = FileExamples(args.input, resolve_target(args.target, method=args.method))
    report = _Report()
    with AtomicWriter(args.output) as out:
        for example in examples:
            out.write(example.data)
            report.written += 1
        report.size = out.written
    report.left_out = [(line, None, reason) for line, reason in examples.left_out]
    return report


def _for_layout(args: argparse.Namespace) -> _Report:
    if not _is_dataset(args.input):
        return _laid_out(args, args.input)
    from finetune_studio.workspace.exporting import ExportFilter, export_as_is
    from finetune_studio.workspace.task import silent_context

    statuses = map(ReviewState, args.status) if args.status else set(ReviewState) - {ReviewState.REJECTED}
    chosen = ExportFilter(
        statuses=frozenset(statuses),
        splits=frozenset(map(Split, args.split)) if args.split else None,
        tags=frozenset(args.tag) if args.tag else None,
    )
    with temporary_beside(args.output) as folder, _opened(args.input) as workspace:
        between = Path(folder) / f"{args.input.stem}.jsonl"
        export_as_is(workspace, between, chosen, silent_context())
        return _laid_out(args, between)


def _laid_out(args: argparse.Namespace, source: Path) -> _Report:
    written, size, left_out, lost = lay_out_file(
        source, args.output, args.layout, split=args.split_trained, pairs=args.method == "dpo"
    )
    bad: list[tuple[int | None, int | None, str]] = [(line, None, reason) for line, reason in left_out]
    return _Report(written, size, "", bad, tuple(lost))


def _from_dataset(args: argparse.Namespace) -> _Report:
    from finetune_studio.targets.registry import resolve_target
    from finetune_studio.workspace.exporting import ExportFilter, export_as_is, export_for_target
    from finetune_studio.workspace.task import silent_context

    chosen = ExportFilter(
        statuses=frozenset(map(ReviewState, args.status)) if args.status else None,
        splits=frozenset(map(Split, args.split)) if args.split else None,
        tags=frozenset(args.tag) if args.tag else None,
    )
    with _opened(args.input) as workspace:
        if args.target:
            target = resolve_target(args.target, method=args.method)
            done = export_for_target(workspace, args.output, target, chosen, silent_context())
        else:
            done = export_as_is(workspace, args.output, chosen, silent_context())
    left_out: list[tuple[int | None, int | None, str]] = [(o.line, o.rank, o.reason) for o in done.left_out]
    return _Report(done.written, done.bytes_written, done.sha256, left_out)


def _into_dataset(args: argparse.Namespace) -> _Report:
    from finetune_studio.workspace.opening import build_dataset
    from finetune_studio.workspace.task import silent_context

    if not os.path.isdir(args.output.parent):
        raise InputError(f"The folder {args.output.parent} does not exist.", "Choose another folder.")
    report = build_dataset(args.input, args.output, silent_context(), overwrite=args.overwrite)
    bad: list[tuple[int | None, int | None, str]] = [(x.line, None, x.message) for x in report.bad_lines]
    return _Report(report.imported, args.output.stat().st_size, "", bad, report.notices)


@contextmanager
def _opened(path: Path) -> Iterator[Any]:
    from finetune_studio.settings.paths import app_paths
    from finetune_studio.workspace.tasks import ImmediateRunner
    from finetune_studio.workspace.workspace import Workspace

    workspace = Workspace.open(path, paths=app_paths(), runner=ImmediateRunner())
    try:
        yield workspace
    finally:
        workspace.close()


def _tell(args: argparse.Namespace, report: _Report) -> None:
    if args.format == "json":
        print_json(
            {
                "path": str(args.output),
                "written": report.written,
                "bytes": report.size,
                "left_out": [
                    {"line": line, "example": example, "reason": reason}
                    for line, example, reason in report.left_out
                ],
                "notices": list(report.notices),
            }
        )
        return
    say(f"{args.output}: {count(report.written, 'example')}, {count(report.size, 'byte')}")
    for notice in report.notices:
        say(f"  {notice}")
    for line, example, reason in report.left_out:
        place = (
            f"line {line}"
            if line is not None
            else f"example {example}"
            if example is not None
            else "one example"
        )
        say(f"  left out {place}: {reason}")
