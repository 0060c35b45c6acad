"""Axes: round numbers for ticks, values to pixels and back. No Qt."""

import math
from collections.abc import Sequence
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Scale:
    """Maps `low`..`high` to `start`..`end` pixels; `end` may be less than `start` (y axes)."""

    low: float
    high: float
    start: float
    end: float

    def pixel(self, value: float) -> float:
        span = self.high - self.low
        return self.start if span == 0 else self.start + (value - self.low) / span * (self.end - self.start)

    def value(self, pixel: float) -> float:
        span = self.end - self.start
        return self.low if span == 0 else self.low + (pixel - self.start) / span * (self.high - self.low)


def nice_ticks(low: float, high: float, wanted: int = 5, whole: bool = False) -> list[float]:
    """Round values from at or below `low` to at or above `high`, about `wanted` of them (1, 2, 5 x 10^n)."""
    if not (math.isfinite(low) and math.isfinite(high)):
        return [0.0, 1.0]
    if high <= low:
        high = low + 1
    raw = (high - low) / max(1, wanted - 1)
    magnitude = 10.0 ** math.floor(math.log10(raw))
    step = next(factor * magnitude for factor in (1, 2, 2.5, 5, 10) if factor * magnitude >= raw * 0.999)
    if whole:
        step = max(1.0, math.ceil(step))
    first = math.floor(low / step + 1e-9)
    last = math.ceil(high / step - 1e-9)
    return [round(number * step, 12) for number in range(first, last + 1)]


def tick_text(value: float, ticks: Sequence[float]) -> str:
    """A tick as text, with just the decimals that the step needs: 1,000 · 2.5 · 0.05."""
    step = ticks[1] - ticks[0] if len(ticks) > 1 else 1.0
    decimals = 0
    while decimals < 6 and abs(round(step, decimals) - step) > step * 1e-6:
        decimals += 1
    return f"{value:,.{decimals}f}"


def value_text(value: float) -> str:
    """A value for people: whole numbers with separators, others with three decimals (more when tiny)."""
    if not math.isfinite(value):
        return "not a number"
    if value == int(value) and abs(value) < 1e15:
        return f"{int(value):,}"
    if abs(value) >= 1000:
        return f"{value:,.1f}"
    return f"{value:.3f}" if abs(value) >= 0.01 else f"{value:.3g}"


def label_step(widths: Sequence[float], slot: float, gap: float = 10) -> int:
    """Show every n-th label so that labels of these widths do not touch at `slot` pixels each."""
    if not widths or slot <= 0:
        return 1
    needed = math.ceil((max(widths) + gap) / slot)
    return next((step for step in (1, 2, 5, 10, 20, 25, 50, 100, 200, 500) if step >= needed), needed)
