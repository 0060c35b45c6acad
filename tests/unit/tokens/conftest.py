"""The vocabularies are unpacked once for all tests of a run."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from finetune_studio.tokens.counting import TokenCounter


@pytest.fixture(scope="session")
def cache_dir(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    with pytest.MonkeyPatch.context() as patch:
        patch.delenv("TIKTOKEN_CACHE_DIR", raising=False)
        yield tmp_path_factory.mktemp("cache")


@pytest.fixture(scope="session")
def counter(cache_dir: Path) -> TokenCounter:
    return TokenCounter("o200k_base", cache_dir)


@pytest.fixture(scope="session")
def old_counter(cache_dir: Path) -> TokenCounter:
    return TokenCounter("cl100k_base", cache_dir)
