"""One process per dataset file: a lock file beside it, held by the system and readable by people."""

import json
import os
import socket
import sys
from dataclasses import dataclass
from pathlib import Path

from finetune_studio.domain.errors import LockedDatasetError


@dataclass(frozen=True, slots=True)
class LockHolder:
    """Who has the dataset open; pid 0 when the lock file does not say."""

    pid: int
    host: str


class DatasetLock:
    """Held until `release`; the system lets go of it when the process ends, however it ends."""

    def __init__(self, dataset: Path) -> None:
        self.path = lock_path(dataset)
        self._name = dataset.name
        self._descriptor: int | None = None

    def acquire(self) -> None:
        """Take the lock; raises LockedDatasetError where another process has it, OSError on a bad folder."""
        while self._descriptor is None:
            descriptor = os.open(self.path, os.O_RDWR | os.O_CREAT | getattr(os, "O_CLOEXEC", 0), 0o600)
            try:
                if not _try_lock(descriptor):
                    raise self._locked(read_holder(self.path))
                if not _same_file(descriptor, self.path):
                    continue
                holder = read_holder(self.path)
                if holder is not None and holder.host != socket.gethostname() and is_network_path(self.path):
                    raise self._locked(holder)
                _write_holder(descriptor)
                self._descriptor = descriptor
            finally:
                if self._descriptor is None:
                    os.close(descriptor)

    def release(self) -> None:
        """Let go and remove the lock file."""
        if self._descriptor is None:
            return
        descriptor, self._descriptor = self._descriptor, None
        if sys.platform != "win32":
            self.path.unlink(missing_ok=True)
        os.close(descriptor)
        if sys.platform == "win32":
            self.path.unlink(missing_ok=True)

    def _locked(self, holder: LockHolder | None) -> LockedDatasetError:
        if holder is None or not holder.pid:
            return LockedDatasetError(f"{self._name} is open in another window.", "Close it there first.")
        if holder.host == socket.gethostname():
            return LockedDatasetError(
                f"{self._name} is open in another window (process {holder.pid}).", "Close it there first."
            )
        return LockedDatasetError(
            f"{self._name} is open on {holder.host}.",
            f"Close it there first. If it is not open any more, delete {self.path.name}.",
        )


def lock_path(dataset: Path) -> Path:
    return dataset.with_name(f".{dataset.name}.lock")


def read_holder(path: Path) -> LockHolder | None:
    """Who wrote the lock file; None when it is absent, empty or not ours."""
    try:
        value = json.loads(path.read_bytes()[:4096])
        return LockHolder(int(value["pid"]), str(value["host"]))
    except (OSError, ValueError, TypeError, KeyError):
        return None


def _write_holder(descriptor: int) -> None:
    text = json.dumps({"pid": os.getpid(), "host": socket.gethostname()})
    os.lseek(descriptor, 0, os.SEEK_SET)
    os.ftruncate(descriptor, 0)
    os.write(descriptor, text.encode())


def _same_file(descriptor: int, path: Path) -> bool:
    """Whether the file that is locked is still the one at `path` (its last holder may have removed it)."""
    try:
        return os.path.samestat(os.fstat(descriptor), path.stat())
    except FileNotFoundError:
        return False


if sys.platform == "win32":
    import msvcrt

    def _try_lock(descriptor: int) -> bool:
        os.lseek(descriptor, 1 << 30, os.SEEK_SET)
        try:
            msvcrt.locking(descriptor, msvcrt.LK_NBLCK, 1)
        except OSError:
            return False
        return True

else:
    import fcntl

    def _try_lock(descriptor: int) -> bool:
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            return False
        return True


_NETWORK_TYPES = frozenset(
    ("nfs", "nfs4", "cifs", "smb3", "smbfs", "fuse.sshfs", "9p", "afs", "davfs", "fuse.davfs2", "ceph")
)


def is_network_path(path: Path, mounts: Path = Path("/proc/mounts")) -> bool:
    """Whether a path is on a network file system; False where that cannot be told."""
    text = str(path.absolute())
    if text.startswith("\\\\"):
        return True
    try:
        lines = mounts.read_text(encoding="utf-8", errors="replace").splitlines()
    except OSError:
        return False
    best = ("", "")
    for line in lines:
        fields = line.split()
        if len(fields) < 3:
            continue
        point = fields[1].replace("\\040", " ")
        inside = text == point or text.startswith(point.rstrip("/") + "/")
        if inside and len(point) >= len(best[0]):
            best = (point, fields[2])
    return best[1] in _NETWORK_TYPES
