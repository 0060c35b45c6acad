"""Rows of a list in groups: where an example is, how many stand between two rows."""

from array import array

import pytest
from hypothesis import given
from hypothesis import strategies as st

from finetune_studio.ui.models import id_list
from finetune_studio.ui.models.id_list import IdList, arranged
from finetune_studio.workspace.queries.ordering import Group

GROUPS = st.lists(st.integers(0, 5), max_size=5).flatmap(
    lambda sizes: st.permutations(range(1, sum(sizes) + 1)).map(lambda ids: _cut(ids, sizes))
)


def _cut(ids: list[int], sizes: list[int]) -> list[Group]:
    groups, start = [], 0
    for number, size in enumerate(sizes):
        groups.append(Group(str(number), f"Group {number}", array("q", ids[start : start + size])))
        start += size
    return groups


@given(GROUPS, st.sets(st.integers(0, 4)), st.booleans(), st.sampled_from([-1, 1_000]))
def test_rows_and_examples_of_groups(
    groups: list[Group], closed: set[int], has_table: bool, sorted_here: int
) -> None:
    limits = id_list._LOOKED_THROUGH, id_list._SORTED_HERE
    id_list._LOOKED_THROUGH, id_list._SORTED_HERE = (-1, sorted_here) if has_table else limits
    try:
        found = arranged(groups, frozenset(map(str, closed)))
    finally:
        id_list._LOOKED_THROUGH, id_list._SORTED_HERE = limits
    assert (found.places is not None) == has_table
    every = [each for group in groups for each in group.ids]
    assert list(found.members()) == every
    assert found.count == len(every)
    for example_id in [*every, 99]:
        shown = list(found.ids)
        assert found.row_of(example_id) == (shown.index(example_id) if example_id in shown else -1)
    for row, number in enumerate(found.ids):
        heading = found.heading_at(row)
        under = found.group_of(row)
        assert (heading is None) == (number >= 0)
        assert under is not None
        assert heading in (None, under)
        for last in range(row, len(found.ids)):
            examples = [each for each in found.ids[row : last + 1] if each >= 0]
            assert found.examples_between(row, last) == len(examples)


@pytest.mark.parametrize("ascending", [True, False])
def test_a_list_without_groups(ascending: bool) -> None:
    found = IdList(array("q", [2, 5, 9]), ascending)
    assert [found.row_of(each) for each in (2, 9, 4)] == [0, 2, -1]
    assert found.count == found.examples_between(0, 2) == 3
    assert found.group_of(1) is None
    members = found.members()
    members.append(1)
    assert len(found.ids) == 3, "members is a copy"
