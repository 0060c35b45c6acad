"""Finding text in messages: plain, whole words, or a regular expression with a time limit."""

from array import array
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from itertools import chain, islice
from time import monotonic
from typing import TYPE_CHECKING, Any, NamedTuple

import regex

from finetune_studio.domain.errors import StudioError, UsageError
from finetune_studio.formats.records import loads
from finetune_studio.workspace.operations.editing import message_lists
from finetune_studio.workspace.queries.bodies import bodies_of
from finetune_studio.workspace.queries.examples import list_ids
from finetune_studio.workspace.queries.hits import Hits, HitText
from finetune_studio.workspace.queries.replacement import expander_of
from finetune_studio.workspace.queries.required_text import quicker, required_texts
from finetune_studio.workspace.task import TaskContext, silent_context

if TYPE_CHECKING:
    from finetune_studio.workspace.workspace import Workspace

MAX_HITS = 100_000
TIME_LIMIT = 2.0
"""Seconds that a regular expression may take for one text."""
MAX_TEXT_HITS = 5_000
_CHUNK = 500
_CHUNK_BYTES = 6 << 20
_JOBS_AT_ONCE = 8
"""Pieces of work given to the worker processes together."""
_PATIENCE = 5
"""Times the limit of one text that a chunk may take."""
_ODD_CASE = frozenset("iks")
"""Letters that other characters than their capitals are taken for: a dotless i, the Kelvin sign, a long s."""
_QUANTIFIERS = frozenset("*+?{")
"""A pattern without any of these takes time in proportion to the text."""


class SlowPatternError(UsageError):
    """A regular expression took longer than its time limit."""

    example_id = 0


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


@dataclass(frozen=True, slots=True)
class Found:
    """`is_cut`: there are more than MAX_HITS, the rest is not listed."""

    hits: Hits = field(default_factory=Hits)
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
            quick = quicker(pattern) if options.is_regex and not options.whole_word else pattern
            self._pattern = regex.compile(quick, flags)
            if options.is_regex and options.replacement is not None:
                self._pattern.sub(options.replacement, "", timeout=TIME_LIMIT)
        except (regex.error, IndexError, ValueError, OverflowError, RecursionError) as error:
            raise UsageError(_pattern_problem(error), "") from error
        except TimeoutError as error:
            raise _too_slow() from error
        can_be_slow = options.is_regex and not _QUANTIFIERS.isdisjoint(options.text)
        self._limits: dict[str, Any] = {"timeout": TIME_LIMIT, "concurrent": True} if can_be_slow else {}
        given = options.replacement
        has_groups = options.is_regex and given is not None and "\\" in given
        self._expand = expander_of(given or "", self._pattern) if has_groups else None
        self._constant = None if has_groups else (given,)
        """The replacement of every hit, unless it depends on what was found."""
        self._fold = not options.match_case
        needles = required_texts(options.text) if options.is_regex else (options.text,)
        self._needles = tuple(each.lower() if self._fold else each for each in needles if each.isascii())
        """One of them is in every text that matches; () for none known."""
        self._is_ascii_only = self._fold and any(not _ODD_CASE.isdisjoint(each) for each in self._needles)
        """Some other character is taken for a letter of a needle, in texts that are not ASCII."""
        is_plain = all(each.replace(" ", "").isalnum() for each in self._needles)
        self._bytes = tuple(each.encode() for each in self._needles) if is_plain else ()

    def may_be_in(self, body: bytes) -> bool:
        """A quick look at a line: False only when no text of it can match."""
        if not self._bytes or b"\\u" in body or (self._is_ascii_only and not body.isascii()):
            return True
        looked_at = body.lower() if self._fold else body
        return any(each in looked_at for each in self._bytes)

    def may_match(self, text: str) -> bool:
        """A quick look at a text: False only when it cannot match."""
        if not self._needles or (self._is_ascii_only and not text.isascii()):
            return True
        looked_at = text.lower() if self._fold else text
        for needle in self._needles:  # noqa: SIM110 (a generator costs more than the search)
            if needle in looked_at:
                return True
        return False

    def spans(self, text: str) -> tuple[list[int], list[int], list[str] | str | None]:
        """Starts, ends and replacements of the hits in a text; raises SlowPatternError."""
        starts: list[int] = []
        ends: list[int] = []
        texts: list[str] = []
        skips_empty = not self._options.replacement
        constant = self._constant
        try:
            for match in self._pattern.finditer(text, **self._limits):
                start, end = match.span()
                if start == end and skips_empty:
                    continue
                starts.append(start)
                ends.append(end)
                if constant is None:
                    texts.append(self._expanded(match))
        except TimeoutError as error:
            raise _too_slow() from error
        return starts, ends, texts if constant is None else constant[0]

    def _expanded(self, match: Any) -> str:
        if self._expand is not None:
            return self._expand(match.groups(""))
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
    texts: list[HitText] = []
    number = searched = 0
    jobs = _jobs(workspace, wanted, options, finder)
    while True:
        is_spread = workspace.lint.can_spread(len(wanted))
        group = list(islice(jobs, _JOBS_AT_ONCE if is_spread else 1))
        if not group:
            break
        try:
            answers = workspace.lint.spread(group, context) if is_spread else [group[0].run()]
        except SlowPatternError as error:
            rank = workspace.ranks().rank_of(error.example_id)
            place = "" if rank is None else f" in example {rank + 1:,}"
            raise SlowPatternError(f"This pattern takes too long{place}.", error.advice) from error
        for each in chain.from_iterable(answers):
            texts.append(each.first(MAX_HITS - number))
            number += len(texts[-1].starts)
            if number >= MAX_HITS:
                break
        searched += sum(job.n_read for job in group)
        context.progress(searched, len(wanted), "Searching")
        if number >= MAX_HITS:
            break
    examples = len({each.example_id for each in texts})
    return Found(Hits(texts), examples, searched, number >= MAX_HITS)


