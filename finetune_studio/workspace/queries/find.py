"""Finding text in messages: plain, whole words, or a regular expression with a time limit."""

from array import array
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from itertools import count
from time import monotonic
from typing import TYPE_CHECKING, Any, NamedTuple

import regex

from finetune_studio.domain.errors import StudioError, UsageError
from finetune_studio.formats.records import loads
from finetune_studio.workspace.operations.editing import message_lists
from finetune_studio.workspace.queries.bodies import bodies_of
from finetune_studio.workspace.queries.examples import list_ids
from finetune_studio.workspace.task import TaskContext, silent_context

if TYPE_CHECKING:
    from finetune_studio.workspace.workspace import Workspace

MAX_HITS = 100_000
TIME_LIMIT = 2.0
"""Seconds that a regular expression may take for one text."""
MAX_TEXT_HITS = 5_000
CONTEXT = 48
"""Characters kept before and after a hit, to show where it is."""

_CHUNK = 500
_QUANTIFIERS = frozenset("*+?{")
"""A pattern without any of these takes time in proportion to the text."""


class SlowPatternError(UsageError):
    """A regular expression took longer than its time limit."""


@dataclass(frozen=True, slots=True)
class FindOptions:
    """What to look for. No `roles` means all; `replacement` None only finds.

    In a regular expression the replacement knows groups: \\1 and \\g<name>.
    """

    text: str
    replacement: str | None = None
    is_regex: bool = False
    whole_word: bool = False
    match_case: bool = False
    roles: frozenset[str] = frozenset()
    query: str = ""


class Hit(NamedTuple):
    """One place; a tuple, since there may be MAX_HITS of them.

    `message_index` and `path` (from the example's root) name a text, `start` and `end` its code points;
    `before` and `after` are what stands around.
    """

    example_id: int
    message_index: int
    role: str
    path: str
    start: int
    end: int
    found: str
    replacement: str | None
    before: str = ""
    after: str = ""

    @property
    def key(self) -> tuple[int, str, int, int]:
        """Tells a hit from others of the same search."""
        return (self.example_id, self.path, self.start, self.end)


@dataclass(frozen=True, slots=True)
class Found:
    """`is_cut`: there are more than MAX_HITS, the rest is not listed."""

    hits: list[Hit] = field(default_factory=list)
    n_examples: int = 0
    searched: int = 0
    is_cut: bool = False


class TextPlace(NamedTuple):
    """One text of a message that a person can read and edit."""

    message_index: int
    role: str
    path: str
    text: str


class Finder:
    """A compiled search; raises UsageError for a pattern or a replacement that makes no sense."""

    def __init__(self, options: FindOptions) -> None:
        self._options = options
        pattern = options.text if options.is_regex else regex.escape(options.text, special_only=True)
        if options.whole_word:
            pattern = rf"(?<!\w)(?:{pattern})(?!\w)"
        flags = regex.MULTILINE if options.match_case else regex.MULTILINE | regex.IGNORECASE
        try:
            if options.is_regex:
                regex.compile(options.text, flags)  # An error names a character of what was typed.
            self._pattern = regex.compile(pattern, flags)
            if options.is_regex and options.replacement is not None:
                self._pattern.sub(options.replacement, "", timeout=TIME_LIMIT)
        except (regex.error, IndexError, ValueError, OverflowError, RecursionError) as error:
            raise UsageError(_pattern_problem(error), "") from error
        except TimeoutError as error:
            raise _too_slow() from error
        can_be_slow = options.is_regex and not _QUANTIFIERS.isdisjoint(options.text)
        self._limits: dict[str, Any] = {"timeout": TIME_LIMIT, "concurrent": True} if can_be_slow else {}
        literal = "" if options.is_regex or not options.text.isascii() else options.text
        self._needle = literal if options.match_case else literal.lower()
        given = options.replacement
        has_groups = options.is_regex and given is not None and "\\" in given
        self._constant = None if has_groups else (given,)
        """The replacement of every hit, unless it depends on what was found."""
        is_plain = literal.replace(" ", "").isalnum()
        self._bytes = self._needle.encode() if is_plain else b""

    def may_be_in(self, body: bytes) -> bool:
        """A quick look at a line: False only when no text of it can match."""
        if not self._bytes or not body.isascii() or b"\\u" in body:
            return True
        return self._bytes in (body if self._options.match_case else body.lower())

    def spans(self, text: str) -> Iterator[tuple[int, int, str | None]]:
        """(start, end, replacement) of each hit in a text; raises SlowPatternError."""
        options = self._options
        if self._needle and text.isascii() and not self._has_needle(text):
            return
        constant = self._constant
        skips_empty = not options.replacement
        try:
            for match in self._pattern.finditer(text, **self._limits):
                start, end = match.span()
                if start == end and skips_empty:
                    continue
                yield start, end, self._expanded(match) if constant is None else constant[0]
        except TimeoutError as error:
            raise _too_slow() from error

    def _has_needle(self, text: str) -> bool:
        return self._needle in (text if self._options.match_case else text.lower())

    def _expanded(self, match: Any) -> str:
        try:
            return str(match.expand(self._options.replacement))
        except (regex.error, IndexError) as error:
            raise UsageError(f"The replacement does not fit the pattern: {error}.") from error


