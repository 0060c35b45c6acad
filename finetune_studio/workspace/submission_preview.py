"""What a submission of the open dataset would take, before anything is frozen: numbers for the form."""

from dataclasses import dataclass
from typing import TYPE_CHECKING

from finetune_studio.domain.diagnostic import Diagnostic, Severity
from finetune_studio.domain.example import ReviewState
from finetune_studio.domain.job import Hyperparameters
from finetune_studio.domain.split import Split
from finetune_studio.targets.forecast import Forecast, forecast
from finetune_studio.targets.target import Target
from finetune_studio.workspace.queries.statistics import split_summaries, tokens_to_send

if TYPE_CHECKING:
    from finetune_studio.workspace.workspace import Workspace

SHOWN_ERRORS = 50


@dataclass(frozen=True, slots=True)
class PartSummary:
    """One file that would be sent; tokens are those of the checked examples, before any limit cuts."""

    examples: int = 0
    tokens: int = 0


@dataclass(frozen=True, slots=True)
class Preview:
    """What a submission would take, as far as the checks have come; `errors` holds the first of them.

    `forecast` is None before the first check. `has_test` says that some examples are kept for testing.
    """

    training: PartSummary
    validation: PartSummary
    has_test: bool
    forecast: Forecast | None
    n_errors: int
    n_warnings: int
    errors: tuple[Diagnostic, ...]


def preview_submission(
    workspace: "Workspace", target: Target, hyperparameters: Hyperparameters | None = None
) -> Preview:
    """Numbers for the form, from the findings and facts that are there; quick, for the pool."""
    parts = {split: PartSummary() for split in (*Split, None)}
    loss = 0
    for found in split_summaries(workspace):
        parts[found.split] = PartSummary(found.examples, found.tokens)
        if found.split in (Split.TRAIN, None):
            loss += found.loss_tokens
    train, unsplit = parts[Split.TRAIN], parts[None]
    training = PartSummary(train.examples + unsplit.examples, train.tokens + unsplit.tokens)
    counts = tokens_to_send(workspace) if workspace.lint.facts is not None else []
    found_forecast = (
        forecast(target, counts, hyperparameters, training.examples, loss or None) if counts else None
    )
    errors, n_warnings = _findings_that_count(workspace)
    return Preview(
        training=training,
        validation=parts[Split.VALIDATION],
        has_test=parts[Split.TEST].examples > 0,
        forecast=found_forecast,
        n_errors=len(errors),
        n_warnings=n_warnings,
        errors=tuple(errors[:SHOWN_ERRORS]),
    )


def _findings_that_count(workspace: "Workspace") -> tuple[list[Diagnostic], int]:
    """Errors, and the number of warnings, of what would be sent: rejected and test examples stay here."""
    findings = workspace.lint.findings(limit=10_000_000)
    grave = [found for found in findings if found.severity is not Severity.INFO]
    rows = workspace.reader().execute(
        "SELECT id FROM example WHERE deleted_step IS NOT NULL OR status = ? OR split = ?",
        (ReviewState.REJECTED.value, Split.TEST.value),
    )
    stay = {row[0] for row in rows}
    counted = [found for found in grave if found.location.example not in stay]
    errors = [found for found in counted if found.severity is Severity.ERROR]
    return errors, len(counted) - len(errors)
