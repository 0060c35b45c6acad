"""The checks over the very bytes that are frozen, for a submission that no window has checked."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

from finetune_studio.domain.diagnostic import Diagnostic, Severity
from finetune_studio.domain.job import Hyperparameters
from finetune_studio.lint.config import LintConfig
from finetune_studio.lint.engine import LintEngine, Progress
from finetune_studio.targets.forecast import Forecast, forecast
from finetune_studio.workspace.submission_gate import GateResult

StandsAside = Callable[[Sequence["SentFinding"]], Sequence["SentFinding"]]
"""Gives the findings that nobody has set aside."""


class Sent(Protocol):
    """`FileExamples` and `WorkspaceExamples`, after they were iterated."""

    place_name: str
    left_out: list[tuple[int, str]]
    broken: set[int]

    @property
    def places(self) -> Sequence[int]: ...


@dataclass(frozen=True, slots=True)
class SentFinding:
    """`place` is the line of the source file or the id of the example; None for the whole dataset."""

    part: str
    place: int | None
    code: str
    severity: Severity
    message: str
    diagnostic: Diagnostic | None = None


class FrozenCheck:
    """A `Judge` for `freeze`; `findings` and `result` are filled by calling it."""

    def __init__(
        self,
        config: LintConfig,
        training: Sent,
        validation: Sent | None = None,
        override_reason: str = "",
        progress: Progress | None = None,
        aside: StandsAside | None = None,
        hyperparameters: Hyperparameters | None = None,
    ) -> None:
        self._config = config
        self._hyperparameters = hyperparameters
        self._forecast: Forecast | None = None
        self._sent = {"training": training, "validation": validation}
        self._reason = " ".join(override_reason.split())
        self._progress = progress
        self._aside = aside
        self.findings: list[SentFinding] = []
        self.result = GateResult(0, 0)

    def __call__(self, training: Path, validation: Path | None) -> GateResult:
        """Raises GateError when the gate is closed."""
        found: list[SentFinding] = []
        with LintEngine(self._config, workers=2) as engine:
            for part, path in (("training", training), ("validation", validation)):
                sent = self._sent[part]
                if path is not None and sent is not None:
                    found.extend(self._check(engine, part, path, sent))
        self.findings = list(self._aside(found)) if self._aside is not None else found
        errors = sum(finding.severity is Severity.ERROR for finding in self.findings)
        warnings = sum(finding.severity is Severity.WARNING for finding in self.findings)
        self.result = GateResult(errors, warnings, self._reason if errors else "", self._forecast)
        self.result.require()
        return self.result

    def _check(self, engine: LintEngine, part: str, path: Path, sent: Sent) -> list[SentFinding]:
        found: list[SentFinding] = []
        for left_out, reason in sent.left_out:
            severity = Severity.ERROR if left_out in sent.broken else Severity.WARNING
            found.append(SentFinding(part, left_out, "", severity, reason))
        report = engine.check_file(path, progress=self._progress)
        if part == "training" and self._config.target is not None:
            counts = report.facts.columns.tokens.tolist()
            self._forecast = forecast(
                self._config.target, counts, self._hyperparameters, loss_tokens=report.loss_tokens or None
            )
        for diagnostic in report.diagnostics:
            if part == "validation" and diagnostic.location.example is None:
                continue  # rules about a dataset's size and balance are for what is trained on
            line = report.line_of(diagnostic)
            place = None if line is None else sent.places[line - 1]
            found.append(
                SentFinding(part, place, diagnostic.code, diagnostic.severity, diagnostic.message, diagnostic)
            )
        return sorted(found, key=lambda finding: (finding.place is None, finding.place or 0))
