"""Temporary names and getting files onto the disk."""

import os
import secrets
import sys
from pathlib import Path


def temporary_beside(path: Path) -> Path:
    """A free name in the same folder, so that os.replace is one step of the file system."""
    return path.with_name(f".{path.name}.{secrets.token_hex(4)}.tmp")


def sync_file(path: Path) -> None:
    """Have the file's content on the disk."""
    descriptor = os.open(path, os.O_RDWR)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def sync_folder(path: Path) -> None:
    """Have a rename on the disk; does nothing on Windows, which has no such call."""
    if sys.platform == "win32":
        return
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
