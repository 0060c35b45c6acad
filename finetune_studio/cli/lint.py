"""`finetune-studio lint FILE...`: the checks, headless."""

import argparse
from collections import Counter
from pathlib import Path
from typing import Any

from finetune_studio.cli.output import (
    EXIT_FINDINGS,
    EXIT_OK,
    ProgressLine,
    add_format_option,
    count,
    print_json,
)
from finetune_studio.domain.diagnostic import Diagnostic, Severity
from finetune_studio.domain.errors import UsageError

_EXIT_CODES = "exit codes: 0 no findings at or above --fail-on, 1 findings, 2 usage or unreadable file"


def add_parser(subparsers: Any) -> None:
    """Declare the command."""
    parser = subparsers.add_parser(
        "lint", help="check JSONL files", description="Check JSONL files.", epilog=_EXIT_CODES
    )
    parser.add_argument("files", nargs="+", metavar="FILE", type=Path)
    parser.add_argument(
        "--target", metavar="PROFILE[:MODEL]", help="whose rules apply, such as openai:gpt-4.1-mini"
    )
    parser.add_argument("--method", default="supervised", help="supervised or dpo (default: supervised)")
    parser.add_argument(
        "--select", action="append", default=[], metavar="CODES", help="only these codes or prefixes"
    )
    parser.add_argument(
        "--ignore", action="append", default=[], metavar="CODES", help="not these codes or prefixes"
    )
    parser.add_argument(
        "--severity", action="append", default=[], metavar="CODE=LEVEL", help="judge a rule otherwise"
    )
    parser.add_argument(
        "--fail-on", choices=[s.value for s in Severity], default="error", help="(default: error)"
    )
    parser.add_argument(
        "--statistics", action="store_true", help="print counts by rule instead of every finding"
    )
    add_format_option(parser)


def run(args: argparse.Namespace) -> int:
    """Check every file; all are read before the exit code is chosen."""
    from finetune_studio.lint import FileReport, LintEngine

    config = config_from(args)
    progress = ProgressLine()
    reports: list[FileReport] = []
    with LintEngine(config, workers=2) as engine:
        for path in args.files:
            reports.append(engine.check_file(path, progress=progress.show))
            progress.clear()
    if args.format == "json":
        print_json(as_json(reports))
    elif args.statistics:
        _print_statistics(reports)
    else:
        _print_text(reports)
    threshold = Severity(args.fail_on).rank
    failing = any(
        diagnostic.severity.rank >= threshold for report in reports for diagnostic in report.diagnostics
    )
    return EXIT_FINDINGS if failing else EXIT_OK


def config_from(args: argparse.Namespace) -> Any:
    """The lint configuration that the options ask for; UsageError where one makes no sense."""
    from finetune_studio.lint import LintConfig
    from finetune_studio.targets.registry import resolve_target

    target = resolve_target(args.target, method=args.method) if args.target else None
    if target is None and args.method != "supervised":
        target = resolve_target("generic", method=args.method)
    return LintConfig(
        target=target,
        select=_codes(args.select),
        ignore=_codes(args.ignore),
        severity=dict(_severity(text) for text in args.severity),
    )


def as_json(reports: list[Any]) -> dict[str, Any]:
    """The document of `--format json`."""
    totals: Counter[str] = Counter()
    files = []
    for report in reports:
        totals.update(diagnostic.severity.value for diagnostic in report.diagnostics)
        files.append(
            {
                "path": str(report.path),
                "examples": report.examples,
                "messages": report.messages,
                "tokens": report.tokens,
                "diagnostics": [diagnostic_as_json(diagnostic, report) for diagnostic in report.diagnostics],
            }
        )
    return {"files": files, "summary": {f"{s.value}s": totals[s.value] for s in Severity}}


def diagnostic_as_json(diagnostic: Diagnostic, report: Any) -> dict[str, Any]:
    """One finding: `line` from 1, `example` and `message_index` from 0, `start` and `end` in code points."""
    where, fix = diagnostic.location, diagnostic.fix
    return {
        "code": diagnostic.code,
        "severity": diagnostic.severity.value,
        "message": diagnostic.message,
        "line": report.line_of(diagnostic),
        "example": where.example,
        "message_index": where.message_index,
        "field": where.field,
        "start": where.start,
        "end": where.end,
        "fix": {"title": fix.title, "applicability": fix.applicability.value} if fix else None,
        "related": [
            {
                "line": report.line_of_example(other.example),
                "example": other.example,
                "similarity": other.similarity,
            }
            for other in diagnostic.related
        ],
    }


def _codes(values: list[str]) -> tuple[str, ...]:
    return tuple(code.strip() for value in values for code in value.split(",") if code.strip())


def _severity(text: str) -> tuple[str, Severity]:
    code, _, level = text.partition("=")
    if level not in {s.value for s in Severity}:
        raise UsageError(f"--severity {text}: this is not CODE=LEVEL.", "Levels are error, warning and info.")
    return code, Severity(level)


def _print_text(reports: list[Any]) -> None:
    for report in reports:
        for diagnostic in report.diagnostics:
            line = report.line_of(diagnostic)
            place = f"{report.path}:{line}" if line is not None else str(report.path)
            index = diagnostic.location.message_index
            message = "" if index is None else f" message {index + 1}:"
            print(f"{place}:{message} {diagnostic.severity.value} {diagnostic.code} {diagnostic.message}")
        print(_summary(report))


def _print_statistics(reports: list[Any]) -> None:
    from finetune_studio.lint import rule_by_code

    for report in reports:
        for code, number in Counter(d.code for d in report.diagnostics).most_common():
            try:
                name = rule_by_code(code).name
            except KeyError:
                name = ""
            print(f"{number:>8,}  {code}  {name}")
        print(_summary(report))


def _summary(report: Any) -> str:
    totals = Counter(diagnostic.severity for diagnostic in report.diagnostics)
    found = ", ".join(
        count(totals[s], s.value if s is not Severity.INFO else "info") for s in Severity if totals[s]
    )
    return (
        f"{report.path}: {count(report.examples, 'example')}, {count(report.messages, 'message')}, "
        f"{count(report.tokens, 'token')}: {found or 'no findings'}"
    )
