"""`finetune-studio report FILE`: the state of a dataset for a reviewer, as HTML or Markdown."""

import argparse
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from finetune_studio.cli.output import EXIT_OK, ProgressLine, say
from finetune_studio.domain.errors import UsageError

DATASET_SUFFIX = ".ftset"

_DESCRIPTION = """\
Write a report of a dataset: whether it is ready to train, what the checks find and where, how it is
balanced, its splits and the settings of the checks. It is one file that needs nothing else and loads
nothing; secrets and personal data are left out. A finetune-studio.toml beside a JSONL file holds."""


def add_parser(subparsers: Any) -> None:
    """Declare the command."""
    parser = subparsers.add_parser(
        "report", help="write a report as HTML or Markdown", description=_DESCRIPTION
    )
    add = parser.add_argument
    add("file", metavar="FILE", type=Path, help="a JSONL or .ftset file")
    add("--format", choices=("html", "markdown"), help="(default: by the ending of OUT, else html)")
    add("--out", type=Path, metavar="OUT", help="where to (default: standard output)")
    add("--overwrite", action="store_true", help="replace OUT if it is there")
    add("--target", metavar="SERVICE[:MODEL]", default="", help="whose limits hold, such as openai")
    add("--method", default="supervised", help="the training method (default: supervised)")


def run(args: argparse.Namespace) -> int:
    """Check the dataset, then write the report."""
    from finetune_studio.targets.registry import resolve_target
    from finetune_studio.workspace.report import make_report
    from finetune_studio.workspace.report_writing import ReportFormat, format_of, report_text

    if args.out is not None and args.out.exists() and not args.overwrite:
        raise UsageError(f"{args.out} is there already.", "Add --overwrite to replace it.")
    target = resolve_target(args.target, args.method) if args.target else None
    form = ReportFormat(args.format) if args.format else format_of(args.out or Path("report.html"))
    progress = ProgressLine()
    with _opened(args.file) as workspace:
        if target is not None:
            workspace.lint.set_target(target)
        workspace.lint.start()
        progress.clear()
        text = report_text(make_report(workspace), form)
    data = text.encode("utf-8", "replace")
    if args.out is None:
        sys.stdout.buffer.write(data)
    else:
        from finetune_studio.formats.writing import write_atomically

        write_atomically(args.out, data)
        say(f"{args.out}: {len(data):,} bytes")
    return EXIT_OK


@contextmanager
def _opened(path: Path) -> Iterator[Any]:
    """The dataset; of a JSONL file one made for the time of the command, with the settings beside it."""
    from finetune_studio.lint.settings_file import find_settings
    from finetune_studio.settings.paths import app_paths
    from finetune_studio.workspace.operations.imports import import_file
    from finetune_studio.workspace.operations.lint_settings import import_settings
    from finetune_studio.workspace.tasks import ImmediateRunner
    from finetune_studio.workspace.workspace import Workspace

    runner = ImmediateRunner()
    if path.suffix.lower() == DATASET_SUFFIX:
        workspace = Workspace.open(path.absolute(), paths=app_paths(), runner=runner, read_only=True)
        try:
            yield workspace
        finally:
            workspace.close()
        return
    with tempfile.TemporaryDirectory(prefix="finetune-studio-report-") as folder:
        made = Path(folder) / f"{path.stem or 'data'}{DATASET_SUFFIX}"
        workspace = Workspace.create(made, paths=app_paths(), runner=runner)
        try:
            failures: list[Exception] = []
            workspace.perform(import_file, path.absolute(), failed=failures.append)
            settings, _ = find_settings(path)
            if settings is not None and not failures:
                workspace.perform(import_settings, settings, failed=failures.append)
            if failures:
                raise failures[0]
            yield workspace
        finally:
            workspace.close()
