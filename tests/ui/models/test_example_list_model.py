"""The list model: every change of ids passes Qt's own model tester, rows are fetched when shown."""

import random
from array import array
from collections.abc import Sequence

import pytest
from PySide6.QtCore import QPersistentModelIndex, Qt
from PySide6.QtTest import QAbstractItemModelTester
from pytestqt.qtbot import QtBot

from finetune_studio.domain.diagnostic import Severity
from finetune_studio.domain.example import ExampleKind, ReviewState
from finetune_studio.domain.id_set import IdSet
from finetune_studio.ui.models.example_list_model import PAGE, ExampleListModel
from finetune_studio.ui.models.id_list import IdList
from finetune_studio.workspace.queries.examples import ListRow


class Rows:
    """Rows for any id; notes what was asked for."""

    def __init__(self) -> None:
        self.asked: list[list[int]] = []
        self.word = "Question"
        self.gone: set[int] = set()

    def fetch(self, ids: Sequence[int]) -> list[ListRow]:
        self.asked.append(list(ids))
        return [self.row(each) for each in ids if each not in self.gone]

    def row(self, example_id: int) -> ListRow:
        return ListRow(
            id=example_id,
            rank=example_id - 1,
            title=f"{self.word} {example_id}",
            preview="Answer",
            status=ReviewState.APPROVED,
            split=None,
            tags=(),
            kind=ExampleKind.CONVERSATION,
            tokens=12,
            n_findings=2,
            worst=Severity.WARNING,
            is_edited=False,
        )


@pytest.fixture
def rows() -> Rows:
    return Rows()


@pytest.fixture
def model(rows: Rows, qtbot: QtBot) -> ExampleListModel:
    made = ExampleListModel(rows.fetch)
    QAbstractItemModelTester(made, QAbstractItemModelTester.FailureReportingMode.Fatal, made)
    return made


def ids(*values: int) -> IdList:
    return IdList(array("q", values), list(values) == sorted(values))


def shown(model: ExampleListModel) -> list[str]:
    return [str(model.index(row).data()) for row in range(model.rowCount())]


def test_rows_are_fetched_a_screenful_at_a_time(model: ExampleListModel, rows: Rows) -> None:
    model.set_ids(IdList(array("q", range(1, 100_001)), True))
    rows.asked.clear()
    model.index(50_000).data()
    model.index(50_001).data()
    assert len(rows.asked) == 1
    assert len(rows.asked[0]) <= PAGE


def test_what_is_read_aloud_has_the_state_in_words(model: ExampleListModel) -> None:
    model.set_ids(ids(7))
    text = model.index(0).data(Qt.ItemDataRole.AccessibleTextRole)
    assert text == "Example 7. Question 7. Approved. 2 findings, worst warning. 12 tokens"


def test_a_change_of_the_list_keeps_what_both_share(model: ExampleListModel) -> None:
    model.set_ids(ids(1, 2, 3, 4, 5, 6))
    kept = QPersistentModelIndex(model.index(5))
    model.set_ids(ids(1, 2, 6))
    assert kept.row() == 2
    model.set_ids(ids(1, 9, 8, 2, 6))
    assert kept.row() == 4
    assert model.row_of(8) == 2
    assert model.row_of(5) == -1


def test_any_change_shows_the_new_list(model: ExampleListModel) -> None:
    chance = random.Random(3)
    for size in (0, 1, 5, 0, 30, 400, 3, 401, 600, 200):
        values = sorted(chance.sample(range(1, 900), size))
        if chance.random() < 0.4:
            chance.shuffle(values)
        model.set_ids(ids(*values))
        assert list(model.ids) == values
        assert [model.row_of(each) for each in values] == list(range(size))
        assert shown(model) == [f"Question {each}" for each in values]


def test_only_stale_rows_are_fetched_again(model: ExampleListModel, rows: Rows) -> None:
    model.set_ids(ids(*range(1, 11)))
    shown(model)
    rows.asked.clear()
    rows.word = "New"
    model.refresh(IdSet.of([3, 500]))
    assert shown(model)[1:4] == ["Question 2", "New 3", "Question 4"]
    assert rows.asked == [[3]]
    model.refresh(IdSet.range(1, 10**9))
    assert shown(model)[0] == "New 1"


def test_an_example_that_went_away_meanwhile_is_an_empty_row(model: ExampleListModel, rows: Rows) -> None:
    rows.gone = {2}
    model.set_ids(ids(1, 2, 3))
    assert shown(model) == ["Question 1", "", "Question 3"]


def test_the_cache_stays_small(model: ExampleListModel) -> None:
    model.set_ids(IdList(array("q", range(1, 20_001)), True))
    for row in range(0, 20_000, PAGE):
        model.row_at(row)
    assert len(model._rows) <= 3000
