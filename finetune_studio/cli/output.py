"""What the commands share: JSON alone on stdout, words for people, progress and errors on stderr."""

import io
import json
import re
import sys
import traceback
from typing import Any, TextIO

from finetune_studio.domain.errors import StudioError
from finetune_studio.lint.words import visible

_UNSEEN = re.compile("[\x7f-\x9f\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069\ud800-\udfff]")
"""As in `visible`, but for what JSON escapes anyway."""

EXIT_OK = 0
EXIT_FINDINGS = 1
EXIT_FAILED = 1
EXIT_USAGE = 2
EXIT_GATE = 3
EXIT_INTERRUPTED = 130


def add_format_option(parser: Any, *, choices: tuple[str, ...] = ("text", "json")) -> None:
    """Add `--format` to an argparse parser; text is the default."""
    parser.add_argument("--format", choices=choices, default="text", help="how to print (default: text)")


def prepare_streams() -> None:
    """Let no character end a command: what an encoding lacks comes as an escape."""
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors="backslashreplace")


def for_programs(stream: TextIO) -> TextIO:
    """The stream in UTF-8, whatever the locale is: what programs read of it is so by definition."""
    if isinstance(stream, io.TextIOWrapper):
        stream.reconfigure(encoding="utf-8", errors="backslashreplace")
    return stream


def say(text: str, *, stream: TextIO | None = None) -> None:
    """Print one line for people; what a terminal would obey, such as an escape sequence, is shown instead."""
    print(visible(text), file=stream or sys.stdout)


def print_json(value: Any, *, stream: TextIO | None = None) -> None:
    """Print one JSON document in UTF-8.

    Controls and marks of direction are escaped as JSON has it; half of a surrogate pair, which no Unicode
    text can hold, becomes the text `\\ud83d`.
    """
    out = for_programs(stream or sys.stdout)
    for piece in json.JSONEncoder(ensure_ascii=False, indent=2, allow_nan=False).iterencode(value):
        out.write(piece if piece.isascii() else _UNSEEN.sub(_json_escape, piece))
    out.write("\n")


def _json_escape(found: re.Match[str]) -> str:
    code = ord(found[0])
    return f"\\\\u{code:04x}" if 0xD800 <= code < 0xE000 else f"\\u{code:04x}"


def print_error(error: StudioError) -> None:
    """Tell an expected error on stderr: what happened, then what to do."""
    say(f"finetune-studio: {error.text}", stream=sys.stderr)
    if error.advice:
        say(f"  {error.advice}", stream=sys.stderr)


def print_bug(error: Exception) -> None:
    """Tell an error that nobody expected on stderr: where it came from, then what it is."""
    traceback.print_exception(error)
    told = f"{type(error).__name__}: {error}"
    say(f"finetune-studio: The program failed, which is its own error ({told}).", stream=sys.stderr)
    say("  Please report it with the lines above.", stream=sys.stderr)


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
