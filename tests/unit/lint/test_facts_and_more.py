"""Columns, configuration, suppressions, statistics, double keys."""

import json
import re
import subprocess
import sys
from collections.abc import Iterator

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from finetune_studio.domain.diagnostic import Diagnostic, Location, Severity
from finetune_studio.lint import (
    LintConfig,
    Suppression,
    apply_suppressions,
    check_example,
    facts_of_batch,
    merge,
)
from finetune_studio.lint import batch as batch_module
from finetune_studio.lint.context import RuleContext
from finetune_studio.lint.double_keys import count_keys, suspects
from finetune_studio.lint.hashing import normalised
from finetune_studio.lint.literals import LiteralIndex
from finetune_studio.lint.registry import rules_of
from finetune_studio.lint.rule import ExampleRule
from finetune_studio.lint.statistics import (
    effective_number,
    entropy,
    histogram,
    quantiles,
    robust_z,
    top_share,
)
from finetune_studio.lint.view import ExampleView
from finetune_studio.tokens.counting import TokenCounter
from tests.helpers.builders import chat_line
from tests.unit.lint.strategies import LINES

NOTHING = LintConfig(select=("-",))


def a_line(number: int) -> bytes:
    return chat_line(("user", f"question {number}"), ("assistant", f"answer {number}"))


@settings(deadline=None)
@given(st.lists(LINES, min_size=1, max_size=5))
def test_tokens_are_those_of_the_counter(lines: list[bytes]) -> None:
    counter = TokenCounter()
    columns = facts_of_batch(lines, NOTHING).columns
    for row, line in enumerate(lines):
        try:
            value = json.loads(line)
        except ValueError:
            continue
        if not isinstance(value, dict) or "Infinity" in line.decode("utf-8", "replace"):
            continue
        wanted = counter.count_example(value)
        assert columns.tokens[row] == wanted.total
        assert columns.longest[row] == wanted.longest
        assert columns.loss_tokens[row] == wanted.loss


class TestUpdating:
    def test_changed_rows_are_replaced_and_new_ones_appended(self) -> None:
        config = LintConfig(select=("F",))
        bad = chat_line(("user", "hi"))
        facts = merge([facts_of_batch([a_line(1), bad, a_line(3)], config, keys=[10, 20, 30])])
        changed = facts_of_batch([a_line(2), bad], config, keys=[20, 40])
        after = facts.updated(changed)
        assert after.columns.key.tolist() == [10, 20, 30, 40]
        assert [d.location.example for d in after.diagnostics] == [40]
        whole = facts_of_batch([a_line(1), a_line(2), a_line(3), bad], config, keys=[10, 20, 30, 40])
        assert after.columns.conversation_hash.tolist() == whole.columns.conversation_hash.tolist()

    def test_rows_can_be_taken_out(self) -> None:
        facts = merge([facts_of_batch([a_line(1), b"[]"], LintConfig(), keys=[7, 8])])
        after = facts.without([8])
        assert after.columns.key.tolist() == [7]
        assert not after.diagnostics

    def test_updating_nothing(self) -> None:
        empty = merge([])
        after = empty.updated(facts_of_batch([a_line(1)], NOTHING, keys=[3]))
        assert after.columns.key.tolist() == [3]

    def test_extras_must_fit(self) -> None:
        with pytest.raises(ValueError, match="2 values for 1"):
            merge([facts_of_batch([a_line(1)], NOTHING)]).with_extras(splits=[None, None])


class TestConfig:
    @pytest.mark.parametrize(
        ("select", "ignore", "code", "expected"),
        [
            ((), (), "F001", True),
            (("F",), (), "F001", True),
            (("F",), (), "L101", False),
            (("f",), (), "F001", True),
            ((), ("F",), "F001", False),
            (("F001",), ("F",), "F001", True),
            (("F",), ("F001",), "F001", False),
        ],
    )
    def test_the_longer_prefix_wins(
        self, select: tuple[str, ...], ignore: tuple[str, ...], code: str, expected: bool
    ) -> None:
        assert LintConfig(select=select, ignore=ignore).selects(code) is expected

    def test_severity_by_code_and_by_prefix(self) -> None:
        line = chat_line(("user", " hi"), ("assistant", ""))
        config = LintConfig(severity={"Q": Severity.ERROR, "Q101": Severity.INFO})
        found = {d.code: d.severity for d in check_example(line, config)}
        assert found == {"Q105": Severity.ERROR, "Q101": Severity.INFO}

    def test_options_keep_within_their_limits(self) -> None:
        from finetune_studio.lint.rules.length.token_outlier import TokenOutlier

        rule = TokenOutlier()
        assert rule.option(RuleContext(LintConfig(options={"L105.z": 3})), "z") == 3
        assert rule.option(RuleContext(LintConfig(options={"L105.z": 0})), "z") == 2
        assert rule.option(RuleContext(LintConfig(options={"L105.z": "many"})), "z") == 5


