"""Applies the fixes of findings to an example's bytes, again and again until nothing is left to fix."""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

from finetune_studio.domain.diagnostic import Applicability, Diagnostic, Fix
from finetune_studio.domain.edits import EditOp
from finetune_studio.domain.errors import InputError
from finetune_studio.formats.patch import apply_edits
from finetune_studio.lint.batch import check_example
from finetune_studio.lint.config import LintConfig

MAX_ROUNDS = 50
"""Fixes that undo each other end here."""

_IN_PLACE = frozenset({EditOp.SPLICE, EditOp.REPLACE})


@dataclass(frozen=True, slots=True)
class FixOutcome:
    """The new bytes, and how many fixes of each rule went into them."""

    body: bytes
    fixed: Mapping[str, int]

    @property
    def total(self) -> int:
        return sum(self.fixed.values())


def apply_fixes(
    body: bytes, diagnostics: Iterable[Diagnostic], *, unsafe: bool = False, config: LintConfig | None = None
) -> bytes:
    """Apply the fixes that do not get in each other's way.

    With a configuration the result is checked again, and fixed again, for the rules of these diagnostics.
    """
    given = list(diagnostics)
    once = fix_once(body, given, unsafe).body
    if config is None or once == body:
        return once
    codes = frozenset(diagnostic.code for diagnostic in given)
    return fix_body(once, config, unsafe=unsafe, codes=codes).body


def fix_body(
    body: bytes, config: LintConfig, *, unsafe: bool = False, codes: frozenset[str] | None = None
) -> FixOutcome:
    """Check and fix to a fixpoint; `codes` limits it to some rules."""
    fixed: Counter[str] = Counter()
    seen = {body}
    for _ in range(MAX_ROUNDS):
        found = check_example(body, config)
        outcome = fix_once(body, [d for d in found if codes is None or d.code in codes], unsafe)
        if outcome.body in seen:
            break
        seen.add(outcome.body)
        fixed.update(outcome.fixed)
        body = outcome.body
    return FixOutcome(body, dict(fixed))


def fix_once(body: bytes, diagnostics: Iterable[Diagnostic], unsafe: bool) -> FixOutcome:
    """Apply the fixes of these findings that do not get in each other's way."""
    fixed: Counter[str] = Counter()
    for diagnostic in _compatible(diagnostics, unsafe):
        if diagnostic.fix is None:
            continue
        try:
            body = apply_edits(body, diagnostic.fix.edits)
        except InputError:
            continue  # the place is gone: an earlier fix took it
        fixed[diagnostic.code] += 1
    return FixOutcome(body, dict(fixed))


def _compatible(diagnostics: Iterable[Diagnostic], unsafe: bool) -> Iterator[Diagnostic]:
    """The first fix, and those after it that touch other values in place: what shifts places goes alone."""
    touched: set[str] = set()
    for diagnostic in diagnostics:
        fix = diagnostic.fix
        if fix is None or not fix.edits or not is_allowed(fix, unsafe):
            continue
        paths = {edit.path for edit in fix.edits}
        if touched and (not _in_place(fix) or any(_overlap(a, b) for a in paths for b in touched)):
            continue
        yield diagnostic
        if not _in_place(fix):
            return
        touched |= paths


def is_allowed(fix: Fix, unsafe: bool) -> bool:
    """Whether a fix may be applied, safe ones alone or with those that ask first."""
    return fix.applicability is Applicability.SAFE or (unsafe and fix.applicability is Applicability.UNSAFE)


def _in_place(fix: Fix) -> bool:
    return all(edit.op in _IN_PLACE for edit in fix.edits)


def _overlap(first: str, second: str) -> bool:
    return first == second or first.startswith(second + "/") or second.startswith(first + "/")
