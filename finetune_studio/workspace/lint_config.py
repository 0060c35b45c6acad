"""The dataset's settings as the checks take them."""

from collections.abc import Mapping, Sequence
from typing import Any

from finetune_studio.domain.diagnostic import Severity
from finetune_studio.domain.errors import StudioError
from finetune_studio.lint.config import LintConfig
from finetune_studio.lint.suppression import Suppression
from finetune_studio.storage.rows import SuppressionRow
from finetune_studio.targets.profile import Profile
from finetune_studio.targets.registry import resolve_target
from finetune_studio.targets.target import Target
from finetune_studio.workspace.operations import options as names


def config_of(options: Mapping[str, Any], profiles: Mapping[str, Profile]) -> LintConfig:
    """A setting that is not understood (of a later version, edited by hand) is left out."""
    off, on = options.get(names.RULES_OFF), options.get(names.RULES_ON)
    severities = options.get(names.RULE_SEVERITY)
    values = options.get(names.RULE_OPTIONS)
    known = {severity.value for severity in Severity}
    chosen = severities.items() if isinstance(severities, dict) else ()
    return LintConfig(
        target=target_of(options, profiles),
        ignore=tuple(str(code) for code in off) if isinstance(off, list) else (),
        extend=tuple(str(code) for code in on) if isinstance(on, list) else (),
        severity={code: Severity(word) for code, word in chosen if word in known},
        options=dict(values) if isinstance(values, dict) else {},
    )


def target_of(options: Mapping[str, Any], profiles: Mapping[str, Profile]) -> Target | None:
    """The target the dataset names; None for any provider, and for one that is not known any more."""
    name = options.get(names.TARGET)
    if not isinstance(name, str) or not name:
        return None
    try:
        return resolve_target(name, str(options.get(names.METHOD) or "supervised"), profiles)
    except StudioError:
        return None


def suppressions_of(rows: Sequence[SuppressionRow]) -> list[Suppression]:
    """What is set aside, as the checks take it; see operations.options.suppressed_field."""
    found = []
    for row in rows:
        index, colon, field = row.field.partition(":")
        is_in_message = bool(colon) and index.isdigit()
        found.append(
            Suppression(
                code=row.code,
                uid=row.example_uid,
                message_index=int(index) if is_in_message else None,
                field=field if is_in_message else row.field,
                reason=row.reason,
            )
        )
    return found