class _Crashing(ExampleRule):
    code = "Z999"
    name = "Crashes"
    severity = Severity.ERROR

    def check(self, view: ExampleView, context: RuleContext) -> Iterator[Diagnostic]:
        raise KeyError("lost")


def test_a_crashing_rule_is_named_and_the_others_go_on(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(batch_module, "rules_of", lambda config: (_Crashing, *rules_of(config)))
    found = check_example(b'{"messages": []}', LintConfig(select=("Z999", "F003")))
    assert [d.code for d in found] == ["X901", "F003"]
    assert "Z999" in found[0].message


class TestSuppressions:
    FINDINGS = (
        Diagnostic("Q105", Severity.INFO, "", Location(1, 0, "/content")),
        Diagnostic("Q105", Severity.INFO, "", Location(2, 1, "/content")),
        Diagnostic("S701", Severity.ERROR, "", Location()),
    )

    def test_one_message_of_one_example(self) -> None:
        wanted = Suppression("Q105", uid="a", message_index=0, reason="a poem")
        result = apply_suppressions(self.FINDINGS, [wanted], {"a": 1, "b": 2})
        assert [d.location.example for d in result.kept] == [2, None]
        assert result.set_aside == [(self.FINDINGS[0], wanted)]
        assert not result.unused

    def test_everywhere_and_unused(self) -> None:
        gone = Suppression("Q105", uid="deleted", reason="old")
        result = apply_suppressions(self.FINDINGS, [gone, Suppression("Q")], {"a": 1})
        assert [d.code for d in result.kept] == ["S701"]
        assert result.unused == [gone]


class TestStatistics:
    def test_histogram_counts_everything(self) -> None:
        found = histogram([1, 2, 2, 9], 4)
        assert sum(found.counts) == 4
        assert (found.edges[0], found.edges[-1]) == (1, 9)
        assert found.largest == 3
        assert histogram([]).counts == ()
        assert histogram([5, 5]).counts == (2,)
        assert sum(histogram([1, 10, 10_000], 8, log=True).counts) == 3
        assert histogram([1, 2, 500], 4, upper=10).counts[-1] == 1

    def test_quantiles(self) -> None:
        assert quantiles([1, 2, 3], (0.5,)) == (2.0,)
        assert quantiles([], (0.1, 0.9)) == (0.0, 0.0)

    def test_evenness(self) -> None:
        assert entropy([1, 1]) == pytest.approx(1)
        assert effective_number([5, 5, 5]) == pytest.approx(3)
        assert top_share([1] * 9 + [91], 0.1) == pytest.approx(0.91)

    def test_robust_z_survives_equal_values(self) -> None:
        assert robust_z([4, 4, 4]).tolist() == [0, 0, 0]
        assert robust_z([4, 4, 4, 4, 400])[-1] > 2
        assert np.argmax(robust_z([1, 2, 3, 50])) == 3


class TestDoubleKeys:
    @given(st.lists(LINES, max_size=6))
    def test_lines_without_one_are_rarely_suspected(self, lines: list[bytes]) -> None:
        found = self.suspected(lines)
        begins_with_colon = re.compile(rb'[\[:,]\s*":')
        assert [at for at in found if not begins_with_colon.search(lines[at])] == []

    @pytest.mark.parametrize(
        "line",
        [
            b'{"a": 1, "a": 2}',
            b'{"a" : 1, "a" : 2}',
            b'{"a\\\\": 1, "b": 2, "b": 3}',
            b'{"a\\\\" : 1, "a": 2, "a": 3}',
            b'{"x": "say \\"y\\": z", "a": 1, "\\u0061": 2}',
        ],
    )
    def test_a_repeated_key_never_escapes(self, line: bytes) -> None:
        assert self.suspected([line]) == [0]
        assert self.suspected([b"{}", line, b'{"a": "b: c"}']) == [1]

    def suspected(self, lines: list[bytes]) -> list[int]:
        counts = np.array([count_keys(json.loads(line)) for line in lines], dtype=np.int64)
        index = LiteralIndex(lines)
        return suspects(index.text, index.starts, counts)


@given(st.text(alphabet=" \n\t\x1c\u00a0\u2003ab\x01", max_size=12))
def test_white_space_is_normalised_as_python_splits(text: str) -> None:
    assert normalised(text) == " ".join(text.split())


def test_importing_the_package_loads_no_numpy() -> None:
    code = "import sys, finetune_studio.lint.config, finetune_studio.lint; print('numpy' in sys.modules)"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "False"
