"""`finetune-studio lint FILE...`: the checks, headless."""

import argparse
import gc
import sys
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from finetune_studio.cli.lint_output import FORMATS, print_reports
from finetune_studio.cli.output import EXIT_FINDINGS, EXIT_OK, ProgressLine, add_format_option, count, say
from finetune_studio.domain.diagnostic import Severity
from finetune_studio.domain.errors import UsageError
from finetune_studio.lint.config import LintConfig, codes_of
from finetune_studio.lint.pool import SMALL_FILE, WorkerPool

if TYPE_CHECKING:
    from finetune_studio.lint import FileReport

_STDIN = "-"
_SHOWN = Path("stdin")
"""What standard input is called in findings; its settings are those of the current folder."""
_WORKERS = 2
_COUNTING = ("text", "json")
"""Formats that can give counts by rule."""
_COPY_CHUNK = 1 << 20
_EPILOG = """\
exit codes: 0 no findings at or above --fail-on, 1 findings, 2 usage or unreadable file

A finetune-studio.toml beside the data (or above it), or [tool.finetune-studio] of a pyproject.toml, sets
target, method, select, ignore, severity, options and fail-on for the files there; the command line wins.
"""


def add_parser(subparsers: Any) -> None:
    """Declare the command."""
    parser = subparsers.add_parser(
        "lint",
        help="check JSONL files",
        description="Check JSONL files.",
        epilog=_EPILOG,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    add = parser.add_argument
    add("files", nargs="+", metavar="FILE", help="JSONL files; - reads standard input")
    add("--target", metavar="PROFILE[:MODEL]", help="whose rules apply, such as openai:gpt-4.1-mini")
    add("--method", default="", help="supervised or dpo (default: supervised)")
    add("--select", action="append", default=[], metavar="CODES", help="only these codes or prefixes")
    add("--ignore", action="append", default=[], metavar="CODES", help="not these codes or prefixes")
    add("--severity", action="append", default=[], metavar="CODE=LEVEL", help="judge a rule otherwise")
    add("--fail-on", choices=[s.value for s in Severity], help="(default: error)")
    add("--fix", action="store_true", help="apply the safe fixes to the files, then tell what is left")
    add("--unsafe", action="store_true", help="with --fix: also fixes that may change the meaning")
    add("--baseline", metavar="JSON", type=Path, help="tell only what an earlier --format json does not have")
    add("--statistics", action="store_true", help="print counts by rule instead of every finding (json: too)")
    add_format_option(parser, choices=FORMATS)


def run(args: argparse.Namespace) -> int:
    """Check every file; all are read before the exit code is chosen."""
    if args.unsafe and not args.fix:
        raise UsageError("--unsafe says which fixes to apply and needs --fix.")
    if args.fix and _STDIN in args.files:
        raise UsageError("--fix cannot change standard input.", "Name a file.")
    if args.statistics and args.format not in _COUNTING:
        raise UsageError(f"--statistics is for {' and '.join(_COUNTING)}, not for {args.format}.")
    with _without_collector(), _as_files(args.files) as paths, WorkerPool(_WORKERS) as pool:
        if any(path.is_file() and path.stat().st_size >= SMALL_FILE for path in paths):
            pool.launch(LintConfig(select=codes_of(args.select)))  # they import while this process does
        from finetune_studio.cli.lint_baseline import only_new, read_baseline
        from finetune_studio.cli.lint_config import configurations

        shown = [_SHOWN if name == _STDIN else path for name, path in zip(args.files, paths, strict=True)]
        configured = configurations(args, shown)
        known = read_baseline(args.baseline) if args.baseline is not None else None
        reports = _check(paths, args, [config for config, _ in configured], pool)
        reports = [replace(report, path=path) for report, path in zip(reports, shown, strict=True)]
        if known is not None:
            reports = only_new(reports, known)
        print_reports(reports, args.format, statistics=args.statistics)
    failing = any(
        number and severity.rank >= fail_on.rank
        for report, (_, fail_on) in zip(reports, configured, strict=True)
        for severity, number in report.counts.items()
    )
    return EXIT_FINDINGS if failing else EXIT_OK


def _check(
    paths: Sequence[Path], args: argparse.Namespace, configs: Sequence[LintConfig], pool: WorkerPool
) -> "list[FileReport]":
    """Check all files, then fix them where asked: nothing is changed where one of them cannot be."""
    from finetune_studio.lint import LintEngine

    progress = ProgressLine()
    with LintEngine(pool=pool) as engine:

        def check(path: Path, config: LintConfig) -> "FileReport":
            engine.config = config
            return engine.check_file(path, progress=progress.show)

        reports = list(map(check, paths, configs))
        if args.fix:
            from finetune_studio.cli.lint_fix import Fixing

            reported = zip(paths, reports, strict=True)
            fixings = {path.resolve(): Fixing(path, own, unsafe=args.unsafe) for path, own in reported}
            for place, (path, config) in enumerate(zip(paths, configs, strict=True)):
                fixing = fixings.pop(path.resolve(), None)  # a file that is named twice is fixed once
                fixed = fixing.apply(config, progress=progress.show) if fixing else {}
                if fixed or fixing is None:
                    reports[place] = check(path, config)
                if fixed:
                    progress.clear()
                    _tell_fixed(path, fixed)
        progress.clear()
    return reports


def _tell_fixed(path: Path, fixed: dict[str, int]) -> None:
    rules = ", ".join(f"{code} {number:,}" for code, number in sorted(fixed.items()))
    say(f"{path}: {count(sum(fixed.values()), 'finding')} fixed ({rules})", stream=sys.stderr)


@contextmanager
def _without_collector() -> Iterator[None]:
    """A check makes many small things that all stay: looking through them for garbage would be in vain."""
    was_on = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        gc.freeze()  # nor is it looked through at the end, for 0.03 s
        if was_on:
            gc.enable()


@contextmanager
def _as_files(names: Sequence[str]) -> Iterator[list[Path]]:
    """The files as paths; standard input is put into a temporary one called `stdin`."""
    with tempfile.TemporaryDirectory(prefix="finetune-studio-") as folder:
        paths = []
        for name in names:
            if name != _STDIN:
                paths.append(Path(name))
                continue
            copy = Path(folder) / "stdin"
            with copy.open("wb") as out:
                while chunk := sys.stdin.buffer.read(_COPY_CHUNK):
                    out.write(chunk)
            paths.append(copy)
        yield paths
