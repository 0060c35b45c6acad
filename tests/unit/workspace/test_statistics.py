"""Charts: bars add up, and the query of a bar finds exactly the examples it counts."""

import json
from collections.abc import Iterator
from pathlib import Path

import pytest

from finetune_studio.domain.example import ReviewState
from finetune_studio.domain.id_set import IdSet
from finetune_studio.domain.split import Split
from finetune_studio.settings.paths import AppPaths
from finetune_studio.workspace.operations import review, splits, tags
from finetune_studio.workspace.queries import statistics
from finetune_studio.workspace.queries.examples import counts, list_ids
from finetune_studio.workspace.queries.query_terms import Measure
from finetune_studio.workspace.tasks import ImmediateRunner
from finetune_studio.workspace.workspace import Workspace
from tests.helpers.builders import chat_line


@pytest.fixture
def checked(tmp_path: Path, paths: AppPaths) -> Iterator[Workspace]:
    lines = [
        chat_line(
            *[turn for _ in range(n % 4 + 1) for turn in (("user", "why " * n), ("assistant", f"b{n}"))]
        )
        for n in range(60)
    ]
    lines.append(chat_line(("system", "s"), ("user", "long " * 3000), ("assistant", "c")))
    source = tmp_path / "data.jsonl"
    source.write_bytes(b"".join(lines))
    workspace = Workspace.open_any(source, paths=paths, runner=ImmediateRunner())
    workspace.lint.start()
    yield workspace
    workspace.close()


@pytest.mark.parametrize("measure", [Measure.TOKENS, Measure.LOSS, Measure.MESSAGES, Measure.ANSWER])
def test_length_bars_find_what_they_count(checked: Workspace, measure: Measure) -> None:
    chart = statistics.length_chart(checked, measure)
    assert sum(bar.count for bar in chart.bars) == chart.total == 61
    assert [len(list_ids(checked, bar.query)) for bar in chart.bars] == [bar.count for bar in chart.bars]
    assert len(chart.bars) <= statistics.LENGTH_BARS + 2
    assert chart.largest == max(bar.count for bar in chart.bars)


def test_other_bars_find_what_they_count(checked: Workspace) -> None:
    ids = list_ids(checked)
    checked.perform(review.set_status, IdSet.of(ids[:5]), ReviewState.APPROVED)
    checked.perform(splits.set_split, IdSet.of(ids[3:9]), Split.VALIDATION)
    checked.perform(tags.add_tag, IdSet.of(ids[1:3]), "two words")
    for chart in (
        statistics.turns_chart(checked),
        statistics.status_chart(checked),
        statistics.splits_chart(checked),
        statistics.tags_chart(checked),
    ):
        assert chart.bars
        assert [len(list_ids(checked, bar.query)) for bar in chart.bars] == [bar.count for bar in chart.bars]
    roles = statistics.roles_chart(checked)
    assert sum(bar.count for bar in roles.bars) <= counts(checked).tokens
    assert {bar.color_role for bar in roles.bars} == {"system", "user", "assistant"}


def test_what_would_be_sent(checked: Workspace) -> None:
    ids = list_ids(checked)
    checked.perform(review.set_status, IdSet.of(ids[:5]), ReviewState.REJECTED)
    checked.perform(splits.set_split, IdSet.of(ids[3:9]), Split.VALIDATION)
    sent = statistics.tokens_to_send(checked)
    by_split = {row.split: row for row in statistics.split_summaries(checked)}
    assert len(sent) == 61 - 3 - 6 == by_split[None].examples
    assert sum(sent) == by_split[None].tokens
    assert by_split[Split.VALIDATION].examples == 4
    assert len(statistics.tokens_to_send(checked, Split.VALIDATION)) == 4


def test_both_sides_of_a_pair_are_trained_on_and_counted(tmp_path: Path, paths: AppPaths) -> None:
    pair = {
        "input": {"messages": [{"role": "user", "content": "Where is Paris?"}]},
        "preferred_output": [{"role": "assistant", "content": "In France, where else would it be?"}],
        "non_preferred_output": [{"role": "assistant", "content": "France."}],
    }
    path = tmp_path / "pairs.jsonl"
    path.write_text(json.dumps(pair) + "\n", encoding="utf-8")
    opened = Workspace.open_any(path, paths=paths, runner=ImmediateRunner())
    opened.lint.start()
    both, longest = (opened.lint.values_of(list_ids(opened), name) for name in ("tokens", "longest"))
    sent = statistics.tokens_to_send(opened)
    opened.close()
    assert sent == list(both.values())
    assert sum(both.values()) > sum(longest.values()) + 10


def test_nothing_checked_yet(workspace: Workspace) -> None:
    for chart in (
        statistics.length_chart(workspace),
        statistics.turns_chart(workspace),
        statistics.roles_chart(workspace),
    ):
        assert (chart.bars, chart.total, chart.largest) == ((), 0, 0)
