"""`serve`: the local fine-tuning server, for this app and for other programs."""

import argparse
import logging
import sys
from pathlib import Path

from finetune_studio.cli.output import EXIT_OK, EXIT_USAGE, add_format_option, print_json

_DESCRIPTION = """\
Runs the local fine-tuning server: files, fine-tuning jobs, models and chat in OpenAI's wire format,
on this computer only. Its base model "rehearsal" is a small network that truly trains on your file
in seconds; it shows the way and costs nothing, and it is not a model to use.

The app starts this server by itself when it is needed. Run it here to use it from other programs:
  finetune-studio serve --port 8001
prints the address and the token, which is the API key.
"""


def add_parser(subparsers: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    parser = subparsers.add_parser(
        "serve",
        help="run the local fine-tuning server",
        description=_DESCRIPTION,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("--port", type=int, default=0, help="port to listen on (default: a free one)")
    parser.add_argument(
        "--idle-minutes",
        type=float,
        default=None,
        help="end after so many minutes with no request and no open job (default: never)",
    )
    parser.add_argument("--data-folder", type=Path, default=None, help="folder to keep files and models in")
    parser.add_argument("--background", action="store_true", help=argparse.SUPPRESS)
    add_format_option(parser)
    parser.set_defaults(run=run)


def run(args: argparse.Namespace) -> int:
    from finetune_studio.local.serve import (
        IDLE_SECONDS,
        Address,
        AlreadyRunningError,
        ServeOptions,
        limit_numeric_threads,
        serve,
    )
    from finetune_studio.settings.paths import app_paths

    if not 0 <= args.port <= 65535:
        print(f"finetune-studio: {args.port} is not a port; use 1 to 65535.", file=sys.stderr)
        return EXIT_USAGE
    limit_numeric_threads()
    paths = app_paths()
    idle = None if args.idle_minutes is None else args.idle_minutes * 60
    if idle is None and args.background:
        idle = IDLE_SECONDS
    if args.background:
        logging.getLogger().setLevel(logging.INFO)

    def announce(address: Address) -> None:
        if args.background:
            return
        if args.format == "json":
            print_json({"base_url": address.base_url, "token": address.token, "pid": address.pid})
        else:
            print(f"The local fine-tuning server runs on {address.base_url}")
            print(f"Token (the API key): {address.token}")
            print("Stop it with Ctrl+C.")
        sys.stdout.flush()

    try:
        serve(ServeOptions(args.data_folder or paths.data, paths.cache, args.port, idle), announce)
    except AlreadyRunningError:
        if args.background:
            return EXIT_OK
        raise
    return EXIT_OK
