"""Where the files of `resources/` are, installed or in the source tree."""

from functools import cache
from pathlib import Path

_PACKAGE = Path(__file__).resolve().parent
_INSTALLED = _PACKAGE / "_resources"
_SOURCE = _PACKAGE.parent / "resources"


@cache
def resource(*parts: str) -> Path:
    """Return the path of one shipped file or folder, such as `resource("themes", "light.toml")`.

    Raises FileNotFoundError when it is not shipped.
    """
    root = _INSTALLED if _INSTALLED.is_dir() else _SOURCE
    path = root.joinpath(*parts)
    if not path.exists():
        raise FileNotFoundError(
            f"Finetune Studio is incomplete: {'/'.join(parts)} is missing; install it again."
        )
    return path
