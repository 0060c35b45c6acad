"""Settings that belong to the dataset: the target of the checks, rules, findings set aside."""

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from finetune_studio.domain.changes import Changes
from finetune_studio.domain.diagnostic import Diagnostic, Severity
from finetune_studio.lint.registry import rule_by_code
from finetune_studio.lint.rule import Status

if TYPE_CHECKING:
    from finetune_studio.workspace.workspace import Workspace

TARGET = "target"
"""Profile and model as "openai:gpt-4.1-mini"; "" for any provider."""
METHOD = "method"
RULES_OFF = "rules.off"
"""List of codes or prefixes."""
RULES_ON = "rules.on"
"""List of codes of rules in preview that run all the same."""
RULE_SEVERITY = "rules.severity"
"""Code -> severity."""
RULE_OPTIONS = "rules.options"
"""CODE.key -> value."""


def set_option(workspace: "Workspace", key: str, value: Any) -> Changes:
    """Write one setting of the dataset; None takes it away."""
    if workspace.options().get(key) == value:
        return Changes()
    with workspace.step("option.set", {"key": key}) as step:
        step.set_option(key, value)
    return step.changes


def set_target(workspace: "Workspace", target: str, method: str = "supervised") -> Changes:
    """Choose what the checks judge for: "openai:gpt-4.1-mini", or "" for any provider."""
    options = workspace.options()
    if options.get(TARGET, "") == target and options.get(METHOD, "supervised") == method:
        return Changes()
    with workspace.step("option.target", {"target": target, "method": method}) as step:
        step.set_option(TARGET, target)
        step.set_option(METHOD, method)
    return step.changes


def set_rule_enabled(workspace: "Workspace", code: str, enabled: bool) -> Changes:
    """Switch a rule on or off for this dataset; one in preview is off until it is switched on."""
    options = workspace.options()
    off, on = set(options.get(RULES_OFF) or ()), set(options.get(RULES_ON) or ())
    wanted = off - {code} if enabled else off | {code}
    wanted_on = on
    if rule_by_code(code).status is Status.PREVIEW:
        wanted, wanted_on = off - {code}, on | {code} if enabled else on - {code}
    if (wanted, wanted_on) == (off, on):
        return Changes()
    with workspace.step("rule.on" if enabled else "rule.off", {"rule": code}) as step:
        if wanted != off:
            step.set_option(RULES_OFF, sorted(wanted))
        if wanted_on != on:
            step.set_option(RULES_ON, sorted(wanted_on))
    return step.changes


def set_rule_severity(workspace: "Workspace", code: str, severity: Severity | None) -> Changes:
    """Give a rule another severity for this dataset; None takes the rule's own again."""
    return _set_in(workspace, RULE_SEVERITY, code, None if severity is None else severity.value)


def set_rule_option(workspace: "Workspace", code: str, key: str, value: Any) -> Changes:
    """Set an option of a rule for this dataset; None takes the rule's own default again."""
    return _set_in(workspace, RULE_OPTIONS, f"{code}.{key}", value)


def suppress(
    workspace: "Workspace", diagnostic: Diagnostic, reason: str, whole_example: bool = True
) -> Changes:
    """Set a finding aside, with a reason: for its example, or only where it stands in it."""
    example_id = diagnostic.location.example
    uid = None if example_id is None else workspace.store.row(example_id).uid
    field = "" if whole_example else suppressed_field(diagnostic)
    with workspace.step("finding.suppress", {"rule": diagnostic.code}) as step:
        step.add_suppression(diagnostic.code, uid, field, reason.strip())
    return step.changes


def suppress_each(
    workspace: "Workspace", diagnostics: Sequence[Diagnostic], reason: str, whole_example: bool = True
) -> Changes:
    """Set several findings aside with one reason, as one step."""
    ids = sorted({one.location.example for one in diagnostics if one.location.example is not None})
    uids = {row.id: row.uid for row in workspace.store.rows(ids)}
    wanted: dict[tuple[str, str | None, str], None] = {}
    for one in diagnostics:
        example_id = one.location.example
        if example_id is not None and example_id not in uids:
            continue  # deleted meanwhile
        field = "" if whole_example or example_id is None else suppressed_field(one)
        wanted[one.code, None if example_id is None else uids[example_id], field] = None
    if not wanted:
        return Changes()
    codes = sorted({code for code, _, _ in wanted})
    with workspace.step("finding.suppress", {"rule": ", ".join(codes)}) as step:
        for code, uid, field in wanted:
            step.add_suppression(code, uid, field, reason.strip())
    return step.changes


def unsuppress_each(workspace: "Workspace", suppression_ids: Sequence[int]) -> Changes:
    """Take several set-asides back, as one step."""
    if not suppression_ids:
        return Changes()
    with workspace.step("finding.unsuppress", {}) as step:
        for suppression_id in suppression_ids:
            step.remove_suppression(suppression_id)
    return step.changes


def unsuppress(workspace: "Workspace", suppression_id: int) -> Changes:
    """Let a finding that was set aside speak again."""
    with workspace.step("finding.unsuppress", {}) as step:
        step.remove_suppression(suppression_id)
    return step.changes


def suppressed_field(diagnostic: Diagnostic) -> str:
    """How a suppression names the place of a finding within its example."""
    location = diagnostic.location
    if location.message_index is None:
        return location.field
    return f"{location.message_index}:{location.field}"


def _set_in(workspace: "Workspace", option: str, key: str, value: Any) -> Changes:
    values = dict(workspace.options().get(option) or {})
    if values.get(key) == value:
        return Changes()
    if value is None:
        values.pop(key)
    else:
        values[key] = value
    with workspace.step("rule.option", {"rule": key.partition(".")[0]}) as step:
        step.set_option(option, values)
    return step.changes
