"""The gaps of the GUI thread as figures of a benchmark."""

from collections import Counter
from collections.abc import Sequence

from tests.benchmarks.framework import Result, percentile
from tests.benchmarks.heart import Gap

_PLACES = 3
"""Places in the code that are named for the longest gap."""


def told(name: str, beats: Sequence[Gap]) -> list[Result]:
    """With and without what the machine gave to others, and what was seen in the longest."""
    longest = max(beats, key=lambda gap: gap.length, default=Gap(0.0, 0.0, 0.0))
    places = Counter(each.split(" < ")[0] for each in longest.seen).most_common(_PLACES)
    seen = ", ".join(place for place, _ in places)
    lengths = [gap.length for gap in beats] or [0.0]
    ours = [gap.ours for gap in beats] or [0.0]
    return [
        Result(f"gap while {name}, p99", percentile(lengths, 0.99), "ms", 16.0),
        Result("  without what other programs took, p99", percentile(ours, 0.99), "ms", 16.0),
        Result("  longest", longest.length, "ms", note=f"{longest}; {seen}" if seen else str(longest)),
    ]
