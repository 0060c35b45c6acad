"""What every benchmark shares: repeated timing in one run, and one table at the end."""

import gc
import statistics
import sys
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Result:
    """One measured figure. `value` and `target` are in `unit`; lower is better unless `higher_is_better`."""

    name: str
    value: float
    unit: str
    target: float | None = None
    higher_is_better: bool = False
    note: str = ""

    @property
    def ratio(self) -> float | None:
        """How much of the target is used: at most 1 means that it is met."""
        if self.target is None or not self.target:
            return None
        return self.target / self.value if self.higher_is_better else self.value / self.target


def median_seconds(work: Callable[[], object], *, repeats: int = 3) -> float:
    """Median wall time of `work` in seconds over some repeats, collector run before each."""
    times = []
    for _ in range(repeats):
        gc.collect()
        start = time.perf_counter()
        work()
        times.append(time.perf_counter() - start)
    return statistics.median(times)


def percentile(values: Sequence[float], share: float) -> float:
    """The value below which `share` (0 to 1) of the values lie; nearest rank."""
    ordered = sorted(values)
    return ordered[min(len(ordered) - 1, int(share * len(ordered)))]


def print_table(results: Sequence[Result]) -> None:
    """Print figure, target and ratio, one line each."""
    width = max((len(result.name) for result in results), default=10)
    print(f"{'what':<{width}}  {'figure':>12}  {'target':>12}  {'ratio':>6}  note")
    for result in results:
        target = "" if result.target is None else f"{result.target:,.4g} {result.unit}"
        ratio = "" if result.ratio is None else f"{result.ratio:.2f}"
        figure = f"{result.value:>8,.4g} {result.unit:<3}"
        print(f"{result.name:<{width}}  {figure}  {target:>12}  {ratio:>6}  {result.note}")
    sys.stdout.flush()
