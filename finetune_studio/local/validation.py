"""Reads a training file as the real service does, and says what is wrong in words of the same kind.

Own checks rather than the lint rules: a service reports the first example that it cannot take, in
its own words and by the line of the file, and this is what people rehearse. Memory stays flat.
"""

import json
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, NoReturn

import orjson

from finetune_studio.domain.errors import CancelledError, InputError
from finetune_studio.local.example_checks import check_chat_example, check_preference_example

MIN_TRAINING_EXAMPLES = 10
_MAX_LINE = 64 * 2**20


class InvalidFileError(InputError):
    """The file cannot be trained on; `text` is what the service would say, `param` the job's key of it."""

    def __init__(self, text: str, param: str = "training_file") -> None:
        super().__init__(text)
        self.param = param


@dataclass(frozen=True, slots=True)
class FileFacts:
    """What validation found: the number of examples."""

    examples: int


def validate_file(
    path: Path,
    *,
    title: str,
    file_id: str,
    method: str,
    minimum: int,
    should_stop: Callable[[], bool],
) -> FileFacts:
    """`title` is "Training" or "Validation". Raises InvalidFileError at the first example that does not fit,
    CancelledError when asked to stop."""
    count = 0
    for number, line in _lines(path):
        if should_stop():
            raise CancelledError
        value = _parse(line, number)
        _check(value, number, method, file_id)
        count += 1
    if count == 0:
        raise InvalidFileError(f"{title} file is empty: it has no examples.")
    if count < minimum:
        raise InvalidFileError(
            f"{title} file has {count:,} example(s), but must have at least {minimum:,} examples"
        )
    return FileFacts(count)


def read_examples(path: Path, chosen: Sequence[int]) -> list[dict[str, Any]]:
    """The examples at these places (0-based, ascending) of a file that was validated."""
    wanted = iter(chosen)
    next_wanted = next(wanted, None)
    found: list[dict[str, Any]] = []
    for place, (number, line) in enumerate(_lines(path)):
        if next_wanted is None:
            break
        if place == next_wanted:
            found.append(_parse(line, number))
            next_wanted = next(wanted, None)
    return found


def _lines(path: Path) -> Iterator[tuple[int, bytes]]:
    """Lines that are not blank, with their numbers from 1; split at line feeds only."""
    with path.open("rb") as handle:
        number = 0
        while line := handle.readline(_MAX_LINE + 1):
            number += 1
            if len(line) > _MAX_LINE:
                raise InvalidFileError(f"Example {number} is too long: a line may have {_MAX_LINE:,} bytes.")
            if number == 1:
                line = line.removeprefix(b"\xef\xbb\xbf")
            if line.strip():
                yield number, line


def _parse(line: bytes, number: int) -> dict[str, Any]:
    try:
        value = orjson.loads(line)
    except orjson.JSONDecodeError:
        value = _parse_slowly(line, number)
    if not isinstance(value, dict):
        start = line[:40].decode("utf-8", "replace").strip()
        raise InvalidFileError(
            "Expected file to have JSONL format, where every line is a valid JSON dictionary. "
            f'Line {number} is not a dictionary (HINT: line starts with: "{start}...").'
        )
    return value


def _parse_slowly(line: bytes, number: int) -> Any:
    """For what the fast reader refuses: lone surrogates and large numbers pass, the rest is named."""
    try:
        return json.loads(line.decode("utf-8"), parse_constant=_refuse_constant)
    except UnicodeDecodeError as error:
        raise InvalidFileError(
            f"Example {number} cannot be parsed. Error: line is not UTF-8 (byte {error.start + 1})"
        ) from error
    except (ValueError, RecursionError) as error:
        raise InvalidFileError(
            f"Example {number} cannot be parsed. Error: line contains invalid json: {error} (line {number})"
        ) from error


def _refuse_constant(name: str) -> NoReturn:
    raise ValueError(f"{name} is not JSON")


def _check(value: dict[str, Any], number: int, method: str, file_id: str) -> None:
    is_pair = "preferred_output" in value or "non_preferred_output" in value
    is_chat = "messages" in value
    if method == "dpo":
        if is_chat and not is_pair:
            raise InvalidFileError(_mismatch(file_id, "fine-tune-chat", "fine-tune-preference", method))
        problem = check_preference_example(value)
    else:
        if is_pair and not is_chat:
            raise InvalidFileError(_mismatch(file_id, "fine-tune-preference", "fine-tune-chat", method))
        problem = check_chat_example(value)
    if problem is not None:
        raise InvalidFileError(f"Example {number}{problem}")


def _mismatch(file_id: str, found: str, wanted: str, method: str) -> str:
    return (
        f"Invalid file format. Input file {file_id} is in the {found} format, but this job needs the "
        f"{wanted} format (provided method={method})."
    )
