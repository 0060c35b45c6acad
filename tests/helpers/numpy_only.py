"""The checks without their compiled functions."""

from collections.abc import Iterator
from contextlib import contextmanager

import pytest

from finetune_studio.kernels import OFF, library


@contextmanager
def numpy_only() -> Iterator[None]:
    """What runs meanwhile in this process uses numpy alone."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv(OFF, "1")
        library.cache_clear()
        try:
            assert library() is None
            yield
        finally:
            library.cache_clear()
