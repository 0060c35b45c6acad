"""Near-duplicates after the check: another threshold, another scope, one edited example."""

import json
import random
import time
from collections.abc import Sequence

from finetune_studio.lint import DatasetFacts, LintConfig, LintEngine, facts_of_batch
from finetune_studio.lint.near_duplicates import Compared
from finetune_studio.lint.near_groups import distinct_groups, near_examples
from tests.benchmarks.data import dataset_of
from tests.benchmarks.framework import Result, percentile

_CONFIG = LintConfig(select=("D",))
_THRESHOLDS = [0.5 + step / 50 for step in range(26)]
_EDITS = 60
_LARGEST = 160_000


def run(sizes: Sequence[int]) -> list[Result]:
    """What a person waits for who moves the threshold or edits an example."""
    results: list[Result] = []
    for size in sizes:
        if size > _LARGEST:
            continue
        with LintEngine(_CONFIG, workers=2) as engine:
            facts = engine.check_file(dataset_of(size)).facts
        for compared in (Compared.WHOLE, Compared.QUESTIONS):
            distinct_groups(facts, compared, 0.5)
            times = [_seconds(facts, compared, threshold) for threshold in _THRESHOLDS]
            name = f"groups for another threshold, {compared.name.lower()}, {size:,}, longest"
            results.append(Result(name, max(times) * 1000, "ms", 100 if size == 50_000 else None))
        edits = _edits(facts, size)
        name = f"copies of one edited example of {size:,}, p95"
        results.append(Result(name, percentile(edits, 0.95) * 1000, "ms", 50 if size == 50_000 else None))
    return results


def _seconds(facts: DatasetFacts, compared: Compared, threshold: float) -> float:
    started = time.perf_counter()
    distinct_groups(facts, compared, threshold)
    return time.perf_counter() - started


def _edits(facts: DatasetFacts, size: int) -> list[float]:
    lines = dataset_of(size).read_bytes().splitlines()
    chance = random.Random(1)
    times = []
    for number in range(_EDITS):
        key = chance.randrange(size)
        value = json.loads(lines[key])
        value["messages"][-1]["content"] += f" edited {number}"
        line = json.dumps(value).encode()
        started = time.perf_counter()
        facts = facts.updated(facts_of_batch([line], _CONFIG, keys=[key]))
        near_examples(facts, key)
        times.append(time.perf_counter() - started)
    return times[1:]
