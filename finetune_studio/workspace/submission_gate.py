"""The gate before sending: errors stop, unless a person passes it with a reason that is recorded."""

from collections.abc import Iterable
from dataclasses import dataclass

from finetune_studio.domain.diagnostic import Diagnostic, Severity
from finetune_studio.domain.errors import GateError
from finetune_studio.targets.forecast import Forecast


@dataclass(frozen=True, slots=True)
class GateResult:
    """`forecast` is what the very bytes that were judged will take, where that was reckoned."""

    errors: int
    warnings: int
    override_reason: str = ""
    forecast: Forecast | None = None

    @property
    def passed(self) -> bool:
        return self.errors == 0 or bool(self.override_reason)

    @property
    def text(self) -> str:
        """One sentence for the person."""
        if self.errors == 0:
            return f"Nothing stands in the way; {_count(self.warnings, 'warning')} to look at."
        if self.override_reason:
            return f"{_count(self.errors, 'error')} passed over: {self.override_reason}"
        return f"{_count(self.errors, 'error')} must be mended before this can be sent."

    @property
    def findings(self) -> tuple[int, int]:
        """As SubmissionPlan keeps them."""
        return self.errors, self.warnings

    def require(self) -> None:
        """Raises GateError when the gate is closed."""
        if not self.passed:
            raise GateError(self.text, "Mend them, or pass the gate with a reason.")


def gate(findings: Iterable[Diagnostic], override_reason: str = "") -> GateResult:
    """Judge the findings of the checks for the target that is sent to."""
    errors = warnings = 0
    for finding in findings:
        errors += finding.severity is Severity.ERROR
        warnings += finding.severity is Severity.WARNING
    return GateResult(errors, warnings, " ".join(override_reason.split()))


def _count(number: int, word: str) -> str:
    return f"{number:,} {word}" + ("" if number == 1 else "s")
