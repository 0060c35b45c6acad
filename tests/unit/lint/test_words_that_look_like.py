"""Words that look like what a rule seeks, and the other way round."""

import numpy as np
import pytest

from finetune_studio.lint import LintConfig, check_example, facts_of_batch, merge
from finetune_studio.lint.language_names import names_language
from finetune_studio.lint.near_duplicates import Compared
from finetune_studio.lint.secrets import find_secrets
from tests.helpers.builders import chat_line


@pytest.mark.parametrize(
    "text",
    [
        "password: correct-horse-battery-staple7",
        "My password is Sunny-Beach-Holiday-2024 please",
        "password: Monday.Coffee.River.42",
        "api_key = /home9/Xk29fjQpLmz81nVb73hTY",
        "secret: /dev/Xk29fjQpLmz81nVb73hTYQ2w/ab",
    ],
)
def test_secrets_of_words_and_behind_slashes(text: str) -> None:
    assert list(find_secrets(text))


@pytest.mark.parametrize(
    "text",
    [
        "export PWD=/var/www/html/site1/public",
        "password = config.settings.db1_password_value",
        "secret_key: sha256-of-the-file-v2",
    ],
)
def test_what_is_no_secret(text: str) -> None:
    assert not list(find_secrets(text))


@pytest.mark.parametrize(
    ("word", "code"),
    [
        *[("catalog", "ca"), ("persist", "fa"), ("malaise", "ms"), ("macaroni", "hu"), ("pools", "pl")],
        *[("Wuhan", "wuu"), ("hollandaise", "nl"), ("slovenly", "sl"), ("Albany", "sq"), ("Japan", "ja")],
    ],
)
def test_words_that_name_no_language(word: str, code: str) -> None:
    assert not names_language(f"the {word} of today", code)


@pytest.mark.parametrize(
    ("word", "code"),
    [("Catalan", "ca"), ("persisch", "fa"), ("Malay", "ms"), ("Slovene", "sl"), ("Lao", "lo")],
)
def test_words_that_name_one(word: str, code: str) -> None:
    assert names_language(f"in {word}, please", code)


@pytest.mark.parametrize("doing", ["creating malware", "hacking into an account", "making a bomb"])
def test_refusals_to_help_doing_something(doing: str) -> None:
    line = chat_line(("user", "hi"), ("assistant", f"I can't help {doing} for you, as that is harmful."))
    assert [found.code for found in check_example(line, LintConfig(select=("Q111",)))] == ["Q111"]


def test_the_first_copy_stays_the_one_that_is_paired_after_a_move_and_an_edit() -> None:
    config = LintConfig(select=("S704",))
    question = "where does the old tram to the harbour stop on sundays when the market is open all"
    one = chat_line(("user", f"{question} day"), ("assistant", "By the church."))
    near = chat_line(("user", f"{question} night"), ("assistant", "By the church."))
    other = chat_line(("user", "something else"), ("assistant", "entirely"))
    facts = merge([facts_of_batch([one, other, one], config)])
    assert facts.sketches is not None
    facts.sketches.pairs(Compared.WHOLE)
    facts = facts.in_order(np.array([2, 0, 1]))
    edited = facts.updated(facts_of_batch([near], config, keys=[1]))
    assert edited.sketches is not None
    groups = edited.sketches.groups(Compared.WHOLE, 0.6, np.array([True, False, True]))
    assert [sorted(group.rows.tolist()) for group in groups] == [[0, 2]]
