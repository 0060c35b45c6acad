"""Findings set aside with a reason."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from finetune_studio.domain.diagnostic import Diagnostic


@dataclass(frozen=True, slots=True)
class Suppression:
    """Sets a rule's findings aside: everywhere, or in one example (`uid`), one message or one field of it.

    `code` is a code or a prefix of codes.
    """

    code: str
    uid: str | None = None
    message_index: int | None = None
    field: str = ""
    reason: str = ""


@dataclass(frozen=True, slots=True)
class SuppressionResult:
    """`unused` no longer match anything: the finding is gone, so they can go too."""

    kept: list[Diagnostic]
    set_aside: list[tuple[Diagnostic, Suppression]]
    unused: list[Suppression]


def apply_suppressions(
    diagnostics: Iterable[Diagnostic], suppressions: Iterable[Suppression], key_of_uid: Mapping[str, int]
) -> SuppressionResult:
    """Part the findings into those kept and those set aside.

    `key_of_uid` gives the keys that the locations use.
    """
    wanted = list(suppressions)
    kept: list[Diagnostic] = []
    set_aside: list[tuple[Diagnostic, Suppression]] = []
    used: set[int] = set()
    for diagnostic in diagnostics:
        number = next((i for i, s in enumerate(wanted) if _matches(s, diagnostic, key_of_uid)), None)
        if number is None:
            kept.append(diagnostic)
        else:
            used.add(number)
            set_aside.append((diagnostic, wanted[number]))
    return SuppressionResult(kept, set_aside, [s for i, s in enumerate(wanted) if i not in used])


def _matches(suppression: Suppression, diagnostic: Diagnostic, key_of_uid: Mapping[str, int]) -> bool:
    location = diagnostic.location
    if not diagnostic.code.startswith(suppression.code):
        return False
    if suppression.uid is not None and key_of_uid.get(suppression.uid) != location.example:
        return False
    if suppression.uid is not None and location.example is None:
        return False
    if suppression.message_index is not None and suppression.message_index != location.message_index:
        return False
    return not suppression.field or suppression.field == location.field
