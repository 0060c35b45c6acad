"""`finetune-studio stats FILE`: how much there is, and how it is spread."""

import argparse
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

from finetune_studio.cli.output import EXIT_OK, ProgressLine, add_format_option, count, print_json, say
from finetune_studio.domain.errors import InputError

if TYPE_CHECKING:
    from finetune_studio.lint import FileReport

DEFAULT_MODEL = "gpt-4.1-mini"


def add_parser(subparsers: Any) -> None:
    """Declare the command."""
    parser = subparsers.add_parser(
        "stats",
        help="count examples, messages and tokens",
        description="Count examples, messages and tokens by OpenAI's chat formula (estimated for tools).",
    )
    parser.add_argument("file", metavar="FILE", type=Path)
    parser.add_argument(
        "--model", default=DEFAULT_MODEL, help=f"whose tokenizer counts (default: {DEFAULT_MODEL})"
    )
    parser.add_argument(
        "--table", metavar="OUT", type=Path, help="also write the table of quantiles (.csv, .html, .json)"
    )
    add_format_option(parser)


def run(args: argparse.Namespace) -> int:
    """Count, print, and write the table when asked."""
    from finetune_studio.lint import LintConfig, LintEngine
    from finetune_studio.lint.facts import ROLES
    from finetune_studio.tokens.encodings import encoding_for

    encoding = encoding_for(args.model)
    progress = ProgressLine()
    with LintEngine(LintConfig(select=("F001",), encoding=encoding), workers=2) as engine:
        report = engine.check_file(args.file, progress=progress.show)
    progress.clear()
    _tell_unreadable(args.file, report)
    by_role = dict(zip(ROLES, report.facts.columns.role_tokens.sum(axis=0).tolist(), strict=True))
    result = {
        "examples": report.examples,
        "messages": report.messages,
        "tokens": report.tokens,
        "loss_tokens": report.loss_tokens,
        "by_role": {role: tokens for role, tokens in by_role.items() if tokens},
        "encoding": encoding,
        "model": args.model,
    }
    if args.table is not None:
        from finetune_studio.workspace.tables import quantile_table, write_table

        write_table(quantile_table(report.facts), args.table)
    if args.format == "json":
        print_json(result)
    else:
        _print_text(args.file, result, report.facts.columns)
    return EXIT_OK


def _tell_unreadable(path: Path, report: "FileReport") -> None:
    """Numbers that leave lines out say so; a file without any example is an error."""
    readable = int(report.facts.columns.readable.sum())
    lines, advice = report.examples, f"`finetune-studio lint {path}` says why."
    if not lines:
        raise InputError(f"{path.name} holds nothing but blank lines.", "Choose a file with examples.")
    if not readable:
        raise InputError(f"There is no example in {path.name}: none of its {lines:,} lines is one.", advice)
    if readable < lines:
        number = count(lines - readable, "line")
        say(f"finetune-studio: {number} of {path.name} could not be read. {advice}", stream=sys.stderr)


def _print_text(path: Path, result: dict[str, Any], columns: Any) -> None:
    from finetune_studio.lint.statistics import quantiles

    about = "about " if bool(columns.about.any()) else ""
    say(f"{path}: {count(result['examples'], 'example')}, {count(result['messages'], 'message')}")
    say(f"tokens: {about}{result['tokens']:,} ({result['encoding']} of {result['model']})")
    say(f"trained tokens: {result['loss_tokens']:,}")
    for role, tokens in result["by_role"].items():
        say(f"  {role:<10} {tokens:>12,}")
    if result["examples"]:
        low, middle, high = quantiles(columns.tokens, (0.05, 0.5, 0.95))
        say(f"tokens per example: 5 % {low:,.0f}, median {middle:,.0f}, 95 % {high:,.0f}")
