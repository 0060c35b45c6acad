"""What the status bar says, asked from the workspace in the background."""

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from finetune_studio.workspace.workspace import Workspace


@dataclass(frozen=True, slots=True)
class StatusFacts:
    """Numbers of the open dataset; `seconds` is None until all of it was checked once."""

    examples: int = 0
    tokens: int = 0
    errors: int = 0
    warnings: int = 0
    checked: int = 0
    unreadable: int = 0
    seconds: float | None = None
    is_checking: bool = False
    forecast: str = ""
    forecast_help: str = ""
    trained: int = 0


def status_of(workspace: "Workspace") -> StatusFacts:
    """Ask for everything at once; runs in the pool."""
    from finetune_studio.workspace.queries.examples import counts

    numbers = counts(workspace)
    summary = workspace.lint.summary
    forecast, formula = forecast_of(workspace)
    return StatusFacts(
        examples=numbers.total,
        tokens=numbers.tokens,
        trained=numbers.loss_tokens,
        errors=summary.errors,
        warnings=summary.warnings,
        checked=summary.checked,
        unreadable=numbers.unreadable,
        seconds=summary.seconds,
        is_checking=summary.is_running,
        forecast=forecast,
        forecast_help=formula,
    )


def forecast_of(workspace: "Workspace") -> tuple[str, str]:
    """("gpt-4.1-mini · 3 epochs ≈ 34 k billed tokens", formula); empty without target or facts."""
    from finetune_studio.workspace.submission_preview import preview_submission

    target = workspace.target
    result = preview_submission(workspace, target).forecast if target is not None else None
    if target is None or result is None:
        return "", ""
    epochs = "1 epoch" if result.epochs == 1 else f"{result.epochs:,} epochs"
    word = "trained" if target.profile.is_free else "billed"
    text = f"{target.model.title} · {epochs} ≈ {compact(result.billed_tokens)} {word} tokens"
    return text, result.formula


def compact(number: int) -> str:
    """A number that is only roughly meant: 940 · 34 k · 1.2 M."""
    if number < 1000:
        return f"{number}"
    if number < 999_500:
        return f"{number / 1000:.0f} k" if number >= 9950 else f"{number / 1000:.1f} k"
    return f"{number / 1_000_000:.1f} M" if number < 99_500_000 else f"{number / 1_000_000:,.0f} M"
