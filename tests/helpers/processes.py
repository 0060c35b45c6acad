"""Worker processes as the system sees them, forked ones among them."""

import multiprocessing
import os
from pathlib import Path

_STARTED_BY_PYTHON = b"spawn_main"


def worker_processes(of: int | None = None) -> set[int]:
    """Running processes that stem from a process (this one), forked from it or started by multiprocessing;
    where the system has no /proc, of this process the started ones only."""
    if not Path("/proc/self/stat").exists():
        return {child.pid for child in multiprocessing.active_children() if child.pid}
    parents = {pid: parent for pid in _all_pids() if (parent := _parent(pid))}
    root = os.getpid() if of is None else of
    own = _command(root)
    stems = {pid for pid in parents if pid != root and _stems_from(pid, root, parents)}
    return {pid for pid in stems if (told := _command(pid)) and (told == own or _STARTED_BY_PYTHON in told)}


def is_running(pid: int) -> bool:
    """Whether a process is there and has not ended; POSIX only."""
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    return not Path("/proc/self/stat").exists() or _parent(pid) is not None


def _all_pids() -> list[int]:
    return [int(path.name) for path in Path("/proc").iterdir() if path.name.isdigit()]


def _parent(pid: int) -> int | None:
    """None for one that has ended, waited for or not."""
    try:
        state, parent = Path(f"/proc/{pid}/stat").read_text(errors="replace").rpartition(")")[2].split()[:2]
    except OSError:
        return None
    return None if state in "ZX" else int(parent)


def _stems_from(pid: int, root: int, parents: dict[int, int]) -> bool:
    while pid in parents and pid != root:
        pid = parents[pid]
    return pid == root


def _command(pid: int) -> bytes:
    """Its command line, which a fork shares."""
    try:
        return Path(f"/proc/{pid}/cmdline").read_bytes()
    except OSError:
        return b""
