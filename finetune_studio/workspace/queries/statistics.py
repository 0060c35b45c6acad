"""Numbers for charts; each bar knows the query that shows its examples."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from finetune_studio.domain.example import ReviewState
from finetune_studio.domain.split import Split
from finetune_studio.workspace.lint_state import COLUMNS
from finetune_studio.workspace.queries.query_terms import Measure
from finetune_studio.workspace.queries.search import quote_value

if TYPE_CHECKING:
    from finetune_studio.workspace.workspace import Workspace

LENGTH_BARS = 30
MAX_TURN_BARS = 12
MAX_TAG_BARS = 30


@dataclass(frozen=True, slots=True)
class Bar:
    """`query` is text for the filter box: it shows the bar's examples. `color_role` names a message role.

    `more` says what a new example of the same kind takes over: "tag", "label", "prompt" (or nothing).
    `parts` are counts within the bar, by name. `whole` is the text that `label` shows a part of.
    """

    label: str
    count: int
    query: str = ""
    color_role: str = ""
    more: str = ""
    parts: tuple[tuple[str, int], ...] = ()
    whole: str = ""

    @property
    def text(self) -> str:
        """All that it stands for."""
        return self.whole or self.label


@dataclass(frozen=True, slots=True)
class Evenness:
    """How evenly examples are spread over `classes` classes.

    `share` is that of the largest class (0 to 1), `entropy` Shannon's in bits, and `effective` the number of
    equally large classes that would be as even: e to the power of the entropy in nats.
    """

    classes: int
    share: float
    entropy: float
    effective: float


def evenness_of(counts: Sequence[int]) -> Evenness | None:
    """None where there are not two classes to compare."""
    filled = [count for count in counts if count > 0]
    if len(filled) < 2:
        return None
    from finetune_studio.lint.statistics import effective_number, entropy

    return Evenness(len(filled), max(filled) / sum(filled), entropy(filled), effective_number(filled))


@dataclass(frozen=True, slots=True)
class Chart:
    """`total` counts examples; `unit` is what the bars count. `marks` are (label, value) of lines to draw."""

    title: str
    bars: tuple[Bar, ...]
    total: int
    unit: str = "examples"
    marks: tuple[tuple[str, float], ...] = ()
    """Median and the like, in the measure of the chart."""
    low: float = 0.0
    high: float = 0.0
    evenness: Evenness | None = None
    """Of a chart of classes."""
    of: str = ""
    """What the shares of the bars are of: "1,109 examples with a system prompt"."""
    thin: "tuple[Bar, int] | None" = None
    """A class with the fewest, of all that there are, and how many classes have as few."""

    @property
    def largest(self) -> int:
        return max((bar.count for bar in self.bars), default=0)


_TITLES = {
    Measure.TOKENS: "Tokens per example",
    Measure.LOSS: "Trained tokens per example",
    Measure.ANSWER: "Tokens of the last answer",
    Measure.MESSAGES: "Messages per example",
    Measure.TURNS: "Turns per example",
}


def length_chart(
    workspace: "Workspace", measure: Measure = Measure.TOKENS, ids: Sequence[int] | None = None
) -> Chart:
    """A histogram of tokens (or messages) per example, of the examples checked so far.

    The last bar takes the outliers, beyond the 99th percentile, so that one giant does not flatten the rest.
    """
    values = _values(workspace, measure, ids)
    if not len(values):
        return Chart(_TITLES[measure], (), 0)
    from finetune_studio.lint.statistics import quantiles

    median, high, top = quantiles(values, (0.5, 0.95, 0.99))
    edges = _edges(int(values.min()), int(top), int(values.max()))
    bars = tuple(_length_bar(values, measure, low, after) for low, after in edges)
    marks = (("median", median), ("95 %", high))
    return Chart(_TITLES[measure], bars, len(values), "examples", marks, edges[0][0], float(values.max()))


def turns_chart(workspace: "Workspace") -> Chart:
    """How many examples have one turn, two, ... (a turn is a user message with its answer)."""
    values = _values(workspace, Measure.TURNS, None)
    if not len(values):
        return Chart("Turns per example", (), 0)
    import numpy as np

    counts = np.bincount(np.minimum(values, MAX_TURN_BARS)).tolist()
    bars = [Bar(f"{n}", count, f"turns:{n}") for n, count in enumerate(counts[:MAX_TURN_BARS]) if count]
    if len(counts) > MAX_TURN_BARS:
        bars.append(Bar(f"{MAX_TURN_BARS}+", counts[MAX_TURN_BARS], f"turns:>={MAX_TURN_BARS}"))
    even = evenness_of(np.bincount(values).tolist())
    return Chart("Turns per example", tuple(bars), len(values), evenness=even)


def roles_chart(workspace: "Workspace") -> Chart:
    """Tokens by the role of the message."""
    facts = workspace.lint.facts
    if facts is None:
        return Chart("Tokens by role", (), 0, "tokens")
    bars = tuple(
        Bar(role, count, f"role:{role}", role) for role, count in facts.tokens_by_role.items() if count
    )
    even = evenness_of([bar.count for bar in bars])
    return Chart("Tokens by role", bars, len(facts), "tokens", evenness=even)


def status_chart(workspace: "Workspace") -> Chart:
    """Examples by review state."""
    counts = workspace.examples().count_by_status()
    bars = [
        Bar(state.value.replace("_", " "), counts[state], f"is:{state.value.replace('_', '-')}")
        for state in ReviewState
    ]
    return Chart("Review", tuple(bars), sum(counts.values()))


def splits_chart(workspace: "Workspace") -> Chart:
    """Examples by split, those in none last."""
    counts = workspace.examples().count_by_split()
    bars = [Bar(split.value, counts.get(split, 0), f"split:{split.value}") for split in Split]
    bars.append(Bar("none", counts.get(None, 0), "split:none"))
    return Chart("Splits", tuple(bars), sum(counts.values()))


def tags_chart(workspace: "Workspace") -> Chart:
    """The most used tags."""
    counts = sorted(workspace.examples().tags(), key=lambda item: (-item[1], item[0]))
    bars = [Bar(tag, count, f"tag:{quote_value(tag)}", more="tag") for tag, count in counts[:MAX_TAG_BARS]]
    if rest := counts[MAX_TAG_BARS:]:
        bars.append(Bar(f"{len(rest):,} others", sum(count for _, count in rest)))
    even = evenness_of([count for _, count in counts])
    thin = None
    if len(counts) > 1:
        fewest = min(count for _, count in counts)
        alike = [tag for tag, count in counts if count == fewest]
        thin = Bar(alike[0], fewest, f"tag:{quote_value(alike[0])}", more="tag"), len(alike)
    return Chart("Tags", tuple(bars), workspace.examples().count(), evenness=even, thin=thin)


@dataclass(frozen=True, slots=True)
class SplitSummary:
    """Facts of one split; tokens are of the checked examples."""

    split: Split | None
    examples: int
    tokens: int
    loss_tokens: int


def split_summaries(workspace: "Workspace") -> list[SplitSummary]:
    """Examples and tokens of each split, rejected examples left out: what a submission would take."""
    rows = workspace.reader().execute(
        "SELECT id, split FROM example WHERE deleted_step IS NULL AND status <> ?",
        (ReviewState.REJECTED.value,),
    )
    by_split: dict[Split | None, list[int]] = {split: [] for split in (*Split, None)}
    for example_id, split in rows:
        by_split[Split(split) if split else None].append(example_id)
    return [
        SplitSummary(
            split,
            len(ids),
            sum(workspace.lint.values_of(ids, "tokens").values()),
            sum(workspace.lint.values_of(ids, "loss_tokens").values()),
        )
        for split, ids in by_split.items()
    ]


def tokens_to_send(workspace: "Workspace", split: Split = Split.TRAIN) -> list[int]:
    """Tokens of each example that would be sent (for targets.forecast); examples without a split train.

    Of a preference pair those of both its sequences: both are trained on, and billed.
    """
    unsplit = " OR e.split IS NULL" if split is Split.TRAIN else ""
    ids: list[int] = []
    params = (ReviewState.REJECTED.value, split.value)
    for chunk in workspace.examples().ids(f"e.status <> ? AND (e.split = ?{unsplit})", params):
        ids.extend(chunk)
    return list(workspace.lint.values_of(ids, "tokens").values())


def _values(workspace: "Workspace", measure: Measure, ids: Iterable[int] | None) -> Any:
    facts = workspace.lint.facts
    if facts is None:
        return ()
    values = getattr(facts.columns, COLUMNS[measure])
    if ids is None:
        return values
    import numpy as np

    return values[np.isin(facts.columns.key, np.fromiter(ids, dtype=np.int64))]


def _edges(low: int, top: int, highest: int) -> list[tuple[int, int | None]]:
    """Round bar widths from `low` to `top`: (first, one after the last); None: everything above."""
    width = _nice_width(max(1, top - low + 1) / LENGTH_BARS)
    start = low // width * width
    edges: list[tuple[int, int | None]] = []
    while start <= top:
        edges.append((start, start + width))
        start += width
    if highest >= start:
        edges.append((start, None))
    return edges


def _nice_width(width: float) -> int:
    """The next of 1, 2, 5, 10, 20, 50 ..."""
    scale = 1
    while True:
        for factor in (1, 2, 5):
            if factor * scale >= width:
                return factor * scale
        scale *= 10


def _length_bar(values: Any, measure: Measure, low: int, after: int | None) -> Bar:
    if after is None:
        return Bar(f"{low:,}+", int((values >= low).sum()), f"{measure.value}:>={low}")
    count = int(((values >= low) & (values < after)).sum())
    if after == low + 1:
        return Bar(f"{low:,}", count, f"{measure.value}:{low}")
    return Bar(f"{low:,} to {after - 1:,}", count, f"{measure.value}:{low}..{after - 1}")
