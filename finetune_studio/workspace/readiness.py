"""Whether a dataset is ready to train, in a few plain lines, each with the rule or the chart behind it."""

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import TYPE_CHECKING

from finetune_studio.domain.diagnostic import Diagnostic, Severity
from finetune_studio.domain.example import ReviewState
from finetune_studio.domain.split import Split

if TYPE_CHECKING:
    from finetune_studio.lint.limits import Limits
    from finetune_studio.workspace.workspace import Workspace

SUCCESS = "success"

_COUNT = ("S701", "S709", "S702")
_LENGTH = ("L101",)
_SECRET = ("P301",)
_COPIES = ("D201",)
_SPLIT = ("S704", "S703", "S705", "S706")
_REVIEW = ("S708",)
_FORMAT = "FRTV"
"""Families of rules about what a service can read: structure, roles, tools, preference pairs."""
_ANSWERS = {
    "B412": "All answers are the same",
    "B401": "Some answers are far rarer than others",
    "B402": "A few long answers hold most of the training",
    "B405": "Many answers open with the same words",
}


class Readiness(StrEnum):
    """The verdict. CHECKING also stands for: not checked yet."""

    EMPTY = "empty"
    CHECKING = "checking"
    NOT_READY = "not ready"
    READY = "ready"


@dataclass(frozen=True, slots=True)
class ReadinessLine:
    """`severity` is error, warning, info or success; `code` is the rule to show, `view` the chart."""

    severity: str
    text: str
    code: str = ""
    view: str = ""


@dataclass(frozen=True, slots=True)
class ReadinessReport:
    state: Readiness
    lines: tuple[ReadinessLine, ...] = ()

    @property
    def title(self) -> str:
        """The verdict in words."""
        return {
            Readiness.EMPTY: "Nothing to train on yet",
            Readiness.CHECKING: "Checking",
            Readiness.NOT_READY: "Not ready to train",
            Readiness.READY: "Ready to train",
        }[self.state]


@dataclass(slots=True)
class _Findings:
    """The findings by rule."""

    by_code: dict[str, list[Diagnostic]] = field(default_factory=dict)

    @classmethod
    def of(cls, found: Iterable[Diagnostic]) -> "_Findings":
        groups: dict[str, list[Diagnostic]] = {}
        for diagnostic in found:
            groups.setdefault(diagnostic.code, []).append(diagnostic)
        return cls(groups)

    def count(self, code: str) -> int:
        return len(self.by_code.get(code, ()))

    def first(self, codes: Iterable[str]) -> list[Diagnostic]:
        """The findings of the first of these rules that has any."""
        return next((self.by_code[code] for code in codes if code in self.by_code), [])

    def errors_without(self, codes: Iterable[str]) -> dict[str, list[Diagnostic]]:
        """Errors of all other rules."""
        left_out = set(codes)
        return {
            code: found
            for code, found in self.by_code.items()
            if code not in left_out and found[0].severity is Severity.ERROR
        }


def readiness(workspace: "Workspace") -> ReadinessReport:
    """Judge the dataset from the findings and facts there are now; for the pool."""
    summary = workspace.lint.summary
    total = workspace.examples().count()
    unreadable = len(workspace.examples().unreadable_lines())
    if not total and not unreadable:
        return ReadinessReport(Readiness.EMPTY)
    if workspace.lint.facts is None and total:
        return ReadinessReport(Readiness.CHECKING)
    found = _Findings.of(workspace.lint.findings(limit=2**62))
    lines = tuple(_lines(workspace, found, unreadable))
    if summary.is_running:
        return ReadinessReport(Readiness.CHECKING, lines)
    is_ready = not summary.errors and not unreadable and total > 0
    return ReadinessReport(Readiness.READY if is_ready else Readiness.NOT_READY, lines)


def _lines(workspace: "Workspace", found: _Findings, unreadable: int) -> Iterable[ReadinessLine]:
    from finetune_studio.lint.limits import limits_of

    limits = limits_of(workspace.lint.config)
    if unreadable:
        text = f"{counted(unreadable, 'line')} could not be read"
        yield ReadinessLine(Severity.ERROR.value, text, view="unreadable")
    apart = (*_COUNT, *_LENGTH, *_SECRET, *_COPIES, *_SPLIT, *_REVIEW, *_ANSWERS)
    errors = found.errors_without(apart)
    format_errors = {code: own for code, own in errors.items() if code[0] in _FORMAT}
    yield _format_line(format_errors, limits)
    yield from _other_errors_line({code: own for code, own in errors.items() if code not in format_errors})
    yield _count_line(workspace, found, limits)
    yield _length_line(workspace, found, limits)
    yield _secrets_line(workspace, found)
    yield _copies_line(found)
    yield from _answers_line(workspace, found)
    yield _split_line(workspace, found)
    yield _review_line(workspace, found)


def _format_line(errors: Mapping[str, list[Diagnostic]], limits: "Limits") -> ReadinessLine:
    if not errors:
        name = "any provider" if not limits.method else limits.model
        method = {"supervised": ", supervised", "dpo": ", preference pairs"}.get(limits.method, "")
        return ReadinessLine(SUCCESS, f"Format valid for {name}{method}")
    return _errors_line(errors, "format error")


def _other_errors_line(errors: Mapping[str, list[Diagnostic]]) -> Iterable[ReadinessLine]:
    """Errors that no other line speaks of; those of one rule by its name."""
    if len(errors) == 1:
        from finetune_studio.lint.registry import rule_by_code

        ((code, own),) = errors.items()
        yield ReadinessLine(
            Severity.ERROR.value, f"{rule_by_code(code).name}: {counted(len(own), 'error')}", code
        )
    elif errors:
        yield _errors_line(errors, "other error")


