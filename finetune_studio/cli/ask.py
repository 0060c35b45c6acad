"""`finetune-studio ask MODEL TEXT`: one question to a base or tuned model; the answer as it comes."""

import argparse
import sys
from typing import Any

from finetune_studio.cli.output import (
    EXIT_FAILED,
    EXIT_INTERRUPTED,
    EXIT_OK,
    add_format_option,
    print_error,
    print_json,
)
from finetune_studio.cli.sending import LATEST, App, add_provider_options, interruptible, opened
from finetune_studio.domain.errors import CancelledError, MissingKeyError, ProviderError, UsageError


def add_parser(subparsers: Any) -> None:
    """Declare the command."""
    parser = subparsers.add_parser(
        "ask",
        help="ask a model one question",
        description="Ask a base or tuned model; the answer is printed as it comes.",
        epilog="exit codes: 0 answered, 1 the service failed, 2 usage, 130 interrupted",
    )
    parser.add_argument(
        "model", metavar="MODEL", help="its name, a job id, or “latest”: the newest tuned model"
    )
    parser.add_argument("text", metavar="TEXT", help="the question; - reads it from standard input")
    parser.add_argument("--system", default="", metavar="S", help="system message")
    add_provider_options(parser, required=False)
    add_format_option(parser)


def run(args: argparse.Namespace) -> int:
    """Ask, print, and say in the exit code whether there was an answer."""
    from finetune_studio.providers.base import ChatMessage

    text = sys.stdin.read() if args.text == "-" else args.text
    if not text.strip():
        raise UsageError("There is no question.", "Write it after the model's name.")
    messages = [ChatMessage("system", args.system)] if args.system else []
    messages.append(ChatMessage("user", text))
    with opened() as app, interruptible() as context:
        profile_id, base_url, model = _where(app, args)
        profile = app.connections.profile(profile_id)
        pieces: list[str] = []
        try:
            provider = app.connections.provider(profile, base_url, cancelled=lambda: context.is_cancelled)
            for piece in provider.chat(messages, model, lambda: context.is_cancelled):
                pieces.append(piece)
                if args.format == "text":
                    sys.stdout.write(piece)
                    sys.stdout.flush()
        except MissingKeyError:
            raise
        except ProviderError as error:
            _end_line(pieces, args)
            print_error(error)
            return EXIT_FAILED
        except CancelledError:
            _end_line(pieces, args)
            return EXIT_INTERRUPTED
    if args.format == "json":
        print_json({"model": model, "provider": profile.id, "answer": "".join(pieces)})
    else:
        print()
    return EXIT_OK


def _end_line(pieces: list[str], args: argparse.Namespace) -> None:
    if pieces and args.format == "text":
        print()


def _where(app: App, args: argparse.Namespace) -> tuple[str, str, str]:
    """Profile, address and full name of the model; from the journal where it was tuned from here."""
    rows = app.journal.all(limit=1000)
    if args.to is not None:
        profile = app.connections.profile(args.to)
        address = app.connections.journal_address(profile, args.base_url)
        rows = [row for row in rows if (row.plan.profile_id, row.plan.base_url) == (profile.id, address)]
    tuned = [row for row in rows if row.job is not None and row.job.fine_tuned_model]
    if args.model == LATEST:
        if not tuned:
            raise UsageError("There is no tuned model yet.", "Submit a file first, and wait for the job.")
        found = tuned[0]
    else:
        names = [
            row for row in tuned if row.job and args.model in (row.job.fine_tuned_model, row.job.id, row.ref)
        ]
        if not names and args.to is not None:
            return args.to, args.base_url, args.model
        if not names:
            raise UsageError(f"It is not known where “{args.model}” is.", "Say it with --to PROFILE.")
        found = names[0]
    local = app.connections.profile(found.plan.profile_id).is_local
    model = found.job.fine_tuned_model if found.job else None
    return found.plan.profile_id, "" if local else found.plan.base_url, model or args.model
