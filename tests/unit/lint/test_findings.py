"""Findings in little memory are the same findings."""

import pickle
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from finetune_studio.domain.diagnostic import Diagnostic, Location, Related, Severity
from finetune_studio.lint import LintConfig, LintEngine, check_file, findings
from finetune_studio.lint.findings import Findings, gathered, tally_of


def made(number: int) -> Diagnostic:
    level = (Severity.ERROR, Severity.INFO)[number % 2]
    return Diagnostic(
        f"Q10{number % 3}",
        level,
        f"No. {number}",
        Location(number),
        related=(Related(1, 0.5),),
        arguments={"n": number},
    )


ALL = [made(number) for number in range(20)]


@given(st.lists(st.tuples(st.integers(0, 6), st.booleans()), max_size=4), st.integers(-25, 25))
def test_packed_or_not_they_are_a_sequence(parts: list[tuple[int, bool]], index: int) -> None:
    expected: list[Diagnostic] = []
    found = Findings()
    for size, is_packed in parts:
        own = ALL[len(expected) : len(expected) + size]
        expected += own
        found = Findings(found, Findings.packed(own) if is_packed else own)
    assert list(found) == expected == found[:]
    assert [each.arguments for each in found] == [each.arguments for each in expected]
    assert len(found) == len(expected)
    assert found.tally == tally_of(expected)
    if -len(expected) <= index < len(expected):
        assert found[index] == expected[index]
    else:
        with pytest.raises(IndexError):
            found[index]
    assert list(pickle.loads(pickle.dumps(found))) == expected


def test_very_many_are_packed_while_they_come(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(findings, "_VERY_MANY", 8)
    assert gathered(iter(ALL[:7])) == ALL[:7]
    for count in (8, 16, 20):
        many = gathered(iter(ALL[:count]))
        assert isinstance(many, Findings)
        assert list(many) == ALL[:count]


def test_those_of_a_file_take_little_memory(tmp_path: Path) -> None:
    line = b'{"messages": [{"role": "user", "content": "Hi "}, {"role": "assistant", "content": "Yes"}]}\n'
    path = tmp_path / "data.jsonl"
    path.write_bytes(line * 3_000)
    with LintEngine(LintConfig(select=("Q105",))) as engine:
        report = engine.check_file(path)
    assert len(report.diagnostics) == 3_000
    assert report.codes == {"Q105": 3_000}
    assert report.counts[Severity.INFO] == 3_000
    assert [report.line_of(found) for found in report.diagnostics] == list(range(1, 3_001))
    assert len(pickle.dumps(report.diagnostics)) < 3_000 * 100


def test_a_blank_line_does_not_unpack_them(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(findings, "_VERY_MANY", 100)
    line = b'{"messages": [{"role": "user", "content": "Hi "}, {"role": "assistant", "content": "Yes"}]}\n'
    path = tmp_path / "data.jsonl"
    path.write_bytes(line * 200 + b"\n" + line * 50)
    report = check_file(path, LintConfig(select=("Q105",)))
    assert [report.line_of(found) for found in report.diagnostics] == [*range(1, 201), *range(202, 252)]
    assert len(pickle.dumps(report.diagnostics)) < 250 * 130
