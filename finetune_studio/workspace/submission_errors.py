"""What went wrong with a submission, and which lines of the sent file a service's error speaks of."""

import re
from dataclasses import dataclass

from finetune_studio.workspace.submission_plain import PlainWords, plain_words
from finetune_studio.workspace.submission_records import Submission

_QUOTE = "It says: "
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
    plain: PlainWords | None = None
    """What the service said, in plain words, where that is known."""

    @property
    def sentence(self) -> str:
        """All that a person is told: the plain words first, then what the service said."""
        if self.plain is None:
            return f"{self.text or self.code} {self.advice}".strip()
        said = self.text if _QUOTE in self.text else f"It says: {self.text}"
        return f"{self.plain.text} {self.plain.advice} {said}"


def trouble_of(row: Submission) -> Trouble | None:
    """What went wrong: with the job, else with the sending; None where nothing did."""
    job = row.job
    if job is not None and (job.error_message or job.error_code):
        said = job.error_message
        plain = plain_words(said) or plain_words(job.error_code)
        return Trouble(job.error_code, said, "", examples_named_in(said), plain)
    if row.error:
        _, quoted, said = row.error.partition(_QUOTE)
        plain = plain_words(said) if quoted else None
        return Trouble(row.error_code, row.error, row.advice, examples_named_in(row.error), plain)
    return None


def examples_named_in(text: str) -> tuple[int, ...]:
    """1-based lines, ascending: of "Example 6174, message 2", "Flagged lines: 4, 13, ...", "line 7".

    A count ("has 7 example(s)", "at least 10 examples") names none.
    """
    found: set[int] = set()
    for match in _NAMED.finditer(text):
        found.update(int(number.replace(",", "")) for number in re.findall(_NUMBER, match[1]))
    return tuple(sorted(found - {0}))