def find_hits(
    workspace: "Workspace",
    options: FindOptions,
    ids: Sequence[int] | None = None,
    context: TaskContext | None = None,
) -> Found:
    """Every hit in the examples that `options.query` matches (or in `ids`), in order; for the pool."""
    context = context or silent_context()
    if not options.text:
        return Found()
    finder = Finder(options)
    wanted = list_ids(workspace, options.query) if ids is None else array("q", ids)
    hits: list[Hit] = []
    examples = searched = 0
    for start in range(0, len(wanted), _CHUNK):
        for example_id, body in bodies_of(workspace.reader(), wanted[start : start + _CHUNK]):
            before = len(hits)
            try:
                hits.extend(_hits_in(example_id, body, finder, options.roles))
            except SlowPatternError as error:
                rank = workspace.ranks().rank_of(example_id)
                place = "" if rank is None else f" in example {rank + 1:,}"
                raise SlowPatternError(f"This pattern takes too long{place}.", error.advice) from error
            examples += len(hits) > before
            searched += 1
            if len(hits) >= MAX_HITS:
                return Found(hits[:MAX_HITS], examples, searched, True)
        context.progress(min(start + _CHUNK, len(wanted)), len(wanted), "Searching")
    return Found(hits, examples, searched)


@dataclass(frozen=True, slots=True)
class TextHit:
    """One place in one of several texts: its number, and code points in it."""

    number: int
    start: int
    end: int


def find_in_texts(_workspace: "Workspace", texts: Sequence[str], options: FindOptions) -> list[TextHit]:
    """Every hit in some texts, up to MAX_TEXT_HITS; for the pool.

    Raises SlowPatternError when it takes longer than TIME_LIMIT, and UsageError as Finder does.
    """
    if not options.text:
        return []
    finder = Finder(options)
    until = monotonic() + TIME_LIMIT
    hits: list[TextHit] = []
    for number, text in enumerate(texts):
        for start, end, _replacement in finder.spans(text):
            if end > start:
                hits.append(TextHit(number, start, end))
            if len(hits) >= MAX_TEXT_HITS:
                return hits
        if monotonic() > until:
            raise _too_slow()
    return hits


def _hits_in(example_id: int, body: bytes, finder: Finder, roles: frozenset[str]) -> Iterator[Hit]:
    if not finder.may_be_in(body):
        return
    try:
        value = loads(body)
    except StudioError:
        return
    for place in text_places(value):
        if roles and place.role not in roles:
            continue
        text = place.text
        for start, end, replacement in finder.spans(text):
            yield Hit(
                example_id,
                place.message_index,
                place.role,
                place.path,
                start,
                end,
                text[start:end],
                replacement,
                text[start - CONTEXT if start > CONTEXT else 0 : start],
                text[end : end + CONTEXT],
            )


def text_places(value: Any) -> Iterator[TextPlace]:
    """The texts of an example's messages: content, text parts and refusals."""
    number = count()
    for path, messages in message_lists(value):
        for position, message in enumerate(messages):
            index = next(number)
            if not isinstance(message, dict):
                continue
            given = message.get("role")
            role = given if isinstance(given, str) else ""
            content = message.get("content")
            if isinstance(content, str):
                yield TextPlace(index, role, f"{path}/{position}/content", content)
            elif isinstance(content, list):
                for place, part in enumerate(content):
                    text = part.get("text") if isinstance(part, dict) else None
                    if isinstance(text, str):
                        yield TextPlace(index, role, f"{path}/{position}/content/{place}/text", text)
            refusal = message.get("refusal")
            if isinstance(refusal, str):
                yield TextPlace(index, role, f"{path}/{position}/refusal", refusal)


def _pattern_problem(error: Exception) -> str:
    message = getattr(error, "msg", None)
    place = getattr(error, "pos", None)
    if message is None:
        return f"This pattern cannot be used: {error}."
    at = "" if place is None else f", at character {place + 1:,}"
    return f"This pattern cannot be used: {message}{at}."


def _too_slow() -> SlowPatternError:
    return SlowPatternError(
        "This pattern takes too long.",
        "Make it simpler: a repeated group within a repeated group is the usual cause.",
    )
