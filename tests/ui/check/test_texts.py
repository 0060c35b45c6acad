"""What the page makes of texts: snippets, differences, sections of a help page."""

import pytest

from finetune_studio.domain.diagnostic import Diagnostic, Location, Related, Severity
from finetune_studio.ui.check.chart_data import bar_edges, mark_position
from finetune_studio.ui.check.finding_rows import snippet_of, text_at
from finetune_studio.ui.check.group_card import alike_text
from finetune_studio.ui.check.groups import newest_kept
from finetune_studio.ui.check.help_sections import code_of, sections_of
from finetune_studio.ui.check.word_diff import different_spans
from finetune_studio.workspace.queries.statistics import Bar, Chart


def test_a_snippet_marks_the_same_characters() -> None:
    text = "word " * 60 + "here it is" + " more" * 100
    start = text.index("here")
    snippet = snippet_of(text, start, start + 4)
    assert snippet.text[snippet.start : snippet.end] == "here"
    assert snippet.text.startswith("…word")
    assert len(snippet.text) < 400


def test_marked_white_space_can_be_seen() -> None:
    snippet = snippet_of("one\n\ntwo ", 8, 9)
    assert snippet.text[snippet.start : snippet.end] == "␣"
    assert snippet.text.startswith("one  two")
    assert snippet_of("", 3, 9).text == ""


@pytest.mark.parametrize(
    ("location", "expected"),
    [
        (Location(1, 0, "/content"), "hi"),
        (Location(1, 1, "/content/0/text"), "part"),
        (Location(1, 7, "/content"), None),
        (Location(1, 0, "/nothing"), None),
        (Location(1, None, "/note"), "n"),
    ],
)
def test_the_string_a_location_names(location: Location, expected: str | None) -> None:
    value = {
        "messages": [
            {"role": "user", "content": "hi"},
            {"role": "assistant", "content": [{"type": "text", "text": "part"}]},
        ],
        "note": "n",
    }
    assert text_at(value, location) == expected


def test_differences_are_whole_words() -> None:
    base, other = "How far is the Moon from Earth?", "How far away is the moon from Earth?"
    assert [other[a:b] for a, b in different_spans(base, other)] == ["away", "moon"]
    assert different_spans(base, base) == []
    assert [("a  b")[a:b] for a, b in different_spans("a b", "a  b")] == [" "]
    long = "w " * 5000
    assert different_spans(long + "x", long + "y") == [(len(long), len(long) + 1)]
    many = " ".join(map(str, range(5000)))
    assert different_spans("", many) == [(0, len(many))]


def test_the_newest_of_every_group_stays() -> None:
    groups = [
        Diagnostic("D201", Severity.WARNING, "", Location(first), related=tuple(map(Related, others)))
        for first, others in ((1, (5, 9)), (2, (3,)))
    ]
    assert newest_kept(groups) == [1, 2, 5]


def test_never_100_per_cent_for_what_is_not_the_same() -> None:
    assert alike_text(1.0) == "The same"
    assert alike_text(0.9999) == "99 % alike"


def test_bars_know_their_edges() -> None:
    bars = (
        Bar("10 to 14", 3, "tokens:10..14"),
        Bar("15 to 19", 1, "tokens:15..19"),
        Bar("20+", 1, "tokens:>=20"),
    )
    assert bar_edges(bars[0]) == (10, 15)
    assert bar_edges(Bar("3", 1, "turns:3")) == (3, 4)
    assert bar_edges(Bar("system", 1, "role:system")) is None
    chart = Chart("Tokens", bars, 5)
    assert mark_position(chart, 12.5) == 0.5
    assert mark_position(chart, 99) == 2.5


def test_help_pages_have_the_sections_that_are_shown() -> None:
    from finetune_studio.lint.help_pages import help_page

    for code in ("F001", "D201", "L105", "Q105"):
        sections = sections_of(help_page(code))
        assert sections["What it does"], code
        assert sections["Why it harms training"], code
    assert code_of("    a\n    b\n") == "a\nb"
    assert code_of("prose\n    a") is None
