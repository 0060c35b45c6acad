"""Files of the shared data folder beside the project; tests that need one skip where it is absent."""

import lzma
from functools import cache
from pathlib import Path

import pytest

_FOLDER = Path(__file__).resolve().parents[3] / "shared" / "data"


def shared_file(name: str) -> Path:
    """The path of one shared file; skips the test, saying why, where it is absent."""
    path = _FOLDER / name
    if not path.exists():
        pytest.skip(f"needs {name} of the shared data folder, which is not beside this checkout")
    return path


@cache
def unpacked(name: str) -> bytes:
    """The content of a shared `.xz` file."""
    return lzma.decompress(shared_file(name).read_bytes())
