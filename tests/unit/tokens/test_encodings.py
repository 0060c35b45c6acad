import pytest

from finetune_studio.domain.errors import StudioError
from finetune_studio.tokens.counting import TokenCounter
from finetune_studio.tokens.encodings import base_model, encoding_for


@pytest.mark.parametrize(
    ("model", "encoding"),
    [
        ("gpt-4.1-mini", "o200k_base"),
        ("ft:gpt-4.1-mini-2025-04-14:acme:suffix:Ab1", "o200k_base"),
        ("ft:gpt-4.1-2025-04-14:acme::x1", "o200k_base"),
        ("gpt-4o-2024-08-06", "o200k_base"),
        ("GPT-4o", "o200k_base"),
        ("openai/gpt-4o-mini", "o200k_base"),
        ("o3-mini", "o200k_base"),
        ("gpt-5.2", "o200k_base"),
        ("gpt-4", "cl100k_base"),
        ("gpt-4-0613", "cl100k_base"),
        ("gpt-4-turbo", "cl100k_base"),
        ("ft:gpt-3.5-turbo-0125:acme::x", "cl100k_base"),
        ("gpt-35-turbo", "cl100k_base"),
        ("gpt-4.1-mini:ft-acme-2026", "o200k_base"),
        ("rehearsal", "o200k_base"),
        ("", "o200k_base"),
    ],
)
def test_encodings_by_the_longest_prefix(model: str, encoding: str) -> None:
    assert encoding_for(model) == encoding


def test_the_base_of_a_tuned_model() -> None:
    assert base_model("ft:gpt-4.1-mini:acme::x1") == "gpt-4.1-mini"
    assert base_model("ft:") == ""


def test_an_encoding_that_does_not_exist_is_said_with_those_that_do() -> None:
    with pytest.raises(StudioError, match="o200k_base, cl100k_base"):
        TokenCounter("p50k_base")
