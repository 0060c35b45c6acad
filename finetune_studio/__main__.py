"""`python -m finetune_studio [FILE]` opens the window; with a command it works without one."""

import atexit
import os
import sys
from collections.abc import Sequence
from contextlib import suppress
from typing import NoReturn

WINDOW_FLAGS = ("--sample", "--light", "--dark")


def main(argv: Sequence[str] | None = None) -> int:
    """Choose between the window and the command line; importing Qt waits until a window is wanted."""
    arguments = list(sys.argv[1:] if argv is None else argv)
    if _wants_window(arguments):
        if not has_display():
            print(NO_DISPLAY_TEXT, file=sys.stderr)  # noqa: T201
            return 2
        from finetune_studio.app import run

        return run(arguments)
    from finetune_studio.cli.main import main as run_command

    return run_command(arguments)


def run_process() -> NoReturn:
    """The installed command, in a process of its own. Where no window was open, that ends without taking
    apart what it has loaded, which takes 0.05 s."""
    code = main()
    if "finetune_studio.app" in sys.modules:
        raise SystemExit(code)
    atexit._run_exitfuncs()
    for stream in filter(None, (sys.stdout, sys.stderr)):
        with suppress(OSError, ValueError):  # what cannot be written was told, or nobody reads
            stream.flush()
    os._exit(code)


NO_DISPLAY_TEXT = (
    "Finetune Studio needs a display to open its window and there is none here; everything works without "
    "one too: run `finetune-studio --help`, for instance `finetune-studio lint data.jsonl`."
)


def _wants_window(arguments: list[str]) -> bool:
    """True for no argument, for a file, and for the flags of the window."""
    if not arguments:
        return True
    rest = [item for item in arguments if item not in WINDOW_FLAGS]
    if not rest:
        return True
    if len(rest) > 1 or rest[0].startswith("-"):
        return False
    from finetune_studio.cli.main import COMMANDS

    return rest[0] not in COMMANDS


def has_display() -> bool:
    """False on a Linux machine without X11 or Wayland, where Qt would abort."""
    if not sys.platform.startswith(("linux", "freebsd", "openbsd")):
        return True
    wanted = ("QT_QPA_PLATFORM", "WAYLAND_DISPLAY", "DISPLAY")
    return any(os.environ.get(name) for name in wanted)


if __name__ == "__main__":
    if getattr(sys, "frozen", False):
        from multiprocessing import freeze_support

        freeze_support()
    run_process()