def _jobs(
    workspace: "Workspace", ids: Sequence[int], options: FindOptions, finder: Finder
) -> "Iterator[Searched]":
    wanted: list[tuple[int, bytes]] = []
    size = n_read = 0
    for start in range(0, len(ids), _CHUNK):
        for example_id, body in bodies_of(workspace.reader(), ids[start : start + _CHUNK]):
            n_read += 1
            if finder.may_be_in(body):
                wanted.append((example_id, body))
                size += len(body)
            if n_read >= _CHUNK or size >= _CHUNK_BYTES:
                yield Searched(options, wanted, n_read)
                wanted, size, n_read = [], 0, 0
    if n_read:
        yield Searched(options, wanted, n_read)


@dataclass(frozen=True, slots=True)
class Searched:
    """Examples to search, as a piece of work for a worker process too; `n_read` were looked at for them."""

    options: FindOptions
    bodies: Sequence[tuple[int, bytes]]
    n_read: int

    @property
    def size(self) -> int:
        return len(self.bodies)

    def run(self, _config: object = None) -> list[HitText]:
        """The texts with hits, in order; raises SlowPatternError with the example."""
        finder = Finder(self.options)
        until = monotonic() + _PATIENCE * TIME_LIMIT
        found: list[HitText] = []
        for example_id, body in self.bodies:
            try:
                found += texts_with_hits(example_id, body, finder, self.options.roles)
                if monotonic() > until:
                    raise _too_slow()
            except SlowPatternError as error:
                error.example_id = example_id
                raise
        return found


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
        if not finder.may_match(text):
            continue
        starts, ends, _replacements = finder.spans(text)
        for start, end in zip(starts, ends, strict=True):
            if end > start:
                hits.append(TextHit(number, start, end))
            if len(hits) >= MAX_TEXT_HITS:
                return hits
        if monotonic() > until:
            raise _too_slow()
    return hits


def texts_with_hits(example_id: int, body: bytes, finder: Finder, roles: frozenset[str]) -> list[HitText]:
    """The texts of an example in which something was found."""
    try:
        value = loads(body)
    except StudioError:
        return []
    found: list[HitText] = []
    for place in text_places(value, finder.may_match):
        if roles and place.role not in roles:
            continue
        starts, ends, replacements = finder.spans(place.text)
        if starts:
            found.append(HitText(example_id, *place, starts, ends, replacements))
    return found


def _all(_text: str) -> bool:
    return True


def text_places(value: Any, is_wanted: Callable[[str], bool] = _all) -> Iterator[TextPlace]:
    """The texts of an example's messages that are wanted: content, text parts and refusals."""
    number = -1
    for path, messages in message_lists(value):
        for position, message in enumerate(messages):
            number += 1
            if not isinstance(message, dict):
                continue
            content, refusal = message.get("content"), message.get("refusal")
            if isinstance(content, str):
                if is_wanted(content):
                    yield TextPlace(number, _role_of(message), f"{path}/{position}/content", content)
            elif isinstance(content, list):
                for place, part in enumerate(content):
                    text = part.get("text") if isinstance(part, dict) else None
                    if isinstance(text, str) and is_wanted(text):
                        yield TextPlace(
                            number, _role_of(message), f"{path}/{position}/content/{place}/text", text
                        )
            if isinstance(refusal, str) and is_wanted(refusal):
                yield TextPlace(number, _role_of(message), f"{path}/{position}/refusal", refusal)


def _role_of(message: dict[str, Any]) -> str:
    role = message.get("role")
    return role if isinstance(role, str) else ""


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
