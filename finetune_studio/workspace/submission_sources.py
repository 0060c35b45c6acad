"""What is sent: the examples of a file or a dataset, in the form that the target takes."""

import hashlib
from array import array
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import orjson

from finetune_studio.domain.errors import InputError, StudioError
from finetune_studio.domain.example import ExampleKind, ReviewState
from finetune_studio.domain.split import Split
from finetune_studio.formats.json_errors import JsonSyntaxError
from finetune_studio.formats.json_reader import parse
from finetune_studio.formats.jsonl import JsonlSource
from finetune_studio.formats.records import kind_of_body
from finetune_studio.formats.source_line import LineKind
from finetune_studio.formats.target_form import PAIR_KEYS, to_target_bytes
from finetune_studio.targets.target import Target
from finetune_studio.workspace.submission_records import SentExample

if TYPE_CHECKING:
    from finetune_studio.workspace.workspace import Workspace

_BOM = b"\xef\xbb\xbf"


class FileExamples:
    """The lines of a JSONL file; an example's id is its line there (1-based).

    `left_out` (line, reason), `broken` (lines that can be no example) and `places` (of each sent line)
    fill while iterating. Raises InputError for what is no such file, and where no line can be sent.
    """

    place_name = "line"

    def __init__(self, path: Path, target: Target) -> None:
        self._source = JsonlSource(path, judge=False)
        self._target = target
        self.left_out: list[tuple[int, str]] = []
        self.broken: set[int] = set()
        self.places: array[int] = array("q")

    def __iter__(self) -> Iterator[SentExample]:
        self.left_out, self.broken, self.places = [], set(), array("q")
        form = TargetForm(self._target)
        for line in self._source:
            if line.kind is LineKind.BLANK:
                continue
            if line.kind is LineKind.UNREADABLE and not line.data:
                self.left_out.append((line.number, "The line is too long to read."))
                self.broken.add(line.number)
                continue
            yield from _sent(form, line.data, line.number, self)
        if not self.places:
            raise self._nothing()

    def _nothing(self) -> InputError:
        text = f"There is no example in {self._source.path.name} that can be sent to {self._target.title}."
        if not self.left_out:
            return InputError(text, "The file holds nothing but blank lines.")
        line, reason = self.left_out[0]
        return InputError(text, f"Line {line:,}: {reason}")


class WorkspaceExamples:
    """The examples of one split of a dataset, rejected ones left out; those without a split train.

    `left_out` (id, reason), `broken` (ids of what can be no example) and `places` (the ids of the sent
    lines) fill while iterating.
    """

    place_name = "example"

    def __init__(self, workspace: "Workspace", target: Target, split: Split = Split.TRAIN) -> None:
        self._workspace = workspace
        self._target = target
        self._split = split
        self.left_out: list[tuple[int, str]] = []
        self.broken: set[int] = set()
        self.places: array[int] = array("q")

    @property
    def count(self) -> int:
        """How many there are before the target's form leaves any out."""
        return self._workspace.examples().count(self._where, self._params)

    @property
    def _where(self) -> str:
        unsplit = " OR e.split IS NULL" if self._split is Split.TRAIN else ""
        return f"e.status <> ? AND (e.split = ?{unsplit})"

    @property
    def _params(self) -> tuple[str, str]:
        return ReviewState.REJECTED.value, self._split.value

    def __iter__(self) -> Iterator[SentExample]:
        self.left_out, self.broken, self.places = [], set(), array("q")
        form = TargetForm(self._target)
        store = self._workspace.examples()
        for ids in store.ids(self._where, self._params):
            for row in store.rows(ids):
                yield from _sent(form, row.body, row.id, self)


def _sent(
    form: "TargetForm", body: bytes, place: int, examples: FileExamples | WorkspaceExamples
) -> Iterator[SentExample]:
    try:
        example = form.sent(body, place)
    except StudioError as error:
        examples.left_out.append((place, error.text))
        if not isinstance(error, WrongKindError):
            examples.broken.add(place)
        return
    examples.places.append(place)
    yield example


class TargetForm:
    """Turns bodies into lines for one target; the quick way where nothing has to go."""

    def __init__(self, target: Target) -> None:
        self._target = target
        self._kind = ExampleKind.PREFERENCE if target.is_preference else ExampleKind.CONVERSATION
        self._top = target.allowed_input_keys if target.is_preference else target.allowed_top_keys
        self._message = target.allowed_message_keys
        self._before_first = _BOM if target.profile.upload.wants_bom else b""

    def sent(self, body: bytes, example_id: int) -> SentExample:
        """Raises InputError where the target cannot take it."""
        data = self._line(body)
        before, self._before_first = self._before_first, b""
        return SentExample(before + data, example_id, hashlib.sha256(body).digest())

    def _line(self, body: bytes) -> bytes:
        kind = kind_of_body(body)
        if kind is ExampleKind.OTHER:
            _require_json(body)  # what is JSON is refused below
        elif kind is not self._kind:
            raise WrongKindError(kind, self._target)
        text = body.strip(b" \t\r\n")
        if b"\n" not in text and b"\r" not in text and self._is_clean(text):
            return text + b"\n"
        return to_target_bytes(body, kind, self._top, self._message)

    def _is_clean(self, text: bytes) -> bool:
        try:
            value = orjson.loads(text)
        except orjson.JSONDecodeError:
            return False  # the strict reader says what is wrong, or knows better
        if not isinstance(value, dict):
            return False
        if self._kind is ExampleKind.PREFERENCE:
            given = value.get("input")
            lists = [value.get("preferred_output"), value.get("non_preferred_output")]
            if not value.keys() <= PAIR_KEYS or not isinstance(given, dict) or not given.keys() <= self._top:
                return False
            lists.append(given.get("messages"))
        else:
            if not value.keys() <= self._top:
                return False
            lists = [value.get("messages")]
        return all(
            isinstance(message, dict) and message.keys() <= self._message
            for messages in lists
            for message in (messages if isinstance(messages, list) else [None])
        )


def _require_json(body: bytes) -> None:
    """Say where in its line it is not JSON; which line that is, the caller knows."""
    try:
        parse(body)
    except JsonSyntaxError as error:
        if error.line > 1:
            raise
        raise InputError(f"Column {error.column:,}: {error.reason}.", error.advice) from error


class WrongKindError(StudioError):
    """A sound example of the other kind."""

    def __init__(self, kind: ExampleKind, target: Target) -> None:
        found = "a preference pair" if kind is ExampleKind.PREFERENCE else "a conversation"
        wanted = "preference pairs" if target.is_preference else "conversations"
        super().__init__(f"It is {found}; {target.title} trains on {wanted} with this method.")
