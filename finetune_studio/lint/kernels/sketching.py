"""Sketches of documents, all of a batch in one call."""

from ctypes import CDLL, Structure, byref, c_int64, c_void_p
from functools import lru_cache
from typing import Any

import numpy as np

from finetune_studio.lint.facts import Array
from finetune_studio.lint.kernels import address, integers
from finetune_studio.lint.minhash import OF_QUESTIONS, OF_WHOLE, Banding, tables_of
from finetune_studio.lint.shingles import PARTS

_HASHES = ("whole_hash", "question_hash", "context_hash", "reply_hash", "numbers_hash")
_FOUND = ("levels", "kept", "prints", "whole_bands", "question_bands", *_HASHES)


class _Banding(Structure):
    _fields_ = [
        *((name, c_int64) for name in ("bins", "bands", "rows", "throws", "rounds", "attempts")),
        *((name, c_void_p) for name in ("factors", "row_factors", "lenders")),
    ]


class _Texts(Structure):
    _fields_ = [
        *((name, c_void_p) for name in ("folded", "starts", "ends", "breaks")),
        ("n_breaks", c_int64),
        *((name, c_void_p) for name in ("part", "role_hash")),
    ]


class _Found(Structure):
    _fields_ = [(name, c_void_p) for name in _FOUND]


def sketch_documents(
    kernels: CDLL,
    folded: bytes,
    starts: Array,
    ends: Array,
    breaks: Array,
    part: Array,
    role_hash: Array,
    counts: Array,
    last: Array,
) -> dict[str, Array]:
    """Arrays of sketches.SketchBatch by name, of words (see word_hashes.WordBytes), parts and roles.

    Documents have `counts` texts each, and `last` is the text of each one's last answer, -1 for none.
    """
    starts, ends, breaks, counts, last = map(integers, (starts, ends, breaks, counts, last))
    count = len(counts)
    found: dict[str, Array] = {
        "levels": np.zeros((count, PARTS), dtype=np.uint8),
        "kept": np.zeros((count, PARTS), dtype=np.uint16),
        "prints": np.empty(len(folded) + count, dtype=np.uint16),
        "whole_bands": np.empty((OF_WHOLE.bands, count), dtype=np.uint32),
        "question_bands": np.empty((OF_QUESTIONS.bands, count), dtype=np.uint32),
        **{name: np.empty(count, dtype=np.uint64) for name in _HASHES},
    }
    texts = _Texts(
        folded=np.frombuffer(folded, dtype=np.uint8).ctypes.data,
        starts=address(starts, np.int64),
        ends=address(ends, np.int64),
        breaks=address(breaks, np.int64),
        n_breaks=len(breaks),
        part=address(part, np.uint8),
        role_hash=address(role_hash, np.uint64),
    )
    out = _Found(**{name: array.ctypes.data for name, array in found.items()})
    written = kernels.sketch_documents(
        byref(texts),
        address(counts, np.int64),
        address(last, np.int64),
        count,
        byref(_banding(OF_WHOLE)[0]),
        byref(_banding(OF_QUESTIONS)[0]),
        byref(out),
    )
    if written < 0:
        raise MemoryError
    found["prints"] = found["prints"][:written].copy()
    return found


@lru_cache(maxsize=2)
def _banding(banding: Banding) -> tuple[_Banding, Any]:
    """The tables of a banding, and what holds them."""
    tables = tables_of(banding)
    return _Banding(
        bins=banding.bins,
        bands=banding.bands,
        rows=banding.rows,
        throws=tables.throws,
        rounds=len(tables.factors),
        attempts=len(tables.lenders),
        factors=address(tables.factors, np.uint64),
        row_factors=address(tables.row_factors, np.uint64),
        lenders=address(tables.lenders, np.int64),
    ), tables
