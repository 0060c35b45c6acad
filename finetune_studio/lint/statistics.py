"""Measures that rules and charts share."""

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import numpy as np

from finetune_studio.lint.facts import Array

_NORMAL_MAD = 1.4826
"""Median absolute deviation to standard deviation, for a normal distribution."""


@dataclass(frozen=True, slots=True)
class Histogram:
    """`counts[i]` values lie from `edges[i]` up to `edges[i + 1]` (the last edge is included)."""

    edges: tuple[float, ...]
    counts: tuple[int, ...]

    @property
    def largest(self) -> int:
        return max(self.counts, default=0)


def histogram(
    values: Sequence[float] | Array, bins: int = 40, *, log: bool = False, upper: float | None = None
) -> Histogram:
    """Counts in `bins` of equal width (equal ratio with `log`); values over `upper` go into the last bin."""
    data = np.asarray(values, dtype=np.float64)
    if not len(data):
        return Histogram((), ())
    top = float(data.max()) if upper is None else upper
    low = float(data.min())
    data = np.minimum(data, top)
    low = min(low, top)
    if low == top:
        return Histogram((low, low + 1), (len(data),))
    if log:
        edges = np.geomspace(max(low, 1.0), max(top, 2.0), bins + 1)
        edges[0] = min(edges[0], low)
    else:
        edges = np.linspace(low, top, bins + 1)
    counts, edges = np.histogram(data, bins=edges)
    return Histogram(tuple(edges.tolist()), tuple(counts.tolist()))


def quantiles(values: Sequence[float] | Array, at: Iterable[float]) -> tuple[float, ...]:
    """Quantiles by linear interpolation; zeros for no values."""
    wanted = list(at)
    data = np.asarray(values, dtype=np.float64)
    return tuple(np.quantile(data, wanted).tolist()) if len(data) else (0.0,) * len(wanted)


def robust_z(values: Sequence[float] | Array) -> Array:
    """Distance from the median in robust standard deviations (MAD; mean deviation where that is 0)."""
    data = np.asarray(values, dtype=np.float64)
    if not len(data):
        return data
    distance = data - np.median(data)
    spread = float(np.median(np.abs(distance))) * _NORMAL_MAD
    if spread == 0:
        spread = float(np.mean(np.abs(distance))) * 1.2533
    return distance / spread if spread else np.zeros_like(data)


def entropy(counts: Sequence[float] | Array) -> float:
    """Shannon entropy of shares, in bits."""
    data = np.asarray(counts, dtype=np.float64)
    data = data[data > 0]
    if not len(data):
        return 0.0
    shares = data / data.sum()
    return max(0.0, float(-(shares * np.log2(shares)).sum()))


def effective_number(counts: Sequence[float] | Array) -> float:
    """How many equally large groups would be as even as these (2 to the entropy); 0 for none."""
    return float(2 ** entropy(counts)) if np.asarray(counts).sum() > 0 else 0.0


def top_share(values: Sequence[float] | Array, fraction: float) -> float:
    """Share of the sum that the largest `fraction` of the values holds."""
    data = np.sort(np.asarray(values, dtype=np.float64))[::-1]
    total = float(data.sum())
    if total <= 0:
        return 0.0
    return float(data[: max(1, round(len(data) * fraction))].sum() / total)


def sign_test(ups: int, downs: int) -> float:
    """How likely a split at least this uneven is by chance, were both sides equally likely (two-sided).

    By the normal approximation with correction for continuity; good from some 20 on.
    """
    total = ups + downs
    if not total:
        return 1.0
    z = max(0.0, abs(ups - downs) - 1) / math.sqrt(total)
    return math.erfc(z / math.sqrt(2))
