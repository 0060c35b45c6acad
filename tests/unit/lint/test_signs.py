"""Signs that make another question of the same words."""

import numpy as np
import pytest

from finetune_studio.lint.signs import sign_hashes
from finetune_studio.lint.text_block import block_of


def hashes(*texts: str) -> list[int]:
    """Of each text, as an example of its own."""
    owner = np.arange(len(texts))
    found: list[int] = sign_hashes(
        block_of(texts), np.ones(len(texts), dtype=bool), owner, len(texts)
    ).tolist()
    return found


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("1 + 2", "1 - 2"),
        ("C", "C++"),
        ("-5", "5"),
        ("a < b", "a > b"),
        ("\N{THUMBS UP SIGN}", "\N{THUMBS DOWN SIGN}"),
        ("\u092c\u0947\u0932", "\u092c\u0948\u0932"),
        ("+-", "-+"),
        ("\u00b1 +", "+ \u00b1"),
    ],
)
def test_other_signs(one: str, other: str) -> None:
    first, second = hashes(one, other)
    assert first != second


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("Who?", "Who..."),
        ("a well-known e-mail", "a well known e mail"),
        ("\u201eno\u201c", '"no"'),
        ("", "x"),
    ],
)
def test_punctuation_is_none(one: str, other: str) -> None:
    assert hashes(one, other) == [0, 0]


def test_what_is_whose() -> None:
    block = block_of(["a + b", "c # d", "", "e + f", "# +"])
    chosen = np.array([True, False, True, True, True])
    found = sign_hashes(block, chosen, np.array([0, 0, 1, 2, 3]), 5).tolist()
    assert found[0] == found[2] != 0
    assert found[1] == found[4] == 0
    assert found[3] not in (0, found[0])


def test_nothing_at_all() -> None:
    assert hashes() == []
    assert sign_hashes(block_of([]), np.zeros(0, dtype=bool), np.zeros(0, dtype=np.int64), 3).tolist() == [
        0,
        0,
        0,
    ]
