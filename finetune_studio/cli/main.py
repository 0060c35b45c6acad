"""`finetune-studio COMMAND ...`: everything that needs no window."""

import argparse
import logging
import os
import sys
from collections.abc import Callable, Sequence
from importlib import import_module

from finetune_studio import __version__
from finetune_studio.cli.output import EXIT_INTERRUPTED, EXIT_USAGE, prepare_streams, print_bug, print_error
from finetune_studio.domain.errors import StudioError

COMMANDS = ("lint", "stats", "report", "convert", "split", "submit", "ask", "jobs", "providers", "serve")
"""In the order of `--help`; each is a module of this package with `add_parser` and `run`."""

_DESCRIPTION = """\
Write, review and submit fine-tuning datasets.

Without a command, or with a file alone, the window opens:
  finetune-studio                     the window, on its welcome page
  finetune-studio data.jsonl          the window, with this file
  finetune-studio --sample            the window, with the Marv sample
"""

_EPILOG = """\
the whole way without a window, on this computer, with no key and no network:
  finetune-studio lint data.jsonl
  finetune-studio convert data.jsonl ready.jsonl --target local:rehearsal
  finetune-studio submit ready.jsonl --to local --model rehearsal --wait
  finetune-studio ask latest "What's the capital of France?" --to local
"""


def build_parser(names: Sequence[str] = COMMANDS) -> argparse.ArgumentParser:
    """The parser of the whole command line, or of some commands, of which alone the modules are loaded."""
    parser = argparse.ArgumentParser(
        prog="finetune-studio",
        description=_DESCRIPTION,
        epilog=_EPILOG,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("--version", action="version", version=f"finetune-studio {__version__}")
    subparsers = parser.add_subparsers(dest="command", metavar="COMMAND", required=True)
    for name in names:
        module = import_module(f"finetune_studio.cli.{name}")
        module.add_parser(subparsers)
        subparsers.choices[name].set_defaults(run=module.run)
    return parser


def main(argv: Sequence[str] | None = None) -> int:
    """Run one command and return its exit code; errors are told on stderr and give 2."""
    prepare_streams()
    logging.basicConfig(level=logging.WARNING, format="finetune-studio: %(message)s", stream=sys.stderr)
    arguments = list(sys.argv[1:] if argv is None else argv)
    try:
        args = build_parser([n for n in COMMANDS if n in arguments[:1]] or COMMANDS).parse_args(arguments)
        run: Callable[[argparse.Namespace], int] = args.run
        code = run(args)
        sys.stdout.flush()
    except StudioError as error:
        print_error(error)
        return EXIT_USAGE
    except KeyboardInterrupt:
        print("finetune-studio: interrupted", file=sys.stderr)
        return EXIT_INTERRUPTED
    except BrokenPipeError:
        # The reader of our output has gone (`| head`): no error, and nothing more to say to it.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 0
    except OSError as error:
        name = f"{error.filename}: " if error.filename else ""
        text = f"{name}{error.strerror or error}."
        print_error(StudioError(text, "Check the file, its folder and the room on the disk."))
        return EXIT_USAGE
    except Exception as error:  # 1 would say that there are findings
        print_bug(error)
        return EXIT_USAGE
    return code
