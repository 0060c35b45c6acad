"""The checks over whole files as the command line runs them, beside what others use, on the same file.

The peers take a quarter of an hour, and pandas 12 GB, for a million examples.
"""

import gc
import importlib.util
import tempfile
import time
from collections.abc import Sequence
from pathlib import Path

from finetune_studio.domain.errors import CancelledError
from finetune_studio.kernels import OFF
from finetune_studio.lint import LintConfig, LintEngine, check_example
from finetune_studio.tokens.vocabulary import prepare_vocabulary
from tests.benchmarks.data import dataset_of
from tests.benchmarks.framework import Result, median_seconds, percentile
from tests.benchmarks.measured_process import Measured, run_measured
from tests.helpers.processes import worker_processes

_TARGETS = {50_000: 1.5, 160_000: 5.0, 1_000_000: 30.0}
_FULL_TARGETS = {160_000: 15.0}
_MEMORY_MIB = 1.2 * 1024
_FIRST = 2_000
_LEAST_CANCELLED = 50_000
_REPEATS_UP_TO = 160_000
_CANCELLED_WITHIN = 0.3


def run(sizes: Sequence[int]) -> list[Result]:
    """`lint --select F,L,D,B` and all rules at each size, then the peers on the same file."""
    results: list[Result] = []
    with tempfile.TemporaryDirectory() as home:
        environment = {"FINETUNE_STUDIO_HOME": home}
        _checked(_FIRST, environment)  # fills the app's cache
        for size in sizes:
            _read_once(dataset_of(size))
            some, own = _ours(size, environment)
            results += own
            results += _peers(size, some)
    results += _cancelled(min(max(*sizes, _LEAST_CANCELLED), _REPEATS_UP_TO))
    results.append(_one_example())
    return results


def _checked(size: int, environment: dict[str, str], select: str = "") -> Measured:
    lint = ("-m", "finetune_studio", "lint", str(dataset_of(size)), "--statistics")
    return run_measured((*lint, "--select", select) if select else lint, environment)


def _read_once(path: Path) -> None:
    """So that nobody's time is that of the disk."""
    with path.open("rb") as file:
        while file.read(1 << 24):
            pass


def _ours(size: int, environment: dict[str, str]) -> tuple[Measured, list[Result]]:
    repeats = 3 if size <= _REPEATS_UP_TO else 1
    runs = [_checked(size, environment, "F,L,D,B") for _ in range(repeats)]
    some = sorted(runs, key=lambda one: one.seconds)[repeats // 2]
    exact = _checked(size, environment, "F,L,D201,B")
    full = _checked(size, environment)
    plain = _checked(size, {**environment, OFF: "1"}, "F,L,D,B")
    return some, [
        _time(f"check F,L,D,B of {size:,}", some, _TARGETS.get(size)),
        *([_again(size)] if size <= _REPEATS_UP_TO else []),
        _time(f"  by numpy alone, nothing compiled, {size:,}", plain, None),
        _memory(f"its main process at {size:,}", some),
        _time(f"check F,L,D201,B (no near-duplicates) of {size:,}", exact, None),
        _time(f"check with all rules of {size:,}", full, _FULL_TARGETS.get(size)),
        _memory(f"its main process with all rules at {size:,}", full),
    ]


def _again(size: int) -> Result:
    """As in the window, whose workers run already."""
    with LintEngine(LintConfig(select=("F", "L", "D", "B")), workers=2) as engine:
        gc.disable()  # as the command line and the window have it
        try:
            engine.check_file(dataset_of(size))
            seconds = median_seconds(lambda: engine.check_file(dataset_of(size)))
        finally:
            gc.enable()
    return Result(f"  by workers that run already, {size:,}", seconds, "s", _TARGETS.get(size))


def _peers(size: int, ours: Measured) -> list[Result]:
    path, vocabulary = str(dataset_of(size)), {"TIKTOKEN_CACHE_DIR": str(prepare_vocabulary())}
    cookbook = run_measured(("-m", "tests.benchmarks.cookbook", path), vocabulary)
    pandas = run_measured(("-m", "tests.benchmarks.peers", "pandas", path), vocabulary)
    results = [
        *_peer(f"the cookbook's checks of {size:,}", cookbook, ours.seconds, 3.0),
        *_peer(f"pandas and tiktoken, {size:,}", pandas, ours.seconds, None),
    ]
    if importlib.util.find_spec("datasketch") is not None:
        sketched = run_measured(("-m", "tests.benchmarks.peers", "datasketch", path))
        both = Measured(
            cookbook.seconds + sketched.seconds,
            cookbook.cpu_seconds + sketched.cpu_seconds,
            max(cookbook.peak_mib, sketched.peak_mib),
            "",
        )
        results += _peer(f"the cookbook's and datasketch, {size:,}", both, ours.seconds, 12.0)
    return results


def _peer(name: str, theirs: Measured, ours: float, target: float | None) -> list[Result]:
    return [
        _time(name, theirs, None),
        _memory(f"  its memory, {name}", theirs, None),
        Result(f"  ours is quicker than {name}", theirs.seconds / ours, "x", target, True),
    ]


def _time(name: str, measured: Measured, target: float | None) -> Result:
    return Result(name, measured.seconds, "s", target, note=f"{measured.cpu_seconds:.1f} s of processor time")


def _memory(name: str, measured: Measured, target: float | None = _MEMORY_MIB) -> Result:
    return Result(name, measured.peak_mib, "MiB", target)


def _cancelled(size: int) -> list[Result]:
    """How long a check goes on after it was told to stop, and closing with what is left after it."""
    told: list[float] = []

    def progress(done: int, total: int, text: str) -> None:
        if done:
            told.append(time.perf_counter())
            raise CancelledError

    before = worker_processes()
    engine = LintEngine(LintConfig(select=("F", "L", "D", "B")), workers=2)
    try:
        engine.check_file(dataset_of(size), progress=progress)
    except CancelledError:
        returned = time.perf_counter()
    started = time.perf_counter()
    engine.close()
    closed = time.perf_counter() - started
    left = len(worker_processes() - before)
    return [
        Result(
            f"a check of {size:,} goes on after it is cancelled", returned - told[-1], "s", _CANCELLED_WITHIN
        ),
        Result("closing it, with workers at work", closed, "s"),
        Result("worker processes left after that", left, "", note="none is the target"),
    ]


def _one_example() -> Result:
    config = LintConfig()
    bodies = dataset_of(50_000).read_bytes().splitlines(keepends=True)[:2_000]
    check_example(bodies[0], config)
    times = [median_seconds(lambda body=body: check_example(body, config), repeats=1) for body in bodies]  # type: ignore[misc]
    return Result("one edited example again, p95", percentile(times, 0.95) * 1000, "ms", 5.0)
