"""What `submit` tells before it sends: what stops, what is left out, what it will take."""

from typing import Any

from finetune_studio.cli.output import count, print_error, print_json
from finetune_studio.cli.sending import note
from finetune_studio.domain.errors import GateError, StudioError
from finetune_studio.targets.target import Target
from finetune_studio.workspace.submission_check import FrozenCheck

_SHOWN_FINDINGS = 20


def tell_gate(check: FrozenCheck, place_name: str, error: StudioError, *, as_json: bool) -> None:
    """The errors that stop, on stderr, and with `as_json` as a document."""
    errors = [finding for finding in check.findings if finding.severity.value == "error"]
    for finding in errors[:_SHOWN_FINDINGS]:
        where = f"{place_name} {finding.place:,}" if finding.place is not None else "dataset"
        part = "validation, " if finding.part == "validation" else ""
        note(f"{part}{where}: {finding.code + ' ' if finding.code else ''}{finding.message}")
    if len(errors) > _SHOWN_FINDINGS:
        note(f"and {count(len(errors) - _SHOWN_FINDINGS, 'more error')}; `finetune-studio lint` lists all")
    print_error(GateError(error.text, "Mend them, or pass --override-gate REASON."))
    if as_json:
        print_json(
            {
                "status": "stopped_by_gate",
                "gate": {"errors": check.result.errors, "warnings": check.result.warnings},
                "findings": [
                    {
                        "part": finding.part,
                        "line": finding.place,
                        "code": finding.code,
                        "severity": finding.severity.value,
                        "message": finding.message,
                    }
                    for finding in errors
                ],
            }
        )


def tell_left_out(training: Any, validation: Any) -> None:
    """What is not sent, and why."""
    for sent in (training, validation):
        if sent is None or not sent.left_out:
            continue
        for place, reason in sent.left_out[:5]:
            note(f"left out: {sent.place_name} {place:,}: {reason}")
        if len(sent.left_out) > 5:
            note(f"left out: {len(sent.left_out) - 5:,} more")


def tell_forecast(check: FrozenCheck, target: Target) -> None:
    """What it will take, before anything is sent."""
    expected = check.result.forecast
    if expected is None:
        return
    about = "" if expected.epochs_chosen and target.model.encoding_exact else "about "
    note(f"forecast: {about}{expected.formula}")
    if expected.price_date is not None and not target.profile.is_free:
        note(f"  price as of {expected.price_date}; the service bills by its own count")
    if expected.cut_examples:
        share = expected.cut_share * 100
        cut = count(expected.cut_examples, "example")
        limit = target.max_tokens_per_example or 0
        note(f"  {cut} over {limit:,} tokens: {share:.1f} % of the text is cut off")
