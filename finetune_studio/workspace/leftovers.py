"""Unfinished files that a program which was killed left in the app's data folder."""

import re
import time
from collections.abc import Iterator
from pathlib import Path

STALE = 86_400.0
"""Seconds after which nobody writes such a file any more."""
_FOLDERS = ("submissions", "backups", "datasets")
_OURS = re.compile(
    r"\.freezing-\w+"  # frozen bytes (submission_files)
    r"|[0-9a-f]{64}\.[0-9a-f]{12}\.parts-new"  # notes of an upload
    r"|\..+\.[0-9a-f]{8}\.(tmp|tmp-journal|part)"  # datasets, backups, exports
)


def remove_leftovers(data: Path, now: float | None = None) -> int:
    """Delete stale temporary files of our own names in the data folder, nowhere else; how many there were."""
    at = time.time() if now is None else now
    gone = 0
    for path in _temporaries(data):
        try:
            if at - path.lstat().st_mtime > STALE:
                path.unlink()
                gone += 1
        except OSError:
            continue  # somebody else's by now, or not to be deleted: the next start looks again
    return gone


def _temporaries(data: Path) -> Iterator[Path]:
    for name in _FOLDERS:
        folder = data / name
        for path in (*folder.glob("*"), *folder.glob("*/*")):
            if _OURS.fullmatch(path.name) and path.is_file() and not path.is_symlink():
                yield path
