"""What makes a search fast changes nothing of what it finds."""

import queue
from collections.abc import Callable, Iterator
from typing import Any

import pytest
import regex
from hypothesis import example, given
from hypothesis import strategies as st

from finetune_studio.settings.paths import AppPaths
from finetune_studio.storage.rows import NewExample
from finetune_studio.workspace.queries import find
from finetune_studio.workspace.queries.find import Finder, FindOptions, Found, SlowPatternError, find_hits
from finetune_studio.workspace.queries.hits import Hits, HitText
from finetune_studio.workspace.queries.replacement import expander_of
from finetune_studio.workspace.queries.required_text import quicker, required_texts
from finetune_studio.workspace.tasks import ThreadTaskRunner
from finetune_studio.workspace.workspace import Workspace
from tests.helpers.builders import chat_line

ATOMS = (
    *("ab", "a", "You", "k", "is", r"\w+", r"(\w+)", r"\s", r"\b"),
    *("[ab]", "(?:a|you)", "(is|ab|k)", ".", "^", "$"),
)
ENDINGS = ("", "", "", "+", "*", "?", "{2}", "{1,2}", "+?", "*+")
PATTERNS = st.lists(st.tuples(st.sampled_from(ATOMS), st.sampled_from(ENDINGS)), min_size=1, max_size=5).map(
    lambda parts: "".join(atom + ending for atom, ending in parts)
)
TEXTS = st.text("abyouYOUkKisIS \n\u212a\u017f\u0131é", max_size=30)


def spans_of(pattern: str, text: str, flags: int) -> list[tuple[int, int]]:
    return [match.span() for match in regex.compile(pattern, flags).finditer(text)]


@given(PATTERNS, st.lists(TEXTS, min_size=1, max_size=6), st.booleans())
@example(r"(\w+)\s+you\b", ["aab you you ab you"], False)
@example(r"\w+ab", ["aabab"], True)
@example("is+", ["\u0131\u017f"], False)
def test_a_pattern_finds_what_it_would_find_without_help(
    pattern: str, texts: list[str], match_case: bool
) -> None:
    flags = regex.MULTILINE if match_case else regex.MULTILINE | regex.IGNORECASE
    try:
        regex.compile(pattern, flags)
    except regex.error:
        return
    finder = Finder(FindOptions(pattern, "x", is_regex=True, match_case=match_case))
    for text in texts:
        wanted = spans_of(pattern, text, flags)
        if wanted:
            assert finder.may_match(text)
            line = chat_line(("user", text))
            assert finder.may_be_in(line)
        starts, ends, _ = finder.spans(text)
        assert list(zip(starts, ends, strict=True)) == wanted


@pytest.mark.parametrize(
    ("pattern", "texts"),
    [
        (r"\b(you|your)\b", ("you",)),
        (r"(\w+)\s+you\b", ("you",)),
        ("(foo|bar)+", ("bar", "foo")),
        ("colou?r", ("colo",)),
        ("x{2,}abc", ("abc",)),
        (r"[abc]def\.g", ("def",)),
        ("a|b", ()),
        ("(?i)abc", ()),
        ("abcd{e<=1}", ()),
        (r"\L<words>", ()),
        ("(?=abc)", ()),
        ("(abc", ()),
        ("abc)", ()),
    ],
)
def test_the_text_that_a_pattern_requires(pattern: str, texts: tuple[str, ...]) -> None:
    assert required_texts(pattern) == texts


def test_what_refers_back_is_left_as_it_is() -> None:
    assert quicker(r"(\w+)ab\1") == r"(\w+)ab\1"
    assert quicker(r"\w+ab|cd") == r"\w+ab|cd"
    assert quicker(r"\w+ab") != r"\w+ab"


@given(st.text(r"\12g<name>ab%s\n", max_size=12))
@example(r"\1-\2-\g<name>\\")
@example(r"100 %s \1")
@example(r"\\100 %s")
def test_a_replacement_taken_apart_gives_what_the_library_gives(replacement: str) -> None:
    pattern = regex.compile(r"(a)|(?P<name>b)")
    expand = expander_of(replacement, pattern)
    if expand is None:
        return
    for match in pattern.finditer("ab"):
        assert expand(match.groups("")) == match.expand(replacement)


def test_hits_are_a_sequence_and_can_be_left_out() -> None:
    texts = [
        HitText(1, 0, "user", "/a", "x x x", [0, 2, 4], [1, 3, 5], "yy"),
        HitText(2, 1, "user", "/b", "x x", [0, 2], [1, 3], ["1", "2"]),
    ]
    hits = Hits(texts)
    assert len(hits) == 5
    assert [hit.key for hit in hits] == [hits[number].key for number in range(5)]
    assert (hits[3].replacement, hits[4].replacement, hits[-1].start) == ("1", "2", 2)
    with pytest.raises(IndexError):
        hits[5]
    some = hits.without({hits[1].key, hits[3].key})
    assert [(text.starts, text.replaced()) for text in some.texts] == [([0, 4], "yy x yy"), ([2], "x 2")]
    assert hits.without({each.key for each in hits[:3]}).texts == [texts[1]]


@pytest.fixture
def spread(paths: AppPaths, monkeypatch: pytest.MonkeyPatch) -> Iterator[Any]:
    """A function that searches as a window does: in the pool and the worker processes."""
    calls: queue.SimpleQueue[Callable[[], None]] = queue.SimpleQueue()
    runner = ThreadTaskRunner(calls.put)
    runner.spares_process = True
    monkeypatch.setattr("finetune_studio.workspace.lint_runs.WORKERS_FROM", 10)
    paths.data.mkdir(parents=True)
    workspace = Workspace.create(paths.data / "spread.ftset", paths=paths, runner=runner)
    workspace.notifier._listeners.clear()  # nothing is checked meanwhile

    def run(begin: Callable[[Callable[[Any], None]], object]) -> Any:
        answers: list[Any] = []
        begin(answers.append)
        while not answers:
            calls.get(timeout=60)()
        return answers[0]

    def search(lines: list[bytes], options: FindOptions) -> Any:
        def insert(opened: Workspace) -> object:
            with opened.step("import.file", {"name": "test"}) as step:
                step.insert_examples([NewExample(line) for line in lines])
            return step.changes

        run(lambda done: workspace.perform(insert, done=done))
        return run(lambda done: workspace.ask(find_hits, options, done=done, failed=done))

    yield search
    workspace.close()
    runner.close(5)


def test_the_worker_processes_find_the_same_and_tell_of_slow_patterns(
    spread: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    lines = [chat_line(("user", f"say {number} to you, you")) for number in range(60)]
    asked: list[int] = []
    searched = find.Searched.run
    monkeypatch.setattr(find.Searched, "run", lambda *args: asked.append(1) or searched(*args))
    found = spread(lines, FindOptions(r"(\d+) to you", r"\1 for you", is_regex=True))
    assert isinstance(found, Found)
    assert (len(found.hits), found.n_examples, found.searched) == (60, 60, 60)
    assert found.hits[59].replacement == "59 for you"
    assert not asked, "not in this process"
    hostile = [chat_line(("user", "a" * 40 + "!"))]
    error = spread(hostile, FindOptions(r"(a|aa|a*)+(b|c)\1", is_regex=True))
    assert isinstance(error, SlowPatternError)
    assert "example 61" in error.text
