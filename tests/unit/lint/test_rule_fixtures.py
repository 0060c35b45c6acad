"""Every rule against its fixture file: findings, places, fixed bytes."""

import pytest

from finetune_studio.domain.diagnostic import Applicability, Diagnostic
from finetune_studio.lint import all_rules, apply_fixes, check_dataset, check_example, facts_of_batch, merge
from finetune_studio.lint.help_pages import help_page
from finetune_studio.lint.rule import DatasetRule, ExampleRule
from tests.unit.lint.cases import FOLDER, Case, cases_of, matches

RULES = all_rules()
CASES = [case for rule in RULES for case in cases_of(rule.code)]
FIXABLE = [case for case in CASES if "fixed" in case.table]


def findings(case: Case) -> list[Diagnostic]:
    batch = facts_of_batch(case.lines, case.config)
    facts = merge([batch]).with_extras(**case.extras)
    return batch.diagnostics + check_dataset(facts, case.config)


@pytest.mark.parametrize("case", CASES, ids=str)
def test_findings(case: Case) -> None:
    found = findings(case)
    expected = case.table.get("findings", [])
    assert bool(expected) == case.is_failing
    assert {d.code for d in found} <= {case.code}
    assert len(found) == len(expected), [d.message for d in found]
    for wanted, diagnostic in zip(expected, found, strict=True):
        assert matches(wanted, diagnostic), diagnostic


@pytest.mark.parametrize("case", [c for c in CASES if len(c.lines) == 1], ids=str)
def test_one_example_alone_gives_what_the_batch_gives(case: Case) -> None:
    batch = facts_of_batch(case.lines, case.config)
    assert check_example(case.lines[0], case.config) == batch.diagnostics


@pytest.mark.parametrize("case", FIXABLE, ids=str)
def test_fixed_bytes(case: Case) -> None:
    [line] = case.lines
    found = check_example(line, case.config)
    fixed = apply_fixes(line + b"\n", found, unsafe=True, config=case.config)
    assert fixed.decode() == case.table["fixed"] + "\n"
    assert check_example(fixed, case.config) == []


@pytest.mark.parametrize("case", FIXABLE, ids=str)
def test_unsafe_fixes_ask_first(case: Case) -> None:
    [line] = case.lines
    found = check_example(line, case.config)
    fixes = [d.fix for d in found if d.fix is not None]
    if all(fix.applicability is not Applicability.SAFE for fix in fixes):
        assert apply_fixes(line, found, config=case.config) == line


@pytest.mark.parametrize("case", [c for c in CASES if "secret" in c.table], ids=str)
def test_no_secret_is_repeated_whole(case: Case) -> None:
    [finding] = findings(case)
    secret = case.table["secret"]
    spoken = finding.message + repr(finding.arguments)
    assert secret not in spoken
    assert secret[5:] not in spoken


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.code)
class TestEveryRule:
    def test_has_cases_of_both_kinds(self, rule: type[ExampleRule]) -> None:
        kinds = {case.is_failing for case in cases_of(rule.code)}
        assert kinds == {True, False}

    def test_has_a_page_with_all_its_parts(self, rule: type[ExampleRule]) -> None:
        page = help_page(rule.code)
        assert page.startswith(f"# {rule.code} {rule.name}\n")
        for part in (
            "## What it does",
            "## Why it harms training",
            "## Example",
            "## Use instead",
            "## Sources",
        ):
            assert part in page
        for option in rule.options:
            assert f"`{rule.code}.{option.key}`" in page

    def test_says_truly_whether_it_fixes(self, rule: type[ExampleRule]) -> None:
        fixes = [d.fix for case in cases_of(rule.code) for d in findings(case) if d.fix is not None]
        assert bool(fixes) == (rule.fix is not None)
        if rule.fix is Applicability.UNSAFE:
            assert all(fix.applicability is Applicability.UNSAFE for fix in fixes)
        if rule.fix is Applicability.SAFE:
            assert any(fix.applicability is Applicability.SAFE for fix in fixes)

    def test_describes_itself(self, rule: type[ExampleRule]) -> None:
        assert issubclass(rule, ExampleRule | DatasetRule)
        assert rule.name[0].isupper()
        assert not rule.name.endswith(".")
        for option in rule.options:
            assert option.minimum <= option.default <= option.maximum


def test_codes_are_in_order_and_unique() -> None:
    codes = [rule.code for rule in RULES]
    assert len(set(codes)) == len(codes)
    assert len({rule.slug() for rule in RULES}) == len(codes)


def test_no_fixture_is_left_over() -> None:
    assert {path.stem for path in FOLDER.glob("*.toml")} == {rule.code for rule in RULES}
