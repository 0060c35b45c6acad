"""What a person orders in the form, and how the gate answers; light, for the face."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from finetune_studio.domain.diagnostic import Severity
from finetune_studio.domain.errors import GateError
from finetune_studio.domain.job import Hyperparameters
from finetune_studio.targets.target import Target

if TYPE_CHECKING:
    from finetune_studio.workspace.submission_check import SentFinding


@dataclass(frozen=True, slots=True)
class Order:
    """What a person chose in the form."""

    target: Target
    base_url: str = ""
    hyperparameters: Hyperparameters = field(default_factory=Hyperparameters)
    suffix: str = ""
    seed: int | None = None
    with_validation: bool = True
    override_reason: str = ""
    moderate: bool = False
    """Ask the service's moderation about the frozen files first."""
    metadata: tuple[tuple[str, str], ...] = ()
    wandb: tuple[tuple[str, str], ...] = ()


class StoppedByGateError(GateError):
    """The gate is closed; `findings` are the errors, with example ids as places."""

    def __init__(self, error: GateError, findings: "Sequence[SentFinding]") -> None:
        super().__init__(error.text, error.advice)
        self.findings = tuple(finding for finding in findings if finding.severity is Severity.ERROR)
