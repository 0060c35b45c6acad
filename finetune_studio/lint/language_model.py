"""py3langid's model, unpacked once in the app's cache and mapped from there: processes share its memory.

The package has it packed by LZMA, which takes 0.6 s in each process to unpack; mapped it takes 0.02 s.
"""

import contextlib
import hashlib
import shutil
import tempfile
import time
from functools import lru_cache
from pathlib import Path
from typing import Any

import numpy as np

from finetune_studio.tokens.vocabulary import default_cache_dir

_FOLDER = "language-model"
_MAPPED = ("nb_ptc", "nb_pc", "tk_nextmove", "tk_row", "tk_output")
_CLASSES = "nb_classes"
_OLD = 24 * 3600
"""Seconds after which a model of another version, or half of one, is not in use."""


@lru_cache(maxsize=1)
def language_identifier() -> Any:
    """A py3langid LanguageIdentifier that gives probabilities, once a process.

    Where the cache cannot be written or read, its model is unpacked in memory.
    """
    from py3langid.langid import MODEL_DIR, MODEL_FILE, LanguageIdentifier

    folder = default_cache_dir() / _FOLDER / _digest(MODEL_DIR / MODEL_FILE)
    try:
        return _mapped(folder, LanguageIdentifier)
    except (OSError, ValueError, TypeError):
        shutil.rmtree(folder, ignore_errors=True)
    identifier = LanguageIdentifier.from_model_file(MODEL_FILE, norm_probs=True)
    with contextlib.suppress(OSError, ValueError, AttributeError):
        _unpack(identifier, folder)
    return identifier


def _digest(packed: Path) -> str:
    with packed.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()[:16]


def _mapped(folder: Path, kind: Any) -> Any:
    """The identifier of an unpacked model; raises OSError where there is none, ValueError where it is cut."""
    ptc, pc, moves, rows, outputs = (np.load(folder / f"{name}.npy", mmap_mode="r") for name in _MAPPED)
    classes = (folder / _CLASSES).read_text(encoding="utf-8").split()
    if ptc.shape[1:] != (len(classes),):
        raise ValueError(f"{len(classes)} languages")
    return kind(
        np.asarray(ptc),
        np.asarray(pc),
        classes,
        np.asarray(moves).data,
        outputs.tolist(),
        norm_probs=True,
        tk_row=rows.tolist(),
    )


def _unpack(identifier: Any, folder: Path) -> None:
    """Write a model beside, then rename: another process sees the whole of it or nothing. Old ones go."""
    folder.parent.mkdir(parents=True, exist_ok=True)
    beside = Path(tempfile.mkdtemp(prefix=f"{folder.name}.", dir=folder.parent))
    try:
        for name in _MAPPED:
            np.save(beside / f"{name}.npy", np.asarray(getattr(identifier, name)))
        (beside / _CLASSES).write_text("\n".join(identifier.nb_classes), encoding="utf-8")
        for other in folder.parent.iterdir():
            if time.time() - other.stat().st_mtime > _OLD and other != beside:
                shutil.rmtree(other, ignore_errors=True)
        beside.replace(folder)
    finally:
        shutil.rmtree(beside, ignore_errors=True)