def _errors_line(errors: Mapping[str, list[Diagnostic]], word: str) -> ReadinessLine:
    count = sum(map(len, errors.values()))
    examples = {one.location.example for group in errors.values() for one in group}
    worst = max(errors, key=lambda code: len(errors[code]))
    where = "" if len(examples) == 1 and count == 1 else f" in {counted(len(examples - {None}), 'example')}"
    return ReadinessLine(Severity.ERROR.value, f"{counted(count, word)}{where}", worst)


def _count_line(workspace: "Workspace", found: _Findings, limits: "Limits") -> ReadinessLine:
    sent = _sent_by_split(workspace)
    number = sent.get(Split.TRAIN.value, 0) + sent.get(None, 0)
    told = found.first(_COUNT)
    code = told[0].code if told else ""
    wanted = f"at least {limits.min_examples:,}"
    if code == "S702":
        wanted = f"{limits.advised_examples:,} advised"
    elif code == "S709" and limits.max_examples is not None:
        wanted = f"at most {limits.max_examples:,}"
    severity = told[0].severity.value if told else SUCCESS
    return ReadinessLine(severity, f"{counted(number, 'example')} to train on ({wanted})", code, "splits")


def _length_line(workspace: "Workspace", found: _Findings, limits: "Limits") -> ReadinessLine:
    cut = found.first(_LENGTH)
    if limits.max_tokens is None:
        facts = workspace.lint.facts
        longest = int(facts.columns.longest.max()) if facts is not None and len(facts) else 0
        return ReadinessLine(SUCCESS, f"Longest example: {longest:,} tokens", view="length")
    if not cut:
        text = f"Every example fits in {limits.max_tokens:,} tokens"
        return ReadinessLine(SUCCESS, text, view="length")
    verb = "is" if len(cut) == 1 else "are"
    text = f"{counted(len(cut), 'example')} {verb} cut at {limits.max_tokens:,} tokens"
    return ReadinessLine(cut[0].severity.value, text, cut[0].code, "length")


def _secrets_line(workspace: "Workspace", found: _Findings) -> ReadinessLine:
    secrets = found.first(_SECRET)
    if not secrets:
        return ReadinessLine(SUCCESS, "No secrets found", _SECRET[0])
    examples = {one.location.example for one in secrets}
    where = f"{len(examples):,} examples"
    if len(examples) == 1:
        rank = workspace.ranks().rank_of(next(iter(examples)) or 0)
        where = "one example" if rank is None else f"example {rank + 1:,}"
    text = f"{counted(len(secrets), 'secret')} in {where}"
    return ReadinessLine(secrets[0].severity.value, text, secrets[0].code)


def _copies_line(found: _Findings) -> ReadinessLine:
    groups = found.first(_COPIES)
    if not groups:
        return ReadinessLine(SUCCESS, "No exact duplicates", _COPIES[0])
    text = counted(len(groups), "group of exact duplicates", "groups of exact duplicates")
    return ReadinessLine(groups[0].severity.value, text, groups[0].code)


def _answers_line(workspace: "Workspace", found: _Findings) -> Iterable[ReadinessLine]:
    for code, text in _ANSWERS.items():
        told = found.by_code.get(code)
        if told:
            yield ReadinessLine(told[0].severity.value, text, code, "answers")
            return
    facts = workspace.lint.facts
    if facts is None or not len(facts):
        return
    answers = facts.columns.answer_tokens[facts.columns.answer_tokens > 0]
    if len(answers):
        import numpy as np

        middle = int(np.median(answers))
        yield ReadinessLine(
            SUCCESS, f"Answers: half have {counted(middle, 'token')} or fewer", view="answers"
        )


def _split_line(workspace: "Workspace", found: _Findings) -> ReadinessLine:
    count = _sent_by_split(workspace).get(Split.VALIDATION.value, 0)
    leaks = found.count("S704")
    if leaks:
        told = found.by_code["S704"]
        text = f"{counted(leaks, 'group of copies', 'groups of copies')} in two splits"
        return ReadinessLine(told[0].severity.value, text, "S704", "splits")
    text = f"{counted(count, 'example')} for validation" if count else "No validation split"
    told = found.first(_SPLIT)
    severity = told[0].severity.value if told else SUCCESS if count else Severity.INFO.value
    return ReadinessLine(severity, text, told[0].code if told else "", "splits")


def _review_line(workspace: "Workspace", found: _Findings) -> ReadinessLine:
    counts: Counter[ReviewState] = Counter(workspace.examples().count_by_status())
    open_ones = counts[ReviewState.DRAFT] + counts[ReviewState.TO_REVIEW]
    told = found.first(_REVIEW)
    if not open_ones:
        return ReadinessLine(SUCCESS, "Every example is reviewed", view="review")
    total = open_ones + counts[ReviewState.APPROVED]
    severity = told[0].severity.value if told else Severity.INFO.value
    number = "None" if open_ones == total else f"{total - open_ones:,} of {total:,}"
    return ReadinessLine(severity, f"{number} approved yet", told[0].code if told else "", "review")


def counted(number: int, one: str, many: str = "") -> str:
    """`counted(2, "line")` is "2 lines"; with a thousands separator."""
    return f"{number:,} {one if number == 1 else many or one + 's'}"


def _sent_by_split(workspace: "Workspace") -> dict[str | None, int]:
    """Examples that an export takes: all but the rejected ones."""
    rows = workspace.reader().execute(
        "SELECT split, count(*) FROM example WHERE deleted_step IS NULL AND status <> ? GROUP BY split",
        (ReviewState.REJECTED.value,),
    )
    return dict(rows.fetchall())
