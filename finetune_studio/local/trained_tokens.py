"""The tokens that a service would bill: all tokens of the examples, by OpenAI's chat formula."""

from collections.abc import Sequence
from pathlib import Path
from typing import Any

from finetune_studio.tokens.counting import TokenCounter


def count_tokens(examples: Sequence[dict[str, Any]], cache: Path | None) -> int:
    """Tokens of one pass over the examples; a preference pair counts its prompt with each answer."""
    counter = TokenCounter(cache_dir=cache)
    return sum(count.total for count in counter.count_values(examples))
