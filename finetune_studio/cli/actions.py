"""Commands with actions: `finetune-studio jobs show ID`, `finetune-studio providers test ID`."""

import argparse
from collections.abc import Sequence
from typing import Any

from finetune_studio.domain.errors import UsageError

LIST = "list"


def add_actions(
    subparsers: Any,
    name: str,
    actions: Sequence[str],
    *,
    summary: str,
    about: str,
    actions_help: str,
    id_help: str,
) -> argparse.ArgumentParser:
    """Declare a command whose first word is an action (by default "list") and whose second is an id."""
    parser: argparse.ArgumentParser = subparsers.add_parser(
        name,
        help=summary,
        description=about,
        epilog=actions_help,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument(
        "action", nargs="?", choices=actions, default=LIST, metavar="ACTION", help="(default: list)"
    )
    parser.add_argument("id", nargs="?", metavar="ID", help=id_help)
    return parser


def require_id(args: argparse.Namespace, what: str) -> None:
    """Raises UsageError where an action that needs an id has none."""
    if args.action != LIST and not args.id:
        raise UsageError(
            f"{args.command} {args.action} needs {what}.", f"`finetune-studio {args.command}` lists them."
        )
