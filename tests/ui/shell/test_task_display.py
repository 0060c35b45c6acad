"""How far work is, in words."""

import pytest

from finetune_studio.ui.shell.task_display import _share


@pytest.mark.parametrize(
    ("done", "total", "text"),
    [(3, 48, "3 / 48"), (250_000, 1_000_000, "250,000 / 1,000,000"), (3_670_016, 6_291_456, "58 %")],
)
def test_long_numbers_are_said_as_a_share(done: int, total: int, text: str) -> None:
    assert _share(done, total) == text
