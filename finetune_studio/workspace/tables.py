"""Tables of a dataset's numbers, as pandas frames, and their files. pandas is imported when first needed."""

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any

from finetune_studio.domain.errors import UsageError
from finetune_studio.formats.writing import write_atomically

if TYPE_CHECKING:
    import pandas as pd

_MEASURES = {
    "tokens": "tokens per example",
    "loss_tokens": "trained tokens per example",
    "answer_tokens": "tokens of the answers",
    "n_messages": "messages per example",
    "n_turns": "turns per example",
}
_QUANTILES = (0.05, 0.25, 0.5, 0.75, 0.95)


def quantile_table(facts: Any) -> "pd.DataFrame":
    """One row a measure: count, sum, mean, min, quantiles, max. `facts` are lint's DatasetFacts.

    Quantiles are pandas' linear interpolation between the closest ranks.
    """
    import pandas as pd

    columns = facts.columns
    rows = {}
    for name, title in _MEASURES.items():
        series = pd.Series(getattr(columns, name))
        rows[title] = {
            "count": len(series),
            "sum": series.sum(),
            "mean": series.mean(),
            "min": series.min(),
            **{f"{share:.0%}": series.quantile(share) for share in _QUANTILES},
            "max": series.max(),
        }
    return pd.DataFrame.from_dict(rows, orient="index").round(2)


def role_table(facts: Any, roles: tuple[str, ...]) -> "pd.DataFrame":
    """One row a role: examples that have it, tokens, and its share of all tokens (0 to 1)."""
    import pandas as pd

    tokens = facts.columns.role_tokens
    totals = tokens.sum(axis=0)
    frame = pd.DataFrame(
        {"examples": (tokens > 0).sum(axis=0), "tokens": totals, "share": totals / max(1, int(totals.sum()))},
        index=list(roles),
    )
    return frame[frame["examples"] > 0]


def write_table(frame: "pd.DataFrame", path: Path) -> None:
    """Write a table by the file's ending: .csv, .html or .json; UsageError for any other."""
    writers: dict[str, Callable[[], str]] = {
        ".csv": frame.to_csv,
        ".html": frame.to_html,
        ".json": lambda: frame.to_json(orient="index", indent=2),
    }
    writer = writers.get(path.suffix.lower())
    if writer is None:
        raise UsageError(
            f"{path.name}: tables are written as {', '.join(writers)}.", "Choose one of these endings."
        )
    write_atomically(path, writer().encode())
