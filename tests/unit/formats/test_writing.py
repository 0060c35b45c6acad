import errno
import os
from pathlib import Path

import pytest

from finetune_studio.domain.errors import InputError, StorageFullError
from finetune_studio.formats import writing
from finetune_studio.formats.writing import AtomicWriter, write_atomically


def names(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.iterdir())


def test_the_file_appears_whole_with_the_permissions_of_the_old_one(tmp_path: Path) -> None:
    path = tmp_path / "out.jsonl"
    path.write_bytes(b"old")
    path.chmod(0o640)
    with AtomicWriter(path) as out:
        out.write(b"new ")
        out.write(b"text")
        assert path.read_bytes() == b"old"
    assert path.read_bytes() == b"new text"
    assert path.stat().st_mode & 0o777 == 0o640
    assert out.written == 8
    assert names(tmp_path) == ["out.jsonl"]


@pytest.mark.parametrize("error", [ValueError, KeyboardInterrupt])
def test_an_error_leaves_the_old_file_and_nothing_else(tmp_path: Path, error: type[BaseException]) -> None:
    path = tmp_path / "out.jsonl"
    path.write_bytes(b"old")

    def fail() -> None:
        with AtomicWriter(path) as out:
            out.write(b"new")
            raise error

    with pytest.raises(error):
        fail()
    assert path.read_bytes() == b"old"
    assert names(tmp_path) == ["out.jsonl"]


@pytest.mark.parametrize(
    ("number", "words"),
    [(errno.ENOSPC, "no room left"), (errno.EROFS, "no permission"), (errno.EIO, "could not be written")],
)
def test_a_full_or_failing_disk(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, number: int, words: str
) -> None:
    path = tmp_path / "out.jsonl"
    path.write_bytes(b"old")

    def fail(descriptor: int) -> None:
        raise OSError(number, os.strerror(number))

    monkeypatch.setattr(writing.os, "fsync", fail)
    with pytest.raises(StorageFullError, match=words):
        write_atomically(path, b"new")
    assert path.read_bytes() == b"old"
    assert names(tmp_path) == ["out.jsonl"]


def test_a_disk_that_is_full_while_writing(tmp_path: Path) -> None:
    path = tmp_path / "out.jsonl"
    path.write_bytes(b"old")
    chunk = b"x" * (3 << 20)
    resource = pytest.importorskip("resource", reason="the system has no limit on file sizes")
    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (1 << 20, before[1]))
    try:
        with pytest.raises(StorageFullError, match="no room left"):
            write_atomically(path, chunk)
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, before)
    assert path.read_bytes() == b"old"
    assert names(tmp_path) == ["out.jsonl"]


def test_places_that_cannot_be_written_to(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="is a folder"):
        write_atomically(tmp_path, b"x")
    with pytest.raises(InputError, match="does not exist"):
        write_atomically(tmp_path / "absent" / "out.jsonl", b"x")


def test_a_link_stays_a_link(tmp_path: Path) -> None:
    target, link = tmp_path / "target", tmp_path / "link"
    target.write_bytes(b"old")
    link.symlink_to(target)
    write_atomically(link, b"new")
    assert link.is_symlink()
    assert target.read_bytes() == b"new"


def test_writing_outside_the_block_is_a_mistake(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="outside"):
        AtomicWriter(tmp_path / "x").write(b"x")
