"""What the commands share: JSON alone on stdout, words for people, progress and errors on stderr."""

import json
import sys
from typing import Any, TextIO

from finetune_studio.domain.errors import StudioError

EXIT_OK = 0
EXIT_FINDINGS = 1
EXIT_FAILED = 1
EXIT_USAGE = 2
EXIT_GATE = 3
EXIT_INTERRUPTED = 130


def add_format_option(parser: Any, *, choices: tuple[str, ...] = ("text", "json")) -> None:
    """Add `--format` to an argparse parser; text is the default."""
    parser.add_argument("--format", choices=choices, default="text", help="how to print (default: text)")


def print_json(value: Any, *, stream: TextIO | None = None) -> None:
    """Print one JSON document."""
    json.dump(value, stream or sys.stdout, ensure_ascii=False, indent=2, allow_nan=False)
    (stream or sys.stdout).write("\n")


def print_error(error: StudioError) -> None:
    """Tell an expected error on stderr: what happened, then what to do."""
    print(f"finetune-studio: {error.text}", file=sys.stderr)
    if error.advice:
        print(f"  {error.advice}", file=sys.stderr)


def count(number: int, singular: str, plural: str = "") -> str:
    """`count(1200, "example")` is "1,200 examples"."""
    return f"{number:,} {singular if number == 1 else plural or singular + 's'}"


class ProgressLine:
    """One line on stderr that is written over; silent when stderr is not a terminal."""

    def __init__(self, stream: TextIO | None = None) -> None:
        self._stream = stream or sys.stderr
        self._shown = False
        self._active = self._stream.isatty()

    def show(self, done: int, total: int, text: str = "") -> None:
        """Write "text 45 % (450 of 1,000)"; total 0 means unknown."""
        if not self._active:
            return
        share = f"{100 * done // total} % ({done:,} of {total:,})" if total else f"{done:,}"
        self._stream.write(f"\r\x1b[K{text} {share}")
        self._stream.flush()
        self._shown = True

    def clear(self) -> None:
        """Remove the line."""
        if self._shown:
            self._stream.write("\r\x1b[K")
            self._stream.flush()
            self._shown = False
