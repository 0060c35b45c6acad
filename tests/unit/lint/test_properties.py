"""What must hold for all rules over any example."""

import json

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from finetune_studio.domain.diagnostic import Applicability, Diagnostic, Severity
from finetune_studio.lint import (
    LintConfig,
    all_rules,
    apply_fixes,
    check_example,
    facts_of_batch,
    fix_body,
    merge,
)
from finetune_studio.lint.batch import CRASHED, check_dataset
from finetune_studio.targets.registry import resolve_target
from tests.unit.lint.strategies import EXAMPLES, LINES

GENERIC = LintConfig()
OPENAI = LintConfig(target=resolve_target("openai:gpt-4.1-mini"))
TOGETHER = LintConfig(target=resolve_target("together:any"))
DPO = LintConfig(target=resolve_target("openai:gpt-4.1-mini", method="dpo"))
CONFIGS = st.sampled_from([GENERIC, OPENAI, TOGETHER, DPO])
MANY = settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.too_slow])


def errors(diagnostics: list[Diagnostic]) -> set[str]:
    return {d.code for d in diagnostics if d.severity is Severity.ERROR}


@MANY
@given(lines=st.lists(LINES, min_size=1, max_size=6), config=CONFIGS)
def test_the_batch_finds_what_each_rule_finds_by_itself(lines: list[bytes], config: LintConfig) -> None:
    found = facts_of_batch(lines, config).diagnostics
    alone = [d for key, line in enumerate(lines) for d in check_example(line, config, key)]
    assert sorted(map(repr, found)) == sorted(map(repr, alone))
    assert CRASHED not in {d.code for d in found}


@MANY
@given(data=st.binary(max_size=60), config=CONFIGS)
def test_no_bytes_crash_a_rule(data: bytes, config: LintConfig) -> None:
    line = data.replace(b"\n", b" ")
    found = facts_of_batch([line], config).diagnostics
    assert CRASHED not in {d.code for d in found}
    assert found


@MANY
@given(line=EXAMPLES, config=CONFIGS)
def test_a_fix_removes_its_finding_and_adds_no_error(line: bytes, config: LintConfig) -> None:
    before = check_example(line, config)
    for diagnostic in before:
        if diagnostic.fix is None:
            continue
        after = check_example(apply_fixes(line, [diagnostic], unsafe=True), config)
        same = [d for d in after if d.code == diagnostic.code]
        assert len(same) < len([d for d in before if d.code == diagnostic.code])
        if diagnostic.fix.applicability is Applicability.SAFE:
            assert errors(after) <= errors(before)


@MANY
@given(line=EXAMPLES, config=CONFIGS)
def test_safe_fixes_reach_a_fixpoint(line: bytes, config: LintConfig) -> None:
    outcome = fix_body(line, config)
    assert not [
        d
        for d in check_example(outcome.body, config)
        if d.fix is not None and d.fix.applicability is Applicability.SAFE
    ]
    assert fix_body(outcome.body, config).body == outcome.body


@MANY
@given(line=EXAMPLES)
def test_findings_point_into_the_example(line: bytes) -> None:
    value = json.loads(line)
    for diagnostic in check_example(line, GENERIC):
        location = diagnostic.location
        if location.start is None or location.end is None or location.message_index is None:
            continue
        messages = value.get("messages", [])
        if not isinstance(messages, list) or location.message_index >= len(messages):
            continue
        found = messages[location.message_index]
        for part in location.field.split("/")[1:]:
            found = found[int(part)] if isinstance(found, list) else found[part]
        assert 0 <= location.start <= location.end <= len(found)


@MANY
@given(lines=st.lists(LINES, min_size=1, max_size=12), cut=st.integers(0, 12))
def test_many_small_batches_give_what_one_big_one_gives(lines: list[bytes], cut: int) -> None:
    whole = merge([facts_of_batch(lines, GENERIC)])
    parts = merge(
        [facts_of_batch(lines[:cut], GENERIC), facts_of_batch(lines[cut:], GENERIC, min(cut, len(lines)))]
    )
    assert parts.diagnostics == whole.diagnostics
    for name in whole.columns.__dataclass_fields__:
        assert getattr(parts.columns, name).tolist() == getattr(whole.columns, name).tolist()
    assert check_dataset(parts, GENERIC) == check_dataset(whole, GENERIC)


@pytest.mark.parametrize("rule", all_rules(), ids=lambda rule: rule.code)
def test_a_rule_alone_finds_what_it_finds_among_all(rule: type) -> None:
    line = (
        b'{"messages": [{"role": "user", "content": " hi  there "}, {"role": "gpt", "content": ""}], "x": 1}'
    )
    among = [d for d in check_example(line, GENERIC) if d.code == rule.code]
    assert check_example(line, LintConfig(select=(rule.code,))) == among
