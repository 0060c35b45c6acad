"""Reading what was sent, or what would be: a file of lines, each with the example that it comes from."""

import shutil
import tempfile
import time
from array import array
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

from finetune_studio.domain.errors import InputError, StorageFullError
from finetune_studio.domain.split import Split
from finetune_studio.targets.target import Target
from finetune_studio.workspace.sent_examples import TRAINING, VALIDATION
from finetune_studio.workspace.submission_files import FrozenFiles
from finetune_studio.workspace.submission_sources import WorkspaceExamples
from finetune_studio.workspace.task import TaskContext

if TYPE_CHECKING:
    from finetune_studio.workspace.workspace import Workspace

_CHUNK = 1 << 20
_REF = "preview"
_STALE = 86_400.0
"""Seconds after which nobody looks at such a folder any more."""


@dataclass(frozen=True, slots=True)
class SentFile:
    """`offsets` are where lines begin, with the size of the file last; `ids` are examples (-1 for none)."""

    part: str
    path: Path
    sha256: str
    offsets: "array[int]"
    ids: "array[int]"
    left_out: tuple[tuple[int, str], ...] = ()

    @property
    def count(self) -> int:
        return len(self.offsets) - 1

    def size_of(self, index: int) -> int:
        """Bytes of a line (0-based), with its line feed."""
        return self.offsets[index + 1] - self.offsets[index]

    def read(self, index: int, at_most: int) -> bytes:
        """The beginning of a line (0-based), without line feed; raises InputError when the file is gone."""
        size = min(self.size_of(index), at_most)
        try:
            with self.path.open("rb") as stream:
                stream.seek(self.offsets[index])
                return stream.read(size).rstrip(b"\n")
        except OSError as error:
            raise InputError(f"The file {self.path} cannot be read.", "Look at it again.") from error


@dataclass(slots=True)
class SentFiles:
    """Both files; `close` removes those that were made to be looked at."""

    files: list[SentFile] = field(default_factory=list)
    _folder: Path | None = None

    def close(self) -> None:
        if self._folder is not None:
            shutil.rmtree(self._folder, ignore_errors=True)
            self._folder = None


def files_sent(workspace: "Workspace", ref: str, context: TaskContext) -> SentFiles:
    """The frozen files of a submission; raises InputError when they are gone or are not what was frozen."""
    journal = workspace.sending.journal
    row = journal.get(ref)
    found = SentFiles()
    for part, frozen in ((TRAINING, row.training), (VALIDATION, row.validation)):
        if frozen is not None:
            path = journal.files.check(frozen)
            ids = array("q", _ids(journal.files, ref, part))
            found.files.append(SentFile(part, path, frozen.sha256, _offsets(path, context), ids))
    return found


def files_to_send(
    workspace: "Workspace", target: Target, with_validation: bool, context: TaskContext
) -> SentFiles:
    """What a submission would freeze now, in a folder of its own; raises InputError where it is nothing."""
    cache = workspace.paths.cache
    try:
        cache.mkdir(parents=True, exist_ok=True)
        _remove_stale(cache)
        folder = Path(tempfile.mkdtemp(dir=cache, prefix="to-send-"))
    except OSError as error:
        raise StorageFullError(f"Nothing can be written to {cache} ({error.strerror or error}).") from error
    found = SentFiles(_folder=folder)
    try:
        for part, split in ((TRAINING, Split.TRAIN), (VALIDATION, Split.VALIDATION)):
            examples = WorkspaceExamples(workspace, target, split)
            if split is Split.VALIDATION and not (with_validation and examples.count):
                continue
            found.files.append(_frozen(FrozenFiles(folder), part, examples, context))
    except BaseException:
        found.close()
        raise
    return found


def _remove_stale(cache: Path) -> None:
    """Folders that a crash left behind."""
    now = time.time()
    for folder in cache.glob("to-send-*"):
        if now - folder.stat().st_mtime > _STALE:
            shutil.rmtree(folder, ignore_errors=True)


def _frozen(files: FrozenFiles, part: str, examples: WorkspaceExamples, context: TaskContext) -> SentFile:
    def report(count: int) -> None:
        context.progress(count, None, f"Writing {count:,} examples")

    frozen = files.freeze(_REF, part, examples, report)
    path = files.path(frozen)
    ids = array("q", _ids(files, _REF, part))
    left_out = tuple(examples.left_out)
    return SentFile(part, path, frozen.sha256, _offsets(path, context), ids, left_out)


def _ids(files: FrozenFiles, ref: str, part: str) -> Iterator[int]:
    return (-1 if number is None else number for number, _ in files.lines(ref, part))


def _offsets(path: Path, context: TaskContext) -> "array[int]":
    offsets = array("q", [0])
    size, done = path.stat().st_size, 0
    with path.open("rb") as stream:
        while chunk := stream.read(_CHUNK):
            at = chunk.find(b"\n")
            while at >= 0:
                offsets.append(done + at + 1)
                at = chunk.find(b"\n", at + 1)
            done += len(chunk)
            context.progress(done, size, "Looking at the file")
    if offsets[-1] != size:
        offsets.append(size)
    return offsets
