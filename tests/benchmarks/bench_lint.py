"""The checks over whole files as the command line runs them, beside the cookbook's; one example again."""

import tempfile
from collections.abc import Sequence
from pathlib import Path

from finetune_studio.lint import LintConfig, check_example
from finetune_studio.tokens.vocabulary import prepare_vocabulary
from tests.benchmarks.data import dataset_of
from tests.benchmarks.framework import Result, median_seconds, percentile
from tests.benchmarks.measured_process import run_measured

_TARGETS = {50_000: 1.5, 160_000: 5.0, 1_000_000: 30.0}
_FULL_TARGETS = {160_000: 15.0}
_MEMORY_MIB = 1.2 * 1024


def run(sizes: Sequence[int]) -> list[Result]:
    """`lint --select F,L,D,B` and all rules at each size; the cookbook's way at the first."""
    results: list[Result] = []
    with tempfile.TemporaryDirectory() as home:
        environment = {"FINETUNE_STUDIO_HOME": home}
        prepare_vocabulary(Path(home) / "cache")
        for size in sizes:
            path = str(dataset_of(size))
            lint = ("-m", "finetune_studio", "lint", path, "--statistics")
            exact = run_measured([*lint, "--select", "F,L,D201,B"], environment).seconds
            results.append(Result(f"check F,L,D201,B of {size:,}", exact, "s"))
            some = [run_measured([*lint, "--select", "F,L,D,B"], environment) for _ in range(3)]
            seconds = sorted(one.seconds for one in some)[1]
            results.append(Result(f"check F,L,D,B of {size:,}", seconds, "s", _TARGETS.get(size)))
            memory = max(one.peak_mib for one in some)
            results.append(Result(f"memory of the main process at {size:,}", memory, "MiB", _MEMORY_MIB))
            full = run_measured(lint, environment).seconds
            results.append(Result(f"check with all rules of {size:,}", full, "s", _FULL_TARGETS.get(size)))
            if size <= 160_000:
                vocabulary = str(prepare_vocabulary())
                theirs = run_measured(
                    ("-m", "tests.benchmarks.cookbook", path), {"TIKTOKEN_CACHE_DIR": vocabulary}
                ).seconds
                note = f"theirs {theirs:.1f} s"
                ratio = theirs / seconds
                results.append(
                    Result(f"against the cookbook's checks at {size:,}", ratio, "x", 3.0, True, note)
                )
    results.append(_one_example())
    return results


def _one_example() -> Result:
    config = LintConfig()
    bodies = dataset_of(50_000).read_bytes().splitlines(keepends=True)[:2_000]
    check_example(bodies[0], config)
    times = [median_seconds(lambda body=body: check_example(body, config), repeats=1) for body in bodies]  # type: ignore[misc]
    return Result("one edited example again, p95", percentile(times, 0.95) * 1000, "ms", 5.0)
