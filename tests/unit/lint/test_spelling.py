"""Spelling: what is judged, what is left out, what is suggested."""

import subprocess
import sys

import pytest
from hypothesis import given
from hypothesis import strategies as st

from finetune_studio.lint.spelling import language_for, misspelt, suggestions


def wrong(text: str, language: str = "en", known: frozenset[str] = frozenset()) -> list[str]:
    return [text[start:end] for start, end in misspelt(text, language, known)]


@pytest.mark.parametrize(
    "text",
    [
        "Around 384,400 kilometers. Give or take a few, like that really matters.",
        "It's O'Brien's colour, and I realise the programme's centre travelled.",
        "See https://exmaple.com/teh, mail a.b@exmaple.com, or open /usr/lcoal/bin and C:\\teh\\file.",
        "`speling` and ```\nmispeled\n``` and <speling> and {naem} and <|im_strat|>",
        "JSON, GPT-4, camelCase, snake_csae, x2y, HTTPS, #hashtgs and @naems",
        "A dataset of tokenizers.",
    ],
)
def test_what_is_right_or_not_prose(text: str) -> None:
    assert wrong(text) == []


def test_misspelt_words_with_their_places() -> None:
    assert wrong("I recieve teh letter, Definately.") == ["recieve", "teh", "Definately"]
    assert wrong("recieve", known=frozenset({"recieve"})) == []
    assert wrong("Ein Feler im Satzz der Versicherungsvertragsverlängerung.", "de") == ["Feler", "Satzz"]
    assert misspelt("\U0001f600 teh", "en") == [(2, 5)]


def test_a_language_without_a_list_is_not_judged() -> None:
    assert misspelt("teh", "xx") == []
    assert suggestions("teh", "") == []


@pytest.mark.parametrize(
    ("word", "first"),
    [
        ("teh", "the"),
        ("recieve", "receive"),
        ("Definately", "Definitely"),
        ("RECIEVE", "RECEIVE"),
        ("acomodate", "accommodate"),
    ],
)
def test_the_likeliest_word_comes_first(word: str, first: str) -> None:
    assert suggestions(word, "en")[0] == first


def test_the_language_is_that_of_the_text_or_of_what_is_around() -> None:
    german = "Der Mond ist ungefähr 384400 Kilometer von der Erde entfernt, und das ist recht weit."
    assert language_for("How far is the Moon from Earth?") == "en"
    assert language_for(german) == "de"
    assert language_for("Ja", german) == "de"
    assert language_for("12") == ""


@given(st.text(max_size=80))
def test_any_text_can_be_judged(text: str) -> None:
    for start, end in misspelt(text, "en"):
        assert 0 <= start < end <= len(text)


def test_no_list_is_loaded_with_the_window() -> None:
    code = "import finetune_studio.ui.write.write_page, sys; print('spellchecker' in sys.modules)"
    run = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert run.stdout.strip() == "False"
