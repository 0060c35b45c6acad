"""What went wrong with a submission, and which lines of the sent file a service's error speaks of."""

import re
from dataclasses import dataclass

from finetune_studio.workspace.submission_records import Submission

_NUMBER = r"(?:\d{1,3}(?:,\d{3})+(?!\d)|\d+)"
_NAMED = re.compile(
    rf"\b(?:examples?|lines?|rows?|records?)\s*(?:numbers?|nos?\.?|#|:)?\s*"
    rf"({_NUMBER}(?:\s*(?:,|,?\s*and|&)\s*{_NUMBER}\b)*)",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True)
class Trouble:
    """`lines` are those of the sent file (1-based) that the text names."""

    code: str
    text: str
    advice: str
    lines: tuple[int, ...]


def trouble_of(row: Submission) -> Trouble | None:
    """What went wrong: with the job, else with the sending; None where nothing did."""
    job = row.job
    if job is not None and (job.error_message or job.error_code):
        return Trouble(job.error_code, job.error_message, "", examples_named_in(job.error_message))
    if row.error:
        return Trouble(row.error_code, row.error, row.advice, examples_named_in(row.error))
    return None


def examples_named_in(text: str) -> tuple[int, ...]:
    """1-based lines, ascending: of "Example 6174, message 2", "Flagged lines: 4, 13, ...", "line 7".

    A count ("has 7 example(s)", "at least 10 examples") names none.
    """
    found: set[int] = set()
    for match in _NAMED.finditer(text):
        found.update(int(number.replace(",", "")) for number in re.findall(_NUMBER, match[1]))
    return tuple(sorted(found - {0}))
