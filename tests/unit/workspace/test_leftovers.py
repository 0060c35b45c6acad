"""What a killed program left in the data folder goes away, and nothing else does."""

import os
import time
from collections.abc import Iterator
from pathlib import Path

from finetune_studio.storage.files import temporary_beside
from finetune_studio.workspace.leftovers import STALE, remove_leftovers
from finetune_studio.workspace.submission_files import FrozenFiles
from finetune_studio.workspace.submission_records import SentExample


def _aged(path: Path, seconds: float) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(path.read_bytes() if path.exists() else b"x")
    at = time.time() - seconds
    os.utime(path, (at, at))
    return path


def test_stale_files_of_our_names_go_and_all_others_stay(tmp_path: Path) -> None:
    data = tmp_path / "data"
    old = STALE + 60
    backup = data / "backups" / "0198" / "a.ftset"
    gone = [
        _aged(temporary_beside(backup), old),
        _aged(temporary_beside(data / "datasets" / "marv.ftset"), old),
        _aged(data / "datasets" / ".marv.ftset.0011aabb.tmp-journal", old),
        _aged(data / "submissions" / f"{'a' * 64}.{'b' * 12}.parts-new", old),
    ]
    kept = [
        _aged(backup, old),
        _aged(temporary_beside(backup), 60),
        _aged(data / "datasets" / "marv.ftset", old),
        _aged(data / "datasets" / ".marv.ftset.lock", old),
        _aged(data / "datasets" / "notes.tmp", old),
        _aged(data / "submissions" / f"{'a' * 64}.jsonl", old),
        _aged(data / "submissions" / f"{'a' * 64}.{'b' * 12}.parts", old),
        _aged(temporary_beside(tmp_path / "elsewhere" / "marv.ftset"), old),
    ]
    assert remove_leftovers(data) == len(gone)
    assert [path for path in gone if path.exists()] == []
    assert [path for path in kept if not path.exists()] == []
    assert remove_leftovers(tmp_path / "not-there") == 0


def test_a_freeze_that_was_killed_leaves_what_is_swept(tmp_path: Path) -> None:
    files = FrozenFiles(tmp_path / "submissions")
    names: set[str] = set()

    def examples() -> Iterator[SentExample]:
        yield SentExample(b"{}\n", 1, bytes(32))
        names.update(path.name for path in files.folder.iterdir())

    files.freeze("fts-1", "training", examples())
    assert len(names) == 2
    for name in names:
        _aged(files.folder / name, STALE + 60)
    assert remove_leftovers(tmp_path) == 2
